"""Bins that are frozen with the people of the first instant, and what is found of people who are like them, or not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from segpy.cli.drifts import words_of
from segpy.measure.bins import UNKNOWN, bins_of_labels, bins_of_numbers, counted, place_of
from segpy.measure.drift import drifts
from segpy.measure.model import Status
from segpy.measure.model_drift import Bin
from segpy.measure.model_portfolio import Drift
from segpy.spec.expression import Type

Values = Sequence[float | None]


def deciles(values: Values) -> list[float]:
    """Of values in order the first by which a tenth, two tenths and so on of all are reached."""
    known = sorted(one for one in values if one is not None)
    return [known[-(-len(known) * part // 10) - 1] for part in range(1, 10)] if known else []


def limits(one: Bin) -> tuple[float | None, float | None, bool]:
    return one.low, one.high, one.has_high


def compared(base: Values, now: Values) -> tuple[tuple[Bin, ...], Drift]:
    edges = deciles(base)
    then, later = (Counter(place_of(one, edges) for one in each) for each in (base, now))
    bins = bins_of_numbers(edges, then)
    assert sum(counted(one, then) for one in bins) == len(base), "everybody is in a bin"
    assert sum(counted(one, later) for one in bins) == len(now)
    (found,) = drifts(bins, then, [later], 0.1)
    return bins, found


def test_places() -> None:
    """Between edges an even number, on each an odd one; of three alike all are reached at once."""
    assert [place_of(one, [1, 2, 3]) for one in (0, 1, 1.5, 2, 2.5, 3, 4, None)] == [0, 1, 2, 3, 4, 5, 6, UNKNOWN]
    assert [place_of(one, [2, 2, 2]) for one in (1, 2, 3)] == [0, 3, 6]


def test_many_values_are_ten_parts() -> None:
    bins, _ = compared(range(1, 101), [1])
    assert [limits(one) for one in bins[:2]] == [(None, 10, True), (10, 20, True)]
    assert [limits(one) for one in bins[-2:-1]] == [(90, None, False)] and len(bins) == 11


def test_what_many_have_is_a_part_of_its_own() -> None:
    """5 for all, then 4: what nobody was is seen."""
    bins, found = compared([5.0] * 40, [4.0] * 40)
    assert [limits(one) for one in bins[:-1]] == [(None, 5, False), (5, 5, True), (5, None, False)]
    assert found.alarm and found.psi is not None and found.psi > 1


def test_who_is_not_known_is_a_part() -> None:
    bins, found = compared([*[None] * 20, *range(20)], [*[None] * 40])
    assert bins[-1].label == "not known" and found.alarm


def test_few_people_make_few_parts() -> None:
    """Five in each at least, be they three tenths together; of nine people nothing is told."""
    assert [len(compared(range(n), range(n))[0]) - 1 for n in (10, 20, 100)] == [2, 3, 10]
    assert compared(range(9), range(100))[1].status is Status.TOO_FEW
    assert compared(range(100), range(9))[1].status is Status.TOO_FEW


def test_the_same_people_have_not_drifted() -> None:
    values = [float(one % 7) for one in range(300)]
    _, found = compared(values, values)
    assert found.psi == 0 and not found.alarm


@pytest.mark.parametrize(
    ("one", "values"),
    [
        (Bin((), None, 1, False), [0]),
        (Bin((), None, 1, True), [0, 1]),
        (Bin((), 1, 1, True), [1]),
        (Bin((), 1, 3, False), [2]),
        (Bin((), 1, 3, True), [2, 3]),
        (Bin((), 1, None), [2, 3, 4]),
        (Bin(()), [0, 1, 2, 3, 4]),
    ],
)
def test_what_a_part_has(one: Bin, values: list[int]) -> None:
    assert [value for value in range(5) if one.has(value)] == values


def test_truths_in_words() -> None:
    """All were false, and some are true: as truths, not as what is above 0."""
    bins, _ = compared([0.0] * 20, [0.0, 1.0] * 10)
    assert [words_of(one, Type.BOOLEAN) for one in bins] == ["neither", "false", "true", "not known"]


def test_texts() -> None:
    """Values of less than a twentieth are put to the others; nine that are named at most, all else has place 9."""
    labels = {0: "DE", 1: "FR", 2: "IT"}
    bins = bins_of_labels(labels, 9, {0: 60, 1: 36, 2: 4, UNKNOWN: 3})
    told = [(one.label, one.places) for one in bins]
    assert told == [("DE", (0,)), ("FR", (1,)), ("others", (2, 9)), ("not known", (UNKNOWN,))]


DRAWS: dict[str, Callable[[random.Random], float]] = {
    "a normal variable": lambda chance: chance.gauss(0, 1),
    "a count": lambda chance: float(int(chance.expovariate(0.5))),
    "nearly always nothing": lambda chance: 0.0 if chance.random() < 0.95 else chance.random(),
    "one of three": lambda chance: float(chance.choice([1, 2, 3])),
}


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize(("n", "m"), [(20, 20), (100, 100), (1000, 30)])
def test_chance_seldom_alarms(draw: str, n: int, m: int) -> None:
    """People of one kind at both instants: at most one of ten samples alarms, whatever the bins are."""
    chance = random.Random(f"{draw} {n} {m}")
    samples = 200
    found = [
        compared([DRAWS[draw](chance) for _ in range(n)], [DRAWS[draw](chance) for _ in range(m)])[1]
        for _ in range(samples)
    ]
    assert all(one.status in (Status.READABLE, Status.NO_VARIANCE) for one in found)
    assert sum(one.alarm for one in found) <= samples * 0.12


def test_a_shift_is_noticed() -> None:
    chance = random.Random(1)
    _, found = compared([chance.gauss(0, 1) for _ in range(200)], [chance.gauss(0.8, 1) for _ in range(200)])
    assert found.alarm
