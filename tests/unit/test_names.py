"""Names come from meaning: readable, stable, never shared by two meanings, never too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from segpy.catalog.model import Catalog
from segpy.plan.build import build_plan
from segpy.plan.model import EntityPlan, Plan
from segpy.plan.names import LONGEST, Names, comparison_name, limited, measure_name, slug
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound, Comparison
from segpy.resolve.model import tests_of as conditions_of
from segpy.resolve.model_measures import Measure, measures_in
from segpy.spec.expression import Literal, Type
from segpy.spec.model import Relop, Spec
from segpy.sql.read import read_expression
from tests.unit.stages import decoded, entity_plan, measure, sql_of

DEMONSTRATION = sorted((Path(__file__).parents[2] / "segments").glob("*.yml"))


# --- from meaning ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "name"),
    [
        ("count: paid", "paid_count"),
        ("count: paid, in_the_last: 7 days", "paid_count_7d"),
        ("count: paid, in_the_last: 48 hours", "paid_count_2d"),
        ("sum: paid.amount, in_the_last: 3 months", "paid_amount_sum_3mo"),
        ("active_days: login, between_ago: [90 days, 30 days]", "login_active_days_90d_to_30d_ago"),
        ("count: paid, within_first: 36 hours", "paid_count_first_36h"),
        ("count: paid, after: {event: login}", "paid_count_after_first_login"),
        ("count: paid, before: {event: login, nth: last, within: 2 days}", "paid_count_2d_before_last_login"),
        ("count: paid, where: amount >= 100", "paid_where_amount_at_least_100_count"),
        ("count: paid, where: path = 'a b'", "paid_where_path_is_a_b_<hash>_count"),
        ("attribute: plan", "plan"),
        ("tenure: signed_up_at", "signed_up_at_tenure"),
        ("recency: login", "login_recency"),
        ("expression: age / 2 > 3", "age_by_2_over_3"),
        ("median: paid.amount, in_the_last: 90 days", "paid_amount_median_90d"),
        ("first_value: any.path", "any_path_first_value"),
        ("active_weeks: [login, paid]", "login_or_paid_active_weeks"),
        ("gap: login", "login_gap_avg"),
        ("gap: login, statistic: stddev, in_the_last: 30 days", "login_gap_stddev_30d"),
        ("streak: login", "login_streak_longest_days"),
        (
            "streak: login, unit: week, kind: current, allow_gap: 1, in_the_last: 90 days",
            "login_streak_current_weeks_allow_1_90d",
        ),
        ("burst: login, per: 48 hours", "login_burst_2d"),
        ("burst: login, per: 1 hour, in_the_last: 7 days", "login_burst_1h_7d"),
        ("decayed: login, half_life: 14 days", "login_decayed_14d"),
        ("decayed: paid.amount, half_life: 14 days, in_the_last: 90 days", "paid_amount_decayed_14d_90d"),
        ("ratio: [{count: paid}, {count: login}]", "paid_count_to_login_count_ratio"),
        ("change: {count: login}, recent: 7 days, baseline: 60 days", "login_count_7d_against_67d_to_7d_ago"),
        (
            "change: {sum: paid.amount}, recent: 7 days, baseline: 56 days, as: zscore",
            "paid_amount_sum_zscore_7d_8_periods",
        ),
        ("sequence: {steps: [login, paid]}", "login_then_paid_completed"),
        (
            "sequence: {steps: [login, {event: paid, times: 2, within: 1 hour}], complete_within: 1 day}",
            "login_then_paid_2_times_within_1h_in_1d_completed",
        ),
    ],
)
def test_measures(yaml: str, name: str) -> None:
    found = measure(yaml) if "sequence" not in yaml else first_output(yaml)
    assert re.sub(r"_[0-9a-f]{6}(?=_|$)", "_<hash>", measure_name(found)) == name


def first_output(yaml: str) -> Measure:
    """Whether a sequence is complete."""
    plan = entity_plan(f"segments:\n  s: {{entity: user, all: [{{{yaml}}}]}}\n")
    assert plan.segments is not None
    (test,) = conditions_of(plan.segments.segments[0].segment.condition)
    return test.measure


@pytest.mark.parametrize(
    ("relop", "values", "name"),
    [
        (Relop.AT_LEAST, (Literal(2, Type.NUMBER),), "at_least_2"),
        (Relop.LESS_THAN, (Literal(0.5, Type.NUMBER),), "less_than_0_5"),
        (Relop.MORE_THAN, (Literal(-1, Type.NUMBER),), "more_than_minus_1"),
        (Relop.AT_MOST, (Literal(1_209_600.0, Type.DURATION),), "at_most_14d"),
        (Relop.BETWEEN, (Literal(1, Type.NUMBER), Literal(3, Type.NUMBER)), "between_1_3"),
        (Relop.IN, (Literal("a", Type.TEXT), Literal("b", Type.TEXT)), "in_a_b"),
        (Relop.EXACTLY, (Literal(True, Type.BOOLEAN),), "exactly_true"),
        (Relop.IS_NULL, (Literal(True, Type.BOOLEAN),), "is_null"),
        (Relop.IS_NULL, (Literal(False, Type.BOOLEAN),), "is_known"),
    ],
)
def test_comparisons(relop: Relop, values: tuple[Literal, ...], name: str) -> None:
    assert comparison_name(Comparison(relop, values)) == name


def test_texts_that_would_read_alike_are_told_apart() -> None:
    values = ["a b", "a_b", "A b", "a-b", "ab", "Ab"]
    names = {comparison_name(Comparison(Relop.EXACTLY, (Literal(value, Type.TEXT),))) for value in values}
    filters = {measure_name(measure(f"count: paid, where: \"path = '{value}'\"")) for value in values}
    assert len(names) == len(filters) == len(values)


def test_a_slug_is_part_of_a_name() -> None:
    assert slug("Amount >= 1.5 €") == "amount_at_least_1_5"
    assert slug("'x' || y") == "x_y"


# --- never shared ---------------------------------------------------------------------------------------------------


def test_a_second_meaning_gets_a_hash() -> None:
    names = Names("taken")
    assert names.claim("free", ("a",)) == "free"
    assert names.claim("free", ("a",)) == "free"
    other = names.claim("free", ("b",))
    assert re.fullmatch(r"free_[0-9a-f]{6}", other)
    assert names.claim("free", ("b",)) == other
    assert re.fullmatch(r"taken_[0-9a-f]{6}", names.claim("taken", ("a",)))


def test_a_hash_is_of_the_content_not_of_the_order() -> None:
    first, second = Names(), Names()
    first.claim("x", ("a",))
    second.claim("x", ("c",))
    assert first.claim("x", ("b",)) == second.claim("x", ("b",))


def test_long_names_are_cut_and_stay_apart() -> None:
    long = "n" * 200
    names = Names()
    one, other = names.claim(long, ("a",)), names.claim(long, ("b",))
    assert one != other
    assert len(one) == len(other) == LONGEST
    assert limited("", ("a",)).startswith("x_")


# --- never too long -------------------------------------------------------------------------------------------------


def test_identifiers_fit_into_63_characters() -> None:
    """Where a spec's own names have up to 46; what a person names longer than that may exceed it."""
    tail = "a" * 43
    text = f"""
events:
  ev1{tail}: {{stream: app, is: one}}
  ev2{tail}: {{stream: app, is: two, where: "amount > 1 and amount < 1000 and path in ('a', 'b', 'c', 'd', 'e')"}}
features:
  fe1{tail}: {{entity: user, count_distinct: ev1{tail}.path, after: {{event: ev2{tail}}}}}
  fe2{tail}: {{entity: user, active_days: ev1{tail}, in_the_last: 7 days}}
  fe3{tail}: {{entity: user, active_days: ev1{tail}, in_the_last: 8 days, where: "amount > 1 or path = 'something'"}}
  fe4{tail}: {{entity: user, sequence: {{steps: [ev1{tail}, {{event: ev2{tail}, times: 3, without: mail}}, login]}}}}
segments:
  se1{tail}: {{entity: user, all: [{{feature: fe1{tail}, at_least: 2}}, {{feature: fe2{tail}, in: [1, 2, 3, 4, 5]}}]}}
  se2{tail}: {{entity: user, any: [{{sequence: {{steps: [ev1{tail}, ev2{tail}, ev1{tail}], in_the_last: 9 days}}}}]}}
  se3{tail}: {{entity: user, any: [{{expression: fe1{tail} + fe2{tail} > fe3{tail}, name: na1{tail}}}]}}
exclusive_groups: {{journey: [se1{tail}, se2{tail}]}}
"""
    names = {name for sql in sql_of(text).values() for name in identifiers(sql)}
    assert {name for name in names if len(name) > 63} == set()
    assert any(len(name) > 58 for name in names)


def identifiers(sql: str) -> list[str]:
    """The words of a text, comments and constants aside."""
    return re.findall(r"\w+", re.sub(r"--.*|'[^']*'", " ", sql))


# --- never renamed --------------------------------------------------------------------------------------------------


@cache
def demonstration() -> Spec:
    """The spec that the repository demonstrates itself with."""
    return decoded(*(path.read_text(encoding="utf-8") for path in DEMONSTRATION))


def made(spec: Spec) -> tuple[Bound, Plan] | None:
    """The plan of a spec; None where something in it needs what is not there."""
    bound, _ = bind(spec, Catalog(), read_expression)
    return None if bound is None else (bound, build_plan(bound))


def names_in(plan: Plan) -> set[tuple[str, str]]:
    """Every name that a plan gives out, each with its model."""
    return {(entity.entity.name, name) for entity in plan.entities for name in _names(entity)}


def _names(entity: EntityPlan) -> Iterator[str]:
    if entity.events:
        yield from entity.events.flags
        yield from (name for _, name in entity.events.properties)
    yield from (branch.anchor.name for branch in entity.features.branches if branch.anchor)
    yield from (branch.name for branch in entity.features.branches)
    yield from (column.name for column in entity.features.columns)
    yield from (sequence.name for sequence in entity.sequences.sequences) if entity.sequences else ()
    if entity.segments:
        yield from (condition.name for condition in entity.segments.conditions)
        yield from (flag.name for flag in entity.segments.flags)


def removable() -> list[tuple[str, Spec]]:
    """The demonstration without one segment or feature each."""
    spec = demonstration()
    fewer_segments = [
        (one.name.text, replace(spec, segments=tuple(other for other in spec.segments if other is not one)))
        for one in spec.segments
    ]
    fewer_features = [
        (one.name.text, replace(spec, features=tuple(other for other in spec.features if other is not one)))
        for one in spec.features
    ]
    return fewer_segments + fewer_features


def test_removing_a_definition_renames_nothing_else() -> None:
    """So adding one does not either. A name that is there afterwards was there before."""
    whole = made(demonstration())
    assert whole is not None
    bound, plan = whole
    before, tried = names_in(plan), 0
    for name, spec in removable():
        found = made(spec)
        if found is None or shares_a_measure(bound, name):
            continue
        assert names_in(found[1]) <= before, f"without {name}"
        tried += 1
    assert tried > 30


def shares_a_measure(bound: Bound, feature: str) -> bool:
    """Whether a condition elsewhere writes out what a feature measures: it then reads the feature's column."""
    own = {one.measure for one in bound.features if one.written == feature}
    used = [measures_in(test.measure) for segment in bound.segments for test in conditions_of(segment.condition)]
    return any(part in own for parts in used for part in parts)


def test_nor_in_the_sql() -> None:
    base = "features:\n  spend: {entity: user, sum: paid.amount, in_the_last: 30 days}\nsegments:\n"
    base += (
        "  mmm: {entity: user, all: [{count: viewed, in_the_last: 7 days, exactly: 2}, {feature: spend, in: [3]}]}\n"
    )
    before = sql_of(base)
    for name in ("aaa", "zzz"):
        conditions = "{count: login, where: amount > 1, at_least: 2}, {recency: viewed, at_most: 1 day}"
        after = sql_of(f"{base}  {name}: {{entity: user, all: [{conditions}]}}\n")
        assert all(set(identifiers(sql)) <= set(identifiers(after[model])) for model, sql in before.items())
