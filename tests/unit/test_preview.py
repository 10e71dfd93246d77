"""What a segment would be like, asked of the warehouse before anything is built."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from segpy.dialects import DIALECTS
from segpy.plan.build import build_plan
from segpy.plan.part import part_of
from segpy.sql.model import PreviewQueries
from segpy.sql.preview import preview_queries
from segpy.warehouse.model_preview import Overlap, Preview, RulePassed
from segpy.warehouse.preview import previewed
from tests.cases.runner import rendered
from tests.cases.tables import create
from tests.unit.shop import SPEC, Segpy, change
from tests.unit.stages import bound
from tests.unit.test_compare import BEFORE, TABLES

AS_OF = datetime(2026, 3, 10)


def queries(text: str, segment: str, dialect: str = "duckdb") -> PreviewQueries:
    spec = bound(f"dialect: {dialect}\n{text}")
    return preview_queries(build_plan(part_of(spec, (segment,))), build_plan(spec), segment, DIALECTS[dialect].adapter)


def seen(text: str, segment: str) -> Preview:
    asked = queries(text, segment)
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        for table in TABLES:
            create(connection, table)
        rules = connection.execute(rendered(asked.rules, AS_OF)).fetchall()
        (overlap,) = connection.execute(rendered(asked.overlap, AS_OF)).fetchall()
    return previewed(asked, rules, overlap)


def test_size_attrition_and_overlap() -> None:
    found = seen(BEFORE, "loyal")
    assert (found.members, found.population, found.share, found.as_of) == (1, 4, 0.25, str(AS_OF))
    assert found.rules == (
        RulePassed(0, "population", "every user of the population", 4, 4, 0),
        RulePassed(1, "in_keen", "in segment keen", 2, 2, 1),  # cleo has paid, and does not come
        RulePassed(2, "plan_in_paid", "plan is 'paid'", 1, 2, 1),  # bob comes, and has not paid
    )
    assert found.overlaps == (Overlap("keen", 2, 1), Overlap("other", 1, 0))
    assert [found.jaccard(one) for one in found.overlaps] == [0.5, 0.0]


def test_the_only_segment() -> None:
    found = seen(BEFORE[: BEFORE.index("  loyal:")], "keen")
    assert (found.members, found.overlaps) == (2, ())


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_can_write_it(dialect: str) -> None:
    asked = queries(BEFORE, "loyal", dialect)
    assert "keen" in asked.rules and "keen" in asked.overlap
    assert "order by" in asked.rules.rpartition(")")[2], "rules are shown in their order"


def test_the_command(project: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    change(project, "at_least: 2", "at_least: 1")
    before = (project / "shop.duckdb").read_bytes()
    said = segpy("preview", "price_watchers", "--as-of", "2026-03-10")
    assert said.code == 0, said
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0] == "price_watchers (user): 1 of 2 (50.0%) as of 2026-03-10"
    assert [line.split() for line in lines if line.startswith("did ")] == [
        ["did", "pricing_viewed", "in", "the", "last", "7", "days", "1", "1", "1"]
    ]
    assert lines[-1] == "Nobody in it is in another segment."
    document = json.loads(segpy("preview", "buyers", "--as-of", "2026-03-10", "--json").out)
    assert (document["members"], document["population"], document["share"]) == (1, 2, 0.5)
    assert [one["segment"] for one in document["overlaps"]] == ["price_watchers", "watching_buyers"]
    assert (project / "shop.duckdb").read_bytes() == before


def test_what_cannot_be_previewed(project: Path, segpy: Segpy) -> None:
    said = segpy("preview", "price_watcher")
    assert said.code == 2 and "did you mean `price_watchers`?" in said.err
    said = segpy("preview", "buyers")  # nothing was rendered, so there are no macros
    assert said.code == 1 and "segpy render" in said.err
    (project / "segments/users.yml").write_text(SPEC[: SPEC.index("segments:")])
    said = segpy("preview", "buyers")
    assert said.code == 2 and "no segment is called `buyers`: there are none" in said.err
    (project / "segments/users.yml").write_text(SPEC)
    change(project, "at_least: 2", "at_lest: 2")
    said = segpy("preview", "buyers")
    assert (said.code, said.out) == (1, "") and "at_lest" in said.err
    assert json.loads(segpy("preview", "buyers", "--json").out)["findings"]
