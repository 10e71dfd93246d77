{#
    The flags of an entity and the table of members say the same, both ways. Returns each key where they differ and
    the first segment in which they do. `model` holds the flags, `members` is the table of members. `segments` are the
    columns of the flags as SQL writes them; without their quotes these are the names of the segments.
#}
{% test segpy_flags_match_members(model, members, entity, key, segments) %}

{%- set names = [] -%}
{%- for segment in segments -%}
    {%- do names.append(segment | replace('"', '') | replace('`', '')) -%}
{%- endfor %}

with

flags as (

    select
        cast({{ key }} as {{ dbt.type_string() }}) as entity_key,
        {%- for segment in segments %}
        case when {{ segment }} then 1 when not {{ segment }} then 0 else -1 end as in_{{ names[loop.index0] }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

),

listed as (

    select
        entity_key,
        {%- for name in names %}
        max(case when segment = '{{ name }}' then 1 else 0 end) as in_{{ name }},
        {%- endfor %}
        max(case when segment not in ('{{ names | join("', '") }}') then segment end) as unknown_segment
    from {{ members }}
    where entity = '{{ entity }}'
    group by entity_key

),

compared as (

    select
        coalesce(flags.entity_key, listed.entity_key) as entity_key,
        case
            when listed.unknown_segment is not null then listed.unknown_segment
            {%- for name in names %}
            when coalesce(flags.in_{{ name }}, 0) <> coalesce(listed.in_{{ name }}, 0) then '{{ name }}'
            {%- endfor %}
        end as segment
    from flags
    full outer join listed on flags.entity_key = listed.entity_key

)

select
    entity_key,
    segment
from compared
where segment is not null

{% endtest %}
