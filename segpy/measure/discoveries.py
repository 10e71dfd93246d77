"""How many of the effects in a report may be none."""

from __future__ import annotations

from collections.abc import Sequence


def adjusted(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """p-values adjusted by Benjamini and Hochberg over all of a report, by scipy, in the order given.

    Of those at most q, no more than a part q are expected to be none (Y. Benjamini, Y. Hochberg, "Controlling the false
    discovery rate", JRSS B 57, 1995). What was not tested (None) does not count.
    """
    tested = [p for p in ps if p is not None]
    if not tested:
        return tuple(ps)
    from scipy.stats import false_discovery_control

    found = iter(false_discovery_control(tested, method="bh").tolist())
    return tuple(None if p is None else float(next(found)) for p in ps)
