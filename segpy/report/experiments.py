"""What acting on segments did, and whether hold-outs are what they were drawn to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segpy.measure.model import Arm, Estimate, Status
from segpy.measure.model_lift import Lift
from segpy.measure.model_worth import Figure, Payback
from segpy.report.charts import intervals
from segpy.report.glance import anchor
from segpy.report.model import Holdout, Outcome, Pair, Report
from segpy.report.model_page import Block, Cell, Chart, Grid, Head, Para, Section
from segpy.report.words import NONE, amount, between, chance, count, listed, noun, percent

_SMALL = "withheld: small counts"
_NOT_YET = "not yet"


def experiments(report: Report) -> Section:
    """Lift with intervals, worth beside naive figures, and the checks of the hold-outs that all of it stands on."""
    blocks: list[Block] = []
    found = report.experiments
    if found.outcomes:
        blocks += [*_charts(found.outcomes), _lifts(found.outcomes, found.confidence), *_worth(found.outcomes)]
        blocks += _paybacks(found.outcomes, found.confidence)
    elif found.silent:
        blocks.append(Para(found.silent, "quiet"))
    line = (
        "Those who are acted upon beside those who are held out, as assigned. What must not be read is withheld, and "
        "why is said. p is adjusted for all lines together (Benjamini and Hochberg)."
    )
    return Section("experiments", "Experiments", line if found.outcomes else "", tuple(blocks))


def _lines(outcomes: Sequence[Outcome]) -> Iterator[tuple[Outcome, Lift, bool, str, str]]:
    """Each metric that is judged: its outcome, its lift, whether it is a share, its kind and its verdict."""
    for one in outcomes:
        kind = "converted (guardrail)" if one.guardrail else "converted"
        yield one, one.conversions, True, kind, one.verdict
        if one.value is not None:
            yield one, one.value, False, "value per person", one.value_verdict or NONE


def _charts(outcomes: Sequence[Outcome]) -> Iterator[Block]:
    """Intervals of shares in one chart; those of values each have a unit of their own, and stand in the table."""
    rows = []
    for one, lift, share, _, _ in _lines(outcomes):
        best = lift.primary
        if share and not one.small and best.estimate is not None and best.interval is not None:
            low, high = best.interval.low, best.interval.high
            sure = lift.adjusted_p is not None and lift.adjusted_p < 1 - best.confidence
            name = f"{one.segment}: {one.name}{' (guardrail)' if one.guardrail else ''}"
            rows.append((name, best.estimate, low, high, sure))
    if not rows:
        yield Para("No difference of conversion can be read yet: the table says why.", "quiet")
        return
    title = "Difference of conversion, acted upon less held out"
    clear = sum(row[4] for row in rows)
    says = (
        f"{noun(len(rows), 'outcome')} with intervals; of {clear:,} the adjusted p leaves 0 out (filled points), "
        f"of {len(rows) - clear:,} it does not (hollow points)."
    )
    told = tuple(
        (
            Cell(name),
            Cell(percent(estimate, 2, signed=True)),
            Cell(f"{percent(low, 2, signed=True)} to {percent(high, 2, signed=True)}"),
        )
        for name, estimate, low, high, _ in rows
    )
    heads = (Head("Outcome"), Head("Difference", True), Head("Interval", True))
    grid = Grid(title, heads, told, "The numbers of this chart")
    yield Chart("lift-intervals", title, says, intervals(rows, "difference of conversion", "+.1%"), grid)


def _lifts(outcomes: Sequence[Outcome], confidence: float) -> Grid:
    difference = f"Difference [interval of {confidence * 100:g} %]"
    numbers = ("Acted upon", "Held out", difference, "Relative", "p, adjusted")
    words = (Head("Segment"), Head("Outcome"), Head("Verdict", wide=True))
    heads = (*words, *(Head(text, number=True) for text in numbers))
    rows = tuple(_row(*line) for line in _lines(outcomes))
    return Grid("Outcomes of experiments, as assigned", heads, rows)


def _row(one: Outcome, lift: Lift, share: bool, kind: str, verdict: str) -> tuple[Cell, ...]:
    names = (Cell(one.segment, f"#{anchor(one.segment)}"), Cell(f"{one.name}, {kind}"))
    if one.small:
        return (*names, Cell(_verdict(lift.primary, verdict)), *(Cell(_SMALL, quiet=True) for _ in range(5)))
    best = lift.primary
    by = " (CUPED)" if lift.adjusted.difference.readable else ""
    numbers = (
        _arm(lift.treated, share),
        _arm(lift.control, share),
        _difference(best, share),
        percent(lift.relative.estimate, 1, signed=True),
        chance(lift.adjusted_p),
    )
    return (*names, Cell(_verdict(best, verdict) + by), *(Cell(text, quiet=text == NONE) for text in numbers))


def _difference(best: Estimate, share: bool) -> str:
    if best.estimate is None:
        return NONE
    said = percent(best.estimate, 2, signed=True) if share else amount(best.estimate, signed=True)
    return f"{said} [{between(best.interval, share=share)}]"


def _verdict(best: Estimate, verdict: str) -> str:
    return verdict if best.readable else f"withheld: {verdict}"


def _arm(arm: Arm, share: bool) -> str:
    """`12.4 % of 9,000`: the mean, and how many it is of; fewer than were assigned where some are not observed yet."""
    people = count(arm.n) if arm.n == arm.size else f"{count(arm.n)} observed, of {count(arm.size)}"
    mean = percent(arm.mean, 2) if share else amount(arm.mean)
    return f"{mean} (n = {people})"


def _worth(outcomes: Sequence[Outcome]) -> Iterator[Block]:
    rows = []
    for one in outcomes:
        if one.worth is None or one.small:
            continue
        told: tuple[tuple[str, Figure | None, bool], ...] = (
            ("conversions that would not have been", one.worth.conversions, False),
            ("value that would not have been", one.worth.value, False),
            ("return on the cost", one.worth.roi, True),
            ("cost of one conversion more", one.worth.cac, False),
        )
        rows += [_figure(one, *line) for line in told if line[1] is not None and line[1].estimate.readable]
    if rows:
        heads = (
            *(Head("Segment"), Head("Outcome"), Head("What", wide=True), Head("Estimate", True)),
            *(Head("Interval", True), Head("Naive, without a control", True)),
        )
        yield Grid("What it was worth, in all", heads, tuple(rows))


def _figure(one: Outcome, what: str, figure: Figure | None, share: bool) -> tuple[Cell, ...]:
    assert figure is not None
    said = percent if share else amount
    names = (Cell(one.segment, f"#{anchor(one.segment)}"), Cell(one.name), Cell(what))
    numbers = (said(figure.estimate.estimate), between(figure.estimate.interval, share=share), said(figure.naive))
    return (*names, *map(Cell, numbers))


def _paybacks(outcomes: Sequence[Outcome], confidence: float) -> Iterator[Block]:
    """After how many months acting had paid for itself; what has not happened is "not yet", and nothing is foretold."""
    rows = tuple(_payback(one, one.payback) for one in outcomes if one.payback is not None)
    if rows:
        limits = f"Limits of {confidence * 100:g} %"
        heads = (
            *(Head("Segment"), Head("Outcome"), Head("Paid back after", wide=True), Head(limits, True)),
            *(Head("Naive, without a control", True), Head("Months observed", True)),
        )
        yield Grid("When it had paid for itself, in months since each was first acted upon", heads, rows)


def _payback(one: Outcome, found: Payback) -> tuple[Cell, ...]:
    names = (Cell(one.segment, f"#{anchor(one.segment)}"), Cell(one.name))
    if one.small:
        return (*names, *(Cell(_SMALL, quiet=True) for _ in range(4)))
    if found.status not in (Status.READABLE, Status.NOT_YET):
        untold = (Cell(NONE, quiet=True) for _ in range(2))
        return (*names, Cell(f"withheld: {found.status.reason}", quiet=True), *untold, Cell(count(found.observed)))
    limits = f"{_month(found.earliest)} to {_month(found.latest)}"
    told = (_months(found.months), _NOT_YET if limits == f"{_NOT_YET} to {_NOT_YET}" else limits, _months(found.naive))
    return (*names, *map(Cell, told), Cell(count(found.observed)))


def _month(number: int | None) -> str:
    return _NOT_YET if number is None else count(number)


def _months(number: int | None) -> str:
    return _NOT_YET if number is None else noun(number, "month")


def holdouts(report: Report) -> Section:
    """Whether as many are held out as planned, and whether any two hold-outs know nothing of each other."""
    if not report.holdouts:
        why = (
            "No hold-out is declared: without one nobody can tell what would have happened anyway. "
            "See `holdouts` and `experiment` in the specs."
        )
        return Section("holdouts", "Hold-outs", "", (Para(why, "quiet"),))
    rows = tuple(_ratio(one) for one in report.holdouts)
    heads = (
        *(Head("Hold-out"), Head("Entity"), Head("Segments", wide=True), Head("Share planned", True)),
        *(Head("Held out", True), Head("Expected", True), Head("Assigned, n", True), Head("p", True), Head("Finding")),
    )
    blocks: list[Block] = [Grid("Sample ratio: as many held out as planned? Alarm below p = 0.001", heads, rows)]
    if report.pairs:
        of_pairs = (
            *(Head("First"), Head("Second"), Head("Assigned by both, n", True)),
            *(Head("Correlation (phi)", True), Head("p", True), Head("Finding")),
        )
        pairs = tuple(map(_pair, report.pairs))
        blocks.append(Grid("Independence: does one hold-out tell of another? Alarm below p = 0.001", of_pairs, pairs))
    else:
        blocks.append(Para("No two hold-outs assigned the same people, so none can tell of another.", "quiet"))
    return Section("holdouts", "Hold-outs", "As ever assigned under the salts of now.", tuple(blocks))


def _ratio(one: Holdout) -> tuple[Cell, ...]:
    names = (Cell(one.name), Cell(one.entity), Cell(listed(one.segments, 4)), Cell(percent(one.share)))
    if not one.assigned:
        return (*names, *(Cell(NONE, quiet=True) for _ in range(4)), Cell("nobody is assigned yet"))
    if one.ratio is None:
        return (*names, *(Cell(_SMALL, quiet=True) for _ in range(4)), Cell("withheld"))
    held, expected = one.ratio.observed[0], one.ratio.expected[0] if one.ratio.expected else None
    numbers = (count(held), NONE if expected is None else f"{expected:,.1f}", count(one.ratio.n), chance(one.ratio.p))
    return (*names, *map(Cell, numbers), _finding(one.ratio.alarm, one.ratio.p is None, one.ratio.status.reason))


def _pair(one: Pair) -> tuple[Cell, ...]:
    names = (Cell(one.first), Cell(one.second))
    if one.small:
        return (*names, *(Cell(_SMALL, quiet=True) for _ in range(3)), _finding(one.alarm, False, ""))
    phi = NONE if one.found.phi is None else amount(one.found.phi, signed=True)
    numbers = (count(one.found.n), phi, chance(one.found.p))
    return (*names, *map(Cell, numbers), _finding(one.alarm, one.found.p is None, one.found.status.reason))


def _finding(alarm: bool, untold: bool, why: str) -> Cell:
    if untold:
        return Cell(f"withheld: {why}", quiet=True)
    return Cell("not by lot", mark="Act") if alarm else Cell("fine")
