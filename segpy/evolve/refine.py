"""From a tree that was grown greedily to one whose questions are few and round, and miss the fewest people."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import isinf

from segpy.evolve.learn import Grown, grown
from segpy.evolve.model import Feature, Leaf, Question, Row, Split, Tree, Unit
from segpy.evolve.rounds import between, roughness, rounds
from segpy.evolve.trees import classify, ended, relabelled, sent, splits

_PRICE = 0.003
"""Which part of all people may be missed more for a number that is one digit rounder."""

_SWEEPS = 6
_CRITERIA = ("gini", "entropy")


def least_at_end(people: int) -> int:
    """How many people at least a way through the questions has to lead to its end."""
    return max(5, people // 200)


def questions_about(
    features: Sequence[Feature], rows: Sequence[Row], labels: Sequence[int], questions: int, clusters: int
) -> Tree:
    """At most so many questions that miss the fewest of these people, by what they are made of alone."""
    best: tuple[float, int, Tree] | None = None
    everybody, least = range(len(rows)), least_at_end(len(rows))
    for criterion in _CRITERIA:
        for tree in _candidates(features, rows, labels, questions, criterion):
            found = _refined(features, rows, labels, tree, least)
            loss = missed(found, rows, labels, everybody) + _price(features, found, len(rows))
            if best is None or (loss, len(splits(found))) < best[:2]:
                best = (loss, len(splits(found)), found)
    assert best is not None
    return best[2]


def missed(tree: Tree, rows: Sequence[Row], labels: Sequence[int], people: Sequence[int]) -> int:
    """How many people the questions send to another cluster than theirs."""
    return sum(classify(tree, rows[i]) != labels[i] for i in people)


def _candidates(
    features: Sequence[Feature], rows: Sequence[Row], labels: Sequence[int], questions: int, criterion: str
) -> tuple[Tree, ...]:
    """The trees that were grown with the most questions that are allowed: with several sizes one may have the same."""
    found: list[Tree] = []
    for leaves in range(2, 3 * questions + 2):
        nodes = grown(rows, labels, leaves, least_at_end(len(rows)), criterion)
        tree = relabelled(_exact(nodes, 0, features, rows, range(len(rows))), rows, labels, range(len(rows)))
        if len(splits(tree)) <= questions and tree not in found:
            found.append(tree)
    return tuple(found[-2:]) or (Leaf(0),)


def _exact(
    nodes: Sequence[Grown], at: int, features: Sequence[Feature], rows: Sequence[Row], people: Sequence[int]
) -> Tree:
    """The questions of a grown tree, each with the roundest number that sends everybody where the tree does."""
    node = nodes[at]
    if node.feature is None:
        return Leaf(0)
    feature = features[node.feature]
    known = [value for i in people if (value := rows[i][node.feature]) is not None]
    unknown = _unknown_passes(feature, node.unknown_right, len(known) < len(people))
    if isinf(node.above):
        question = Question(node.feature, None, False)
        yes, no = node.left, node.right
    else:
        low = max((value for value in known if value <= node.above), default=node.above)
        high = min((value for value in known if value > node.above), default=node.above + 1)
        question = Question(node.feature, between(feature.unit, low, high), unknown)
        yes, no = node.right, node.left
    first, second = sent(question, rows, people)
    return Split(question, _exact(nodes, yes, features, rows, first), _exact(nodes, no, features, rows, second))


def _unknown_passes(feature: Feature, seen: bool, there_are: bool) -> bool:
    """Where those without a value go: as seen; where none was, never counts as long ago, else as little."""
    if not feature.nullable:
        return False
    return seen if there_are else feature.unit is Unit.SECONDS


def _refined(features: Sequence[Feature], rows: Sequence[Row], labels: Sequence[int], tree: Tree, least: int) -> Tree:
    """Each question in turn becomes the one that misses fewest, as long as that changes anything."""
    everybody = range(len(rows))
    for _ in range(_SWEEPS):
        before = tree
        tree = relabelled(_better(features, rows, labels, tree, everybody, least), rows, labels, everybody)
        if tree == before:
            break
    return tree


def _better(
    features: Sequence[Feature],
    rows: Sequence[Row],
    labels: Sequence[int],
    tree: Tree,
    people: Sequence[int],
    least: int,
) -> Tree:
    if isinstance(tree, Leaf):
        return tree
    price = _PRICE * len(rows)
    yes_right = {i: classify(tree.yes, rows[i]) == labels[i] for i in people}
    no_right = {i: classify(tree.no, rows[i]) == labels[i] for i in people}
    asked = [(_loss(tree.question, rows, people, yes_right, no_right, features, price), 0.0, tree.question)]
    for place, feature in enumerate(features):
        asked += _others(place, feature, rows, people, yes_right, no_right, price)
    asked.sort(key=lambda one: one[:2])  # of equals the present one, then the first feature
    for _, _, question in asked[:20]:
        changed = Split(question, tree.yes, tree.no)
        if question == tree.question or min(ended(changed, rows, people)) >= least:
            tree = changed
            break
    first, second = sent(tree.question, rows, people)
    return Split(
        tree.question,
        _better(features, rows, labels, tree.yes, first, least),
        _better(features, rows, labels, tree.no, second, least),
    )


def _loss(
    question: Question,
    rows: Sequence[Row],
    people: Sequence[int],
    yes_right: dict[int, bool],
    no_right: dict[int, bool],
    features: Sequence[Feature],
    price: float,
) -> float:
    yes, no = sent(question, rows, people)
    wrong = sum(not yes_right[i] for i in yes) + sum(not no_right[i] for i in no)
    return wrong + price * _rough(features[question.feature], question)


def _others(
    place: int,
    feature: Feature,
    rows: Sequence[Row],
    people: Sequence[int],
    yes_right: dict[int, bool],
    no_right: dict[int, bool],
    price: float,
) -> Iterator[tuple[float, float, Question]]:
    """Every question about a feature, with what it would cost here: people missed, and digits to remember."""
    known = sorted((value, i) for i in people if (value := rows[i][place]) is not None)
    if len(known) < 2 or known[0][0] == known[-1][0]:
        return
    values = [value for value, _ in known]
    unknown = [i for i in people if rows[i][place] is None]
    wrong_below = [0, *accumulate(not no_right[i] for _, i in known)]
    wrong_above = [0, *accumulate(not yes_right[i] for _, i in known)]
    both = {_unknown_passes(feature, seen, bool(unknown)) for seen in (True, False)}
    for passes in sorted(both):
        told = yes_right if passes else no_right
        without = sum(not told[i] for i in unknown)
        for number in rounds(feature.unit, values[0], values[-1]):
            below = bisect_left(values, float(number))
            question = Question(place, number, passes)
            cost = _rough(feature, question)
            wrong = wrong_below[below] + wrong_above[-1] - wrong_above[below] + without
            yield wrong + price * cost, cost + 1, question


def _rough(feature: Feature, question: Question) -> float:
    return 0.0 if question.at_least is None else roughness(feature.unit, question.at_least)


def _price(features: Sequence[Feature], tree: Tree, people: int) -> float:
    return _PRICE * people * sum(_rough(features[one.feature], one) for one in splits(tree))
