"""Questions one after another: who is sent where, and what each way through them demands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from segpy.evolve.model import Bounds, Leaf, Question, Row, Split, Tree

Way = tuple[tuple[Question, bool], ...]


def answer(question: Question, row: Row) -> bool:
    """Whether somebody is sent to the yes. It is what the condition that is written of it says in SQL."""
    value = row[question.feature]
    if value is None:
        return question.unknown_passes
    return question.at_least is None or value >= float(question.at_least)


def classify(tree: Tree, row: Row) -> int:
    """The cluster that somebody is in by the questions."""
    while isinstance(tree, Split):
        tree = tree.yes if answer(tree.question, row) else tree.no
    return tree.cluster


def splits(tree: Tree) -> tuple[Question, ...]:
    """Every question, as often as it is asked, the first first."""
    return () if isinstance(tree, Leaf) else (tree.question, *splits(tree.yes), *splits(tree.no))


def ways(tree: Tree, before: Way = ()) -> Iterator[tuple[int, Way]]:
    """Each way through the questions: the cluster at its end, and the questions on it with their answers."""
    if isinstance(tree, Leaf):
        yield tree.cluster, before
    else:
        yield from ways(tree.yes, (*before, (tree.question, True)))
        yield from ways(tree.no, (*before, (tree.question, False)))


def ended(tree: Tree, rows: Sequence[Row], people: Sequence[int]) -> tuple[int, ...]:
    """How many people end each way, in the order of the ways."""
    if isinstance(tree, Leaf):
        return (len(people),)
    yes, no = sent(tree.question, rows, people)
    return (*ended(tree.yes, rows, yes), *ended(tree.no, rows, no))


def sent(question: Question, rows: Sequence[Row], people: Sequence[int]) -> tuple[list[int], list[int]]:
    """Who of some people answers yes, and who no."""
    yes: list[int] = []
    no: list[int] = []
    for i in people:
        (yes if answer(question, rows[i]) else no).append(i)
    return yes, no


def relabelled(tree: Tree, rows: Sequence[Row], labels: Sequence[int], people: Sequence[int]) -> Tree:
    """The same questions, with the most frequent cluster at the end of each way, and none that tells nothing apart."""
    if isinstance(tree, Leaf):
        counts = Counter(labels[i] for i in people)
        return Leaf(min(counts, key=lambda one: (-counts[one], one))) if counts else tree
    yes, no = sent(tree.question, rows, people)
    if not yes or not no:
        return relabelled(tree.yes if yes else tree.no, rows, labels, people)
    made = Split(tree.question, relabelled(tree.yes, rows, labels, yes), relabelled(tree.no, rows, labels, no))
    return made.yes if isinstance(made.yes, Leaf) and made.yes == made.no else made


def demands(way: Way) -> tuple[Bounds, ...]:
    """What a way demands of each feature, in the order in which they are first asked about."""
    found: dict[int, Bounds] = {}
    unknown_only = {question.feature for question, yes in way if question.at_least is None and not yes}
    for question, yes in way:
        place = question.feature
        if place in unknown_only:
            found[place] = Bounds(place, None, None, True)
            continue
        low, high = (one := found.get(place, Bounds(place, None, None, True))).at_least, one.less_than
        unknown = one.unknown and question.unknown_passes is yes
        if question.at_least is not None:
            if yes:
                low = question.at_least if low is None else max(low, question.at_least)
            else:
                high = question.at_least if high is None else min(high, question.at_least)
        found[place] = Bounds(place, low, high, unknown)
    return tuple(found.values())


def fulfils(row: Row, bounds: Bounds) -> bool:
    """Whether somebody fulfils what is demanded of a feature, as the language reads the condition."""
    value = row[bounds.feature]
    if value is None:
        return bounds.unknown
    if bounds.at_least is None and bounds.less_than is None:
        return not bounds.unknown
    above = bounds.at_least is None or value >= float(bounds.at_least)
    return above and (bounds.less_than is None or value < float(bounds.less_than))
