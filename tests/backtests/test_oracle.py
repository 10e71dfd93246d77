"""A look back says of each instant what the oracle says at it, for all that the language can say: of every case.

The oracle is asked anew at each instant, and never sees what came later. What came of people it is asked at the end.
`SEGPY_BACKTESTS=all` looks at all cases; without it one of twelve, by their names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from zlib import crc32

import pytest

from segpy.spec.duration import Duration, parse_duration
from tests.backtests.ask import bound_of, counts, planned
from tests.cases import case as cases
from tests.cases.case import Case
from tests.oracle.ask import spec_from, world
from tests.oracle.log import Event
from tests.oracle.world import World

DAYS_AGO = (40, 9, 8, 2, 0)
HORIZON, GAP = parse_duration("3 days"), parse_duration("12 hours")
EVERY = 1 if os.environ.get("SEGPY_BACKTESTS") == "all" else 12


def some_cases() -> list[str]:
    return [name for name in cases.names() if crc32(name.encode()) % EVERY == 0]


def asked(case: Case) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """By entity a spec with an outcome, its event, and the segments about the entity that nothing remembers."""
    bound = bound_of(case.spec)
    if "outcomes:" in case.spec:
        return
    for entity in bound.entities:
        segments = tuple(one.name for one in bound.segments if one.entity == entity.name and not one.remembers)
        own = {stream.name for stream in entity.streams}
        events = sorted(one.name.text for one in spec_from(case.spec).events if one.stream.text in own)
        if segments and events:
            outcome = f"\noutcomes: {{it_happened: {{did: {events[0]}, within: {HORIZON}}}}}\n"
            yield case.spec + outcome, events[0], segments


@pytest.mark.parametrize("name", some_cases())
def test_each_instant(name: str) -> None:
    case = cases.load(name)
    looked = 0
    for spec, event, segments in asked(case):
        bound = bound_of(spec)
        if not bound.outcomes:
            continue
        assert HORIZON is not None
        plan = planned(bound, segments, "it_happened", GAP or Duration(), HORIZON)
        instants = tuple(case.as_of - timedelta(days=days) for days in DAYS_AGO)
        end = case.as_of + timedelta(days=30)
        found = counts(plan, case.tables, instants, end)
        there = {one.place: one for one in found if one.kind == "population"}
        inside = {(one.segment, one.place): one for one in found if one.kind == "instant"}
        entity = plan.panel.entity.entity.name
        later = world(case.spec, case.tables, end)
        for place, instant in enumerate(instants):
            then = world(case.spec, case.tables, instant)
            for i, segment in enumerate(segments):
                everybody, members = there.get(place), inside.get((i, place))
                wanted = _wanted(then, later, entity, segment, event, instant)
                got = (everybody.people, everybody.converted) if everybody else (0, 0)
                own = (members.members, members.converted_inside) if members else (0, 0)
                assert (*got, *own) == wanted, f"{segment} at {instant}"
                looked += 1
    if not looked:
        pytest.skip("no segment to look back for")


def _wanted(
    then: World, later: World, entity: str, segment: str, event: str, instant: datetime
) -> tuple[int, int, int, int]:
    there = {key for key in then.log.population(entity) if was_there(then, entity, key, instant)}
    members = then.members(segment) & there
    begins = instant + timedelta(hours=12)
    came = {
        key
        for key in there
        if any(
            _is(one, event) and begins <= one.at < begins + timedelta(days=3) for one in later.log.events(entity, key)
        )
    }
    return len(there), len(came), len(members), len(members & came)


def _is(one: Event, event: str) -> bool:
    return event in one.names


def was_there(world: World, entity: str, key: object, instant: datetime) -> bool:
    written = world.log.entities[entity]
    by_events = written.population is not None and written.population.value == "events"
    if written.start is None or written.attributes is None or written.attributes.valid_from or by_events:
        return True
    start = world.log.attributes(entity, key).get(written.start.text)  # type: ignore[arg-type]
    if start is None:
        return True
    at = start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time())  # type: ignore[arg-type]
    return at.replace(tzinfo=None) < instant
