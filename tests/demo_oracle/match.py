"""Whether events happened in an order, found by trying every choice of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.demo_oracle.world import Event, Kind, Life


@dataclass(frozen=True, slots=True)
class Step:
    """Some events of a kind, the last of them soon enough after the step before, and nothing unwanted between."""

    kind: Kind
    times: int = 1
    within: timedelta = timedelta.max
    without: Kind | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Steps in order. With `strict`, each event must be later than the one before; else one second may hold several."""

    steps: tuple[Step, ...]
    whole: timedelta = timedelta.max
    since: datetime = datetime.min
    strict: bool = False


def happened(life: Life, order: Order) -> bool:
    """Whether there is any choice of events that fits."""
    return furthest(life, order) == len(order.steps)


def furthest(life: Life, order: Order) -> int:
    """How many steps, counted from the first, any choice of events reaches."""
    return max((len(ends) for ends in _attempts(life, order, (), ())), default=0)


def _attempts(
    life: Life, order: Order, taken: tuple[Event, ...], ends: tuple[datetime, ...]
) -> Iterator[tuple[datetime, ...]]:
    """The times at which steps ended, for every attempt and each of its beginnings."""
    yield ends
    if len(ends) == len(order.steps):
        return
    step = order.steps[len(ends)]
    for chosen in _choices(life, order, step, taken, step.times):
        end = chosen[-1].at
        if end - chosen[0].at > order.whole:
            continue
        if ends and (end - ends[-1] > step.within or _spoiled(life, step, ends[-1], end)):
            continue
        yield from _attempts(life, order, chosen, (*ends, end))


def _choices(life: Life, order: Order, step: Step, taken: tuple[Event, ...], more: int) -> Iterator[tuple[Event, ...]]:
    """`taken` and so many more events of the step, in order of time."""
    if more == 0:
        yield taken
        return
    for event in life.all(step.kind, order.since):
        late_enough = not taken or event.at > taken[-1].at or (event.at == taken[-1].at and not order.strict)
        if late_enough and event not in taken and (not taken or event.at - taken[0].at <= order.whole):
            yield from _choices(life, order, step, (*taken, event), more - 1)


def _spoiled(life: Life, step: Step, after: datetime, before: datetime) -> bool:
    """Whether something unwanted lies strictly between. No step used here takes what another excludes."""
    return step.without is not None and any(after < event.at < before for event in life.all(step.without))
