"""Names to what they stand for."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from segpy.catalog.model import Catalog
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound, Group, InSegment
from segpy.resolve.model import Test as Compared
from segpy.resolve.model_measures import (
    Aggregation,
    AttributeTenure,
    AttributeValue,
    Change,
    Computed,
    EventMeasure,
    Percentile,
    SequenceMeasure,
    measures_in,
    type_of,
)
from segpy.spec.expression import Literal, Type
from segpy.spec.model import Population, Relop
from segpy.sql.read import read_expression
from tests.unit.stages import WORLD, bound, decoded, measure, unbound


def features(text: str) -> dict[str, str]:
    """The entity of each feature."""
    return {feature.name: feature.entity for feature in bound(f"features:\n{text}").features}


def compared(yaml: str) -> Compared:
    """A condition on a measure, bound."""
    (segment,) = bound(f"segments:\n  s: {{entity: user, all: [{{{yaml}}}]}}\n").segments
    assert isinstance(segment.condition, Group)
    (test,) = segment.condition.conditions
    assert isinstance(test, Compared)
    return test


def codes(*texts: str) -> list[str]:
    """The codes of what binding says."""
    return [line.split()[0] for line in unbound(*texts)]


# --- features -------------------------------------------------------------------------------------------------------

CHAIN = [
    "  a: {count: login, entity: user}\n",
    "  b: {expression: a + 1}\n",
    "  c: {expression: a + b}\n",
    "  d: {feature: c}\n",
]


def test_features_may_stand_in_any_order() -> None:
    specs = [bound("features:\n" + "".join(order)) for order in permutations(CHAIN)]
    assert all(spec == specs[0] for spec in specs)
    assert {feature.name: feature.entity for feature in specs[0].features} == dict.fromkeys("abcd", "user")


def test_a_feature_of_a_feature_is_the_same_measure() -> None:
    measures = {feature.name: feature.measure for feature in bound("features:\n" + "".join(CHAIN)).features}
    assert measures["d"] is measures["c"]
    assert isinstance(measures["c"], Computed)
    assert measures_in(measures["c"]) == (measures["a"], measures["a"], measures["b"], measures["c"])


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("  a: {feature: a, entity: user}\n", "`a` → `a`"),
        ("  a: {expression: b, entity: user}\n  b: {expression: a, entity: user}\n", "`a` → `b` → `a`"),
        ("  a: {expression: b + 1}\n  b: {expression: c}\n  c: {expression: age + a}\n", "`a` → `b` → `c` → `a`"),
    ],
)
def test_features_in_a_circle(text: str, circle: str) -> None:
    assert unbound(f"features:\n{text}") == [f"SEG210 {circle}"]


@pytest.mark.parametrize(
    ("yaml", "entity"),
    [
        ("count: mail", "user"),
        ("attribute: plan", "user"),
        ("tenure: signed_up_at", "user"),
        ("expression: age + 1", "user"),
        ("sequence: {steps: [mail]}", "user"),
        ("count: login, entity: team", "team"),
    ],
)
def test_the_entity_follows_from_what_is_named(yaml: str, entity: str) -> None:
    assert set(features(f"  f: {{{yaml}}}\n").values()) == {entity}


def test_the_entity_follows_through_features() -> None:
    assert features("  base: {count: login, entity: team}\n  more: {expression: base + 1}\n")["more"] == "team"


@pytest.mark.parametrize("yaml", ["count: login", "expression: 1 + 1", "sequence: {steps: [login, paid]}"])
def test_an_entity_that_is_not_clear(yaml: str) -> None:
    assert codes(f"features:\n  f: {{{yaml}}}\n") == ["SEG212"]


@pytest.mark.parametrize(
    ("yaml", "code"),
    [
        ("count: nothing", "SEG203"),
        ("tenure: nothing", "SEG203"),
        ("attribute: nothing", "SEG205"),
        ("feature: nothing", "SEG206"),
        ("expression: nothing + 1", "SEG206"),
        ("expression: 1 +", "SEG303"),
        ("count: mail, entity: nobody", "SEG201"),
    ],
)
def test_a_name_that_no_entity_knows_is_to_blame_itself(yaml: str, code: str) -> None:
    assert codes(f"features:\n  f: {{{yaml}}}\n") == [code]


def test_what_was_refused_is_not_refused_again() -> None:
    text = WORLD.replace("key: user_id\n", "key: as_of\n") + (
        "features:\n  f: {entity: user, count: login}\n  g: {expression: f + 1}\n"
        "segments:\n  s: {entity: user, all: [{feature: g, at_least: 1}]}\n"
    )
    _, found = bind(decoded(text), Catalog(), read_expression)
    assert [one.code for one in found] == ["SEG213"]


def test_a_sequence_is_a_feature_for_all_that_it_measures() -> None:
    found = bound("features:\n  trip: {entity: user, sequence: {steps: [login, viewed, paid]}}\n").features
    types = {feature.name: type_of(feature.measure) for feature in found}
    assert types == {
        "trip_completed": Type.BOOLEAN,
        "trip_step": Type.INTEGER,
        "trip_completions": Type.INTEGER,
        "trip_first_at": Type.TIMESTAMP,
        "trip_last_at": Type.TIMESTAMP,
        "trip_seconds": Type.DURATION,
        "trip_fastest_seconds": Type.DURATION,
        "trip_step_2_seconds": Type.DURATION,
        "trip_step_3_seconds": Type.DURATION,
    }
    assert len({feature.measure.sequence for feature in found if isinstance(feature.measure, SequenceMeasure)}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "  plan: {count: login, entity: user}\n",
        "  user_id: {count: login, entity: user}\n",
        "  as_of: {count: login, entity: user}\n",
        "  t: {entity: user, sequence: {steps: [login]}}\n  t_completed: {count: login, entity: user}\n",
    ],
)
def test_a_column_has_one_meaning(text: str) -> None:
    assert "SEG213" in codes(f"features:\n{text}")


# --- measures -------------------------------------------------------------------------------------------------------


def test_equal_measures_are_equal_wherever_they_stand() -> None:
    spec = bound(
        "features:\n  f: {count: paid, in_the_last: 48 hours, where: amount > 1, entity: user}\n",
        'segments: {s: {entity: user, all: [{count: paid, where: "amount  > 1", in_the_last: 2 days, exactly: 1}]}}',
    )
    (segment,) = spec.segments
    assert isinstance(segment.condition, Group) and isinstance(segment.condition.conditions[0], Compared)
    assert segment.condition.conditions[0].measure == spec.features[0].measure
    assert hash(segment.condition.conditions[0].measure) == hash(spec.features[0].measure)


@pytest.mark.parametrize(
    ("yaml", "type_"),
    [
        ("count: paid", Type.INTEGER),
        ("count_distinct: paid.path", Type.INTEGER),
        ("active_days: paid", Type.INTEGER),
        ("sum: paid.amount", Type.NUMBER),
        ("sum: paid.seats", Type.INTEGER),
        ("avg: paid.seats", Type.NUMBER),
        ("min: paid.path", Type.TEXT),
        ("max: paid.due_at", Type.TIMESTAMP),
        ("recency: paid", Type.DURATION),
        ("tenure: paid", Type.DURATION),
        ("tenure: born_on", Type.DURATION),
        ("attribute: trial", Type.BOOLEAN),
        ("expression: age / 2", Type.NUMBER),
        ("median: paid.seats", Type.NUMBER),
        ("stddev: paid.amount", Type.NUMBER),
        ("first_value: paid.path", Type.TEXT),
        ("last_value: paid.vip", Type.BOOLEAN),
        ("most_frequent: paid.due_at", Type.TIMESTAMP),
        ("active_weeks: paid", Type.INTEGER),
        ("active_months: paid", Type.INTEGER),
        ("gap: paid", Type.DURATION),
        ("gap: paid, statistic: stddev", Type.DURATION),
        ("streak: paid", Type.INTEGER),
        ("burst: paid, per: 1 hour", Type.INTEGER),
        ("decayed: paid, half_life: 1 day", Type.NUMBER),
        ("decayed: paid.seats, half_life: 1 day", Type.NUMBER),
        ("ratio: [{count: paid}, {count: login}]", Type.NUMBER),
        ("ratio: [{recency: paid}, {gap: paid}]", Type.NUMBER),
        ("change: {count: paid}, recent: 1 day, baseline: 9 days", Type.NUMBER),
        ("change: {sum: paid.seats}, recent: 1 day, baseline: 9 days, as: zscore", Type.NUMBER),
    ],
)
def test_types(yaml: str, type_: Type) -> None:
    assert type_of(measure(yaml)) is type_


def test_tenure_of_an_event_before_that_of_an_attribute() -> None:
    assert isinstance(measure("tenure: login"), EventMeasure)
    assert isinstance(measure("tenure: signed_up_at"), AttributeTenure)
    extra = "events:\n  signed_up_at: {stream: app, is: x}\nfeatures:\n  f: {entity: user, tenure: signed_up_at}\n"
    assert isinstance(bound(extra).features[0].measure, EventMeasure)


def test_an_expression_names_features_before_attributes() -> None:
    found = bound("features:\n  logins: {entity: user, count: login}\n  f: {expression: logins + age}\n")
    computed = {feature.name: feature.measure for feature in found.features}["f"]
    assert isinstance(computed, Computed)
    (first, one), (second, two) = computed.inputs
    assert (first, second) == ("logins", "age")
    assert isinstance(one, EventMeasure) and isinstance(two, AttributeValue)


@pytest.mark.parametrize(
    ("yaml", "code"),
    [
        ("count: lgoin", "SEG203"),
        ("sum: paid.amuont", "SEG204"),
        ("attribute: pln", "SEG205"),
        ("feature: nothing", "SEG206"),
        ("expression: nothing + 1", "SEG206"),
        ("count: paid, where: amuont > 1", "SEG204"),
        ("count: paid, where: amount", "SEG301"),
        ("count: paid, where: amount > 'x'", "SEG301"),
        ("count: paid, where: amount >", "SEG303"),
        ("sum: paid.path", "SEG301"),
        ("max: paid.vip", "SEG301"),
        ("tenure: plan", "SEG301"),
        ("tenure: signed_up_at, in_the_last: 1 day", "SEG301"),
        ("count: paid, after: {event: lgoin}", "SEG203"),
        ("sequence: {steps: [login, {event: piad}]}", "SEG203"),
        ("median: paid.path", "SEG301"),
        ("median: paid.due_at", "SEG301"),
        ("stddev: paid.vip", "SEG301"),
        ("decayed: paid.path, half_life: 1 day", "SEG301"),
        ("most_frequent: any.nothing", "SEG204"),
        ("gap: lgoin", "SEG203"),
        ("ratio: [{count: paid}, {attribute: plan}]", "SEG301"),
        ("ratio: [{tenure: signed_up_at}, {attribute: born_on}]", "SEG301"),
        ("ratio: [{attribute: trial}, {count: paid}]", "SEG301"),
        ("ratio: [{count: piad}, {count: paid}]", "SEG203"),
        ("change: {avg: paid.amount}, recent: 1 day, baseline: 9 days", "SEG308"),
        ("change: {recency: paid}, recent: 1 day, baseline: 9 days", "SEG308"),
        ("change: {active_weeks: paid}, recent: 1 day, baseline: 9 days", "SEG308"),
        ("change: {attribute: age}, recent: 1 day, baseline: 9 days", "SEG308"),
        ("change: {count: paid, in_the_last: 1 day}, recent: 1 day, baseline: 9 days", "SEG309"),
        ("change: {count: paid, ever: true}, recent: 1 day, baseline: 9 days", "SEG309"),
        ("change: {sum: paid.path}, recent: 1 day, baseline: 9 days", "SEG301"),
        ("change: {count: paid}, recent: 2 days, baseline: 9 days, as: zscore", "SEG310"),
        ("change: {count: paid}, recent: 2 days, baseline: 2 days, as: zscore", "SEG310"),
        ("change: {count: paid}, recent: 2 days, baseline: 1 day, as: zscore", "SEG310"),
        ("percentile: nothing", "SEG206"),
        ("percentile: f", "SEG210"),
    ],
)
def test_refused(yaml: str, code: str) -> None:
    assert codes(f"features:\n  f: {{entity: user, {yaml}}}\n") == [code]


def test_both_sides_of_a_ratio_and_both_faults_of_a_change_are_told() -> None:
    pair = "ratio: [{attribute: plan}, {attribute: trial}]"
    assert codes(f"features:\n  f: {{entity: user, {pair}}}\n") == ["SEG301", "SEG301"]
    change = "change: {avg: paid.amount, in_the_last: 1 day}, recent: 1 day, baseline: 9 days"
    assert codes(f"features:\n  f: {{entity: user, {change}}}\n") == ["SEG308", "SEG309"]


@pytest.mark.parametrize(
    "column", ["attribute: plan", "attribute: trial", "last_value: paid.path", "expression: not trial"]
)
def test_what_has_no_order_has_no_rank(column: str) -> None:
    features = f"features:\n  f: {{entity: user, {column}}}\n  g: {{percentile: f}}\n"
    assert codes(features) == ["SEG301"]


@pytest.mark.parametrize("column", ["attribute: age", "attribute: born_on", "recency: paid", "max: paid.due_at"])
def test_what_has_an_order_has_a_rank(column: str) -> None:
    found = bound(f"features:\n  f: {{entity: user, {column}}}\n  g: {{percentile: f}}\n").features
    ranked, rank = (feature.measure for feature in found)
    assert rank == Percentile(ranked)
    assert measures_in(rank) == (ranked, rank)


def test_a_change_is_made_of_two_windows_that_meet() -> None:
    found = measure("change: {sum: paid.seats, where: vip}, recent: 1 week, baseline: 60 days")
    assert isinstance(found, Change)
    assert (type_of(found.recent), type_of(found.baseline)) == (Type.INTEGER, Type.INTEGER)
    recent = "sum: paid.seats, where: vip, in_the_last: 7 days"
    assert found.recent == measure(recent)
    assert found.baseline == measure("sum: paid.seats, where: vip, between_ago: [67 days, 7 days]")


def test_only_what_needs_a_calendar_has_a_time_zone() -> None:
    zones = {
        key: one.zone
        for key in ("active_days", "active_weeks", "active_months", "streak", "count", "gap")
        if isinstance(one := measure(f"{key}: login"), EventMeasure)
    }
    calendar = dict.fromkeys(("active_days", "active_weeks", "active_months", "streak"), "UTC")
    assert zones == {**calendar, "count": None, "gap": None}


def test_what_belongs_to_another_entity() -> None:
    assert codes("features:\n  f: {entity: team, count: mail}\n") == ["SEG211"]
    assert codes("features:\n  f: {entity: team, count: login, within_first: 1 day}\n") == ["SEG305"]
    feature, segment = "f: {entity: team, count: login}", "s: {entity: user, all: [{feature: f, exactly: 1}]}"
    assert codes(f"features: {{{feature}}}\nsegments: {{{segment}}}\n") == ["SEG211"]


# --- conditions -----------------------------------------------------------------------------------------------------


def test_did_is_a_count() -> None:
    did, did_not = compared("did: login"), compared("did_not: login")
    assert did.measure == did_not.measure == measure("count: login")
    assert isinstance(did.measure, EventMeasure) and did.measure.aggregation is Aggregation.COUNT
    assert [(one.relop, one.values[0].value) for one in (*did.comparisons, *did_not.comparisons)] == [
        (Relop.AT_LEAST, 1),
        (Relop.EXACTLY, 0),
    ]


@pytest.mark.parametrize(
    ("yaml", "values"),
    [
        ("recency: login, at_least: 14 days", [Literal(14 * 86_400.0, Type.DURATION)]),
        ("attribute: signed_up_at, at_least: 2026-03-01", [Literal("2026-03-01", Type.DATE)]),
        ("attribute: born_on, less_than: 2026-03-01", [Literal("2026-03-01", Type.DATE)]),
        ("attribute: plan, in: [pro, 'no']", [Literal("pro", Type.TEXT), Literal("no", Type.TEXT)]),
        ("attribute: trial, exactly: true", [Literal(True, Type.BOOLEAN)]),
        ("attribute: age, between: [1, 2.5]", [Literal(1, Type.NUMBER), Literal(2.5, Type.NUMBER)]),
        ("attribute: age, is_null: true", [Literal(True, Type.BOOLEAN)]),
    ],
)
def test_constants_have_the_type_of_what_they_are_compared_with(yaml: str, values: list[Literal]) -> None:
    (comparison,) = compared(yaml).comparisons
    assert list(comparison.values) == values


@pytest.mark.parametrize(
    ("yaml", "code"),
    [
        ("count: login", "SEG304"),
        ("attribute: plan", "SEG304"),
        ("recency: login, at_least: 14", "SEG301"),
        ("recency: login, at_least: 1 month", "SEG301"),
        ("count: login, at_least: 14 days", "SEG301"),
        ("attribute: plan, exactly: 1", "SEG301"),
        ("attribute: plan, at_least: a", "SEG301"),
        ("attribute: trial, more_than: false", "SEG301"),
        ("attribute: signed_up_at, at_least: yesterday", "SEG301"),
        ("attribute: age, between: [2, 1]", "SEG301"),
        ("in_segment: nobody", "SEG207"),
    ],
)
def test_refused_conditions(yaml: str, code: str) -> None:
    assert codes(f"segments:\n  s: {{entity: user, all: [{{{yaml}}}]}}\n") == [code]


def test_a_boolean_needs_no_comparison() -> None:
    for yaml in ("attribute: trial", "expression: age > 1", "sequence: {steps: [login]}"):
        assert compared(yaml).comparisons == ()


# --- segments -------------------------------------------------------------------------------------------------------

ANY = "any: [{did: login}]"


@pytest.mark.parametrize(
    "text",
    [
        f"  a: {{entity: user, extends: a, {ANY}}}\n",
        "  a: {entity: user, all: [{in_segment: b}]}\n  b: {entity: user, none: [{not_in_segment: a}]}\n",
        "".join(f"  {one}: {{entity: user, extends: {other}}}\n" for one, other in zip("abc", "bca", strict=True)),
    ],
)
def test_segments_in_a_circle(text: str) -> None:
    assert codes(f"segments:\n{text}") == ["SEG210"]


def test_a_waterfall_is_a_need_too() -> None:
    text = f"segments:\n  a: {{entity: user, all: [{{in_segment: b}}]}}\n  b: {{entity: user, {ANY}}}\n"
    assert bound(text, "exclusive_groups: {g: [b, a]}\n").groups[0].segments == ("b", "a")
    assert codes(text, "exclusive_groups: {g: [a, b]}\n") == ["SEG210"]


def test_groups() -> None:
    text = "".join(f"  {name}: {{entity: user, {ANY}}}\n" for name in "abc") + f"  t: {{entity: team, {ANY}}}\n"
    spec = bound(f"segments:\n{text}", "exclusive_groups: {g: [c, a]}\n")
    assert {segment.name: segment.group for segment in spec.segments} == {"a": "g", "b": None, "c": "g", "t": None}
    for groups, code in [("{g: [a, x]}", "SEG207"), ("{g: [a, t]}", "SEG211"), ("{g: [a, b], h: [c, b]}", "SEG214")]:
        assert codes(f"segments:\n{text}", f"exclusive_groups: {groups}\n") == [code]


def test_membership_is_of_the_same_entity() -> None:
    text = f"segments:\n  t: {{entity: team, {ANY}}}\n  u: {{entity: user, all: [{{in_segment: t}}]}}\n"
    assert codes(text) == ["SEG211"]
    assert codes(text.replace("all: [{in_segment: t}]", f"extends: t, {ANY}")) == ["SEG211"]
    (u,) = bound(f"segments:\n  u: {{entity: user, {ANY}, none: [{{in_segment: v}}]}}\n", V).segments[:1]
    assert isinstance(u.condition, Group) and isinstance(u.condition.conditions[1], Group)
    assert u.condition.conditions[1].conditions == (InSegment("v", negated=False),)


V = f"segments:\n  v: {{entity: user, {ANY}}}\n"


# --- taxonomy -------------------------------------------------------------------------------------------------------


def test_population_defaults_to_attributes_where_there_are_any() -> None:
    assert {entity.name: entity.population for entity in bound("version: 1").entities} == {
        "team": Population.EVENTS,
        "user": Population.BOTH,
    }
    plain, _ = bind(decoded(WORLD.replace("    population: both\n", "")), Catalog(), read_expression)
    assert isinstance(plain, Bound)
    assert plain.entity("user").population is Population.ATTRIBUTES


@pytest.mark.parametrize(
    ("pattern", "wrong", "code"),
    [
        (r"start: signed_up_at", "start: plan", "SEG301"),
        (r"start: signed_up_at", "start: nothing", "SEG205"),
        (r"key: user_id", "key: as_of", "SEG213"),
        (r"\{user: reader\}", "{reader: reader}", "SEG201"),
        (r"stream: mails\}", "stream: nails}", "SEG202"),
        (r"stream: mails\}", "stream: mails, is: x}", "SEG306"),
        (r"where: \"amount >= 100\"", "where: amount + 1", "SEG301"),
        (r"where: \"amount >= 100\"", "where: weekday", "SEG301"),
        (r"key_type: integer", "population: attributes", "SEG307"),
        (r"occurred_at: sent_at", "occurred_at: sent_at, properties: {amount: text}", "SEG302"),
    ],
)
def test_refused_taxonomies(pattern: str, wrong: str, code: str) -> None:
    text, count = re.subn(pattern, wrong, WORLD)
    assert count == 1
    result, found = bind(decoded(text), Catalog(), read_expression)
    assert result is None
    assert [one.code for one in found] == [code]


def test_relations_and_columns_are_looked_up_where_they_are_known() -> None:
    catalog = Catalog(
        refs=frozenset({"users", "mails"}),
        sources=frozenset({("raw", "event")}),
        columns=(("users", frozenset({"user_id", "PLAN"})),),
    )
    result, found = bind(decoded(WORLD), catalog, read_expression)
    assert result is None
    assert {"SEG208", "SEG209"} <= {one.code for one in found}
