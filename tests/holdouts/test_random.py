"""Random runs: assignments are what a plain loop over people makes of the members that the runs find.

`SEGPY_HOLDOUTS` asks for more seeds than those of every run: `300` for the first so many.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeAlias

import pytest
import yaml

from segpy.plan.buckets import bucket, stratified_bucket
from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import Warehouse, opened

SEEDS = range(int(os.environ.get("SEGPY_HOLDOUTS", "3")))
PEOPLE = [f"u{number}" for number in range(40)]
SEGMENTS = ("a", "b", "c")
Plans: TypeAlias = Mapping[str, str | None]
PLANS = (None, "", "trial", "paid", "a=b, c")


@dataclass(frozen=True, slots=True)
class Assigned:
    """What is known of one assignment."""

    stratum: str | None
    bucket: int
    limit: int
    arm: str
    at: datetime


@dataclass
class Oracle:
    """Assignments by salt and key, made person by person."""

    known: dict[tuple[str, str], Assigned] = field(default_factory=dict)

    def run(self, holdouts: Iterable[Mapping[str, Any]], members: Mapping[str, set[str]], plans: Plans,
            as_of: datetime) -> None:  # fmt: skip
        """Assign whoever is eligible and was not assigned before this instant."""
        self.known = {one: what for one, what in self.known.items() if what.at < as_of}
        for holdout in holdouts:
            salt, limit = f"{holdout['name']}_v{holdout['version']}", holdout["limit"]
            eligible = set().union(*(members[one] for one in holdout["segments"]))
            new = [key for key in eligible if (salt, key) not in self.known]
            for key in sorted(new, key=lambda key: (bucket(salt, key), key)):
                drawn, stratum = bucket(salt, key), None
                if holdout["stratified"]:
                    stratum = "plan unknown" if plans[key] is None else f"plan={plans[key]}"
                    before = sum(salt == one and what.stratum == stratum for (one, _), what in self.known.items())
                    drawn = stratified_bucket(salt, stratum, before)
                arm = "holdout" if drawn < limit else "treatment"
                self.known[salt, key] = Assigned(stratum, drawn, limit, arm, as_of)


def spec(holdouts: Iterable[Mapping[str, Any]]) -> str:
    """The spec that has these hold-outs: of a segment where they are called as one."""
    segments: dict[str, Any] = {name: {"entity": "user", "all": [{"attribute": name, "exactly": True}]}
                                for name in SEGMENTS}  # fmt: skip
    shared = {}
    for one in holdouts:
        said = {"share": f"{one['limit'] / 100:.2f}%", "version": one["version"]}
        said |= {"stratify_by": ["plan"]} if one["stratified"] else {}
        if one["name"] in SEGMENTS:
            segments[one["name"]]["experiment"] = {"holdout": said}
        else:
            shared[one["name"]] = {"entity": "user", "segments": list(one["segments"]), **said}
    columns = {**dict.fromkeys(SEGMENTS, "boolean"), "plan": "text"}
    entity = {"key": "user_id", "attributes": {"relation": "ref('users')", "columns": columns}}
    return yaml.safe_dump({"entities": {"user": entity}, "segments": segments, "holdouts": shared}, sort_keys=False)


def some_holdouts(chance: Random) -> list[dict[str, Any]]:
    """At least one."""
    found: list[dict[str, Any]] = []
    for name in (*SEGMENTS, "everyone", "some"):
        if chance.random() < 0.5 or (name == "some" and not found):
            several = sorted(chance.sample(SEGMENTS, chance.randint(1, 3)))
            segments = [name] if name in SEGMENTS else several
            limit = chance.choice((1, 500, 2000, 5000, 9999))
            found.append({"name": name, "version": 1, "limit": limit, "segments": segments,
                          "stratified": chance.random() < 0.5})  # fmt: skip
    return found


def changed(holdouts: list[dict[str, Any]], chance: Random) -> list[dict[str, Any]]:
    """Another share, another version, or both; whether it is stratified only with another version."""
    found = [dict(one) for one in holdouts]
    one = chance.choice(found)
    if chance.random() < 0.5:
        one["limit"] = chance.choice((1, 700, 3000, 9000))
    else:
        one["version"] += 1
        one["stratified"] = chance.random() < 0.5
    return found


def users(chance: Random) -> tuple[Table, dict[str, str | None]]:
    """Whoever exists, what is true of them, and their plans."""
    rows, plans = [], {}
    for name in PEOPLE:
        if chance.random() < 0.8:
            plans[name] = chance.choice(PLANS)
            rows.append((name, *(str(chance.random() < 0.3).lower() for _ in SEGMENTS), plans[name]))
    columns = {"user_id": "text", **dict.fromkeys(SEGMENTS, "boolean"), "plan": "text"}
    return Table("users", columns, tuple(rows)), plans


@pytest.mark.parametrize("seed", SEEDS)
def test_every_run_leaves_what_the_oracle_says(seed: int) -> None:
    """Also after runs that are cut short, repeated, made anew, and taken back."""
    chance, oracle = Random(seed), Oracle()
    holdouts, as_of = some_holdouts(chance), datetime(2026, 3, 1)
    with opened() as found:
        for number in range(8):
            back = number > 2 and chance.random() < 0.15
            as_of += timedelta(days=-2 if back else chance.choice((0, 1, 1, 3)))
            holdouts = changed(holdouts, chance) if number and chance.random() < 0.3 else holdouts
            table, plans = users(chance)
            models = compile_spec(spec(holdouts))
            found.fill([table])
            if not back and chance.random() < 0.3:
                found.run(models, as_of, killed_before=chance.choice(list(models.sql)))
            found.run(models, as_of, anew=chance.random() < 0.3, rewrite=back)
            oracle.run(holdouts, _members(found), plans, as_of)
            assert _kept(found) == oracle.known
            _arms(found, holdouts, oracle)


def _members(found: Warehouse) -> dict[str, set[str]]:
    members: dict[str, set[str]] = {name: set() for name in SEGMENTS}
    for row in found.rows("segment_members"):
        members[str(row["segment"])].add(str(row["entity_key"]))
    return members


def _kept(found: Warehouse) -> dict[tuple[str, str], Assigned]:
    rows = found.rows("segment_assignments")
    kept = {
        (row["salt"], row["entity_key"]): Assigned(
            row["stratum"], row["bucket"], row["held_out_below"], row["arm"], datetime.fromisoformat(row["assigned_at"])
        )
        for row in rows
    }
    assert len(kept) == len(rows)
    return kept


def _arms(found: Warehouse, holdouts: list[dict[str, Any]], oracle: Oracle) -> None:
    """Each member has the arm of the first hold-out that holds out, else of the segment's own, else of another."""
    acted_upon = {(row["segment"], row["entity_key"]) for row in found.rows("segment_activation")}
    for row in found.rows("segment_members"):
        pair = str(row["segment"]), str(row["entity_key"])
        ranked = sorted(
            (what.arm != "holdout", one["name"] != pair[0], f"{one['name']}_v{one['version']}", what.bucket, what.arm)
            for one in holdouts
            if pair[0] in one["segments"]
            for what in [oracle.known[f"{one['name']}_v{one['version']}", pair[1]]]
        )
        wanted = ranked[0][2:] if ranked else (None, None, None)
        assert (row["salt"], row["bucket"], row["arm"]) == wanted
        assert (pair in acted_upon) == (wanted[2] != "holdout")
