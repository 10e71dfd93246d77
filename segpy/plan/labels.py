"""Labels of events that tell narrower events apart too: `app.purchase and purchase_on_pro`.

A row of the events model carries one label. Where an event has a few narrower ones among the atoms, each set of them
has a label of its own, so that the rows of each are a few runs of the sorted table, and no flag is written or read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """For each plain label the names of the narrower events that are told apart, at most `MOST_TOLD`."""

    narrower: Mapping[str, tuple[str, ...]]

    def of(self, label: str) -> Iterable[tuple[str, frozenset[str]]]:
        """The labels that rows of an event can have, each with the narrower events that they are."""
        for some in _sets(self.narrower.get(label, ())):
            yield " and ".join((label, *some)), frozenset(some)

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of narrower events that some row can be, the largest first."""
        found = {some for names in self.narrower.values() for some in _sets(names) if some}
        return tuple(sorted(found, key=lambda some: (-len(some), some)))


def told_apart(narrower: Mapping[str, str], labels: Iterable[str]) -> Labels:
    """Which narrower events labels tell apart: of each of these names its plain label, of which `labels` are all.

    Where a label has too many of them, or one together with them would read like another, all of its own get flags.
    """
    plain, found = set(labels), {}
    for label in sorted(plain):
        names = tuple(sorted(name for name, where in narrower.items() if where == label))
        if not 0 < len(names) <= MOST_TOLD:
            continue  # of many names there are more sets than can be looked at
        if not plain & {" and ".join((label, *some)) for some in _sets(names) if some}:
            found[label] = names
    return Labels(found)


def _sets(names: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (some for size in range(len(names) + 1) for some in combinations(names, size))
