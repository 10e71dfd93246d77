{# History ends in what is so now: the open spells of members are the members. Returns each that is only in one. #}
{% test segpy_spells_match_members(model, members) %}

with

spells as (

    select segment, entity, entity_key
    from {{ model }}
    where kind = 'member' and to_at is null

),

members as (

    select segment, entity, entity_key
    from {{ members }}

)

select
    coalesce(spells.segment, members.segment) as segment,
    coalesce(spells.entity, members.entity) as entity,
    coalesce(spells.entity_key, members.entity_key) as entity_key
from spells
full outer join members
    on spells.segment = members.segment
    and spells.entity = members.entity
    and spells.entity_key = members.entity_key
where spells.segment is null or members.segment is null

{% endtest %}
