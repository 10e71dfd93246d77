"""What is told of each segment: its definition, how large it was and is, where it loses people, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segpy.measure.model import Method, Status
from segpy.report.attention import Attended
from segpy.report.charts import METHODS, size_over_time
from segpy.report.glance import MARKS, anchor
from segpy.report.model import Fared, Level, Outcome, Report, Rule, Segment, Size
from segpy.report.model_page import Block, Cell, Chart, Definition, Facts, Grid, Head, Note, Notes, Para, Section
from segpy.report.words import NONE, amount, count, listed, moment, noun, percent

_FEW_MONTHS = "it takes ten in a row, and of the season two years"


def each(report: Report, attended: Sequence[Attended]) -> Section:
    """A part for each segment, in the order of the page."""
    parts = tuple(_segment(report, one) for one in attended)
    line = "Each segment with its definition, its size over time, and the rules at which people fall out."
    return Section("each", "Segment by segment", line, (), parts)


def _segment(report: Report, one: Attended) -> Section:
    segment = one.segment
    blocks: list[Block] = []
    if segment.description:
        blocks.append(Para(segment.description))
    if notes := _notes(one):
        blocks.append(notes)
    blocks.append(Definition(segment.english))
    blocks += _over_time(report, segment)
    blocks.append(Facts(tuple(_facts(report, segment))))
    blocks += _attrition(segment)
    own = [each for each in report.experiments.outcomes if each.segment == segment.name]
    if own:
        blocks.append(Para(_acting(own)))
    line = f"{segment.entity}, {segment.stage}" if segment.stage else segment.entity
    pressing = [MARKS[one.level]] if one.level is not None and one.level < Level.NOTE else []
    return Section(anchor(segment.name), segment.name, line, tuple(blocks), marks=tuple(pressing))


def _notes(one: Attended) -> Notes | None:
    notes = tuple(
        Note(MARKS[reason.level], reason.word, None, reason.sentence.removeprefix(f"{reason.word} "))
        for reason in one.reasons
    )
    return Notes(notes) if notes else None


def _facts(report: Report, segment: Segment) -> Iterator[tuple[str, str]]:
    now = segment.now
    if now is not None and now.members is not None:
        yield "Members", f"{count(now.members)} of {count(now.population)} ({percent(now.share)})"
    elif now is not None and now.withheld:
        yield "Members", f"withheld: fewer than {report.least} are in it or are not, or would follow from its size"
    else:
        yield "Members", "no run has told"
    if report.since is not None:
        moved = f"{count(segment.entered)} entered, {count(segment.exited)} left"
        yield f"Since {moment(report.since)}", moved.replace(NONE, "a withheld number")
    if segment.reachable is not None:
        yield "May be written to", count(segment.reachable)
    if segment.fared is not None:
        yield from _fared(segment.fared)
    yield "Owner", segment.owner or "nobody"
    if segment.playbook:
        yield "Playbook", "; ".join(f"{key}: {value}" for key, value in segment.playbook)
    else:
        yield "Playbook", "none"
    if segment.acting and segment.acting != segment.owner:
        yield "Acted upon by", segment.acting
    if segment.group:
        yield "Exclusive group", segment.group
    if segment.uses:
        yield "Looks at", listed(segment.uses, 20)
    yield "Version", f"{segment.version}, in {segment.spec_file}"


def _fared(fared: Fared) -> Iterator[tuple[str, str]]:
    found = fared.half_life
    if found is None:
        yield "Half-life", "withheld: small counts"
    elif found.estimate is None or found.interval is None:
        nobody = found.status is Status.NOT_YET
        yield "Half-life", "nobody left in four weeks" if nobody else f"withheld: {found.status.reason}"
    else:
        low, high = (amount(end) for end in (found.interval.low, found.interval.high))
        who = f"{noun(found.n, 'member')} who left in four weeks"
        yield "Half-life", f"{amount(found.estimate)} days [{low} to {high}], of {who}"
    if fared.due is not None and fared.overdue is not None:
        yield "To be answered", f"{count(fared.due)}, of whom {count(fared.overdue)} overdue"


def _over_time(report: Report, segment: Segment) -> Iterator[Block]:
    told = [one for one in segment.sizes if one.members is not None]
    if len(told) < 2:
        if segment.now is not None:
            reason = "are withheld" if segment.now.withheld else "are of one run only"
            yield Para(f"Its sizes {reason}, so there is no line to draw.", "quiet")
        return
    readable = tuple(one for one in segment.ahead if one.estimate.readable)
    title = f"Members of {segment.name}"
    first, last = told[0], told[-1]
    most = max(told, key=lambda one: one.members or 0)
    says = (
        f"{noun(len(told), 'run')}: {count(first.members)} on {moment(first.as_of)}, "
        f"{count(last.members)} on {moment(last.as_of)}, at most {count(most.members)} on {moment(most.as_of)}."
    )
    methods = dict.fromkeys(one.estimate.method for one in readable)
    if readable:
        named = listed([METHODS[method] for method in methods if method in METHODS])
        says += f" Dashed: what is to be expected of the months to come, {named}, with intervals of 95 %."
    drawing = size_over_time(segment.sizes, readable)
    yield Chart(f"{anchor(segment.name)}-size", title, says, drawing, _sizes(segment, title))
    if readable:
        yield _forecast(segment, readable_methods=tuple(methods))
    elif why := next((one.estimate.status for one in segment.ahead), None):
        seen = sum(one is not None for one in segment.months)
        reason = _FEW_MONTHS if why is Status.TOO_FEW else why.reason
        yield Para(f"Months to come are withheld ({noun(seen, 'month')} seen): {reason}.", "quiet")


def _sizes(segment: Segment, title: str) -> Grid:
    heads = tuple(Head(text, number) for text, number in (("Run", False), ("Members", True), ("Share", True)))
    rows = tuple(
        (Cell(moment(one.as_of)), Cell(_members(one)), Cell(percent(one.share))) for one in reversed(segment.sizes)
    )
    return Grid(f"{title}, run by run", heads, rows, "The numbers of this chart")


def _members(one: Size) -> str:
    return "withheld" if one.members is None and one.withheld else count(one.members)


def _forecast(segment: Segment, readable_methods: tuple[Method | None, ...]) -> Grid:
    heads = [Head("Month to"), *(Head(METHODS.get(one, "") if one else "", True) for one in readable_methods)]
    months = sorted({one.at for one in segment.ahead if one.estimate.readable})
    rows = []
    for at in months:
        cells = [Cell(moment(at))]
        for method in readable_methods:
            found = next((one for one in segment.ahead if one.at == at and one.estimate.method == method), None)
            interval = found.estimate.interval if found is not None else None
            if found is None or interval is None:
                cells.append(Cell(NONE, quiet=True))
                continue
            low, high = (max(end or 0.0, 0.0) for end in (interval.low, interval.high))
            cells.append(Cell(f"{count(found.estimate.estimate)} [{count(low)} to {count(high)}]"))
        rows.append(tuple(cells))
    caption = f"Months to come of {segment.name}, in members, with intervals of 95 %"
    return Grid(caption, tuple(heads), tuple(rows), f"Forecast of {noun(len(months), 'month')}")


def _attrition(segment: Segment) -> Iterator[Block]:
    if not segment.rules:
        return
    start = segment.rules[0].remaining
    heads = (
        *(Head("Rule", wide=True), Head("Remaining", True), Head("Of all", True)),
        *(Head("Pass it alone", True), Head("Fail only it", True)),
    )
    rows = tuple(_rule(rule, start) for rule in segment.rules)
    yield Grid(f"Where {segment.name} loses people, rule by rule", heads, rows)


def _rule(rule: Rule, start: int | None) -> tuple[Cell, ...]:
    part = rule.remaining / start if rule.remaining is not None and start else None
    counts = (Cell("withheld" if one is None else count(one), quiet=one is None) for one in (rule.passing,))
    only = Cell(NONE if rule.position == 0 else "withheld" if rule.failing_only is None else count(rule.failing_only))
    return (
        Cell(rule.description),
        Cell("withheld" if rule.remaining is None else count(rule.remaining), quiet=rule.remaining is None),
        Cell(percent(part), bar=part),
        *counts,
        only,
    )


def _acting(own: Sequence[Outcome]) -> str:
    said = []
    for one in own:
        kind = "guardrail" if one.guardrail else "outcome"
        verdicts = [one.verdict, *([f"value: {one.value_verdict}"] if one.value_verdict else [])]
        said.append(f"{kind} {one.name}: {'; '.join(verdicts)}")
    return f"What acting on it did, of which Experiments tells more. {'. '.join(said)}."
