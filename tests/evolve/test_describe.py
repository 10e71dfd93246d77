"""From people to clusters and questions: what is chosen, by whom, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from segpy.evolve.describe import LEAST_PEOPLE, at_another_instant, describe, score
from segpy.evolve.errors import NothingTellsApart, OneCluster, TooFewPeople
from segpy.evolve.heldout import MOST_FITTED, parted
from segpy.evolve.learn import nearest
from segpy.evolve.model import Feature, People, Row, Unit, Wanted
from segpy.evolve.refine import least_at_end, missed, questions_about
from segpy.evolve.scales import points_of, scale_of
from segpy.evolve.trees import classify, ended, splits
from tests.evolve.people import COUNT, DAY, NUMBER, SINCE, blobs, customers, described, people

pytest.importorskip("sklearn")

THREE = ((0.0, 0.0), (12.0, 0.0), (0.0, 12.0))
TWO = (NUMBER, Feature("worn", Unit.NUMBER, nullable=False))


def test_three_clouds_are_three_clusters() -> None:
    found = described(people(TWO, blobs(120, THREE)))
    assert [one.clusters for one in found.tried] == [2, 3, 4, 5, 6]
    assert (len(found.description.centers), found.asked) == (3, 2)
    assert found.stability.mean == pytest.approx(1.0)
    assert sorted(found.counts) == [120, 120, 120]
    assert (found.held_out.right, found.held_out.people) == (found.held_out.people, len(parted(_keys(360), 0)[1]))
    assert found.held_out.largest < 0.5 * found.held_out.people


def _keys(count: int) -> tuple[str, ...]:
    return people(TWO, [(0.0, 0.0)] * count).keys


def test_whoever_is_held_out_has_no_part_in_anything() -> None:
    """Their numbers could be anything: scales, the number of clusters, centres, questions and figures of fit stay."""
    real = customers()
    used, held = parted(real.keys, 0)
    chance = Random(3)
    rows = list(real.rows)
    for i in held:
        rows[i] = (chance.uniform(-1e9, 1e9), float(chance.randrange(10**6)), chance.choice([None, 1e12]))
    changed = replace(real, rows=tuple(rows))
    for clusters in (None, 3):
        one, other = described(real, clusters), described(changed, clusters)
        assert (one.description, one.tried, one.fitted) == (other.description, other.tried, other.fitted)
        assert one.held_out != other.held_out
    without = People(real.features, tuple(real.keys[i] for i in used), tuple(real.rows[i] for i in used))
    rows[used[0]] = rows[held[0]]
    assert described(replace(real, rows=tuple(rows)), 4).description != described(without, 4).description


def test_a_feature_is_not_looked_at_for_the_sake_of_those_who_are_held_out() -> None:
    """Only they differ in it: to know that would be to have looked."""
    real = customers()
    _, held = parted(real.keys, 0)
    rows = [(*row, 1.0) for row in real.rows]
    for i in held:
        rows[i] = (*real.rows[i], float(i))
    found = described(people((*real.features, Feature("new", Unit.NUMBER, nullable=False)), rows), 3)
    assert [(one.feature, one.reason) for one in found.left_out] == [("new", "everybody has the same value")]


def test_on_those_it_is_made_of_a_description_looks_better_than_it_is() -> None:
    """Of clusters of noise, asked about by more questions than these people can answer for."""
    chance = Random(4)
    features = [Feature(f"noise_{i}", Unit.NUMBER, nullable=False) for i in range(6)]
    found = described(people(features, [tuple(chance.gauss(0, 1) for _ in features) for _ in range(300)]), 4, 12)
    fitted, held_out = (one.right / one.people for one in (found.fitted, found.held_out))
    assert fitted > held_out + 0.1


def test_clusters_dealt_by_chance_are_not_told_apart() -> None:
    """With their labels shuffled, questions are right about others hardly more often than the largest cluster is."""
    real = customers(900)
    used, held = parted(real.keys, 0)
    made = described(real, 3).description
    labels = list(nearest(points_of(made.scales, real.rows), made.centers))
    Random(5).shuffle(labels)
    tree = questions_about(real.features, [real.rows[i] for i in used], [labels[i] for i in used], 5, 3)
    largest = max(sum(labels[i] == one for i in held) for one in range(3)) / len(held)
    right = sum(classify(tree, real.rows[i]) == labels[i] for i in held) / len(held)
    assert abs(right - largest) < 3 * (0.25 / len(held)) ** 0.5
    true = described(real, 3).held_out
    assert true.right / true.people > largest + 0.3


def test_a_heavy_tail_is_no_cluster_of_its_own() -> None:
    """One in two hundred has a million times as much: by logarithms the clusters are of the others."""
    chance = Random(6)
    rows: list[Row] = [(chance.lognormvariate(chance.choice((1, 5)), 0.5),) for _ in range(597)]
    found = described(people([NUMBER], [*rows, (1e9,), (2e9,), (1e10,)]), 2)
    assert found.description.scales[0].log
    assert min(found.counts) > 200
    (question,) = splits(found.description.tree)
    assert question.at_least is not None and 8 < question.at_least < 60
    assert len(str(question.at_least)) <= 2, "a round number"
    assert not scale_of(NUMBER, [chance.gauss(5, 1) for _ in range(300)]).log
    assert not scale_of(NUMBER, [-1.0, *(row[0] for row in rows)]).log, "there is no logarithm of less than nothing"


def test_what_is_said_twice_counts_once() -> None:
    real = customers()
    twice = people(
        (*real.features, Feature("cents", Unit.NUMBER, nullable=False), Feature("always", Unit.NUMBER, nullable=False)),
        [(*row, 100 * (row[0] or 0.0), 1.0) for row in real.rows],
    )
    found = described(twice, 4)
    assert [(one.feature, one.reason) for one in found.left_out] == [
        ("cents", "it puts people in the same order as spent"),
        ("always", "everybody has the same value"),
    ]
    assert found.description == described(real, 4).description


def test_the_order_of_rows_makes_no_difference() -> None:
    real = customers()
    places = list(range(len(real.keys)))
    Random(7).shuffle(places)
    mixed = People(real.features, tuple(real.keys[i] for i in places), tuple(real.rows[i] for i in places))
    assert described(mixed) == described(real)


def test_the_same_seed_is_the_same_and_another_holds_out_others() -> None:
    real = customers()
    assert parted(real.keys, 1)[1] != parted(real.keys, 2)[1]
    used, held = parted([str(i) for i in range(50_000)], 0)
    assert len(used) == MOST_FITTED and not {*used} & {*held} and abs(len(held) / 50_000 - 0.3) < 0.01


def test_whoever_has_no_value_is_sent_where_such_people_belong() -> None:
    """Those who never came are a cluster: they are told by a question about the time since, as is who came long ago."""
    chance = Random(8)
    rows: list[Row] = [(chance.gauss(10, 1), chance.uniform(0, 20) * DAY) for _ in range(300)]
    rows += [(chance.gauss(30, 1), None) for _ in range(150)]
    found = described(people([NUMBER, SINCE], rows), 2, 1)
    assert found.held_out.right == found.held_out.people
    scale = found.description.scales[1]
    assert scale.told and scale.unknown > 0, "never is longer than any time"
    only: list[Row] = [(None if i % 3 else chance.uniform(5, 6),) for i in range(300)]
    known = described(people([Feature("stars", Unit.NUMBER, nullable=True)], only), 2, 1)
    assert known.held_out.right == known.held_out.people


def test_every_way_has_people_on_it_and_questions_are_as_few_as_asked_for() -> None:
    for questions in (2, 5):
        found = described(customers(), 3, questions)
        made = found.description
        assert 1 <= len(splits(made.tree)) <= questions
        assert found.asked == len(set(splits(made.tree)))
        assert sum(found.ways) == 600 and sum(found.counts) == 600
        real = customers()
        used, _ = parted(real.keys, 0)
        assert min(ended(made.tree, real.rows, used)) >= least_at_end(len(used))


def test_no_way_is_for_a_handful() -> None:
    """Four people of eighty are a cluster, and the most accurate question would be about them alone."""
    rows: list[Row] = [(float(i),) for i in range(80)]
    labels = [0 if i < 40 else 1 if i < 76 else 2 for i in range(80)]
    tree = questions_about([NUMBER], rows, labels, 2, 3)
    assert min(ended(tree, rows, range(80))) == least_at_end(80) == 5
    assert missed(tree, rows, labels, range(80)) == 1


def test_round_numbers_cost_hardly_anything() -> None:
    """No more than three in a thousand of all people for each digit."""
    real = customers()
    found = described(real, 4)
    used, _ = parted(real.keys, 0)
    rows = [real.rows[i] for i in used]
    labels = nearest(points_of(found.description.scales, rows), found.description.centers)
    rounded = missed(found.description.tree, rows, labels, range(len(rows)))
    assert rounded <= 0.1 * len(rows)
    for question in splits(found.description.tree):
        unit = real.features[question.feature].unit
        number = question.at_least
        assert number is not None
        if unit is Unit.SECONDS:
            assert number % 3600 == 0
        else:
            assert len(number.normalize().as_tuple().digits) <= 3


def test_what_stands_against_it_is_a_finding() -> None:
    few = customers(LEAST_PEOPLE - 1)
    assert describe(few, Wanted(None, 5, 0)) == TooFewPeople(LEAST_PEOPLE - 1, LEAST_PEOPLE)
    assert isinstance(describe(customers(110), Wanted(6, 5, 0)), TooFewPeople)
    same = describe(people([NUMBER, COUNT], [(1.0, 2.0)] * 200), Wanted(None, 5, 0))
    assert isinstance(same, NothingTellsApart)
    assert same.label == "`spent`: everybody has the same value; `visits`: everybody has the same value"
    odd: list[Row] = [(float("inf") if i == 3 else float(i), None) for i in range(400)]
    broken = describe(people([NUMBER, SINCE], odd), Wanted(None, 5, 0))
    assert isinstance(broken, NothingTellsApart)
    assert broken.label == "`spent`: it has values that are no finite numbers; `since_visit`: nobody has a value"
    two = describe(people([COUNT], [(float(i % 2),) for i in range(200)]), Wanted(4, 5, 0))
    assert two == OneCluster(2) and "only 2 kinds of people" in two.label
    assert describe(people([], [()] * 200), Wanted(None, 5, 0)) == NothingTellsApart(())


def test_at_another_instant_those_held_out_are_asked_about_in_their_own_columns() -> None:
    real = customers()
    found = described(real, 4)
    turned = People(real.features[::-1], real.keys, tuple(row[::-1] for row in real.rows))
    assert at_another_instant(found.description, turned, 0) == found.held_out
    assert at_another_instant(found.description, People(real.features, (), ()), 0).people == 0
    strange: list[Row] = [(float("nan"), -5.0, float("inf"))] * 50
    assert score(found.description, strange).people == 50, "later people may have what nobody had"
