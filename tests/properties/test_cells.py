"""No count that is small can be computed from what is published, by all that holds between counts.

Random people over several runs. Whoever reads the tables knows the published counts and the equations below; a count
that is small must not follow from these. What is not promised is no equation here: how much a size changes from one run
to the next. `SEGPY_CELLS=50 pytest tests/properties/test_cells.py` asks about more lives.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Row, Table
from tests.kept.warehouse import opened

LEAST = 4
SPEC = """
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {plan: text, seats: integer, keen: boolean, agreed: boolean}}
    consent: agreed
exclusive_groups: {tiers: [gold, silver, tin, rest]}
segments:
  gold: {entity: user, all: [{attribute: plan, exactly: gold}]}
  silver: {entity: user, any: [{attribute: plan, exactly: silver}, {attribute: seats, at_least: 9}]}
  tin: {entity: user, all: [{attribute: plan, exactly: tin}, {attribute: seats, at_least: 2}]}
  rest: {entity: user, all: [{attribute: seats, at_least: 0}]}
  keen: {entity: user, all: [{attribute: keen}, {attribute: seats, at_least: 3}, {attribute: plan, in: [gold, tin]}]}
  keener: {entity: user, extends: keen, all: [{attribute: seats, at_least: 5}]}
  apart: {entity: user, all: [{not_in_segment: gold}, {attribute: seats, at_most: 7}]}
  middle: {entity: user, all: [{in_segment: keen}, {in_segment: apart}, {attribute: seats, at_least: 6}]}
"""
TIERS = ("gold", "silver", "tin", "rest")
WITHHELD = f"privacy: {{min_cell_size: {LEAST}}}\n{SPEC}"
RULES = {"gold": 1, "silver": 2, "tin": 4, "rest": 4, "keen": 3, "keener": 2, "apart": 2, "middle": 3}
ASKED = {("silver", 2): "gold", ("tin", 3): "gold", ("tin", 4): "silver", ("rest", 2): "gold", ("rest", 3): "silver",
         ("rest", 4): "tin", ("keener", 1): "keen", ("apart", 1): "gold", ("middle", 1): "keen",
         ("middle", 2): "apart"}  # fmt: skip
START = datetime(2026, 3, 1)
Cell = tuple[object, ...]
Equation = tuple[Mapping[Cell, int], int]
SEEDS = range(int(os.environ.get("SEGPY_CELLS", "1")))


def people(chance: random.Random, size: int, weights: list[int]) -> dict[str, list[str | None]]:
    return {f"u{i}": _person(chance, weights) for i in range(size)}


def _person(chance: random.Random, weights: list[int]) -> list[str | None]:
    plan = chance.choices(["gold", "silver", "tin", "none"], weights)[0]
    agreed = chance.choices(["true", "false", None], [8, 1, 1])[0]
    return [plan, str(min(chance.randrange(1, 11), chance.randrange(1, 11))), chance.choice(["true", "false"]), agreed]


def table(users: Mapping[str, list[str | None]]) -> Table:
    columns = {"user_id": "text", "plan": "text", "seats": "integer", "keen": "boolean", "agreed": "boolean"}
    return Table("users", columns, tuple((key, *values) for key, values in users.items()))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("late", [False, True], ids=["from_the_start", "set_later"])
def test_nothing_small_follows(seed: int, late: bool) -> None:
    chance = random.Random(f"cells {seed}")
    many = chance.choice([chance.randrange(12, 60), chance.randrange(60, 300)])
    users = people(chance, many, [chance.randrange(1, 9) for _ in range(4)])
    plain, withheld = compile_spec(SPEC), compile_spec(WITHHELD)
    with opened() as true, opened() as told:
        for day in range(3):
            at = START + timedelta(days=day)
            for warehouse in (true, told):
                warehouse.fill([table(users)])
            true.run(plain, at)
            told.run(plain if late and day < 2 else withheld, at)
            for key in chance.sample(sorted(users), chance.randrange(len(users) // 2)):
                users[key] = _person(chance, [3, 2, 2, 1])
        names = ("segment_sizes", "segment_attrition", "segment_moves", "activation_audiences", "segment_overlap")
        counts, seen = ({name: one.rows(name) for name in names} for one in (true, told))
    truth, known = cells(counts), cells(seen)
    assert set(known) <= set(truth)
    assert all(truth[cell] == value for cell, value in known.items())
    assert not [cell for cell, value in known.items() if is_small(value)]
    every = derived(truth)
    equations = [*relations(every, {cell for cell in known if cell[0] == "move"})]
    follows = determined(equations, known)
    leaked = sorted((str(cell), every[cell]) for cell in follows & every.keys() if is_small(every[cell]))
    assert not leaked
    assert any(value is None for rows in seen.values() for row in rows for value in row.values())


def is_small(value: int) -> bool:
    return 1 <= value < LEAST


def cells(tables: Mapping[str, list[Row]]) -> dict[Cell, int]:
    """Every count that is told, under what it counts."""
    found: dict[Cell, object] = {}
    for row in tables["segment_sizes"]:
        run, segment = row["as_of"], row["segment"]
        found |= {(name, run, segment): row[name] for name in ("members", "entered", "exited")}
        found["population", run] = row["population"]
    for row in tables["segment_attrition"]:
        place = (row["segment"], row["position"])
        if row["position"]:
            found |= {(name, *place): row[name] for name in ("remaining", "passing", "failing_only")}
    for row in tables["segment_moves"]:
        found["move", row["as_of"], row["from_segment"], row["to_segment"]] = row["entities"]
    found |= {("people", row["audience"]): row["people"] for row in tables["activation_audiences"]}
    for row in tables["segment_overlap"]:
        first, second = sorted((str(row["segment"]), str(row["other_segment"])))
        found |= {(name, first, second): row[name] for name in ("in_both", "in_either")}
        assert (row["jaccard"] is None) == (not row["in_either"])
        last = max(str(one["as_of"]) for one in tables["segment_sizes"])
        told = {one["segment"]: one["members"] for one in tables["segment_sizes"] if one["as_of"] == last}
        assert [row["members"], row["other_members"]] == [told[row["segment"]], told[row["other_segment"]]]
    return {cell: int(str(value)) for cell, value in found.items() if value is not None}


def derived(truth: Mapping[Cell, int]) -> dict[Cell, int]:
    """The counts with those that are differences of them: these must not be told either where they are small."""
    every = dict(truth)
    for cell, value in truth.items():
        match cell:
            case ("members", run, segment):
                every["others", run, segment] = truth["population", run] - value
            case ("in_both", one, other):
                members = {name: truth["members", _last(truth), name] for name in (one, other)}
                every["only", one, other] = members[one] - value
                every["only", other, one] = members[other] - value
                every["neither", one, other] = truth["population", _last(truth)] - truth["in_either", one, other]
            case ("people", segment):
                every["silent", segment] = truth["members", _last(truth), segment] - value
            case ("remaining", segment, int(position)):
                before = (
                    truth["remaining", segment, position - 1] if position > 1 else truth["population", _last(truth)]
                )
                every["lost", segment, position] = before - value
                every["passing_not_all", segment, position] = truth["passing", segment, position] - value
                every["failing", segment, position] = (
                    truth["population", _last(truth)] - truth["passing", segment, position]
                )
    for segment in RULES:
        if segment not in TIERS:
            in_tiers = sum(truth["in_both", *sorted((segment, one))] for one in TIERS)
            every["in_no_tier", segment] = truth["members", _last(truth), segment] - in_tiers
    for run in runs(truth):
        every["outside", run] = truth["population", run] - sum(truth["members", run, one] for one in TIERS)
    return every


def runs(truth: Mapping[Cell, int]) -> list[str]:
    return sorted({str(cell[1]) for cell in truth if cell[0] == "population"})


def _last(truth: Mapping[Cell, int]) -> str:
    return runs(truth)[-1]


def relations(every: Mapping[Cell, int], moved: set[Cell]) -> Iterable[Equation]:
    """What holds between counts, whatever they are: sums of cells that are 0."""
    last, found = _last(every), []
    for cell in every:
        match cell:
            case ("others", run, segment):
                found.append({cell: 1, ("members", run, segment): 1, ("population", run): -1})
            case ("only", one, other):
                found.append({cell: 1, ("in_both", *sorted((str(one), str(other)))): 1, ("members", last, one): -1})
            case ("in_both", one, other):
                found.append(
                    {cell: 1, ("in_either", one, other): 1, ("members", last, one): -1, ("members", last, other): -1}
                )
            case ("neither", one, other):
                found.append({cell: 1, ("in_either", one, other): 1, ("population", last): -1})
            case ("in_no_tier", segment):
                tiers = {("in_both", *sorted((str(segment), one))): 1 for one in TIERS}
                found.append({cell: 1, ("members", last, segment): -1, **tiers})
            case ("silent", segment):
                found.append({cell: 1, ("people", segment): 1, ("members", last, segment): -1})
            case ("outside", run):
                found.append({cell: 1, ("population", run): -1, **{("members", run, one): 1 for one in TIERS}})
            case ("lost", segment, int(position)):
                found += _of_a_rule(str(segment), position, last)
    for before, run in zip([None, *runs(every)], runs(every), strict=False):
        for segment in RULES:
            flow: dict[Cell, int] = {("entered", run, segment): 1, ("exited", run, segment): -1}
            found.append(
                {**flow, ("members", run, segment): -1, **({("members", before, segment): 1} if before else {})}
            )
        for name, end in (("exited", 2), ("entered", 3)):
            own = [cell for cell in moved if cell[1] == run]
            for segment in TIERS if own else ():
                found.append({(name, run, segment): -1, **{cell: 1 for cell in own if cell[end] == segment}})
    found.append({("in_both", "keen", "keener"): 1, ("members", last, "keener"): -1})
    found += [{("in_both", *sorted(("middle", one))): 1, ("members", last, "middle"): -1} for one in ("keen", "apart")]
    # Who knows the definitions may know that everybody is in some segment of the group: where it is so, that is known.
    nobody = [{("outside", run): 1} for run in runs(every) if every["outside", run] == 0]
    nobody += [{cell: 1} for cell, value in every.items() if cell[0] == "in_no_tier" and value == 0]
    apart = [("apart", "gold"), ("gold", "middle"), *((a, b) for i, a in enumerate(TIERS) for b in TIERS[i + 1 :])]
    nobody += [{("in_both", *sorted(pair)): 1} for pair in apart]
    for equation in (*found, *nobody):
        assert sum(factor * every[cell] for cell, factor in equation.items()) == 0, equation
        yield equation, 0


def _of_a_rule(segment: str, position: int, last: str) -> list[dict[Cell, int]]:
    here, passing = ("remaining", segment, position), ("passing", segment, position)
    before: Cell = ("remaining", segment, position - 1) if position > 1 else ("population", last)
    found: list[dict[Cell, int]] = [
        {("lost", segment, position): 1, here: 1, before: -1},
        {("passing_not_all", segment, position): 1, here: 1, passing: -1},
        {("failing", segment, position): 1, passing: 1, ("population", last): -1},
    ]
    if position == 1:
        found.append({here: 1, passing: -1})
    if position == RULES[segment]:
        found.append({here: 1, ("members", last, segment): -1})
        found.append({("failing_only", segment, position): 1, ("lost", segment, position): -1})
    if position == 2 and segment == "middle":
        found.append({here: 1, ("in_both", "apart", "keen"): -1})
    if position == 1 and RULES[segment] == 2:
        second = {("passing", segment, 2): -1, ("remaining", segment, 2): 1}
        found.append({("failing_only", segment, 1): 1, **second})
    asked = ASKED.get((segment, position))
    if asked is not None and segment in ("keener", "middle"):
        found.append({passing: 1, ("members", last, asked): -1})
    elif asked is not None:
        found.append({passing: 1, ("members", last, asked): 1, ("population", last): -1})
    return found


def determined(equations: Iterable[Equation], known: Mapping[Cell, int]) -> set[Cell]:
    """The unknown cells that have one value only in all solutions: by elimination, exactly."""
    rows: list[dict[Cell, Fraction]] = []
    for factors, _ in equations:
        left: dict[Cell, Fraction] = defaultdict(Fraction)
        for cell, factor in factors.items():
            if cell not in known:
                left[cell] += factor
        rows.append({cell: factor for cell, factor in left.items() if factor})
    solved: dict[Cell, dict[Cell, Fraction]] = {}
    for row in rows:
        for cell, other in solved.items():
            if cell in row:
                row = _less(row, other, row[cell])
        if not row:
            continue
        pivot = next(iter(row))
        row = {cell: factor / row[pivot] for cell, factor in row.items()}
        solved = {cell: _less(other, row, other[pivot]) if pivot in other else other for cell, other in solved.items()}
        solved[pivot] = row
    return {cell for cell, row in solved.items() if len(row) == 1}


def _less(row: Mapping[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> dict[Cell, Fraction]:
    found = {cell: row.get(cell, Fraction(0)) - times * other.get(cell, Fraction(0)) for cell in {*row, *other}}
    return {cell: factor for cell, factor in found.items() if factor}
