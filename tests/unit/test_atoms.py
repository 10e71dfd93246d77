"""What can be told of events without reading them."""

from __future__ import annotations

import pytest

from segpy.resolve.atoms import disjoint, event_values
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import EventMeasure
from tests.unit.stages import bound, measure

EVENTS = """
events:
  by_where: {stream: app, where: "name = 'login'"}
  turned: {stream: app, where: "'login' = name and amount > 1"}
  listed: {stream: app, where: "name in ('b', 'a', 'a')"}
  narrowed: {stream: app, is: login, where: "name = 'other'"}
  either: {stream: app, where: "name = 'a' or amount > 1"}
  not_this: {stream: app, where: "name <> 'a'"}
  computed: {stream: app, where: "name in ('a', lower('B'))"}
  by_path: {stream: app, where: "path = 'a'"}
"""


def atom(event: str, where: str | None = None) -> Atom:
    """An event of the world or of those above, narrowed."""
    narrowed = f', where: "{where}"' if where else ""
    features = bound(EVENTS, f"features:\n  f: {{entity: user, count: {event}{narrowed}}}\n").features
    assert isinstance(features[0].measure, EventMeasure)
    return features[0].measure.atom


@pytest.mark.parametrize(
    ("event", "values"),
    [
        ("login", ("login",)),
        ("paid", ("charged", "invoiced")),
        ("by_where", ("login",)),
        ("turned", ("login",)),
        ("listed", ("a", "b")),
        ("narrowed", ("login",)),
        ("either", ()),
        ("not_this", ()),
        ("computed", ()),
        ("by_path", ()),
        ("anything", ()),
        ("mail", ()),
    ],
)
def test_values_of_the_event_column(event: str, values: tuple[str, ...]) -> None:
    assert event_values(atom(event).events[0]) == values


@pytest.mark.parametrize(
    ("one", "other"),
    [("login", "paid"), ("login", "mail"), ("login", "listed"), ("anything", "mail"), ("viewed", "by_where")],
)
def test_disjoint(one: str, other: str) -> None:
    assert disjoint(atom(one), atom(other)) and disjoint(atom(other), atom(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("login", "login"), ("login", "by_where"), ("login", "big"), ("login", "anything"), ("mail", "mail")],
)
def test_not_known_to_be_disjoint(one: str, other: str) -> None:
    assert not disjoint(atom(one), atom(other)) and not disjoint(atom(other), atom(one))


def test_a_filter_alone_never_tells_events_apart() -> None:
    assert not disjoint(atom("login", "vip"), atom("login", "not vip"))


def test_equal_events_under_two_names_are_one_atom_only_by_value() -> None:
    """An event's name takes part in equality: two names of the same rows stay two columns."""
    assert atom("login") == atom("login")
    assert atom("login", "amount > 1") == atom("login", "amount  >  1")
    assert atom("login") != atom("by_where")
    assert measure("count: login") != measure("count: login, where: amount > 1")
