"""The English of each construct."""

from __future__ import annotations

import pytest

from segpy.plan import segment_words, words
from segpy.plan.expressions import expression_words
from segpy.resolve.model import Group
from segpy.spec.expression import Literal, Type, Unreadable
from segpy.sql.read import read_expression
from tests.unit.stages import bound, measure, planned, segments


def lines(yaml: str, *more: str) -> list[str]:
    """The definition of a segment of users, the first line aside."""
    plan = planned(f"segments:\n  s: {{entity: user, {yaml}}}\n", *more)
    first, *rest = segments(plan)["s"].english
    assert first == "a user"
    return rest


@pytest.mark.parametrize(
    ("sql", "english"),
    [
        ("a", "a"),
        ("a=1", "a = 1"),
        ("a != 1.50", "a <> 1.5"),
        ("a > 1234567.25", "a > 1234567.25"),
        ("a > 2.0", "a > 2"),
        ("a > 0.00001", "a > 1e-05"),
        ("a = 'x y'", "a = 'x y'"),
        ("a=1 and b=2 or c", "(a = 1 and b = 2) or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("a and b and c", "a and b and c"),
        ("a + b * c > 3", "a + b * c > 3"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("-a", "-a"),
        ("- -1", "-(-1)"),
        ("-(a + b)", "-(a + b)"),
        ("not (a = 1)", "not (a = 1)"),
        ("not a", "not a"),
        ("a is null", "a is null"),
        ("a is not null", "a is not null"),
        ("a not in (1, 'b')", "not (a in (1, 'b'))"),
        ("a between 1 and 2", "a between 1 and 2"),
        ("a like 'x%'", "a like 'x%'"),
        ("coalesce(a, null)", "coalesce(a, null)"),
        ("case when a then true else false end", "case when a then true else false end"),
        ("case when a then 1 end", "case when a then 1 end"),
        ("date '2026-03-01' <= a", "'2026-03-01' <= a"),
    ],
)
def test_expressions(sql: str, english: str) -> None:
    expression = read_expression(sql)
    assert not isinstance(expression, Unreadable)
    assert expression_words(expression) == english


@pytest.mark.parametrize(
    ("yaml", "english"),
    [
        ("count: paid", "number of paid"),
        ("count: paid, where: amount > 5", "number of paid where amount > 5"),
        ("count_distinct: paid.path, in_the_last: 7 days", "number of different path of paid in the last 7 days"),
        ("sum: paid.amount, in_the_last: 1 day", "sum of amount of paid in the last 1 day"),
        (
            "avg: paid.amount, between_ago: [3 months, 2 weeks]",
            "average amount of paid between 3 months and 14 days ago",
        ),
        ("min: paid.amount", "least amount of paid"),
        ("max: paid.due_at", "greatest due_at of paid"),
        (
            "active_days: login, within_first: 48 hours",
            "number of days with login within the first 2 days since signed_up_at",
        ),
        ("recency: login", "time since the last login"),
        ("tenure: login", "time since the first login"),
        ("tenure: signed_up_at", "time since signed_up_at"),
        ("count: paid, after: {event: login}", "number of paid after the first login"),
        (
            "count: paid, before: {event: login, where: vip, nth: last, within: 1 hour}",
            "number of paid within 1 hour before the last login where vip",
        ),
        ("count: paid, after: {event: login, nth: 2}", "number of paid after the 2nd login"),
        ("attribute: plan", "plan"),
        ("expression: age+1", "age + 1"),
        ("median: paid.amount", "median amount of paid"),
        ("stddev: paid.amount", "standard deviation of amount of paid"),
        ("first_value: paid.path", "first known path of paid"),
        ("last_value: paid.path, in_the_last: 1 day", "last known path of paid in the last 1 day"),
        ("most_frequent: any.path", "most frequent path of any event"),
        ("active_weeks: login", "number of weeks with login"),
        ("active_months: [login, paid]", "number of months with login or paid"),
        ("gap: login", "average time from one login to the next"),
        ("gap: login, statistic: stddev", "standard deviation of the time from one login to the next"),
        (
            "gap: login, statistic: max, in_the_last: 9 days",
            "longest time from one login to the next in the last 9 days",
        ),
        ("gap: login, statistic: last", "time between the last two login"),
        ("streak: login", "longest streak of days with login"),
        (
            "streak: login, unit: week, kind: current, allow_gap: 1, in_the_last: 90 days",
            "current streak of weeks with login in the last 90 days, up to 1 week missed in a row",
        ),
        (
            "streak: login, unit: month, allow_gap: 2",
            "longest streak of months with login, up to 2 months missed in a row",
        ),
        ("burst: login, per: 48 hours", "most login within any 2 days"),
        ("burst: login, per: 1 hour, in_the_last: 7 days", "most login within any 1 hour in the last 7 days"),
        ("decayed: login, half_life: 14 days", "number of login, each weighed by half for every 14 days of age"),
        (
            "decayed: paid.amount, half_life: 14 days, in_the_last: 90 days",
            "sum of amount of paid in the last 90 days, each weighed by half for every 14 days of age",
        ),
        ("ratio: [{count: paid}, {count: login}]", "ratio of (number of paid) to (number of login)"),
        (
            "change: {count: login}, recent: 7 days, baseline: 60 days",
            "rate of number of login in the last 7 days against that between 67 days and 7 days ago",
        ),
        (
            "change: {sum: paid.amount}, recent: 7 days, baseline: 56 days, as: zscore",
            "sum of amount of paid in the last 7 days, in standard deviations from the mean of the 8 periods before",
        ),
    ],
)
def test_measures(yaml: str, english: str) -> None:
    assert words.measure_words(measure(yaml)) == english


def test_a_rank() -> None:
    ranked = bound("features:\n  a: {entity: user, recency: login}\n  b: {percentile: a}\n").features[1].measure
    assert words.measure_words(ranked) == "rank within the population, from 0 to 1, by time since the last login"


def test_outputs_of_a_sequence() -> None:
    spec = bound("features:\n  t: {entity: user, sequence: {steps: [login, paid]}}\n")
    said = {feature.name: words.measure_words(feature.measure) for feature in spec.features}
    assert said == {
        "t_completed": "whether completed: login, then paid",
        "t_step": "furthest step reached: login, then paid",
        "t_completions": "number of completions: login, then paid",
        "t_first_at": "first completion: login, then paid",
        "t_last_at": "last completion: login, then paid",
        "t_seconds": "seconds that the first completion took from its latest start: login, then paid",
        "t_fastest_seconds": "seconds that the fastest completion took: login, then paid",
        "t_step_2_seconds": "seconds to step 2 at its first reach, from the latest start: login, then paid",
    }


@pytest.mark.parametrize(
    ("yaml", "english"),
    [
        ("did: login", "did login"),
        ("did_not: login, in_the_last: 7 days", "did not login in the last 7 days"),
        ("count: login, at_least: 1", "did login"),
        ("count: login, at_least: 2", "at least 2 login"),
        ("count: login, exactly: 3", "3 login"),
        ("count: login, between: [2, 4]", "number of login is between 2 and 4"),
        ("count: login, more_than: 2, less_than: 9", "number of login is more than 2 and less than 9"),
        ("sum: paid.amount, at_most: 9.5", "sum of amount of paid is at most 9.5"),
        ("recency: login, at_least: 336 hours", "time since the last login is at least 14 days"),
        (
            "recency: login, at_least: 14 days, or_never: true",
            "time since the last login is at least 14 days, or never",
        ),
        ("attribute: plan, in: [pro, team]", "plan is one of 'pro', 'team'"),
        ("attribute: plan, in: [pro]", "plan is 'pro'"),
        ("attribute: plan, exactly: pro", "plan is 'pro'"),
        ("attribute: plan, is_null: true", "plan is not known"),
        ("attribute: plan, is_null: false", "plan is known"),
        ("attribute: signed_up_at, less_than: 2026-03-01", "signed_up_at is less than '2026-03-01'"),
        ("attribute: trial", "trial"),
        ("attribute: trial, exactly: false", "trial is false"),
        ("expression: age > 30 and plan = 'pro'", "age > 30 and plan = 'pro'"),
        ("sequence: {steps: [login, paid]}", "completed login, then paid"),
        (
            "sequence: {steps: [login, {event: paid, times: 2, within: 1 day, without: [mail, viewed]}],"
            " complete_within: 3 days, in_the_last: 30 days}",
            "completed login, then paid 2 times within 1 day without mail or viewed before it, all within 3 days,"
            " in the last 30 days",
        ),
    ],
)
def test_conditions(yaml: str, english: str) -> None:
    assert lines(f"all: [{{{yaml}}}]") == ["all of:", f"  - {english}"]


def test_logic() -> None:
    yaml = (
        "any: [{did: login}, {all: [{did: paid}, {none: [{did: mail}]}]}, {at_least_of: {n: 1, of: [{did: viewed}]}}]"
    )
    assert lines(yaml) == [
        "any of:",
        "  - did login",
        "  - all of:",
        "    - did paid",
        "    - none of:",
        "      - did mail",
        "  - at least 1 of:",
        "    - did viewed",
    ]


def test_logic_keys_side_by_side() -> None:
    assert lines("all: [{did: login}], none: [{did: paid}]") == ["all of:", "  - did login", "none of:", "  - did paid"]


def test_names_in_expressions_are_explained() -> None:
    """Attributes aside: their names are the warehouse's, and say what they say."""
    features = """\
features:
  paid_sum: {entity: user, sum: paid.amount}
  logins: {entity: user, count: login}
  each: {entity: user, expression: "paid_sum / logins"}
  place: {entity: user, percentile: each}
"""
    assert lines("all: [{expression: each > age}, {feature: place, at_least: 0.8}]", features) == [
        "all of:",
        "  - each > age (each: paid_sum / logins; paid_sum: sum of amount of paid; logins: number of login)",
        "  - rank within the population, from 0 to 1, by paid_sum / logins is at least 0.8"
        " (paid_sum: sum of amount of paid; logins: number of login)",
    ]


OTHERS = "segments:\n  o: {entity: user, all: [{did: login}]}\n  p: {entity: user, all: [{did: paid}]}\n"


def test_other_segments() -> None:
    assert lines("extends: o", OTHERS) == ["in segment o"]
    assert lines("extends: o, all: [{not_in_segment: p}, {in_segment: o}]", OTHERS) == [
        "in segment o",
        "all of:",
        "  - not in segment p",
        "  - in segment o",
    ]
    assert lines("all: [{attribute: trial}]", OTHERS, "exclusive_groups: {journey: [o, p, s]}") == [
        "all of:",
        "  - trial",
        "and not already in o, p (group journey)",
    ]


def test_one_line_for_the_catalogue() -> None:
    yaml = "extends: o, all: [{did: login}, {any: [{did: paid}, {in_segment: p}]}], none: [{did: mail}]"
    plan = planned(OTHERS, f"segments:\n  s: {{entity: user, {yaml}}}\n", "exclusive_groups: {g: [o, s]}")
    one = segments(plan)["s"]
    assert segment_words.segment_sentence(one.segment, ("o",)) == (
        "a user: in segment o; and all of (did login; any of (did paid; in segment p)); and none of (did mail);"
        " and not already in o"
    )


def test_nesting_is_never_lost_on_one_line() -> None:
    """Two definitions that differ in their brackets only must not read the same."""
    said = set()
    for yaml in ("{any: [{did: a}, {all: [{did: b}, {did: c}]}]}", "{any: [{did: a}, {all: [{did: b}]}, {did: c}]}"):
        extra = "".join(f"  {event}: {{stream: app, is: {event}}}\n" for event in "abc")
        (segment,) = bound(f"events:\n{extra}segments:\n  s: {{entity: user, all: [{yaml}]}}\n").segments
        assert isinstance(segment.condition, Group)
        said.add(segment_words.condition_sentence(segment.condition))
    assert len(said) == 2


@pytest.mark.parametrize(
    ("nth", "word"),
    [
        (0, "last"),
        (1, "first"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (21, "21st"),
        (113, "113th"),
    ],
)
def test_ordinals(nth: int, word: str) -> None:
    assert words.ordinal(nth) == word


def test_a_number_is_told_in_full() -> None:
    """A threshold that is rounded in words would be another one."""
    for value in (0.1, 1234567.5, 99999999.99, 1e-9, 12345678901234.5):
        assert float(expression_words(Literal(value, Type.NUMBER))) == value
