{#
    As many are held out as were to be. Whoever drew a bucket below the limit is held out, and nobody else (where others
    drew there are no buckets, and the share is looked at alone); and the
    share of each hold-out is what chance makes of the one that was asked for (a chi-square test with a correction for
    continuity, an alarm at p < 0.001; only where at least ten of either arm were to be expected). Returns the hold-outs
    that break this, with how many are held out and how many were to be expected. A hold-out that fails has been
    interfered with: what is measured by it is not to be believed.
#}
{% test segpy_holdout_shares(model) %}

{%- set number = dbt.type_float() %}

with

counted as (

    select
        salt,
        count(*) as people,
        sum(case when arm = 'holdout' then 1 else 0 end) as held_out,
        sum(case when bucket is null or (arm = 'holdout') = (bucket < held_out_below) then 0 else 1 end) as wrong,
        cast(sum(held_out_below) as {{ number }}) / 10000 as expected,
        cast(sum(held_out_below * (10000 - held_out_below)) as {{ number }}) / 100000000 as variance
    from {{ model }}
    group by salt

),

compared as (

    select
        salt,
        people,
        held_out,
        wrong,
        expected,
        variance,
        abs(held_out - expected) - 0.5 as further_off
    from counted

)

select
    salt,
    people,
    held_out,
    expected,
    wrong
from compared
where
    wrong > 0
    or (
        expected >= 10
        and people - expected >= 10
        and further_off > 0
        and further_off * further_off > 10.827566 * variance
    )

{% endtest %}
