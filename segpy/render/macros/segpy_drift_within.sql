{#
    Members of no segment are others than they were by more than the portfolio allows: of what was saved last of each
    segment of `segments`, as of its last instant, no index of population stability is above `at_most`, and above what
    chance does, both. Returns the segments and features that are. Before anything is saved it holds.
#}
{% test segpy_drift_within(model, segments, at_most) %}

with drift as (

    select
        segment,
        about,
        figure,
        as_of,
        last_at,
        estimate
    from {{ model }}
    where command = 'drift'
        and segment in (select segment from {{ segments }})

),

last_runs as (

    select segment, max(as_of) as as_of
    from drift
    group by segment

),

last_instants as (

    select drift.segment, drift.as_of, max(drift.last_at) as last_at
    from drift
    inner join last_runs
        on last_runs.segment = drift.segment
        and last_runs.as_of = drift.as_of
    group by drift.segment, drift.as_of

)

select
    found.segment,
    found.about as feature,
    found.estimate as index_found
from drift as found
inner join last_instants
    on last_instants.segment = found.segment
    and last_instants.as_of = found.as_of
    and last_instants.last_at = found.last_at
inner join drift as chance
    on chance.segment = found.segment
    and chance.about = found.about
    and chance.as_of = found.as_of
    and chance.last_at = found.last_at
where found.figure = 'psi'
    and chance.figure = 'psi_by_chance'
    and found.estimate > {{ at_most }}
    and found.estimate > chance.estimate

{% endtest %}
