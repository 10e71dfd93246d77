"""The slots of a sequence in which one event could serve two steps, and whether events of one instant can fill them.

A slot is a step, or one of the `times` of a step. By Hall's theorem the events of an instant can fill some slots, each
by an event of its own, exactly when every set of filters among those slots is met by at least as many events as there
are slots for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from segpy.plan.model import SequencePlan, StepPlan


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a sequence, from 1. `step` is the step of each, `kind` the first step with the same filter."""

    sequence: SequencePlan
    step: tuple[int, ...]
    kind: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.step)

    @property
    def kinds(self) -> tuple[int, ...]:
        """The different filters, each by its first step."""
        return tuple(sorted(set(self.kind)))

    def last_of_step(self, slot: int) -> bool:
        """Whether a slot completes its step."""
        return slot == self.count or self.step[slot] != self.step[slot - 1]

    def plan(self, slot: int) -> StepPlan:
        """The step of a slot."""
        return self.sequence.steps[self.step[slot - 1] - 1]

    def completed(self, before: int, slot: int) -> int | None:
        """The first slot after `before` and up to `slot` that completes its step."""
        return next((one for one in range(before + 1, slot + 1) if self.last_of_step(one)), None)

    def needs_since(self, slot: int) -> bool:
        """Whether what follows a slot asks when the step before was completed."""
        if slot == self.count or self.step[slot] == 1:
            return False
        following = self.plan(slot + 1)
        return following.within is not None or bool(following.without)

    def sets(self, kinds: Sequence[int]) -> list[tuple[int, ...]]:
        """The sets of filters to look at: those that hang together by overlaps. Of others the numbers add up."""
        every = (found for size in range(1, len(kinds) + 1) for found in combinations(kinds, size))
        return [found for found in every if self._connected(found)]

    def wanted(self, before: int, slot: int) -> list[tuple[tuple[int, ...], int]]:
        """What the slots after `before` and up to `slot` need: sets of filters, each with the number of events."""
        kinds = self.kind[before:slot]
        return [(found, sum(kind in found for kind in kinds)) for found in self.sets(sorted(set(kinds)))]

    def _connected(self, kinds: tuple[int, ...]) -> bool:
        reached, waiting = {kinds[0]}, [kinds[0]]
        while waiting:
            one = waiting.pop()
            for other in kinds:
                pair = (min(one, other) - 1, max(one, other) - 1)
                if other not in reached and pair in self.sequence.overlaps:
                    reached.add(other)
                    waiting.append(other)
        return len(reached) == len(kinds)


def slots_of(sequence: SequencePlan) -> Slots:
    """The slots of a sequence."""
    steps = [i for i, step in enumerate(sequence.steps, start=1) for _ in range(step.times)]
    filters = [(step.selection.labels, step.selection.flag) for step in sequence.steps]
    return Slots(sequence, tuple(steps), tuple(filters.index(filters[i - 1]) + 1 for i in steps))
