"""`segpy forget`: what it finds, writes, deletes and proves, by dbt on DuckDB."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from segpy.pipeline import warehouse_of
from segpy.resolve.model_events import Entity
from segpy.spec.expression import Type
from segpy.spec.model import Population
from segpy.warehouse.errors_forget import NotDeleted, NowhereFound, StillThere
from segpy.warehouse.errors_why import KeyOfAnotherType
from segpy.warehouse.forget import _delete
from segpy.warehouse.keys import key_of
from segpy.warehouse.run import parse
from tests.unit.shop import Segpy


@pytest.fixture
def built(project: Path, segpy: Segpy) -> Path:
    """The shop, with a customer whose key wants to be something else."""
    with (project / "seeds/app_events.csv").open("a", encoding="utf-8") as seeds:
        seeds.write("o'neil {{ 1/0 }},order,2026-03-02 10:00:00\n")
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    return project


def query(project: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        return connection.execute(sql).fetchall()


def test_from_what_is_found_to_what_is_proven(built: Path, segpy: Segpy) -> None:
    """Nothing is deleted unasked, and never from a source; at the end the key is nowhere, and stays so."""
    said = segpy("forget", "ada")
    assert said.code == 1 and "SEG643" in said.err
    source = 'delete from "shop"."main"."app_events" where cast(user_id as text) = \'ada\';'
    assert source in said.out
    assert 'delete from "shop"."main"."user_segments" where cast(user_id as text) = \'ada\';' in said.out
    assert query(built, "select count(*) from user_segments where user_id = 'ada'") == [(1,)]
    said = segpy("forget", "ada", "--apply", "--json")
    told = json.loads(said.out)
    assert (said.code, told["applied"], told["findings"]) == (0, True, [])
    assert {one["relation"]: one["rows_now"] for one in told["generated"]}["segment_spells"] == 0
    assert [one["rows"] for one in told["sources"]] == [2]
    assert query(built, "select count(*) from app_events where user_id = 'ada'") == [(2,)]  # the sources are the user's
    query(built, source)
    seeds = built / "seeds/app_events.csv"
    seeds.write_text("".join(line for line in seeds.read_text().splitlines(True) if not line.startswith("ada")))
    assert segpy("build", "--as-of", "2026-03-11").code == 0
    said = segpy("forget", "ada")
    assert said.code == 0 and "SEG645" in said.err
    assert "has this key." in said.out


def test_a_key_that_wants_to_be_something_else(built: Path, segpy: Segpy) -> None:
    said = segpy("forget", "o'neil {{ 1/0 }}", "--apply")
    assert said.code == 0, said
    assert query(built, "select count(*) from user_segments") == [(2,)]
    assert segpy("forget", "'; drop table user_segments; --", "--apply").code == 0
    assert query(built, "select count(*) from user_segments") == [(2,)]


def test_whose_key_it_is_has_to_be_known(built: Path, segpy: Segpy) -> None:
    said = segpy("forget", "ada", "--entity", "usr")
    assert said.code == 2 and "no table is generated of `usr`: did you mean `user`?" in said.err


def test_a_key_of_another_type() -> None:
    account = Entity("account", "account_id", Type.INTEGER, None, (), None, Population.EVENTS, ())
    assert key_of(account, "seven") == KeyOfAnotherType("account", "seven", Type.INTEGER)
    assert key_of(account, " 7 ") == 7


def test_where_deleting_is_refused_nothing_is_deleted(built: Path) -> None:
    """All in one transaction: a table that is not there keeps the one before it whole."""
    where = warehouse_of(built, None, None)
    manifest = parse(where, {})
    statements = ["delete from user_segments", "delete from nowhere_at_all"]
    refused = _delete(where, manifest, statements, together=True)
    assert isinstance(refused, NotDeleted) and "nowhere_at_all" in refused.said
    assert refused.label.endswith("nothing was deleted")
    assert NotDeleted("x", False).label.endswith("some tables may have been deleted from")
    assert query(built, "select count(*) from user_segments") == [(3,)]
    assert _delete(where, manifest, statements[:1], together=False) is None
    assert query(built, "select count(*) from user_segments") == [(0,)]


def test_what_is_said_of_what_is_left() -> None:
    assert "--apply" in StillThere("user", "a", ("t",), False, False).help
    assert "clean these first" in StillThere("user", "a", ("t",), True, False).help
    assert "--full-refresh" in StillThere("user", "a", ("t",), True, True).help
    assert NowhereFound("user", "a").label.startswith("no relation has a user with the key `a`")
