"""What a review begins with: the portfolio in a few numbers, what needs attention, and all segments in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segpy.report.attention import Attended, of_portfolio
from segpy.report.charts import changes
from segpy.report.model import Level, Report, Segment
from segpy.report.model_page import Block, Card, Cards, Cell, Chart, Grid, Head, Note, Notes, Para, Section
from segpy.report.words import NONE, count, listed, moment, noun, percent

MARKS = {Level.ACT: "Act", Level.LOOK: "Look", Level.NOTE: "Note"}
_MOVERS = 12


def anchor(segment: str) -> str:
    """Where a segment stands in the page."""
    return f"segment-{segment}"


def glance(report: Report, attended: Sequence[Attended]) -> Section:
    """The portfolio at a glance."""
    blocks: list[Block] = [Cards(tuple(_cards(report, attended))), _entities(report)]
    if (moved := _moved(report)) is not None:
        blocks.append(moved)
    else:
        blocks.append(Para("No size differs from what it was.", "quiet") if report.since else _alone(report))
    return Section("glance", "The portfolio at a glance", "", tuple(blocks))


def _alone(report: Report) -> Para:
    return Para(
        f"There is one run only, of {moment(report.as_of)}, so nothing can be compared. `segpy backfill --from … "
        "--every '1 week'` gives history a past.",
        "quiet",
    )


def _cards(report: Report, attended: Sequence[Attended]) -> Iterator[Card]:
    entities = {one.entity for one in report.segments}
    acts = sum(one.level is Level.ACT for one in attended)
    looks = sum(one.level is Level.LOOK for one in attended)
    yield Card("Segments", count(len(report.segments)), f"of {noun(len(entities), 'entity', 'entities')}")
    yield Card("To act upon", count(acts), "segments with an alarm or harm")
    yield Card("To look at", count(looks), "segments that are empty, moved or drift")
    played = [one for one in report.segments if one.playbook]
    yield Card("With a playbook", count(len(played)), f"of {len(report.segments):,}: somebody acts upon these")
    measured = sum(one.measured for one in report.segments)
    yield Card("Measured", count(measured), f"of {len(report.segments):,}: these have an experiment")
    remark = f"from {moment(report.first)} to {moment(report.as_of)}" if report.runs > 1 else moment(report.as_of)
    yield Card("Runs", count(report.runs), remark)


def _entities(report: Report) -> Grid:
    rows = []
    for entity in dict.fromkeys(one.entity for one in report.segments):
        own = [one for one in report.segments if one.entity == entity]
        now = next((one.now.population for one in own if one.now is not None), None)
        before = next((one.before.population for one in own if one.before is not None), None)
        change = now - before if now is not None and before is not None else None
        rows.append((Cell(entity), *(Cell(text) for text in (count(len(own)), count(now), count(change, signed=True)))))
    since = f"change since {moment(report.since)}" if report.since else "change"
    heads = (Head("Entity"), Head("Segments", True), Head("Population", True), Head(since.capitalize(), True))
    return Grid("Whom the segments are about", heads, tuple(rows))


def _moved(report: Report) -> Chart | None:
    """Who gained and who lost most."""
    known = []
    for one in report.segments:
        now, before = one.now, one.before
        if now is not None and before is not None and now.members is not None and before.members is not None:
            known.append((one.name, now.members - before.members))
    moved = sorted((row for row in known if row[1]), key=lambda row: (-abs(row[1]), row[0]))[:_MOVERS]
    if not moved or report.since is None:
        return None
    moved.sort(key=lambda row: (-row[1], row[0]))
    rows = tuple((Cell(name, f"#{anchor(name)}"), Cell(count(by, signed=True))) for name, by in moved)
    title = f"Largest changes of size since {moment(report.since)}"
    most, least = moved[0], moved[-1]
    says = f"{noun(len(moved), 'segment')}, in members more or fewer. "
    says += f"At the one end {most[0]} with {count(most[1], signed=True)}"
    says += f", at the other {least[0]} with {count(least[1], signed=True)}." if len(moved) > 1 else "."
    grid = Grid(title, (Head("Segment"), Head("Members more or fewer", True)), rows, "The numbers of this chart")
    return Chart("largest-changes", title, says, changes(moved), grid)


def attention(report: Report, attended: Sequence[Attended]) -> Section:
    """What to act upon and what to look at, sentence by sentence; what is merely missing, in numbers."""
    notes = tuple(
        Note(
            MARKS[one.level or Level.NOTE],
            one.segment.name,
            f"#{anchor(one.segment.name)}",
            "; ".join(reason.sentence for reason in one.reasons if reason.level < Level.NOTE) + ".",
        )
        for one in attended
        if one.level is not None and one.level < Level.NOTE
    )
    of_all = tuple(Note("Act", name, "#holdouts", says) for name, says in of_portfolio(report))
    notes = (*of_all, *notes)
    blocks: list[Block] = [Notes(notes)] if notes else [Para("No segment has an alarm, is empty, or moved much.")]
    for word, sentence in (("no owner", "nobody answers for"), ("no playbook", "nothing is said to be done with")):
        names = [one.segment.name for one in attended if any(reason.word == word for reason in one.reasons)]
        if names:
            blocks.append(Para(f"{noun(len(names), 'segment')} that {sentence}: {listed(sorted(names), 12)}.", "quiet"))
    return Section("attention", "What needs attention", "", tuple(blocks))


def everything(report: Report, attended: Sequence[Attended]) -> Section:
    """All segments in one table, in the order of the page."""
    since = f" since {moment(report.since)}" if report.since else ""
    heads = (
        *(Head("Segment"), Head("Attention"), Head("Entity"), Head("Stage"), Head("Owner"), Head("Members", True)),
        *(Head("Share", True), Head("Change", True), Head("In, out", True)),
    )
    rows = tuple(_row(one.segment, one) for one in attended)
    grid = Grid(f"All segments; changes{since}", heads, rows)
    return Section("segments", "All segments", "What needs attention comes first.", (grid,))


def _row(segment: Segment, one: Attended) -> tuple[Cell, ...]:
    now, before = segment.now, segment.before
    change = None
    if now is not None and before is not None and now.members is not None and before.members is not None:
        change = now.members - before.members
    words = ", ".join(dict.fromkeys(reason.word for reason in one.reasons))
    mark = MARKS[one.level] if one.level is not None and one.level < Level.NOTE else None
    return (
        Cell(segment.name, f"#{anchor(segment.name)}"),
        Cell(words or NONE, mark=mark, quiet=not words),
        Cell(segment.entity),
        Cell(segment.stage or NONE, quiet=segment.stage is None),
        Cell(segment.owner or NONE, quiet=segment.owner is None),
        members(segment),
        Cell(percent(now.share if now else None), bar=now.share if now else None),
        Cell(count(change, signed=True), quiet=change is None),
        Cell(f"{count(segment.entered)}, {count(segment.exited)}", quiet=segment.entered is None),
    )


def members(segment: Segment) -> Cell:
    """How many are in it; withheld where that is small, and a dash where no run told."""
    now = segment.now
    if now is not None and now.members is None and now.withheld:
        return Cell("withheld", quiet=True)
    number = now.members if now is not None else None
    return Cell(count(number), quiet=number is None)
