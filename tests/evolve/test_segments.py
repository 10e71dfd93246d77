"""From questions to segments: names, conditions, and that these say what the questions do."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segpy.evolve.idle import agrees, members, without
from segpy.evolve.model import Bounds, Described, Feature, Leaf, Place, Question, Row, Split, Tree, Unit, Written
from segpy.evolve.names import segments_of
from segpy.evolve.rounds import between, roughness, rounds
from segpy.evolve.text import Heading, condition_text, group_name, spec_text
from segpy.evolve.trees import classify, demands, relabelled, splits, ways
from tests.evolve.people import COUNT, DAY, NUMBER, SINCE, customers, described

pytest.importorskip("sklearn")

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")


def _random_tree(chance: Random, depth: int = 0) -> Tree:
    if depth == 4 or chance.random() < 0.2:
        return Leaf(chance.randrange(4))
    place = chance.randrange(3)
    number = None if place == 2 and chance.random() < 0.2 else Decimal(chance.randrange(4))
    question = Question(place, number, place == 2 and number is not None and chance.random() < 0.5)
    return Split(question, _random_tree(chance, depth + 1), _random_tree(chance, depth + 1))


def _everybody() -> list[Row]:
    return [
        (float(a), float(b), c)
        for a in range(-1, 4)
        for b in range(-1, 4)
        for c in (None, *(float(one) for one in range(-1, 4)))
    ]


@pytest.mark.parametrize("seed", range(40))
def test_conditions_say_what_the_questions_do(seed: int) -> None:
    """Of any tree, of everybody there could be: who fulfils all that a way demands is who is sent that way."""
    rows = _everybody()
    written = _random_tree(Random(seed))
    tree = relabelled(written, rows, [classify(written, row) for row in rows], range(len(rows)))
    assert [classify(tree, row) for row in rows] == [classify(written, row) for row in rows]
    every = [(cluster, demands(way)) for cluster, way in ways(tree)]
    clusters = sorted({cluster for cluster, _ in every})
    segments = [Written(f"c{one}", one, tuple(way for cluster, way in every if cluster == one)) for one in clusters]
    assert agrees(segments, tree, rows)
    assert [
        classify(relabelled(tree, rows, [classify(tree, row) for row in rows], range(len(rows))), row) for row in rows
    ] == [classify(tree, row) for row in rows]


@pytest.fixture(scope="module")
def found() -> Described:
    return described(customers(), 4)


def test_names_tell_what_is_told(found: Described) -> None:
    segments = segments_of(found, "user", ())
    names = [one.name for one in segments]
    assert len(set(names)) == len(names) and all(NAME.fullmatch(name) and "__" not in name for name in names)
    assert [found.counts[one.cluster] for one in segments] == sorted(found.counts, reverse=True)
    again = segments_of(found, "user", names)
    assert not {*names} & {one.name for one in again}
    for one in again:
        assert NAME.fullmatch(one.name) and "__" not in one.name
    assert segments == segments_of(found, "user", ())


def test_long_names_are_cut_and_told_apart(found: Described) -> None:
    made = found.description
    features = tuple(Feature(f"{'x' * 48}_{i}", one.unit, one.nullable) for i, one in enumerate(made.features))
    long = replace(found, description=replace(made, features=features))
    names = [one.name for one in segments_of(long, "user", ())]
    assert len(set(names)) == len(names) and all(NAME.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    ("bounds", "feature", "words"),
    [
        ((Decimal("0.5"), None, False), NUMBER, "{feature: spent, at_least: 0.5}"),
        ((Decimal(3), Decimal(10), False), COUNT, "{feature: visits, at_least: 3, less_than: 10}"),
        ((None, Decimal(7 * 86400), True), SINCE, "{feature: since_visit, less_than: 7 days, or_never: true}"),
        ((Decimal(3600), None, False), SINCE, "{feature: since_visit, at_least: 1 hour, or_never: false}"),
        ((Decimal(61), None, False), SINCE, "{feature: since_visit, at_least: 61 seconds, or_never: false}"),
        ((None, None, True), SINCE, "{feature: since_visit, is_null: true}"),
        ((None, None, False), SINCE, "{feature: since_visit, is_null: false}"),
        ((Decimal(-2000000), None, False), NUMBER, "{feature: spent, at_least: -2000000}"),
    ],
)
def test_conditions_as_they_are_written(
    bounds: tuple[Decimal | None, Decimal | None, bool], feature: Feature, words: str
) -> None:
    assert condition_text(Bounds(0, *bounds), feature) == words


def test_small_segments_are_not_described_by_their_figures(found: Described) -> None:
    segments = segments_of(found, "user", ())
    fewest = min(found.counts)
    told = [spec_text(found, segments, Heading(("why",), "user", "mine", (), least)).text for least in (0, fewest + 1)]
    assert [text.count("in the middle") for text in told] == [4, 3]
    assert group_name("segments/evolved_user.yml", "user") == "evolved_user"
    assert group_name("segments/a/2_of-mine.yml", "user") == "evolved_user"
    assert told[0].startswith("# why\n\nsegments:\n") and told[0].endswith(f"    - {segments[-1].name}\n")


def test_places_are_those_of_the_conditions(found: Described) -> None:
    segments = segments_of(found, "user", ())
    file = spec_text(found, segments, Heading((), "user", "mine", (("owner", "a: b"),), 0))
    lines = file.text.splitlines()
    for place in file.places:
        bounds = segments[place.segment].ways[place.way][place.condition]
        assert lines[place.line - 1].endswith("- " + condition_text(bounds, found.description.features[bounds.feature]))
    assert len(file.places) == sum(line.strip().startswith("- {") for line in lines)
    assert '    owner: "a: b"' in lines


def test_what_is_taken_out() -> None:
    both = Bounds(0, Decimal(1), Decimal(5), False)
    one = Bounds(1, Decimal(2), None, False)
    segment = Written("a", 0, ((both, one),))
    assert without((segment,), Place(1, 0, 0, 1), "feature")[0].ways == ((both,),)
    (left,) = without((segment,), Place(1, 0, 0, 0), "less_than")
    assert left.ways == ((Bounds(0, Decimal(1), None, False), one),)
    assert without((left,), Place(1, 0, 0, 0), "feature")[0].ways == ((one,),)
    alone = Written("a", 0, ((one,),))
    assert without((alone,), Place(1, 0, 0, 0), "feature") == (alone,)
    assert members(segment, [(3.0, 2.0), (5.0, 2.0), (None, 2.0)]) == (True, False, False)
    assert not agrees((alone,), Split(Question(1, Decimal(3), False), Leaf(0), Leaf(1)), [(0.0, 2.5)])


numbers = st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: round(one, 6))


@given(numbers, numbers)
def test_a_number_between_two_is_between_them(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        found = between(Unit.NUMBER, low, high)
        assert low < float(found) <= high
        assert "E" not in str(found) or abs(found) < Decimal("0.001")
        assert low < between(Unit.INTEGER, low, high)
        for unit in Unit:
            assert all(low < float(each) <= high for each in rounds(unit, low, high))


def test_round_numbers() -> None:
    assert [str(one) for one in rounds(Unit.INTEGER, 0, 6)] == ["1", "2", "3", "4", "5", "6"]
    assert Decimal("0.25") in rounds(Unit.NUMBER, 0.2, 0.3)
    assert {Decimal(int(n * DAY)) for n in (1, 7, 30)} <= {*rounds(Unit.SECONDS, 3_600, 40 * DAY)}
    assert {Decimal(2020), Decimal(2021)} <= {*rounds(Unit.NUMBER, 2019, 2024)}
    assert rounds(Unit.NUMBER, 0.0, 0.0) == ()
    order = [roughness(Unit.NUMBER, Decimal(one)) for one in ("100", "150", "130", "135", "134")]
    assert order == sorted(order) and order[0] == 0
    assert roughness(Unit.SECONDS, Decimal(30 * 86400)) < roughness(Unit.SECONDS, Decimal(31 * 86400))


def test_splits_of_a_leaf() -> None:
    assert splits(Leaf(1)) == () and list(ways(Leaf(1))) == [(1, ())]
