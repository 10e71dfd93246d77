"""What a treatment brought in, beside what it seems to bring where nobody asks what would have happened anyway."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Arm, Estimate, Status


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure against the control, and the naive one: as if all that the treated did was the treatment's doing."""

    estimate: Estimate
    naive: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Of all treated: conversions and value that would not have been, return on the cost, cost of each conversion more.

    `cac` has no upper end where there may be no gain. `roi` is 0 where the cost just came back, and -1 where nothing
    did. Without a value there is neither value nor return.
    """

    conversions: Figure
    cac: Figure
    value: Figure | None = None
    roi: Figure | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What people had brought in, from exposure to the end of a month counted from 1: value per person, in sum.

    Only people are in it for whom this month is over, in both arms alike.
    """

    month: int
    treated: Arm
    control: Arm


@dataclass(frozen=True, slots=True)
class Payback:
    """After how many months the cost had come back. NOT_YET: not in the months observed, and `months` is None.

    `earliest` and `latest` are the months in which the upper and the lower limit of what had come back reached the
    cost; None where they did not. `naive` ignores the control.
    """

    n: int
    status: Status
    observed: int
    months: int | None = None
    earliest: int | None = None
    latest: int | None = None
    naive: int | None = None
