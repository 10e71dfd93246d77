"""The attempt at a sequence that got furthest, and what broke it, equal what trying everything finds.

`SEGPY_ATTEMPT_EXAMPLES=2000` runs longer, and then on fresh examples each time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segpy.catalog.model import Catalog
from segpy.plan.build import build_plan
from segpy.plan.model import EntityPlan
from segpy.resolve.bind import bind
from segpy.spec.decode import decode
from segpy.sql.read import read_expression
from segpy.warehouse.model_why import Attempt, Happened, Standing
from segpy.warehouse.why import furthest, scene_of
from tests.cases.attempt_oracle import furthest as tried
from tests.cases.attempt_oracle import opening, possible, scene
from tests.cases.runner import run
from tests.cases.sequence_oracle import Match, Seen, end_of
from tests.cases.tables import Row
from tests.properties.sequences import AS_OF, DAY, Event, Whole, random_log, several, spec_of, tables_of
from tests.properties.test_sequences import compiled
from tests.unit.stages import nodes

WANTED = os.environ.get("SEGPY_ATTEMPT_EXAMPLES")
SECOND = timedelta(seconds=1)
LIMITS, SCARCE = {"too_late", "too_long", "between"}, {"too_few", "never", "outside", "other_value"}


@pytest.mark.slow
@settings(
    max_examples=int(WANTED or 6),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a failure names one entity's events: they are few as it is
    suppress_health_check=list(HealthCheck),
)
@given(sequences=several(), seed=st.integers(0, 2**32))
def test_the_furthest_attempt_is_that_of_the_oracle(sequences: tuple[Whole, ...], seed: int) -> None:
    """Of each sequence, for every entity of a random log."""
    models, log = compiled(sequences), random_log(seed)
    plan = planned(spec_of(sequences))
    answer = run(models, tables_of(log), AS_OF)
    rows = by_key(answer["user_events"], plan)
    for number, whole in enumerate(sequences):
        assert plan.sequences is not None
        origins = {one.name: one.origin for one in plan.features.columns}
        name = origins[f"s{number}_step"].sequence  # type: ignore[union-attr]
        sequence = next(one for one in plan.sequences.sequences if one.name == name)
        for key, events in log.items():
            found = furthest(scene_of(sequence, rows.get(key, ()), AS_OF))
            try:
                agrees(found, whole, events)
            except AssertionError as error:
                told = "\n".join(f"{one.name},{one.when},{one.v},{one.p},{one.seq}" for one in events)
                print(f"FAILED {whole}\n{told}\n{found}\n{error}")
                raise AssertionError(f"{whole}\n{told}\n{found}\n{error}") from error


def planned(text: str) -> EntityPlan:
    spec, _ = decode([nodes(text)])
    assert spec is not None
    result, _ = bind(spec, Catalog(), read_expression)
    assert result is not None
    (plan,) = build_plan(result).entities
    return plan


def by_key(rows: Sequence[Row], plan: EntityPlan) -> Mapping[str, tuple[Happened, ...]]:
    """The events of each entity, as they are read."""
    assert plan.events is not None
    found: dict[str, tuple[Happened, ...]] = {}
    for row in rows:
        values = tuple((name, None if row[name] is None else str(row[name])) for _, name in plan.events.properties)
        flags = frozenset(name for name in plan.events.flags if row[name])
        order = row.get("event_order")
        at = datetime.fromisoformat(str(row["occurred_at"]))
        event = Happened(at, None if order is None else int(str(order)), str(row["event"]), flags, values)
        key = str(row["user_id"])
        found[key] = (*found.get(key, ()), event)
    return found


def agrees(found: Attempt, whole: Whole, events: tuple[Event, ...]) -> None:
    """Everything that is told of an attempt."""
    seen = scene([event.when for event in events], whole.pattern(events), AS_OF)
    expected = tried(seen, AS_OF)
    assert len(found.steps) == expected.steps, expected
    times = [tuple(sorted(one.at for one in step)) for step in found.steps]
    if expected.steps:
        ends = {(end_of(seen, match), min(seen.when[one] for one in match[0])) for match in expected.attempts}
        assert (times[-1][-1], times[0][0]) in ends, ends
        chosen = {
            tuple(tuple(sorted(seen.when[one] for one in group)) for group in match) for match in expected.attempts
        }
        assert tuple(times) in chosen
    kinds = frozenset(one.kind.value for one in found.broken)
    if expected.steps == len(whole.parts):
        assert (found.standing is Standing.COMPLETED) == expected.completed
        if not expected.completed:
            assert whole.then is not None
            over = times[-1][-1] + whole.then[1] * DAY < AS_OF
            assert (kinds == {"followed"}) if found.standing is Standing.BROKEN else (not kinds and not over)
    elif not expected.steps:
        (broken,) = expected.broken
        assert found.standing is Standing.BROKEN
        assert (kinds in broken) if broken else not kinds - {"between", *SCARCE}, (kinds, broken)
    else:
        window = None if whole.in_the_last is None else whole.in_the_last * DAY
        told = zip(expected.attempts, expected.broken, strict=True)
        alike = [(match, broken) for match, broken in told if sorted_times(match, seen.when) == tuple(times)]
        wrong = [why_not(found, kinds, seen, match, broken, window) for match, broken in alike]
        assert not all(wrong), wrong


def why_not(
    found: Attempt,
    kinds: frozenset[str],
    seen: Seen,
    match: Match,
    broken: frozenset[frozenset[str]],
    window: timedelta | None,
) -> str:
    """What is told wrong of an attempt, if it is this one."""
    if broken:
        right = found.standing is Standing.BROKEN and kinds in broken
        return "" if right else f"{kinds} is not among {broken}"
    opens = opening(seen, match, AS_OF)
    if found.until is not None and abs(found.until - opens) < SECOND:
        return ""  # of several events at different instants some would be beyond it
    could = possible(seen, match, opens, window)
    if (found.standing is Standing.WAITING) != could:
        return f"that it could go on is {could}"
    if found.standing is Standing.BROKEN:
        closed = found.until is not None and found.until <= max(AS_OF, found.opens or AS_OF)
        return "" if kinds & LIMITS or closed else "nothing says why it could not go on"
    before = SECOND if found.closes or seen.pattern.ties == "strict" else 0 * SECOND
    last = AS_OF + 1000 * DAY if found.until is None else found.until - before
    if not possible(seen, match, max(last, opens), window):
        return f"it could not go on at {last}"
    if found.until is not None and possible(seen, match, found.until + SECOND, window):
        return "it could go on later still"
    return ""


def sorted_times(match: tuple[tuple[int, ...], ...], when: Mapping[int, datetime]) -> tuple[tuple[datetime, ...], ...]:
    return tuple(tuple(sorted(when[one] for one in group)) for group in match)
