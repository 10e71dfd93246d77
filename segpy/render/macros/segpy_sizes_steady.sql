{#
    No segment has become much larger or smaller at once. `within` tells by segment how far its size may be from the
    median of the runs before, as a part of that. Nothing is said where fewer than three runs are known, or a size is
    withheld. Returns the segments that are further off.
#}
{% test segpy_sizes_steady(model, within) %}

{% for segment, part in within.items() -%}
select
    segment,
    members,
    median_before
from {{ model }}
where segment = '{{ segment }}'
    and runs_before >= 3
    {#- A share times a count may land a hair beside the whole number that was meant. #}
    and abs(members - median_before) > {{ part }} * median_before + 0.000001
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}

{% endtest %}
