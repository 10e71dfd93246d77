{#
    What remains after the last rule of a segment are those whose conditions hold, and no rule brings anybody back.
    `model` holds the flags, `attrition` is the table of what remains, `segments` maps each segment to the flag that says
    whether its conditions hold. Returns the rows of what remains that break this; of
    what is withheld nothing is said.
#}
{% test segpy_attrition_matches_flags(model, attrition, entity, segments) %}

with

flags as (

    select
        {%- for segment, flag in segments.items() %}
        count(case when {{ flag }} then 1 end) as in_{{ segment }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

),

rules as (

    select
        segment,
        position,
        remaining,
        lag(remaining) over (partition by segment order by position) as remaining_before,
        lead(position) over (partition by segment order by position) as next_position
    from {{ attrition }}
    where entity = '{{ entity }}'

),

compared as (

    select
        rules.segment,
        rules.position,
        rules.remaining,
        rules.remaining_before,
        case
            when rules.next_position is not null then rules.remaining
            {%- for segment in segments %}
            when rules.segment = '{{ segment }}' then flags.in_{{ segment }}
            {%- endfor %}
        end as expected
    from rules
    cross join flags

)

select
    segment,
    position,
    remaining,
    expected
from compared
where remaining > remaining_before or (expected is null and remaining is not null) or remaining <> expected

{% endtest %}
