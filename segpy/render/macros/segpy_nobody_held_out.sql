{# Nothing is done with those who are held out. Returns whoever is here although a hold-out of the segment holds them out. #}
{% test segpy_nobody_held_out(model, holdouts, assignments) %}

select
    activation.segment,
    activation.entity,
    activation.entity_key,
    assigned.salt
from {{ model }} as activation
inner join {{ holdouts }} as holdouts
    on activation.segment = holdouts.segment
    and activation.entity = holdouts.entity
inner join {{ assignments }} as assigned
    on holdouts.salt = assigned.salt
    and activation.entity_key = assigned.entity_key
where assigned.arm = 'holdout'

{% endtest %}
