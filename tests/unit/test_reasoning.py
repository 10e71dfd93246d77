"""What is known to follow, to exclude and to hold always, and what only looks so: tables of conditions."""

from __future__ import annotations

import pytest

from segpy.check.values import ANYTHING, KNOWN, NULL, Values, as_whole, between, points, span
from segpy.check.world import World
from tests.unit.stages import bound


def world(*conditions: str, head: str = "", segments: str = "") -> World:
    """The user's world, with the conditions as the `all` of a segment `s`."""
    items = "".join(f"      - {{{one}}}\n" for one in conditions)
    found = bound(f"{head}\nsegments:\n  s:\n    entity: user\n    all:\n{items}{segments}")
    return World(found, found.entity("user"))


def possible(*conditions: str, head: str = "", segments: str = "") -> bool:
    one = world(*conditions, head=head, segments=segments)
    return one.possible(one.definition("s"))


def certain(condition: str, head: str = "") -> bool:
    one = world(condition, head=head)
    return one.certain(one.definition("s"))


def implies(condition: str, other: str, head: str = "") -> bool:
    one = world(condition, head=head, segments=f"  t: {{entity: user, all: [{{{other}}}]}}\n")
    return one.implies([one.definition("s")], one.definition("t"))


NEVER = [
    ("count: login, at_least: 3", "count: login, less_than: 3"),
    ("count: login, more_than: 2", "count: login, less_than: 3"),
    ("count: login, exactly: 1.5",),
    ("count: login, at_most: -1",),
    ("count: login, is_null: true",),
    ("attribute: plan, in: [a, b]", "attribute: plan, exactly: c"),
    ("attribute: plan, is_null: true", "attribute: plan, in: [a]"),
    ("attribute: plan, is_null: true, exactly: a",),
    ("attribute: trial", "attribute: trial, exactly: false"),
    ("attribute: age, less_than: 4", "attribute: age, more_than: 3"),
    ("attribute: signed_up_at, at_least: 2026-03-01 12:00", "attribute: signed_up_at, less_than: 2026-03-01"),
    ("attribute: born_on, is_null: true", "tenure: born_on, at_least: 1 day"),
    ("did: login, in_the_last: 7 days", "did_not: login, in_the_last: 30 days"),
    ("did: login, in_the_last: 28 days", "did_not: login, in_the_last: 1 month"),
    ("did: login, in_the_last: 2 months", "did_not: login, in_the_last: 62 days"),
    ("did: login, between_ago: [20 days, 10 days]", "did_not: login, between_ago: [30 days, 7 days]"),
    ("did: login, within_first: 3 days", "did_not: login, within_first: 1 week"),
    ("did: login, in_the_last: 7 days, calendar: true", "did_not: login, in_the_last: 8 days"),
    ("did: login, in_the_last: 7 days, calendar: true", "did_not: login, in_the_last: 8 days, calendar: true"),
    ("did: login, in_the_last: 1 month, calendar: true", "did_not: login, in_the_last: 62 days"),
    ("did: login, between_ago: [10 days, 9 days]", "did_not: login, between_ago: [10 days, 2 days], calendar: true"),
    ("active_days: login, in_the_last: 7 days, calendar: true, at_least: 8",),
    ("did: login, from: 2026-01-01, to: 2026-02-01", "did_not: login, from: 2025-12-01"),
    ("did: login, within_first: 3 days", "attribute: signed_up_at, is_null: true"),
    ("did: login, after: {event: paid}", "did_not: paid"),
    ("did: login, after: {event: paid, nth: 3}", "count: paid, at_most: 2"),
    ("did: login, after: {event: paid, within: 1 day}", "did_not: login, after: {event: paid, within: 2 days}"),
    ("count: paid, where: 'amount > 3', at_least: 4", "count: paid, at_most: 3"),
    ("count: viewed, at_least: 4", "count: [login, viewed], at_most: 3"),
    ("active_days: login, at_least: 3", "count: login, at_most: 2"),
    ("active_days: login, in_the_last: 7 days, at_least: 8",),
    ("active_days: login, within_first: 7 days, at_least: 9",),
    ("count_distinct: paid.path, at_least: 3", "count: paid, at_most: 2"),
    ("sum: paid.amount, at_least: 1", "did_not: paid"),
    ("avg: paid.amount, at_least: 1", "did_not: paid"),
    ("min: paid.amount, at_least: 5", "max: paid.amount, at_most: 4"),
    ("max: paid.amount, in_the_last: 7 days, at_least: 5", "max: paid.amount, less_than: 5"),
    ("max: paid.amount, at_least: 5", "count_distinct: paid.amount, exactly: 0"),
    ("recency: login, more_than: 14 days", "did: login, in_the_last: 14 days"),
    ("recency: login, at_most: 7 days", "did_not: login, in_the_last: 7 days"),
    ("recency: login, at_least: 10 days", "tenure: login, less_than: 10 days"),
    ("recency: login, in_the_last: 7 days, more_than: 7 days",),
    ("tenure: login, at_most: 30 days", "did: login, between_ago: [90 days, 30 days]"),
    ("sequence: {steps: [login, paid]}", "did_not: paid"),
    ("sequence: {steps: [login, {event: login, times: 2}]}", "count: login, at_most: 2"),
    ("sequence: {steps: [login, paid], in_the_last: 7 days}", "did_not: login, in_the_last: 7 days"),
    ("expression: 'age > 3'", "none: [{expression: 'age > 3'}]"),
    ("did: login", "none: [{count: login, at_least: 1}]"),
    ("at_least_of: {n: 2, of: [{did: login}, {did_not: login}, {count: paid, less_than: 0}]}",),
    ("any: [{count: login, less_than: 0}, {all: [{did: paid}, {did_not: paid}]}]",),
    ("any: [{count: login, less_than: 1}, {did_not: login, in_the_last: 7 days}]", "recency: login, at_most: 7 days"),
    ("none: [{attribute: plan, in: [a]}]", "attribute: plan, is_null: true"),
]  # fmt: skip


@pytest.mark.parametrize("conditions", NEVER, ids="; ".join)
def test_nobody_can_fulfil(conditions: tuple[str, ...]) -> None:
    assert not possible(*conditions)
    for place in range(len(conditions) if len(conditions) > 1 else 0):
        assert possible(*conditions[:place], *conditions[place + 1 :]), "it takes all of them"


PERHAPS = [
    ("count: login, at_least: 3", "count: login, less_than: 4"),
    ("attribute: age, at_least: 3", "attribute: age, at_most: 3"),
    ("avg: paid.amount, more_than: 2", "avg: paid.amount, less_than: 3"),
    ("did: login, in_the_last: 30 days", "did_not: login, in_the_last: 7 days"),
    ("did: login, in_the_last: 30 days", "did_not: login, in_the_last: 1 month"),
    ("did: login, in_the_last: 1 month", "did_not: login, in_the_last: 30 days"),
    ("did: login, in_the_last: 2 months", "did_not: login, in_the_last: 60 days"),
    ("did: login, in_the_last: 7 days", "did_not: login, in_the_last: 7 days, calendar: true"),
    ("did: login, in_the_last: 7 days, calendar: true", "did_not: login, in_the_last: 7 days"),
    ("did: login, in_the_last: 1 month, calendar: true", "did_not: login, in_the_last: 61 days"),
    ("did: login, from: 2026-01-01", "did_not: login, from: 2026-01-02"),
    ("did: login, to: 2026-01-01", "did_not: login, from: 2020-01-01, to: 2026-01-01"),
    ("did: login, between_ago: [20 days, 10 days]", "did_not: login, between_ago: [30 days, 11 days]"),
    ("did: login, after: {event: paid, nth: 2}", "did_not: login, after: {event: paid, nth: last}"),
    ("did: login, after: {event: paid}", "did_not: login, before: {event: paid}"),
    ("count: paid, at_least: 4", "count: paid, where: 'amount > 3', at_most: 3"),
    ("count: paid, where: 'amount > 3', at_least: 4", "count: paid, where: 'amount > 4', at_most: 3"),
    ("count: login, at_least: 3", "count: paid, at_most: 2"),
    ("active_days: login, in_the_last: 7 days, at_least: 7",),
    ("active_days: login, within_first: 7 days, at_least: 8",),
    ("sum: paid.amount, at_most: -1",),
    ("sum: paid.amount, in_the_last: 7 days, at_least: 5", "sum: paid.amount, at_most: 4"),
    ("did: paid", "avg: paid.amount, is_null: true"),
    ("max: paid.amount, at_least: 5", "max: paid.amount, in_the_last: 7 days, less_than: 5"),
    ("recency: login, more_than: 7 days, or_never: true", "did_not: login"),
    ("recency: login, at_least: 14 days", "did: login, in_the_last: 14 days"),
    ("tenure: login, at_most: 30 days", "did: login, between_ago: [91 days, 29 days]"),
    ("sequence: {steps: [login, paid]}", "did_not: paid, in_the_last: 7 days"),
    ("sequence: {steps: [login, paid]}", "count: login, at_most: 1"),
    ("expression: 'age > 3'", "expression: 'age > 2'"),
    ("attribute: plan, in: [a]", "none: [{attribute: plan, in: [b]}]"),
    ("attribute: age, at_least: 9007199254740993", "attribute: age, at_most: 9007199254740992"),
]


@pytest.mark.parametrize("conditions", PERHAPS, ids="; ".join)
def test_somebody_may_fulfil(conditions: tuple[str, ...]) -> None:
    assert possible(*conditions)


ALWAYS = [
    "count: login, at_least: 0",
    "count: login, is_null: false",
    "any: [{did: login}, {did_not: login}]",
    "any: [{count: login, at_least: 3}, {count: login, at_most: 2}]",
    "any: [{did: login, in_the_last: 30 days}, {did_not: login, in_the_last: 7 days}]",
    "any: [{attribute: age, at_least: 3}, {attribute: age, less_than: 3, or_never: true}]",
    "any: [{attribute: trial}, {attribute: trial, exactly: false}, {attribute: trial, is_null: true}]",
    "any: [{recency: login, at_most: 7 days}, {did_not: login, in_the_last: 7 days}]",
    "none: [{count: login, less_than: 0}]",
    "at_least_of: {n: 1, of: [{did: login}, {did_not: login}, {did: paid}]}",
    "active_days: login, in_the_last: 7 days, at_most: 7",
]
NOT_ALWAYS = [
    "attribute: age, is_null: false",
    "any: [{attribute: age, at_least: 3}, {attribute: age, less_than: 3}]",
    "any: [{attribute: trial}, {attribute: trial, exactly: false}]",
    "any: [{recency: login, at_most: 7 days}, {recency: login, more_than: 7 days}]",
    "any: [{attribute: plan, in: [a]}, {none: [{attribute: plan, in: [a]}]}]",
    "any: [{did: login, in_the_last: 7 days}, {did_not: login, in_the_last: 30 days}]",
    "none: [{attribute: age, less_than: 3}, {attribute: age, at_least: 3}]",
    "sum: paid.amount, at_least: 0",
    "recency: login, at_least: 1 second",
    "active_days: login, in_the_last: 7 days, at_most: 6",
]


@pytest.mark.parametrize("condition", ALWAYS)
def test_everybody_fulfils(condition: str) -> None:
    assert certain(condition)


@pytest.mark.parametrize("condition", NOT_ALWAYS)
def test_not_everybody_need_fulfil(condition: str) -> None:
    assert not certain(condition)


IMPLIED = [
    ("count: login, at_least: 3", "count: login, at_least: 1"),
    ("count: login, exactly: 0", "count: login, at_most: 3"),
    ("count: login, between: [2, 3]", "count: login, in: [1, 2, 3]"),
    ("count: login, in_the_last: 7 days, at_least: 2", "did: login, in_the_last: 30 days"),
    ("did_not: login", "did_not: login, in_the_last: 30 days"),
    ("active_days: login, in_the_last: 7 days, at_least: 2", "count: login, in_the_last: 7 days, at_least: 2"),
    ("did: login, in_the_last: 7 days", "recency: login, at_most: 7 days"),
    ("recency: login, at_most: 7 days", "did: login, in_the_last: 7 days"),
    ("recency: login, less_than: 7 days", "recency: login, less_than: 8 days, or_never: true"),
    ("recency: login, between: [8 days, 9 days]", "did: login, between_ago: [10 days, 7 days]"),
    ("attribute: plan, in: [a]", "attribute: plan, in: [a, b]"),
    ("attribute: plan, in: [a]", "none: [{attribute: plan, in: [b]}]"),
    ("all: [{did: login}, {did: paid}]", "did: paid"),
    ("did: paid", "any: [{did: login}, {did: paid}]"),
    ("sequence: {steps: [login, paid]}", "all: [{did: login}, {did: paid}]"),
    ("count: paid, where: 'amount > 3 and seats > 1', at_least: 2", "count: paid, where: 'seats > 1', at_least: 2"),
]
NOT_IMPLIED = [
    ("count: login, at_least: 1", "count: login, at_least: 2"),
    ("did: login, in_the_last: 30 days", "did: login, in_the_last: 7 days"),
    ("none: [{attribute: plan, in: [b]}]", "attribute: plan, in: [a]"),
    ("none: [{attribute: age, at_least: 3}]", "attribute: age, less_than: 3, is_null: true"),
    ("recency: login, less_than: 8 days, or_never: true", "recency: login, less_than: 9 days"),
    ("did: login, in_the_last: 31 days", "did: login, in_the_last: 1 month"),
    ("all: [{did: login}, {did: paid}]", "sequence: {steps: [login, paid]}"),
]


@pytest.mark.parametrize(("condition", "other"), IMPLIED)
def test_one_implies_the_other(condition: str, other: str) -> None:
    assert implies(condition, other)


@pytest.mark.parametrize(("condition", "other"), NOT_IMPLIED)
def test_one_need_not_imply_the_other(condition: str, other: str) -> None:
    assert not implies(condition, other)


def test_no_negation_is_of_what_is_null() -> None:
    """Under `none` an unknown value leaves out, so who is left has one."""
    assert implies("none: [{attribute: age, at_least: 3}]", "attribute: age, less_than: 3")


@pytest.mark.parametrize(
    ("conditions", "head", "expected"),
    [
        (("recency: login, more_than: 500 days",), "retention: 400 days", False),
        (("recency: login, more_than: 399 days",), "retention: 400 days", True),
        (("recency: login, more_than: 500 days, or_never: true",), "retention: 400 days", True),
        (("active_days: login, in_the_last: 7 days, at_least: 8",), "grain: hour", True),
        (("active_days: login, in_the_last: 7 days, at_least: 9",), "grain: hour", False),
        (("active_days: login, in_the_last: 7 days, at_least: 9",), "timezone: Europe/Berlin", True),
        (("active_days: login, in_the_last: 7 days, at_least: 10",), "timezone: Europe/Berlin", False),
        (("active_days: login, between_ago: [60 days, 50 days], at_least: 1",), "retention: 50 days", False),
    ],
)
def test_settings_bound_what_can_be(conditions: tuple[str, ...], head: str, expected: bool) -> None:
    assert possible(*conditions, head=head) is expected


SEGMENTS = """
  base: {entity: user, all: [{attribute: plan, in: [a]}]}
  early: {entity: user, all: [{did: login}]}
  late: {entity: user, all: [{did: login}, {did: paid}]}
  last: {entity: user, any: [{did: paid}, {did: login}]}
exclusive_groups: {g: [early, late, last]}
"""


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (("in_segment: base", "not_in_segment: base"), False),
        (("in_segment: base", "attribute: plan, in: [b]"), False),
        (("not_in_segment: base", "attribute: plan, in: [a]"), False),
        (("not_in_segment: base", "attribute: plan, in: [b]"), True),
        (("not_in_segment: base", "attribute: plan, is_null: true"), True),
        (("in_segment: early", "in_segment: last"), False),
        (("in_segment: late",), False),
        (("in_segment: last", "did: login"), False),
        (("in_segment: last", "did: paid"), True),
    ],
)
def test_segments_are_looked_into(conditions: tuple[str, ...], expected: bool) -> None:
    assert possible(*conditions, segments=SEGMENTS) is expected


def test_what_is_too_large_is_given_up() -> None:
    """A puzzle with more ways than are tried: nine pigeons in eight holes. Nothing is claimed of it."""

    def sits(pigeon: int, hole: int) -> str:
        return f"{{count: login, where: 'seats = {pigeon * 10 + hole}', at_least: 1}}"

    pigeons = [f"any: [{', '.join(sits(pigeon, hole) for hole in range(8))}]" for pigeon in range(9)]
    apart = [
        f"none: [{{all: [{sits(one, hole)}, {sits(two, hole)}]}}]"
        for hole in range(8)
        for one in range(9)
        for two in range(one)
    ]
    assert possible(*pigeons, *apart)


@pytest.mark.parametrize(
    ("values", "members", "others"),
    [
        (between(1, 3), (1, 2.5, 3), (0.9, 3.1, None)),
        (span((1, 1), None), (1.1, 9), (1, 0, None)),
        (points(["b", "d"]), ("b", "d"), ("a", "c", "e", None)),
        (~points(["b", "d"]), ("a", "c", "e", None), ("b", "d")),
        (ANYTHING & ~NULL, (0, -1), (None,)),
        (between(1, 3) | between(5, 6), (1, 3, 5, 6), (4, 0, 7)),
        (between(1, 3) & span(None, (3, 0)), (1, 2.9), (3,)),
        (as_whole(span((1, 1), (4, 0))), (2, 3), (1, 4)),
    ],
)
def test_sets_of_values(values: Values, members: tuple[object, ...], others: tuple[object, ...]) -> None:
    assert all(one in values for one in members)
    assert not any(one in values for one in others)


def test_of_whole_numbers_nothing_lies_between_two() -> None:
    assert as_whole(span((2, 1), (3, 0))).empty
    assert not span((2, 1), (3, 0)).empty
    assert as_whole(between(1.2, 3.9)) == between(2, 3, whole=True)
    assert between(2, 3, whole=True) | between(4, 5, whole=True) == between(2, 5, whole=True)
    assert (KNOWN | NULL) == ANYTHING
