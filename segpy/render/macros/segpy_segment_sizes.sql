{#
    Each segment is as large as its spec promises. `bounds` is a list of
    {segment, at_least, at_most, at_least_share, at_most_share}, of which only the first is required; a share is of all
    rows, from 0 to 1. A segment is named as SQL writes its column. Returns the segments out of bounds, with their size.
#}
{% test segpy_segment_sizes(model, bounds) %}

{#- Where a share times a count is computed in binary, it may land a hair beside the whole number that was meant. -#}
{%- set hair = '0.000001' -%}
{%- set names = [] -%}
{%- for bound in bounds -%}
    {%- do names.append(bound.segment | replace('"', '') | replace('`', '')) -%}
{%- endfor %}

with counted as (

    select
        count(*) as population,
        {%- for bound in bounds %}
        coalesce(sum(case when {{ bound.segment }} then 1 else 0 end), 0) as members_of_{{ names[loop.index0] }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

)

{% for bound in bounds -%}
{%- set members = 'members_of_' ~ names[loop.index0] -%}
{%- set broken = [] -%}
{%- if bound.at_least is defined -%}
    {%- do broken.append(members ~ ' < ' ~ bound.at_least) -%}
{%- endif -%}
{%- if bound.at_most is defined -%}
    {%- do broken.append(members ~ ' > ' ~ bound.at_most) -%}
{%- endif -%}
{%- if bound.at_least_share is defined -%}
    {%- do broken.append(members ~ ' < ' ~ bound.at_least_share ~ ' * population - ' ~ hair) -%}
{%- endif -%}
{%- if bound.at_most_share is defined -%}
    {%- do broken.append(members ~ ' > ' ~ bound.at_most_share ~ ' * population + ' ~ hair) -%}
{%- endif %}
select
    '{{ names[loop.index0] }}' as segment,
    {{ members }} as members,
    population
from counted
where {{ broken | join(' or ') if broken else '1 = 0' }}
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}

{% endtest %}
