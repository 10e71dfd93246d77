"""Names of segments from what tells them from the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from segpy.evolve.model import Bounds, Described, Feature, Unit, Written
from segpy.evolve.trees import demands, ways

MOST_LETTERS = 50
_TELLING = 3  # how many features a name tells of, if these are enough

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def segments_of(described: Described, entity: str, taken: Collection[str]) -> tuple[Written, ...]:
    """A segment for each cluster that some way leads to, the largest first; `taken` are names that it cannot have."""
    made = described.description
    led: dict[int, list[tuple[int, tuple[Bounds, ...]]]] = {}
    for (cluster, way), people in zip(ways(made.tree), described.ways, strict=True):
        led.setdefault(cluster, []).append((people, demands(way)))
    used = set(taken)
    found: list[Written] = []
    for cluster in sorted(led, key=lambda one: (-described.counts[one], one)):
        _, main = max(led[cluster], key=lambda one: one[0])
        name = next(one for one in _names(main, made.features, entity) if one not in used)
        used.add(name)
        found.append(Written(name, cluster, tuple(way for _, way in led[cluster])))
    return tuple(found)


def _names(way: Sequence[Bounds], features: Sequence[Feature], entity: str) -> Iterator[str]:
    """Names from short to long, and at last numbered ones without end."""
    words = [f"{_word(one)}_{features[one.feature].name}" for one in way]
    exact = [f"{features[one.feature].name}{_numbers(one, features[one.feature].unit)}" for one in way]
    for many in range(min(len(words), _TELLING), len(words) + 1):
        if len(name := "_".join(words[:many])) <= MOST_LETTERS:
            yield name
    for place in range(len(way)):
        if len(name := "_".join([*words[:place], exact[place], *words[place + 1 : _TELLING]])) <= MOST_LETTERS:
            yield name
    fit = [many for many in range(1, len(words) + 1) if len("_".join(words[:many])) <= MOST_LETTERS - 3]
    root = "_".join(words[: max(fit)]) if fit else f"{entity[:30]}_cluster"
    number = 2
    while True:
        yield f"{root}_{number}"
        number += 1


def _word(bounds: Bounds) -> str:
    match bounds.at_least, bounds.less_than:
        case None, None:
            return "no" if bounds.unknown else "some"
        case _, None:
            return "high"
        case None, _:
            return "low"
        case _:
            return "mid"


def _numbers(bounds: Bounds, unit: Unit) -> str:
    low = "" if bounds.at_least is None else f"_from_{_label(bounds.at_least, unit)}"
    high = "" if bounds.less_than is None else f"_below_{_label(bounds.less_than, unit)}"
    return low + high


def _label(number: Decimal, unit: Unit) -> str:
    """`120d`, `0_5`, `minus_3`."""
    if unit is Unit.SECONDS:
        amount, noun = counted(number)
        return f"{amount}{ {'day': 'd', 'hour': 'h', 'minute': 'min', 'second': 's'}[noun] }"
    return format(number, "f").replace("-", "minus_").replace(".", "_")


def counted(seconds: Decimal) -> tuple[int, str]:
    """Whole seconds in the largest unit that divides them."""
    whole = int(seconds)
    for size, noun in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if whole and whole % size == 0:
            return whole // size, noun
    return whole, "second"
