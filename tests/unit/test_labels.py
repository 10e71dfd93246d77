"""Which narrower events labels tell apart, and that the rows found by labels and by flags are the same."""

from __future__ import annotations

from datetime import datetime

import pytest

from segpy.plan.labels import MOST_TOLD, told_apart
from tests.cases.runner import compile_spec, run
from tests.cases.tables import Table

AS_OF = datetime(2026, 3, 1)
SPEC = """
entities: {user: {key: user_id, key_type: text}}
streams:
  app:
    relation: ref('rows')
    entity: {user: user_id}
    occurred_at: at
    event: name
    properties: {v: integer, w: integer}
events:
  odd: {stream: app, is: 'open and by_v', where: v = 1}
features:
  opened: {entity: user, count: open}
  odd_names: {entity: user, count: odd}
"""
ROWS = [(name, v, w) for name in ("open", "close", "open and by_v") for v in (None, 0, 1, 2, 3) for w in (None, 1, 2)]


def test_each_set_has_a_label() -> None:
    labels = told_apart({"big": "app.buy", "late": "app.buy", "deep": "app.view"}, ["app.buy", "app.view", "app.login"])
    assert dict(labels.of("app.buy")) == {
        "app.buy": frozenset(),
        "app.buy and big": {"big"},
        "app.buy and late": {"late"},
        "app.buy and big and late": {"big", "late"},
    }
    assert dict(labels.of("app.login")) == {"app.login": frozenset()}
    assert labels.sets == (("big", "late"), ("big",), ("deep",), ("late",))


@pytest.mark.parametrize(
    ("narrower", "labels"),
    [
        ({f"n{i}": "app.buy" for i in range(MOST_TOLD + 1)}, ["app.buy"]),
        ({f"n{i}": "app.buy" for i in range(500)}, ["app.buy"]),
        ({"big": "app.buy"}, ["app.buy", "app.buy and big"]),
        ({"big": "app.buy", "late": "app.buy"}, ["app.buy", "app.buy and big and late"]),
    ],
)
def test_too_many_and_what_would_read_alike_keep_flags(narrower: dict[str, str], labels: list[str]) -> None:
    assert not told_apart(narrower, labels).narrower


@pytest.mark.parametrize("number", [1, 2, MOST_TOLD, MOST_TOLD + 1])
@pytest.mark.parametrize("events", ["open", "[open, close]"])
def test_the_rows_are_the_same(number: int, events: str) -> None:
    """Counts of narrower events, some of them of two events at once, against the rows themselves."""
    wheres = ["v >= 1", "v < 3", "w = 1", "v + w > 2"][:number]
    names = "".join(f"  {name}: {{stream: app, is: {name}}}\n" for name in ("open", "close"))
    counted = "".join(
        f"  n{i}: {{entity: user, count: {events}, where: '{where}'}}\n" for i, where in enumerate(wheres)
    )
    spec = SPEC.replace("events:\n", f"events:\n{names}", 1) + counted
    cells = [("u", "2026-02-01", name, *(None if x is None else str(x) for x in (v, w))) for name, v, w in ROWS]
    columns = {"user_id": "text", "at": "timestamp", "name": "text", "v": "integer", "w": "integer"}
    models = compile_spec(spec)
    answers = run(models, [Table("rows", columns, tuple(cells))], AS_OF)
    (found,) = answers["user_features"]
    seen = [(v, w) for name, v, w in ROWS if name == "open" or (name == "close" and "close" in events)]
    truth = [
        sum(v is not None and v >= 1 for v, _ in seen),
        sum(v is not None and v < 3 for v, _ in seen),
        sum(w == 1 for _, w in seen),
        sum(v is not None and w is not None and v + w > 2 for v, w in seen),
    ]
    assert [found[f"n{i}"] for i in range(number)] == truth[:number]
    assert (found["opened"], found["odd_names"]) == (15, 3)
    flags = {name for name in answers["user_events"][0] if name.startswith("is_")}
    assert len(flags) == (0 if events == "open" and number <= MOST_TOLD else number)
