"""What was found, to a proposal."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.propose.entities import find_entities, relations_of, tells_of, unused_relations
from segpy.propose.events import find_events, find_segments
from segpy.propose.model import Measured, Proposal, Unused
from segpy.propose.streams import find_streams


def propose(measured: Sequence[Measured], unused: Sequence[Unused]) -> Proposal:
    """Entities, streams, events and segments. `unused` are relations that were not even looked at, and why."""
    about = [one.table for one in measured if tells_of(one) is not None]
    found = find_streams(measured, about)
    entities, streams = find_entities(found.streams, relations_of(measured))
    events, rare = find_events(streams)
    segments, others = find_segments(entities, streams, events)
    left = (*unused_relations(measured, entities), *found.unused, *unused)
    return Proposal(entities, streams, events, rare, segments, others, left)
