{# Nothing at or after as_of was read. Returns the instants that should not be there. #}
{% test segpy_before_as_of(model, column, grain='day') %}

select {{ column }}
from {{ model }}
where {{ column }} >= {{ adapter.dispatch('segpy_timestamp', 'segpy')(adapter.dispatch('segpy_as_of_text', 'segpy')(grain)) }}

{% endtest %}
