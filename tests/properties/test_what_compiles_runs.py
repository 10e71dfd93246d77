"""Whatever the types let pass, DuckDB takes: every operation of expressions over every pair of types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source
from tests.properties.empty_tables import execute

TAXONOMY = """\
entities:
  user:
    key: user_id
    attributes:
      relation: ref('users')
      columns: {words: text, amount: number, pieces: integer, paid: boolean, seen: timestamp, born: date}
    start: seen
streams:
  app:
    relation: ref('app_events')
    entity: {user: user_id}
    occurred_at: at
    event: name
    properties: {words: text, amount: number, pieces: integer, paid: boolean, seen: timestamp, born: date}
events:
  x: {stream: app, is: x}
  y: {stream: app, where: "words = 'a'"}
"""
TYPED = ("words", "amount", "pieces", "paid", "seen", "born")
CONSTANTS = ("'2026-01-01'", "'2026-01-01 12:00'", "'x'", "1", "1.5", "1e300", "true", "null", "date '2026-01-01'")
ONE = (
    *("{0}", "not {0}", "-{0}", "abs({0})", "ceil({0})", "floor({0})", "round({0})", "round({0}, 2)", "length({0})"),
    *(
        "lower({0})",
        "trim({0})",
        "{0} is null",
        "{0} ilike '%a'",
        "{0} in ('2026-01-01', 'x')",
        "case when {0} then 1 end",
    ),
)
TWO = (
    *("{0} || {1}", "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} = {1}", "{0} < {1}", "{0} like {1}"),
    *("{0} in ({1}, {1})", "{0} between {1} and {1}", "coalesce({0}, {1})", "greatest({0}, {1})", "nullif({0}, {1})"),
    *(
        "case when {0} = {1} then {0} else {1} end",
        "case when {0} is null then {1} end",
        "{0} and {1}",
        "{0} or not {1}",
    ),
)
WINDOWS = (
    *(
        "",
        ", in_the_last: 7 days",
        ", in_the_last: 2 months",
        ", between_ago: [1 year, 0 days]",
        ", within_first: 3 days",
    ),
    *(", after: {event: y, nth: 2, within: 2 days}", ", before: {event: y, nth: last}"),
)


OVER = (
    *("count_distinct", "sum", "avg", "min", "max", "median", "stddev"),
    *("first_value", "last_value", "most_frequent"),
)
UNITS = ("day", "week", "month")


def expressions() -> list[str]:
    """Operations over columns of every type, and over one and a constant."""
    one = [f'expression: "{form.format(name)}"' for form in ONE for name in TYPED]
    pairs = [(name, other) for name in TYPED for other in (*TYPED, *CONSTANTS)]
    return one + [f'expression: "{form.format(*pair)}"' for form in TWO for pair in pairs]


def measures() -> list[str]:
    """Every aggregate over properties of every type, in every kind of window."""
    over = [f"{key}: y.{name}" for key in OVER for name in TYPED]
    over += [f"decayed: y.{name}, half_life: 2 days" for name in TYPED]
    plain = [f"{key}: x" for key in ("count", "active_days", "active_weeks", "active_months", "recency", "tenure")]
    plain += [f"gap: x, statistic: {one}" for one in ("avg", "stddev", "max", "last")]
    plain += [f"streak: x, unit: {unit}, kind: {kind}" for unit in UNITS for kind in ("longest", "current")]
    plain += ["streak: x, allow_gap: 3", "burst: x, per: 90 seconds", "decayed: x, half_life: 1 hour"]
    return [part + window for part in over + plain for window in WINDOWS]


def compiled(features: list[str]) -> tuple[tuple[Source, ...], Compiled]:
    """A spec with these features."""
    lines = "".join(f"  f{number}: {{entity: user, {feature}}}\n" for number, feature in enumerate(features))
    sources = (Source("segments/spec.yml", TAXONOMY + "features:\n" + lines),)
    return sources, compile_sources(sources)


def accepted(features: list[str]) -> Iterator[str]:
    """Those that are not refused, each at its own line."""
    _, found = compiled(features)
    first = TAXONOMY.count("\n") + 2
    refused = {finding.span.line - first for finding in found.diagnostics if finding.span is not None}
    assert {finding.code for finding in found.diagnostics} <= {"SEG301", "SEG308"}
    return (feature for number, feature in enumerate(features) if number not in refused)


def derived() -> list[str]:
    """Changes of everything, ratios of everything with everything, ranks by everything."""
    length = "recent: 2 days, baseline: 6 days"
    inner = [f"{key}: y.{name}" for key in OVER for name in TYPED] + ["count: x", "active_days: x", "recency: x"]
    changes = [f"change: {{{one}}}, {length}, as: {way}" for one in inner for way in ("ratio", "zscore")]
    sides = ["count: x", "recency: x", *(f"attribute: {name}" for name in TYPED), *(f"median: y.{n}" for n in TYPED)]
    ratios = [f"ratio: [{{{one}}}, {{{other}}}]" for one in sides for other in sides]
    return changes + ratios


KINDS = {"expressions": expressions(), "measures": measures(), "derived": derived()}


@pytest.mark.parametrize("features", KINDS.values(), ids=KINDS)
def test_what_the_types_let_pass_is_taken_by_the_engine(features: list[str]) -> None:
    passed = list(accepted(features))
    assert len(features) // 10 < len(passed) < len(features)
    for start in range(0, len(passed), 100):
        sources, found = compiled(passed[start : start + 100])
        assert found.diagnostics == ()
        execute(sources, found)


def test_text_is_no_instant_beside_one() -> None:
    """A constant in quotes is read as one; a column of text is not."""
    assert not list(accepted(['expression: "words < born"', 'expression: "coalesce(seen, words)"']))
    assert list(accepted(["expression: \"born > '2026-01-01'\""]))
