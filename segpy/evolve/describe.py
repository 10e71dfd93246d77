"""People to clusters and the questions that tell them apart, and how well these do on people they never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from statistics import fmean, stdev

from segpy.evolve.errors import NothingTellsApart, OneCluster, TooFewPeople
from segpy.evolve.heldout import parted
from segpy.evolve.learn import agreement, alone, centers, nearest
from segpy.evolve.model import (
    Described,
    Description,
    LeftOut,
    People,
    Point,
    Row,
    Score,
    Stability,
    Wanted,
)
from segpy.evolve.refine import questions_about
from segpy.evolve.scales import points_of, quantile, scale_of, usable
from segpy.evolve.trees import classify, ended, splits

LEAST_PEOPLE = 100
MOST_CLUSTERS = 8
_SAMPLES = 20
_SAMPLED = 2_000  # how many people resampled clusters are compared on
_AS_STABLE = 0.05


def describe(people: People, wanted: Wanted) -> Described | TooFewPeople | NothingTellsApart | OneCluster:
    """The clusters of people, and at most so many questions. Whoever is held out has no part in anything of it."""
    with alone():
        return _describe(people, wanted)


def _describe(people: People, wanted: Wanted) -> Described | TooFewPeople | NothingTellsApart | OneCluster:
    used, held = parted(people.keys, wanted.seed)
    least = max(LEAST_PEOPLE, 20 * (wanted.clusters or 0))
    if len(people.keys) < least:
        return TooFewPeople(len(people.keys), least)
    kept, left = usable(people.features, people.rows, used)
    if not kept:
        return NothingTellsApart(left)
    features = tuple(people.features[place] for place in kept)
    rows = [tuple(row[place] for place in kept) for row in people.rows]
    fit = [rows[i] for i in used]
    scales = tuple(scale_of(one, [row[place] for row in fit]) for place, one in enumerate(features))
    points = points_of(scales, fit)
    different = len(set(points))
    if different < max(wanted.clusters or 0, 2):
        return OneCluster(different)
    tried = stabilities(points, wanted, different)
    found = centers(points, _chosen(tried), wanted.seed)
    labels = nearest(points, found)
    tree = questions_about(features, fit, labels, wanted.questions, len(found))
    if not splits(tree):
        return OneCluster(1)
    made = Description(features, scales, found, tree)
    return _described(made, left, tried, rows, used, held)


def _described(
    made: Description,
    left: tuple[LeftOut, ...],
    tried: tuple[Stability, ...],
    rows: Sequence[Row],
    used: Sequence[int],
    held: Sequence[int],
) -> Described:
    classes = [classify(made.tree, row) for row in rows]
    counts = Counter(classes)
    places = range(len(made.centers))
    return Described(
        made,
        left,
        tried,
        score(made, [rows[i] for i in used]),
        score(made, [rows[i] for i in held]),
        tuple(counts[one] for one in places),
        ended(made.tree, rows, range(len(rows))),
        tuple(_middle([row for row, one in zip(rows, classes, strict=True) if one == place]) for place in places),
        len(set(splits(made.tree))),
    )


def score(made: Description, rows: Sequence[Row]) -> Score:
    """How often the questions say what the nearest of the frozen centres says, of rows of the description's features.

    The largest cluster is that by the centres among these very people: whoever always says it is right so often.
    """
    labels = nearest(points_of(made.scales, rows), made.centers)
    right = sum(classify(made.tree, row) == label for row, label in zip(rows, labels, strict=True))
    return Score(len(rows), right, max(Counter(labels).values(), default=0))


def at_another_instant(made: Description, people: People, seed: int) -> Score:
    """The same, of those who are held out, at another instant: nobody in it was looked at when anything was chosen."""
    places = [next(i for i, one in enumerate(people.features) if one.name == each.name) for each in made.features]
    _, held = parted(people.keys, seed)
    return score(made, [tuple(people.rows[i][place] for place in places) for i in held])


def stabilities(points: Sequence[Point], wanted: Wanted, different: int) -> tuple[Stability, ...]:
    """How stable each number of clusters is, by clusters of resampled people: of the one asked for, or of all."""
    numbers = (
        (wanted.clusters,) if wanted.clusters else range(2, min(MOST_CLUSTERS, wanted.questions + 1, different) + 1)
    )
    return tuple(_stability(points, one, wanted.seed) for one in numbers)


def _stability(points: Sequence[Point], clusters: int, seed: int) -> Stability:
    chance = Random(f"{seed} {clusters}")
    sample = points if len(points) <= _SAMPLED else chance.sample(points, _SAMPLED)
    whole = nearest(sample, centers(points, clusters, seed))
    found: list[float] = []
    for i in range(_SAMPLES):
        again = chance.choices(points, k=min(len(points), 2 * _SAMPLED))
        found.append(agreement(whole, nearest(sample, centers(again, clusters, seed + 1 + i, starts=3))))
    return Stability(clusters, fmean(found), stdev(found), _SAMPLES)


def _chosen(tried: Sequence[Stability]) -> int:
    """The most clusters that are about as stable as the most stable ones."""
    best = max(one.mean for one in tried)
    return max(one.clusters for one in tried if one.mean >= best - _AS_STABLE)


def _middle(rows: Sequence[Row]) -> Row:
    """The median of each feature, of those who have a value."""
    columns = [sorted(value for value in column if value is not None) for column in zip(*rows, strict=True)]
    return tuple(quantile(column, 0.5) if column else None for column in columns)
