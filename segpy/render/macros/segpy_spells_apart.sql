{#
    Spells are half-open and never overlap: of one kind there is at most one at a time. None is empty, none begins or
    ends after as_of, nobody is a member and barred at once, and a lapse is a member's. Returns the spells that break this.
#}
{% test segpy_spells_apart(model, grain='day') %}

{%- set as_of = adapter.dispatch('segpy_timestamp', 'segpy')(adapter.dispatch('segpy_as_of_text', 'segpy')(grain)) %}

with

spells as (

    select
        segment,
        entity,
        entity_key,
        case when kind = 'barred' then 'member' else kind end as exclusive_kind,
        kind,
        from_at,
        to_at,
        lead(from_at) over (
            partition by segment, entity, entity_key, case when kind = 'barred' then 'member' else kind end
            order by from_at
        ) as next_from_at
    from {{ model }}

)

select
    segment,
    entity,
    entity_key,
    kind,
    from_at,
    to_at
from spells
where
    from_at > {{ as_of }}
    or to_at > {{ as_of }}
    or to_at <= from_at
    or (next_from_at is not null and (to_at is null or to_at > next_from_at))

union all

select
    lapse.segment,
    lapse.entity,
    lapse.entity_key,
    lapse.kind,
    lapse.from_at,
    lapse.to_at
from spells as lapse
left join spells as membership
    on lapse.segment = membership.segment
    and lapse.entity = membership.entity
    and lapse.entity_key = membership.entity_key
    and membership.kind = 'member'
    and membership.to_at is null
where lapse.kind = 'lapse'
    and lapse.to_at is null
    and membership.segment is null

{% endtest %}
