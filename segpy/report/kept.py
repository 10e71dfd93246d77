"""What is done with members and by whom, and how people move inside of exclusive groups."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.report.glance import anchor, members
from segpy.report.model import Group, Report, Segment
from segpy.report.model_page import Block, Cell, Grid, Head, Para, Section
from segpy.report.words import NONE, count, moment, noun, percent

_OUTSIDE = "outside"


def playbooks(report: Report) -> Section:
    """What is done with the members of which segment, by whom and until when."""
    played = [one for one in report.segments if one.playbook]
    if not played:
        why = "No segment has a playbook: write what is done with its members as `playbook`, and it stands here."
        return Section("playbooks", "Playbooks", "", (Para(why, "quiet"),))
    heads = (
        *(
            Head("Segment"),
            Head("Acted upon by"),
            Head("Respond within"),
            Head("Channel"),
            Head("What is done", wide=True),
        ),
        *(Head("Members", True), Head("May be written to", True), Head("Measured")),
    )
    played.sort(key=lambda one: (one.acting or "", one.name))
    rows = tuple(_played(one) for one in played)
    without = len(report.segments) - len(played)
    line = f"{noun(without, 'segment')} without one." if without else "Every segment has one."
    return Section("playbooks", "Playbooks", line, (Grid("What is done with members", heads, rows),))


def _played(one: Segment) -> tuple[Cell, ...]:
    told = dict(one.playbook)
    rest = "; ".join(
        value if key == "message" else f"{key}: {value}"
        for key, value in one.playbook
        if key not in ("respond_within", "channel", "owner")
    )
    words = (one.acting or NONE, told.get("respond_within", NONE), told.get("channel", NONE), rest or NONE)
    return (
        Cell(one.name, f"#{anchor(one.name)}"),
        *(Cell(text, quiet=text == NONE) for text in words),
        members(one),
        Cell(count(one.reachable), quiet=one.reachable is None),
        Cell("yes" if one.measured else "no", quiet=not one.measured),
    )


def groups(report: Report) -> Section:
    """Who moved from which segment of a group to which, and whether the mix is another than it was."""
    if not report.groups:
        why = "No segments are in an exclusive group, so nobody moves between any: see `exclusive_groups`."
        return Section("moves", "Moves", "", (Para(why, "quiet"),))
    if report.since is None:
        why = "There is one run only, so nobody moved yet."
        return Section("moves", "Moves", "", (Para(why, "quiet"),))
    parts = tuple(_group(report, one) for one in report.groups)
    line = f"Inside of exclusive groups, from {moment(report.since)} to {moment(report.as_of)}."
    return Section("moves", "Moves and drift", line, (), parts)


def _group(report: Report, group: Group) -> Section:
    blocks: list[Block] = [*_drift(group), _mix(report, group)]
    if group.withheld:
        blocks.append(Para("Moves are withheld: those of some run are of few people.", "quiet"))
    elif group.moves:
        blocks.append(_moves(group))
    else:
        blocks.append(Para("Nobody moved.", "quiet"))
    return Section(f"group-{group.name}", group.name, f"of {group.entity}", tuple(blocks))


def _drift(group: Group) -> Iterator[Para]:
    found = group.drift
    if found is None:
        yield Para("Its drift is withheld: the size of some segment is, or was not told.", "quiet")
    elif found.psi is None or found.bound is None:
        yield Para(f"Its drift is withheld: {found.status.reason}.", "quiet")
    else:
        said = "The mix drifts" if found.alarm else "No drift of the mix is seen"
        yield Para(
            f"{said}: population stability index {found.psi:.3f} over n = {found.n:,} members then and now; it alarms "
            f"above 0.100 and above {found.bound:.3f}, which chance reaches once in twenty times.",
            "warn" if found.alarm else "",
        )


def _mix(report: Report, group: Group) -> Grid:
    own = [one for name in group.segments for one in report.segments if one.name == name]
    then = sum((one.before.members or 0) for one in own if one.before is not None)
    now = sum((one.now.members or 0) for one in own if one.now is not None)
    told = all(one.now is not None and one.now.members is not None for one in own)
    rows = []
    for one in own:
        before = one.before.members if one.before is not None else None
        of_then = before / then if before is not None and then and told else None
        of_now = one.now.members / now if one.now is not None and one.now.members is not None and now and told else None
        shares = (Cell(percent(of_then), bar=of_then), Cell(percent(of_now), bar=of_now))
        rows.append((Cell(one.name, f"#{anchor(one.name)}"), Cell(count(before)), members(one), *shares))
    since = moment(report.since) if report.since else "then"
    heads = (
        *(Head("Segment"), Head(f"Members {since}", True), Head("Members now", True)),
        *(Head(f"Part of the group {since}", True), Head("Part of the group now", True)),
    )
    return Grid(f"The mix of {group.name}", heads, tuple(rows))


def _moves(group: Group) -> Grid:
    names = [*group.segments, None]
    by = {(one.before, one.after): one.entities for one in group.moves}
    seen = [name for name in names if any(name in pair for pair in by)]
    rows = []
    for before in seen:
        cells = [Cell(before or _OUTSIDE)]
        for after in seen:
            number = by.get((before, after))
            cells.append(Cell(NONE if number is None else count(number), quiet=number is None))
        rows.append(tuple(cells))
    heads = (Head("From, to →"), *(Head(name or _OUTSIDE, True) for name in seen))
    return Grid(f"How many moved between which segments of {group.name}", heads, tuple(rows))
