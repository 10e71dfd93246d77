{#
    Each key stands once and none of its columns is null. Returns the keys that break this. In this and the other tests,
    names of columns are as SQL writes them: user_id, or "order" with its quotes.
#}
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
