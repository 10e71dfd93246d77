"""What of evolved segments stands in a table, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from segpy.evolve.model import Described, Description, Feature, Leaf, LeftOut, Score, Stability, Unit, Written
from segpy.evolving import Evolved, Tried, evolved_rows
from segpy.measure.model import Status, withheld
from segpy.measure.wilson import rate
from segpy.propose.model import SpecFile

pytest.importorskip("scipy")

DESCRIPTION = Description((Feature("visits", Unit.INTEGER, nullable=False),), (), ((0.0,), (1.0,), (2.0,)), Leaf(0))
TRIED = (Stability(2, 0.9, 0.05, 20), Stability(3, 0.8, 0.04, 20))
DESCRIBED = Described(
    DESCRIPTION,
    (LeftOut("old", "everybody has the same value"),),
    TRIED,
    fitted=Score(140, 140, 70),
    held_out=Score(60, 48, 30),
    counts=(120, 50, 30),
    ways=(120, 50, 30),
    medians=((0.0,), (1.0,), (2.0,)),
    asked=4,
)
FOUND = Evolved(
    "user",
    "2026-03-10 00:00:00",
    DESCRIBED,
    (Written("rare", 2, ()), Written("usual", 0, ())),
    Tried("2026-03-10 00:00:00", rate(48, 60), 0.5),
    Tried("2025-12-10 00:00:00", withheld(12, Status.TOO_FEW), None),
    SpecFile("segments/kinds.yml", ""),
    (),
)


def rows(found: Evolved) -> dict[tuple[Any, Any], dict[str, Any]]:
    return {(row["figure"], row["place"]): row for row in evolved_rows(found)}


def test_each_figure_has_a_row() -> None:
    """Its place, how many it rests upon, and the instant at which people were looked at."""
    told = rows(FOUND)
    assert len(told) == len(evolved_rows(FOUND)) == 11
    now, before = "2026-03-10 00:00:00", "2025-12-10 00:00:00"
    assert {key: (row["n"], row["estimate"], row["last_at"]) for key, row in told.items()} == {
        ("clusters", "all"): (200, 3.0, now),
        ("questions", "all"): (200, 4.0, now),
        ("stability", "all"): (20, 0.8, now),
        ("stability_tried", "2"): (20, 0.9, now),
        ("stability_tried", "3"): (20, 0.8, now),
        ("accuracy", "held_out"): (60, 0.8, now),
        ("largest_cluster", "held_out"): (60, 0.5, now),
        ("accuracy", "out_of_time"): (12, None, before),
        ("largest_cluster", "out_of_time"): (12, None, before),
        ("people", "rare"): (200, 30.0, now),
        ("people", "usual"): (200, 120.0, now),
    }
    same = {(row["as_of"], row["command"], row["segment"], row["entity"], row["about"]) for row in told.values()}
    assert same == {(now, "evolve", "kinds", "user", "segments/kinds.yml")}


def test_only_what_is_estimated_has_an_interval() -> None:
    """Wilson's of 48 in 60: (0.8 + 1.920729/60 -+ 1.959964 sqrt(0.16/60 + 0.960365/3600)) / (1 + 3.841459/60)."""
    told = rows(FOUND)
    held_out = told["accuracy", "held_out"]
    assert (held_out["estimate_low"], held_out["estimate_high"]) == pytest.approx((0.682182, 0.881715), abs=1e-6)
    assert (held_out["confidence"], held_out["status"]) == (0.95, "readable")
    assert {key for key, row in told.items() if row["confidence"] is not None} == {("accuracy", "held_out")}
    withheld_ones = [key for key, row in told.items() if row["status"] == "too_few"]
    assert withheld_ones == [("accuracy", "out_of_time"), ("largest_cluster", "out_of_time")]
