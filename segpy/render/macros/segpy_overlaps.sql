{#
    No two segments are the same people in so large a part as their portfolio forbids: of those who are in either, at
    most the part `at_most` is in both, from 0 to 1. It counts `members` for itself, as the model may withhold small
    counts. Returns the two segments of each pair beyond that.
#}
{% test segpy_overlaps(model, members, at_most) %}

with members as (

    select segment, entity, entity_key
    from {{ members }}

),

sizes as (

    select segment, entity, count(*) as size
    from members
    group by segment, entity

),

shared as (

    select
        one.segment,
        other.segment as other_segment,
        one.entity,
        count(*) as in_both
    from members as one
    inner join members as other
        on other.entity = one.entity
        and other.entity_key = one.entity_key
        and other.segment > one.segment
    group by one.segment, other.segment, one.entity

)

select
    pairs.segment,
    pairs.other_segment,
    pairs.entity
from {{ model }} as pairs
inner join shared
    on (shared.segment = pairs.segment and shared.other_segment = pairs.other_segment)
    or (shared.segment = pairs.other_segment and shared.other_segment = pairs.segment)
inner join sizes as one
    on one.segment = pairs.segment
inner join sizes as other
    on other.segment = pairs.other_segment
{#- A share times a count may land a hair beside the whole number that was meant. #}
where shared.in_both > {{ at_most }} * (one.size + other.size - shared.in_both) + 0.000001

{% endtest %}
