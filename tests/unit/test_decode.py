"""Nodes to a spec: what is kept, what is made of it, and where each name and value stands."""

from __future__ import annotations

from dataclasses import fields
from itertools import permutations

import pytest

from segpy.diagnostics.model import Span
from segpy.spec import model as written
from segpy.spec.decode import decode
from segpy.spec.duration import Duration
from segpy.spec.errors import DefinedTwice
from segpy.spec.expression import Type
from segpy.spec.model import Comparison, Condition, Grain, Group, InSegment, Logic, Relop, Spec
from segpy.spec.model_measures import (
    Anchored,
    BetweenAgo,
    Ever,
    InTheLast,
    Measure,
    Operand,
    Sequence,
    Side,
    Window,
    WithinFirst,
)
from segpy.spec.model_values import Length, SqlText, Value
from tests.unit.stages import WORLD, decoded, nodes, refused

ANYWHERE = Span("a.yml", 1, 1)
DAY = 86_400_000_000


def condition(yaml: str) -> Condition:
    """The condition of a segment that has this one only."""
    (segment,) = decoded(f"segments:\n  s:\n    entity: user\n    all:\n      - {yaml}\n").segments
    assert isinstance(segment.condition, Group)
    (one,) = segment.condition.conditions
    return one


def comparing(yaml: str) -> written.Test:
    """The same, where it compares a measure."""
    found = condition(yaml)
    assert isinstance(found, written.Test)
    return found


def feature(yaml: str) -> Measure:
    """The measure of a feature."""
    (found,) = decoded(f"features:\n  f: {{{yaml}}}\n").features
    return found.measure


def at(spec: Spec, span: Span, text: str) -> str:
    """The text at a span."""
    return text.splitlines()[span.line - 1][span.column - 1 : span.column - 1 + span.length]


# --- places ---------------------------------------------------------------------------------------------------------


def test_names_and_values_keep_their_places() -> None:
    text = "segments:\n  buyers:\n    entity: user\n    all:\n      - {count: order_placed, at_least: 250}\n"
    (segment,) = decoded(text).segments
    assert segment.name.span == Span("a.yml", 2, 3, 6)
    assert segment.entity.span == Span("a.yml", 3, 13, 4)
    assert isinstance(segment.condition, Group) and isinstance(segment.condition.conditions[0], written.Test)
    (comparison,) = segment.condition.conditions[0].comparisons
    assert comparison.values[0].span == Span("a.yml", 5, 41, 3)
    assert comparison.values[0].value == 250


@pytest.mark.parametrize("operand", ["order.amount", "'order.amount'", '"order.amount"'])
def test_both_halves_of_an_operand_have_places(operand: str) -> None:
    text = f"features:\n  spend: {{sum: {operand}}}\n"
    (one,) = decoded(text).features
    assert isinstance(one.measure.operand, Operand) and one.measure.operand.prop is not None
    halves = (one.measure.operand.name, one.measure.operand.prop)
    assert [at(decoded(text), half.span, text) for half in halves] == ["order", "amount"]


def test_an_expression_knows_whether_it_stands_letter_for_letter() -> None:
    plain = feature("expression: a + b")
    quoted = feature("expression: 'a + b'")
    escaped = feature("expression: 'a || ''b'''")
    kept = [one.operand for one in (plain, quoted, escaped)]
    assert [(text.verbatim, text.offset) for text in kept if isinstance(text, SqlText)] == [
        (True, 0),
        (True, 1),
        (False, 1),
    ]


# --- defaults -------------------------------------------------------------------------------------------------------


def test_nothing_written_is_an_empty_spec_with_defaults() -> None:
    settings = decoded("version: 1").settings
    assert (settings.dialect, settings.grain, settings.retention) == ((), Grain.DAY, None)
    assert (settings.models_path, settings.name_prefix) == ("models/segpy", "")


def test_defaults() -> None:
    spec = decoded(
        "entities:\n  user: {key: id}\n"
        "streams:\n  app: {relation: ref('e'), entity: {user: id}, occurred_at: at}\n"
        "segments:\n  s: {entity: user, all: [{did: login}]}\n"
    )
    (user,), (app,), (segment,) = spec.entities, spec.streams, spec.segments
    assert (user.key_type, user.attributes, user.population, user.start) == (Type.TEXT, None, None, None)
    assert (app.id, app.event, app.properties) == (None, None, ())
    assert (segment.description, segment.stage, segment.owner, segment.version) == ("", None, None, 1)
    assert (segment.extends, segment.playbook, segment.size) == (None, None, None)


# --- measures and windows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "window"),
    [
        ("", "Ever()"),
        (", ever: true", "Ever()"),
        (", in_the_last: 7 days", "InTheLast(7 days)"),
        (", between_ago: [30 days, 7 days]", "BetweenAgo(30 days, 7 days)"),
        (", between_ago: [2 months, 0 days]", "BetweenAgo(2 months, 0 days)"),
        (", within_first: 48 hours", "WithinFirst(2 days)"),
        (", after: {event: login}", "after login 1 None"),
        (", after: {event: login, nth: last, within: 1 day}", "after login 0 1 day"),
        (", before: {event: login, nth: 3}", "before login 3 None"),
    ],
)
def test_windows(yaml: str, window: str) -> None:
    assert shown(feature(f"count: paid{yaml}").window) == window


def shown(window: Window) -> str:
    """A window in short."""
    match window:
        case Ever():
            return "Ever()"
        case InTheLast((length,)) | WithinFirst(length):
            return f"{type(window).__name__}({length.duration})"
        case BetweenAgo(far, near):
            return f"BetweenAgo({far.duration}, {near.duration})"
        case Anchored(side, event, _, nth, within):
            assert side in Side
            return f"{side.value} {event.name.text} {nth} {within.duration if within else None}"


@pytest.mark.parametrize(
    ("yaml", "detail"),
    [
        ("gap: a", "GapDetail(Statistic.AVG)"),
        ("gap: a, statistic: last", "GapDetail(Statistic.LAST)"),
        ("streak: a", "StreakDetail(CalendarUnit.DAY, StreakKind.LONGEST, 0)"),
        (
            "streak: a, unit: month, kind: current, allow_gap: 2",
            "StreakDetail(CalendarUnit.MONTH, StreakKind.CURRENT, 2)",
        ),
        ("burst: a, per: 2 hours", "BurstDetail(2 hours)"),
        ("decayed: a.b, half_life: 2 weeks", "DecayedDetail(14 days)"),
        ("change: {count: a}, recent: 1 day, baseline: 9 days", "ChangeDetail(1 day, 9 days, ChangeAs.RATIO)"),
        (
            "change: {count: a}, recent: 1 day, baseline: 9 days, as: zscore",
            "ChangeDetail(1 day, 9 days, ChangeAs.ZSCORE)",
        ),
        ("count: a", "None"),
        ("ratio: [{count: a}, {count: b}]", "None"),
    ],
)
def test_details(yaml: str, detail: str) -> None:
    found = feature(yaml).detail
    parts = (getattr(found, one.name) for one in fields(found)) if found is not None else ()
    shown = ", ".join(str(part.duration if isinstance(part, Length) else part) for part in parts)
    assert (f"{type(found).__name__}({shown})" if found is not None else "None") == detail


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("count: a, per: 1 hour", "SEG118"),
        ("gap: a, unit: day", "SEG118"),
        ("streak: a, statistic: max", "SEG118"),
        ("burst: a", "SEG111"),
        ("decayed: a", "SEG111"),
        ("change: {count: a}, recent: 1 day", "SEG111"),
        ("burst: a, per: 1 month", "SEG113"),
        ("burst: a, per: 0 hours", "SEG113"),
        ("gap: a, statistic: median", "SEG112"),
        ("streak: a, unit: year", "SEG112"),
        ("streak: a, allow_gap: -1", "SEG112"),
        ("streak: a, allow_gap: 1001", "SEG112"),
        ("ratio: {count: a}", "SEG112"),
        ("ratio: [{count: a}]", "SEG112"),
        ("ratio: [{count: a}, {did: b}]", "SEG118"),
        ("ratio: [{count: a}, {count: b}], in_the_last: 1 day", "SEG118"),
        ("change: {count: a}, recent: 1 day, baseline: 9 days, where: x", "SEG118"),
        ("percentile: f, in_the_last: 1 day", "SEG118"),
        ("median: a", "SEG112"),
        ("gap: a.b", "SEG112"),
    ],
)
def test_details_out_of_place(yaml: str, said: str) -> None:
    assert [one.split(" ")[0] for one in refused(f"features:\n  f: {{{yaml}}}\n")] == [said]


def test_steps_of_a_sequence() -> None:
    measure = feature(
        "sequence: {steps: [login, {event: paid, times: 2, within: 1 day, without: [login, {event: mail, where: x}]}],"
        " complete_within: 3 days}"
    )
    assert isinstance(measure.operand, Sequence) and measure.operand.complete_within is not None
    first, second = measure.operand.steps
    assert (first.items[0].event.name.text, first.times, first.within, first.without) == ("login", 1, None, ())
    assert (second.times, second.within and second.within.duration) == (2, Duration(DAY))
    assert [(one.event.name.text, one.where and one.where.text) for one in second.without] == [
        ("login", None),
        ("mail", "x"),
    ]
    assert measure.operand.in_the_last is None


# --- conditions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "relop", "values"),
    [
        ("at_least: 2", Relop.AT_LEAST, (2,)),
        ("at_most: 2.5", Relop.AT_MOST, (2.5,)),
        ("more_than: -1", Relop.MORE_THAN, (-1,)),
        ("less_than: 14 days", Relop.LESS_THAN, ("14 days",)),
        ("exactly: '1'", Relop.EXACTLY, ("1",)),
        ("between: [1, 3]", Relop.BETWEEN, (1, 3)),
        ("in: [a, b]", Relop.IN, ("a", "b")),
        ("is_null: false", Relop.IS_NULL, (False,)),
    ],
)
def test_comparisons(yaml: str, relop: Relop, values: tuple[str | int | float | bool, ...]) -> None:
    comparisons = comparing(f"{{attribute: x, {yaml}}}").comparisons
    expected = tuple(Value(value, ANYWHERE) for value in values)
    assert comparisons == (Comparison(relop, expected, ANYWHERE),)


def test_several_comparisons_are_all_kept() -> None:
    found = comparing("{attribute: x, at_least: 2, less_than: 9, or_never: true}")
    assert [comparison.relop for comparison in found.comparisons] == [Relop.AT_LEAST, Relop.LESS_THAN]
    assert found.or_never


def test_membership() -> None:
    assert [condition(f"{{{key}: other}}") for key in ("in_segment", "not_in_segment")] == [
        InSegment(decoded("segments: {other: {entity: e, extends: e}}").segments[0].name, negated)
        for negated in (False, True)
    ]


def test_several_logic_keys_must_all_hold() -> None:
    text = "segments:\n  s:\n    entity: user\n    any: [{did: a}]\n    none: [{did: b}]\n    all: [{did: c}]\n"
    (segment,) = decoded(text).segments
    assert isinstance(segment.condition, Group) and segment.condition.logic is Logic.ALL
    inner = segment.condition.conditions
    assert [group.logic for group in inner if isinstance(group, Group)] == [Logic.ANY, Logic.NONE, Logic.ALL]


def test_so_must_those_of_a_condition_inside() -> None:
    found = condition("{any: [{did: a}], at_least_of: {n: 2, of: [{did: b}, {did: c}, {did: d}]}}")
    assert isinstance(found, Group) and found.logic is Logic.ALL
    assert [(group.logic, group.least) for group in found.conditions if isinstance(group, Group)] == [
        (Logic.ANY, 0),
        (Logic.AT_LEAST_OF, 2),
    ]


def test_one_logic_key_stands_for_itself() -> None:
    (segment,) = decoded("segments: {s: {entity: user, none: [{did: a}]}}").segments
    assert isinstance(segment.condition, Group) and segment.condition.logic is Logic.NONE


# --- files ----------------------------------------------------------------------------------------------------------

FILES = [
    "features:\n  b: {count: login}\n  a: {count: paid}\n",
    "features:\n  c: {count: mail}\nsegments:\n  z: {entity: user, all: [{did: login}]}\n",
    "segments:\n  y: {entity: user, all: [{did: login}]}\ngrain: hour\n",
]


def test_the_order_of_files_changes_nothing() -> None:
    named = [nodes(text, f"{i}.yml") for i, text in enumerate(FILES)]
    specs = [decode(list(order))[0] for order in permutations(named)]
    assert all(spec == specs[0] for spec in specs)


def test_what_is_defined_is_in_the_order_of_names() -> None:
    spec = decoded(WORLD, *FILES)
    for part in (spec.entities, spec.streams, spec.events, spec.features, spec.segments):
        names = [one.name.text for one in part]
        assert names == sorted(names)


def test_a_name_defined_twice_is_refused_in_any_file() -> None:
    _, found = decode([nodes("features: {f: {count: a}}", "a.yml"), nodes("features: {f: {count: a}}", "b.yml")])
    assert [(type(one), one.span) for one in found] == [(DefinedTwice, Span("b.yml", 1, 12, 1))]


STREAM = "streams: {{app: {{relation: ref('e'), entity: {}, occurred_at: {}}}}}"


@pytest.mark.parametrize(
    "text",
    [
        "entities: {user: {key: '{{ x }}'}}",
        "entities: {user: {key: ' '}}",
        'entities: {user: {key: "a\\nb"}}',
        "entities: {user: [key]}",
        "entities: {user__x: {key: id}}",
        STREAM.format("{}", "at"),
        STREAM.format("{user: id}", "[at]"),
        STREAM.format("user", "at"),
        "models_path: ../elsewhere",
        "name_prefix: Cdp-",
        "segments: {s: {entity: user, all: [{attribute: age, between: [1, 2, 3]}]}}",
        "segments: {s: {entity: user, all: [{count: a, between_ago: [1 day, 7 days], exactly: 1}]}}",
        "segments: {s: {entity: user, all: []}}",
        "segments: {s: {entity: user}}",
        "segments: {s: {entity: user, size: {at_least: 110%}, all: [{did: a}]}}",
        "segments: {s: {entity: user, size: {at_least: 9, at_most: 3}, all: [{did: a}]}}",
        "features: {f: {did: login}}",
        "features: {f: {count: a, sum: a.b}}",
        "features: {f: {count: a, ever: true, in_the_last: 1 day}}",
        "features: {f: {count: a.b}}",
        "features: {f: {sum: a}}",
        "features: {f: {feature: g, in_the_last: 1 day}}",
        "features: {f: {sequence: {steps: [{event: a, within: 1 day}]}}}",
        "exclusive_groups: {g: [one]}",
    ],
)
def test_refused_in_one_finding(text: str) -> None:
    assert len(refused(text)) == 1


def test_everything_wrong_is_said_at_once() -> None:
    text = "features: {f: {cuont: a}}\nsegments: {s: {entity: user, all: [{did: A}, {count: a, in_the_last: 7}]}}"
    assert len(refused(text)) > 2
