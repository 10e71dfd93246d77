"""The one place that scikit-learn is asked: for clusters, for how alike two clusterings are, and for a first tree.

One thread does it all (`alone`): several would add up the same numbers in another order, and what is written would not
be the same byte for byte.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, isinf

from segpy.diagnostics.libraries import there
from segpy.evolve.model import Point, Row

LIBRARY = "sklearn"


def missing() -> bool:
    """Whether scikit-learn cannot be imported."""
    return not there(LIBRARY)


@contextmanager
def alone() -> Iterator[None]:
    """In which scikit-learn works with one thread and does not ask again and again whether numbers are numbers."""
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    told = config_context(assume_finite=True, skip_parameter_validation=True)
    with threadpool_limits(limits=1), told, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer different points than clusters: found by whoever asks
        yield


def centers(points: Sequence[Point], clusters: int, seed: int, starts: int = 10) -> tuple[Point, ...]:
    """The centres of k-means, in order: the best of so many starts."""
    from sklearn.cluster import KMeans

    found = KMeans(clusters, n_init=starts, random_state=seed).fit(points)
    return tuple(sorted(tuple(map(float, center)) for center in found.cluster_centers_))


def nearest(points: Sequence[Point], of: Sequence[Point]) -> tuple[int, ...]:
    """For each point the place of the centre that is nearest, the first of equals."""
    from sklearn.metrics import pairwise_distances_argmin

    return tuple(map(int, pairwise_distances_argmin(points, of))) if points else ()


def agreement(first: Sequence[int], second: Sequence[int]) -> float:
    """The adjusted Rand index: 1 where two clusterings are one, about 0 where they have nothing to do with each other.

    L. Hubert, P. Arabie, "Comparing partitions", Journal of Classification 2 (1985).
    """
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(first, second))


@dataclass(frozen=True, slots=True)
class Grown:
    """A node of a tree as it was grown: who has more than `above` goes right. Without a feature it is a leaf.

    `above` is infinite where only those without a value go right.
    """

    feature: int | None
    above: float
    unknown_right: bool
    left: int
    right: int


def grown(rows: Sequence[Row], labels: Sequence[int], leaves: int, least: int, criterion: str) -> tuple[Grown, ...]:
    """A tree of so many leaves at most, each of `least` people or more, grown where it gains most; its root first."""
    from sklearn.tree import DecisionTreeClassifier

    nan = float("nan")
    known = [[nan if value is None else value for value in row] for row in rows]
    made = DecisionTreeClassifier(criterion=criterion, max_leaf_nodes=leaves, min_samples_leaf=least, random_state=0)
    tree = made.fit(known, labels).tree_
    nodes = zip(
        tree.feature, tree.threshold, tree.missing_go_to_left, tree.children_left, tree.children_right, strict=True
    )
    return tuple(
        Grown(
            None if left == right else int(feature),
            inf if isinf(above) else float(above),
            not left_unknown,
            int(left),
            int(right),
        )
        for feature, above, left_unknown, left, right in nodes
    )
