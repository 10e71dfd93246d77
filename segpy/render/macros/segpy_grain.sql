{# Each key stands once and none of its columns is null. Returns the keys that break this. #}
{% test segpy_grain(model, columns) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as rows_found
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
