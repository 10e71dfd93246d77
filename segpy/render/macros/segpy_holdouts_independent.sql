{#
    Who is held out by one hold-out is as likely as anybody to be held out by another: else what is measured by the one
    is what the other does. A chi-square test with Yates's correction of each pair of hold-outs among those who were
    assigned by both, where at least five were to be expected to be held out by both. `above` is the value of it that
    chance exceeds once in a thousand of these tests, however many pairs there are. Returns the pairs that break this.
#}
{% test segpy_holdouts_independent(model, holdouts, above) %}

{%- set number = dbt.type_float() %}

with

salts as (

    select distinct salt
    from {{ holdouts }}

),

assigned as (

    select
        assignments.salt,
        assignments.entity,
        assignments.entity_key,
        case when assignments.arm = 'holdout' then 1 else 0 end as held_out
    from {{ model }} as assignments
    inner join salts on assignments.salt = salts.salt

),

pairs as (

    select
        one.salt,
        other.salt as other_salt,
        cast(count(*) as {{ number }}) as people,
        cast(sum(one.held_out) as {{ number }}) as by_one,
        cast(sum(other.held_out) as {{ number }}) as by_other,
        cast(sum(one.held_out * other.held_out) as {{ number }}) as by_both
    from assigned as one
    inner join assigned as other
        on one.entity = other.entity
        and one.entity_key = other.entity_key
    where one.salt < other.salt
    group by one.salt, other.salt

),

compared as (

    select
        salt,
        other_salt,
        people,
        by_one,
        by_other,
        by_both,
        abs(people * by_both - by_one * by_other) - people / 2 as further_off
    from pairs

)

select
    salt,
    other_salt,
    people,
    by_one,
    by_other,
    by_both
from compared
where
    by_one * by_other >= 5 * people
    and further_off > 0
    and people * further_off * further_off
    > {{ above }} * by_one * by_other * (people - by_one) * (people - by_other)

{% endtest %}
