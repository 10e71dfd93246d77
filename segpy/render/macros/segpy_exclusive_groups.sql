{#
    Nobody is in two segments of one exclusive group. `groups` maps each group to its segments. Returns the keys that
    break this, and the first group in which they do.
#}
{% test segpy_exclusive_groups(model, key, groups) %}

with counted as (

    select
        {{ key }} as entity_key,
        {%- for group, segments in groups.items() %}
        {% for segment in segments -%}
        case when {{ segment }} then 1 else 0 end{{ ' + ' if not loop.last }}
        {%- endfor %} as in_{{ group }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

)

select
    entity_key,
    case
        {%- for group in groups %}
        when in_{{ group }} > 1 then '{{ group }}'
        {%- endfor %}
    end as exclusive_group
from counted
where
    {%- for group in groups %}
    {{ 'or ' if not loop.first }}in_{{ group }} > 1
    {%- endfor %}

{% endtest %}
