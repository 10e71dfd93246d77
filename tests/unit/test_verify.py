"""A text that does not mean its tree is found out."""

from __future__ import annotations

import pytest

from segpy.dialects import DIALECTS
from segpy.sql.build import queries_of
from segpy.sql.layout import lay_out
from segpy.sql.lower.query import lower
from segpy.sql.model import Query
from segpy.sql.verify import Unfaithful, verify
from tests.unit.stages import planned

SPEC = """
features:
  spend: {entity: user, sum: paid.amount, in_the_last: 30 days, where: "path = 'Pro' and (amount > 1 or seats < 5)"}
  rate: {expression: "(spend + age) * 0.5"}
  trip: {entity: user, sequence: {steps: [login, {event: paid, within: 2 days, without: mail}], in_the_last: 9 days}}
segments:
  s: {entity: user, all: [{feature: spend, at_least: 100}, {feature: rate, less_than: 0.5, or_never: true}]}
  t: {entity: user, any: [{in_segment: s}, {attribute: plan, in: [Pro, Team]}], none: [{feature: trip_completed}]}
"""
QUERIES = {query.name: lower(query, DIALECTS["duckdb"]) for query in queries_of(planned(SPEC))}
TEXTS = {name: lay_out(query, "duckdb") for name, query in QUERIES.items()}


def changed(model: str, old: str, new: str) -> tuple[Query, str]:
    """A model and its text with a piece of it written in another way."""
    assert old in TEXTS[model], TEXTS[model]
    return QUERIES[model], TEXTS[model].replace(old, new)


@pytest.mark.parametrize("model", QUERIES)
def test_what_was_laid_out_is_faithful(model: str) -> None:
    verify(QUERIES[model], TEXTS[model], "duckdb")


@pytest.mark.parametrize(
    ("model", "old", "new"),
    [
        ("user_events", "'Pro'", "'pro'"),
        ("user_events", "'Pro'", "'Pro '"),
        ("user_events", "(\n                amount > 1 or seats < 5\n            )", "amount > 1 or seats < 5"),
        ("user_events", "amount > 1", "amount >= 1"),
        ("user_events", "amount > 1", "1 < amount"),
        ("user_events", "amount > 1 or ", ""),
        ("user_events", " as bigint)", " as int)"),
        ("user_events", "occurred_at", "event"),
        ("user_features", "interval '30' day", "interval '31' day"),
        ("user_features", "(spend + age) *", "spend + age *"),
        ("user_features", "coalesce(", "nullif("),
        ("user_features", "left join attributes", "inner join attributes"),
        ("user_features", "union", "union all"),
        ("user_features", "group by user_id", "group by 1"),
        ("user_features", "    spend,\n", ""),
        ("user_sequences", "asof", "left"),
        ("user_segments", "0.5", "0.50001"),
        ("user_segments", "true", "false"),
        ("user_segments", "'Pro', 'Team'", "'Team', 'Pro'"),
        ("user_segments", "segments_depth_0", "segments_depth_1"),
        ("segment_changes", "union all", "union"),
        ("segment_catalog", "'s' as segment", "'S' as segment"),
    ],
)
def test_a_change_of_meaning_is_found(model: str, old: str, new: str) -> None:
    with pytest.raises(Unfaithful):
        verify(*changed(model, old, new), "duckdb")


@pytest.mark.parametrize("model", QUERIES)
def test_a_condition_that_is_dropped_is_found(model: str) -> None:
    lines = TEXTS[model].splitlines()
    conditions = [place for place, line in enumerate(lines) if line.strip().startswith(("and ", "or "))]
    for place in conditions:
        with pytest.raises(Unfaithful):
            verify(QUERIES[model], "\n".join(lines[:place] + lines[place + 1 :]), "duckdb")


def test_a_text_that_is_no_sql_is_found() -> None:
    with pytest.raises(Unfaithful):
        verify(*changed("user_features", "select", "selekt a"), "duckdb")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("select\n", "SELECT   "),
        ("-- everybody", "-- in other words: everybody"),
        ("coalesce(", "COALESCE("),
        ("as (", "AS ( "),
    ],
)
def test_layout_is_no_meaning(old: str, new: str) -> None:
    verify(*changed("user_features", old, new), "duckdb")  # which raises where it finds another meaning
