"""Generated SQL for sequences equals an evaluator that tries every choice of events.

`SEGPY_SEQUENCE_EXAMPLES=20000` runs longer, and then on fresh examples each time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.cases.runner import Models, Refused, compile_spec, run
from tests.cases.tables import Row, Value
from tests.properties.sequences import (
    AS_OF,
    Event,
    Whole,
    expected_row,
    random_log,
    several,
    spec_of,
    tables_of,
)

WANTED = os.environ.get("SEGPY_SEQUENCE_EXAMPLES")


@pytest.mark.slow
@settings(
    max_examples=int(WANTED or 25),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(sequences=several(), seed=st.integers(0, 2**32))
def test_sequences_equal_the_oracle(sequences: tuple[Whole, ...], seed: int) -> None:
    """Every column of every sequence, for every entity of a random log."""
    models = compiled(sequences)
    log = random_log(seed)
    wrong = differing(models, sequences, log)
    if wrong:
        key = min(wrong, key=lambda one: len(log[one]))
        events = least(models, sequences, log[key])
        found = differing(models, sequences, {"u": events})["u"]
        raise AssertionError(
            f"{len(wrong)} of {len(log)} entities differ\n{spec_of(sequences)}as_of {AS_OF}\n"
            + "\n".join(f"{event.name},{event.when},{event.v},{event.p},{event.seq}" for event in events)
            + "\n"
            + "\n".join(f"{column}: expected {expected!r}, got {got!r}" for column, (expected, got) in found.items())
        )


def compiled(sequences: tuple[Whole, ...]) -> Models:
    """The models. What segpy says it cannot compile exactly is another example's business."""
    try:
        return compile_spec(spec_of(sequences))
    except Refused as refused:
        if refused.codes == {"SEG502"}:
            reject()
        raise


def differing(
    models: Models, sequences: tuple[Whole, ...], log: Mapping[str, tuple[Event, ...]]
) -> dict[str, dict[str, tuple[Value, Value]]]:
    """By entity, the columns whose value is not the oracle's: (expected, got)."""
    answer = run(models, tables_of(log), AS_OF)
    found = {str(row["user_id"]): counted(row) for row in answer["user_features"]}
    for row in answer["user_segments"]:
        found[str(row["user_id"])] |= {segment: row[segment] for segment in ("done", "twice")}
    assert found.keys() == log.keys()
    wrong = {}
    for key, events in log.items():
        expected = expected_row(sequences, events)
        got: Row = {column: found[key][column] for column in expected}
        columns = {column: (expected[column], got[column]) for column in expected if expected[column] != got[column]}
        if columns:
            wrong[key] = columns
    return wrong


def counted(row: Row) -> Row:
    """A row of features, with the number of matches, whose column is named from its meaning, as `matches`."""
    (column,) = [name for name in row if name.endswith("_matches")]
    return {**row, "matches": row[column]}


def least(models: Models, sequences: tuple[Whole, ...], events: tuple[Event, ...]) -> tuple[Event, ...]:
    """A few of an entity's events that still differ: leaving out any one of them makes the difference go away."""
    for number in range(len(events)):
        fewer = events[:number] + events[number + 1 :]
        if differing(models, sequences, {"u": fewer}):
            return least(models, sequences, fewer)
    return events
