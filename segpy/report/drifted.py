"""Whether members are others than they were: the last comparison of each segment."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.report.glance import anchor
from segpy.report.model import Compared, FeatureDrift, Report
from segpy.report.model_page import Cell, Grid, Head, Para, Section
from segpy.report.words import NONE, amount, count, moment

_NOTHING = (
    "Members were not compared. `segpy drift --save` says whether they are others than they were, feature by feature, "
    "and puts it into `segment_statistics`; then it stands here."
)
_NO_TABLE = (
    "Where small counts are withheld members are not compared here; `segpy drift` does, for who may read persons."
)


def members_drifted(report: Report) -> Section:
    """A row a segment, with the features that drifted."""
    name = "Members then and now"
    if not report.compared:
        why = _NOTHING if report.compared is not None else _NO_TABLE
        return Section("members-drift", name, "", (Para(why, "quiet"),))
    line = (
        "Features of members by their index of population stability, beside what chance reaches once in twenty times. "
        "A feature that is beyond the limit and beyond chance has drifted."
    )
    heads = (
        *(Head("Segment"), Head("Between"), Head("Compared", True), Head("Drifted", True)),
        *(Head("By most", True), Head("Which drifted", wide=True)),
    )
    found = sorted(report.compared, key=lambda one: (-len(_drifted(one)), one.segment))
    grid = Grid("Members of the last instant beside those of the first", heads, tuple(map(_row, found)))
    return Section("members-drift", name, line, (grid,))


def _row(one: Compared) -> tuple[Cell, ...]:
    told, drifted = [each for each in one.features if each.psi is not None], _drifted(one)
    most = max((each.psi or 0.0 for each in told), default=None)
    few = Cell("too few people" if not told else NONE, quiet=True)
    return (
        Cell(one.segment, f"#{anchor(one.segment)}"),
        Cell(f"{moment(one.first_at)} and {moment(one.last_at)}"),
        Cell(f"{count(len(told))} of {count(len(one.features))}"),
        Cell(count(len(drifted)), quiet=not drifted),
        Cell(NONE if most is None else amount(most), quiet=most is None),
        Cell("; ".join(_words(drifted))) if drifted else few,
    )


def _drifted(one: Compared) -> list[FeatureDrift]:
    return sorted((each for each in one.features if each.drifted), key=lambda each: (-(each.psi or 0.0), each.feature))


def _words(drifted: list[FeatureDrift], most: int = 5) -> Iterator[str]:
    for one in drifted[:most]:
        yield f"{one.feature} {amount(one.psi)} ({amount(one.by_chance)} by chance)"
    if len(drifted) > most:
        yield f"and {len(drifted) - most} more"
