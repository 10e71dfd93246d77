"""Which counts are withheld, worked out by hand: `min_cell_size` is 5, and there are 40 users."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.histories.history import instant
from tests.histories.test_views import told
from tests.kept.warehouse import Warehouse, opened

SPEC = """
privacy: {min_cell_size: 5}
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {tier: text, age: integer, agreed: boolean}}
    consent: agreed
exclusive_groups: {tiers: [gold, silver, bronze]}
segments:
  gold: {entity: user, all: [{attribute: tier, exactly: gold}]}
  silver: {entity: user, all: [{attribute: tier, exactly: silver}]}
  bronze: {entity: user, all: [{attribute: tier, exactly: bronze}]}
  of_age: {entity: user, all: [{attribute: age, at_least: 18}]}
  old: {entity: user, all: [{attribute: age, at_least: 60}]}
  nobody: {entity: user, all: [{attribute: age, at_least: 900}]}
"""
OPEN = SPEC.replace("privacy: {min_cell_size: 5}", "")
COLUMNS = ("segment", "as_of", "members", "population", "entered", "exited", "withheld")


def users(gold: int, silver: int, bronze: int, young: int, old: int, silent: int = 0) -> Table:
    """So many of each tier, of 40; the first are young, the last are old; of the first ones no consent is known."""
    tiers = ["gold"] * gold + ["silver"] * silver + ["bronze"] * bronze
    tiers += ["none"] * (40 - len(tiers))
    ages = ["15"] * young + ["40"] * (40 - young - old) + ["70"] * old
    agreed = [None] * silent + ["true"] * (40 - silent)
    columns = {"user_id": "text", "tier": "text", "age": "integer", "agreed": "boolean"}
    rows = (("u" + str(i), *one) for i, one in enumerate(zip(tiers, ages, agreed, strict=True)))
    return Table("users", columns, tuple(rows))


@pytest.fixture(scope="module")
def replay() -> Iterator[Warehouse]:
    """The setting is there from the third run on."""
    runs = [
        ("03-01", OPEN, users(gold=3, silver=8, bronze=29, young=2, old=10)),
        ("03-02", OPEN, users(gold=12, silver=8, bronze=20, young=10, old=10)),
        ("03-03", SPEC, users(gold=12, silver=8, bronze=20, young=10, old=11)),
        ("03-04", SPEC, users(gold=20, silver=12, bronze=8, young=20, old=11, silent=3)),
    ]
    with opened() as found:
        for written, spec, table in runs:
            found.fill([table])
            found.run(compile_spec(spec), instant(written))
        yield found


def test_sizes(replay: Warehouse) -> None:
    """On the 1st gold is small.

    All but three are silver or bronze: so bronze, whose rules ask that nobody is silver, is withheld too, and as two
    are, silver is told. 38 of age are all but two. Who came and went on the 2nd would tell what is withheld of the 1st;
    on the 3rd one old person came. Nobody is told as 0.
    """
    rows = [row for row in replay.rows("segment_sizes") if row["segment"] != "nobody"]
    assert told(rows, *COLUMNS) == [
        ("bronze", "03-01", None, 40, None, None, True),
        ("bronze", "03-02", 20, 40, None, None, True),
        ("bronze", "03-03", 20, 40, 0, 0, False),
        ("bronze", "03-04", 8, 40, 0, 12, False),
        ("gold", "03-01", None, 40, None, None, True),
        ("gold", "03-02", 12, 40, None, None, True),
        ("gold", "03-03", 12, 40, 0, 0, False),
        ("gold", "03-04", 20, 40, 8, 0, False),
        ("of_age", "03-01", None, 40, None, None, True),
        ("of_age", "03-02", 30, 40, None, None, True),
        ("of_age", "03-03", 30, 40, 0, 0, False),
        ("of_age", "03-04", 20, 40, 0, 10, False),
        ("old", "03-01", 10, 40, 10, 0, False),
        ("old", "03-02", 10, 40, 0, 0, False),
        ("old", "03-03", 11, 40, None, None, True),
        ("old", "03-04", 11, 40, 0, 0, False),
        ("silver", "03-01", 8, 40, 8, 0, False),
        ("silver", "03-02", 8, 40, 8, 8, False),
        ("silver", "03-03", 8, 40, 0, 0, False),
        ("silver", "03-04", 12, 40, 12, 8, False),
    ]
    (last,) = (
        row for row in replay.rows("segment_sizes") if row["segment"] == "nobody" and row["as_of"] > "2026-03-04"
    )
    assert (last["members"], last["withheld"]) == (0, False)
    hidden = [row for row in replay.rows("segment_sizes") if row["members"] is None]
    assert hidden and all(row["share"] is row["median_stay_seconds"] is None for row in hidden)


def test_moves(replay: Warehouse) -> None:
    """Those of the first two runs are withheld, as is who came and went then."""
    found = told(replay.rows("segment_moves"), "as_of", "from_segment", "to_segment", "entities", "withheld")
    assert found == [
        ("03-01", None, None, None, True),
        ("03-02", None, None, None, True),
        ("03-04", "bronze", "silver", 12, False),
        ("03-04", "silver", "gold", 8, False),
    ]


def test_audiences(replay: Warehouse) -> None:
    """Of three nobody knows whether they consent: all of gold but these would tell of them."""
    found = told(replay.rows("activation_audiences"), "audience", "people", "withheld")
    assert found == [
        ("bronze", 8, False),
        ("gold", None, True),
        ("nobody", 0, False),
        ("of_age", 20, False),
        ("old", 11, False),
        ("silver", 12, False),
    ]


def test_a_small_segment_takes_another_of_its_group_with_it() -> None:
    """18 in none of them leave gold alone withheld: as somebody may know that there are none such, silver goes too."""
    with opened() as found:
        found.fill([users(gold=3, silver=8, bronze=11, young=0, old=0)])
        found.run(compile_spec(SPEC), instant("03-01"))
        rows = [row for row in found.rows("segment_sizes") if row["segment"] in ("gold", "silver", "bronze")]
    assert told(rows, "segment", "members") == [("bronze", 11), ("gold", None), ("silver", None)]


def test_overlap(replay: Warehouse) -> None:
    """Of 40, 20 are gold, 12 silver, 8 bronze, those that come first; the first 20 are young, the last 11 old.

    Three of the 11 old are not bronze but silver, and of bronze all are old: so the row of any of the group beside old
    goes, and of each alone the same follows from the others. 12 are of age and silver. Nobody is nobody.
    """
    columns = ("segment", "other_segment", "members", "other_members", "in_both", "in_either", "jaccard", "withheld")
    assert told(replay.rows("segment_overlap"), *columns) == [
        ("bronze", "gold", 8, 20, 0, 28, 0.0, False),
        ("bronze", "nobody", 8, 0, 0, 8, 0.0, False),
        ("bronze", "of_age", 8, 20, 8, 20, 0.4, False),
        ("bronze", "old", 8, 11, None, None, None, True),
        ("bronze", "silver", 8, 12, 0, 20, 0.0, False),
        ("gold", "nobody", 20, 0, 0, 20, 0.0, False),
        ("gold", "of_age", 20, 20, 0, 40, 0.0, False),
        ("gold", "old", 20, 11, None, None, None, True),
        ("gold", "silver", 20, 12, 0, 32, 0.0, False),
        ("nobody", "of_age", 0, 20, 0, 20, 0.0, False),
        ("nobody", "old", 0, 11, 0, 11, 0.0, False),
        ("nobody", "silver", 0, 12, 0, 12, 0.0, False),
        ("of_age", "old", 20, 11, 11, 20, 0.55, False),
        ("of_age", "silver", 20, 12, 12, 20, 0.6, False),
        ("old", "silver", 11, 12, None, None, None, True),
    ]


ALONE = {
    "a": range(12),
    "b": range(9, 21),  # 3 in both, and no other number is small
    "c": range(20),
    "d": range(11, 23),  # 3 in d only
    "e": range(22),
    "f": range(16, 38),  # 2 in neither
    "i": range(20),
    "j": range(10, 30),  # 10 in both, as attrition of a segment tells
    "g": range(16),
    "h": range(16, 32),  # a group, with 8 in none of it
    "x": [*range(7, 24), *range(32, 35)],  # 9 are in g, 8 in h, 3 in neither
    "y": [*range(13, 26), *range(32, 37)],  # 3 are in g, 10 in h, 5 in neither
    "z": [*range(9, 26), *range(32, 40)],  # 7 are in g, 10 in h, 8 in neither
}


def test_overlap_is_withheld_for_each_reason_alone() -> None:
    """Of 40, of whom 4 are few. Beside each pair that is withheld there is one that is told."""
    columns = {f"in_{one}": "boolean" for one in ALONE}
    known = ", ".join(f"{name}: boolean" for name in columns)
    spec = f"""
privacy: {{min_cell_size: 5}}
entities: {{user: {{key: user_id, attributes: {{relation: ref('users'), columns: {{{known}}}}}}}}}
exclusive_groups: {{grouped: [g, h]}}
segments:
  asking: {{entity: user, all: [{{in_segment: i}}, {{in_segment: j}}, {{attribute: in_c}}]}}
""" + "".join(f"  {one}: {{entity: user, all: [{{attribute: in_{one}}}]}}\n" for one in ALONE)
    rows = tuple((f"u{i}", *(str(i in ALONE[one]).lower() for one in ALONE)) for i in range(40))
    with opened() as found:
        found.fill([Table("users", {"user_id": "text", **columns}, rows)])
        found.run(compile_spec(spec), instant("03-01"))
        told_of = {(one["segment"], one["other_segment"]): one["in_both"] for one in found.rows("segment_overlap")}
    pairs = ("ab", "cd", "ef", "ij", "gx", "hx", "gy", "hy")
    assert [pair for pair in pairs if told_of[pair[0], pair[1]] is not None] == []
    assert [told_of[pair[0], pair[1]] for pair in ("ad", "gz", "hz", "gh", "ci")] == [None, 7, 10, 0, 20]


RULES = """
segments:
  aimed_at:
    entity: user
    all: [{attribute: age, at_least: 18}, {attribute: age, at_least: 20}, {attribute: age, at_least: 50}]
  two: {entity: user, all: [{attribute: age, at_least: 30}, {attribute: tier, exactly: gold}]}
"""


def test_attrition() -> None:
    """Two fall out at the second rule: what remains before it is withheld, as what remains at last is a size.

    Of the segment of two rules nothing is small, and nothing is withheld.
    """
    spec = SPEC[: SPEC.index("exclusive_groups")] + RULES
    ages = [15] * 10 + [19] * 2 + [40] * 8 + [70] * 20
    rows = tuple((f"u{i}", "gold" if i % 2 else "none", str(age), "true") for i, age in enumerate(ages))
    table = Table("users", {"user_id": "text", "tier": "text", "age": "integer", "agreed": "boolean"}, rows)
    with opened() as found:
        found.fill([table])
        found.run(compile_spec(spec), instant("03-01"))
        counts = told(
            found.rows("segment_attrition"), "segment", "position", "remaining", "passing", "failing_only", "withheld"
        )
    assert counts == [
        ("aimed_at", 0, 40, 40, 0, False),
        ("aimed_at", 1, None, None, None, True),
        ("aimed_at", 2, 28, 28, None, True),
        ("aimed_at", 3, 20, 20, None, True),
        ("two", 0, 40, 40, 0, False),
        ("two", 1, 28, 28, 6, False),
        ("two", 2, 14, 20, 14, False),
    ]
