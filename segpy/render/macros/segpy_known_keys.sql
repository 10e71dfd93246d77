{# Every key stands in another relation too, `to`, under the name `field` (default: the same). Returns the strangers. #}
{% test segpy_known_keys(model, column, to, field=none) %}

with

here as (

    select {{ column }} as entity_key
    from {{ model }}

),

there as (

    select {{ field or column }} as entity_key
    from {{ to }}

)

select here.entity_key
from here
left join there on here.entity_key = there.entity_key
where there.entity_key is null

{% endtest %}
