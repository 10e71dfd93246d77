"""By which method a sequence is compiled: pure questions to its data, asked by `check` and by the plan."""

from __future__ import annotations

from enum import Enum
from itertools import combinations

from segpy.resolve.atoms import disjoint, named
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import Sequence, Step
from segpy.spec.model_measures import Start, Ties

MOST_SLOTS = 12
MOST_OVERLAPPING = 5


class Method(Enum):
    """How the instants are found at which a step can be reached, each with the latest start of an attempt.

    `CHAINS`: joins to the latest attempt, where no event serves two steps or no two steps share an instant.
    `INSTANTS`: the events of one instant together, where an event could serve two steps.
    `CHOICES`: the choices themselves, for everything else.
    """

    CHAINS = "chains"
    INSTANTS = "instants"
    CHOICES = "choices"


def method_of(sequence: Sequence) -> Method:
    """The first method that is exact for a sequence."""
    if entangled(sequence) is None:
        return Method.CHAINS
    return Method.INSTANTS if plain(sequence) and few(sequence) else Method.CHOICES


def entangled(sequence: Sequence) -> str | None:
    """Why the latest attempt at the step before does not decide; None where it does."""
    if sequence.ties is Ties.ANY:
        for one, other in combinations(sequence.steps, 2):
            for this, that in ((this, that) for this in one.items for that in other.items):
                if not disjoint(this, that):
                    return f"one event may be both `{named(this)}` and `{named(that)}`, each of a step of its own"
    return next((reason for step in sequence.steps if (reason := _entangled(sequence, step))), None)


def _entangled(sequence: Sequence, step: Step) -> str | None:
    own = own_barred(step)
    excluded = f"one event may be both `{named(own[0][0])}`, of which a step takes several, and excluded" if own else ""
    if step.others:
        for one, other in combinations(step.items, 2):
            if not disjoint(one, other):
                return f"one event may be both `{named(one)}` and `{named(other)}`, which are wanted in any order"
        if step.within is not None:
            return "`within` beside `any_order` is measured to the first of the group, which may be any of several"
        return excluded or None
    if own and sequence.same:
        return f"{excluded} with another value of what is shared"
    return f"{excluded} too early" if own and step.after is not None else None


def own_barred(step: Step) -> tuple[tuple[Atom, Atom], ...]:
    """What bars a step of several events though it may be one of them: pairs of the item and the barred.

    A single event lies on the edge of what is looked through, so only of several must their own be told apart.
    """
    if step.times == 1 and not step.others:
        return ()
    return tuple((item, other) for other in step.barred for item in step.items if not disjoint(item, other))


def plain(sequence: Sequence) -> bool:
    """Whether the events of one instant can be taken together: what they count for depends on nothing else."""
    if sequence.ties is not Ties.ANY or sequence.same or sequence.start is not Start.ANY:
        return False
    return not any(step.others or step.after is not None or own_barred(step) for step in sequence.steps)


def few(sequence: Sequence) -> bool:
    """Whether the events of one instant can be counted in every combination of steps."""
    slots = sum(step.times for step in sequence.steps)
    kinds = len(dict.fromkeys(step.atom for step in sequence.steps))
    return slots <= MOST_SLOTS and kinds <= MOST_OVERLAPPING
