{#
    Nothing is missed exactly where the conditions hold, and each condition of a segment stands once. `model` holds the
    flags, `explanations` says why, `segments` maps each segment to the flag that says whether its conditions hold.
    Looks at a thousand entities: all of them and all conditions would be a table far larger than any other. Returns
    each segment and key that breaks this.
#}
{% test segpy_explanations_match_flags(model, explanations, entity, key, segments) %}

with

flags as (

    select
        cast({{ key }} as {{ dbt.type_string() }}) as entity_key,
        {%- for segment, flag in segments.items() %}
        case when {{ flag }} then 1 else 0 end as in_{{ segment }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
    order by {{ key }}
    limit 1000

),

explained as (

    select
        explanations.segment,
        explanations.entity_key,
        count(*) as conditions,
        count(distinct explanations.position) as positions,
        max(explanations.position) as last_position,
        sum(case when explanations.passed then 0 else 1 end) as not_passed,
        min(explanations.conditions_missed) as least_missed,
        max(explanations.conditions_missed) as most_missed
    from {{ explanations }} as explanations
    inner join flags on flags.entity_key = explanations.entity_key
    where explanations.entity = '{{ entity }}'
    group by explanations.segment, explanations.entity_key

),

compared as (

    select
        explained.*,
        case
            {%- for segment in segments %}
            when explained.segment = '{{ segment }}' then flags.in_{{ segment }}
            {%- endfor %}
        end as holds
    from explained
    inner join flags on flags.entity_key = explained.entity_key

)

select
    segment,
    entity_key,
    least_missed,
    holds
from compared
where
    positions <> conditions
    or last_position <> conditions
    or least_missed <> most_missed
    or least_missed > not_passed
    or holds is null
    or holds <> case when least_missed = 0 then 1 else 0 end

{% endtest %}
