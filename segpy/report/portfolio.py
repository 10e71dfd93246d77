"""How segments stand to each other, and what they would have caught before anybody acted on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segpy.measure.model import Estimate
from segpy.report.charts import intervals
from segpy.report.glance import anchor
from segpy.report.model import Backtest, Level, Overlap, Reason, Report
from segpy.report.model_page import Block, Cell, Chart, Grid, Head, Para, Section
from segpy.report.words import NONE, amount, count, moment, noun, percent

_CANDIDATES = {
    "alike": (Level.LOOK, "merge"),
    "too_small": (Level.LOOK, "too small"),
    "nobody_entered": (Level.NOTE, "still"),
    "too_few_to_tell": (Level.NOTE, "too few to tell"),
    "drifted": (Level.LOOK, "others"),
}
_SHOWN = 40
_SMALL = "withheld: small counts"


def reasons(report: Report) -> dict[str, list[Reason]]:
    """Which segments could be one, or go. That there is no playbook is told where all is that is missing."""
    found: dict[str, list[Reason]] = {}
    for one in report.candidates:
        if one.reason in _CANDIDATES:
            level, word = _CANDIDATES[one.reason]
            found.setdefault(one.segment, []).append(Reason(level, word, one.words))
    return found


def overlap(report: Report) -> Section:
    """The pairs that share most."""
    name = "Overlap"
    if report.overlaps is None:
        why = "There is no `segment_overlap`: render the specs with this version of segpy, and build."
        return Section("overlap", name, "", (Para(why, "quiet"),))
    if not report.overlaps:
        why = (
            "No two segments share a quarter of their people, and none is nearly inside of another, as far as is told."
        )
        return Section("overlap", name, "", (Para(why),))
    pairs = sorted(report.overlaps, key=lambda one: (one.nested, -one.jaccard, one.first, one.second))
    line = (
        "Pairs that share a quarter of those in either, or where nine tenths of the smaller are in the other; those "
        "whose rules say so stand last."
    )
    heads = (
        *(Head("Segment"), Head("And"), Head("In both", True), Head("In either", True)),
        *(Head("Of either", True), Head("Of the smaller", True), Head("Over chance", True), Head("By their rules")),
    )
    blocks: list[Block] = [Grid("Segments that share people", heads, tuple(map(_pair, pairs[:_SHOWN])))]
    if len(pairs) > _SHOWN:
        blocks.append(Para(f"And {noun(len(pairs) - _SHOWN, 'pair')} more: `segment_overlap` has all.", "quiet"))
    return Section("overlap", name, line, tuple(blocks))


def _pair(one: Overlap) -> tuple[Cell, ...]:
    names = (Cell(one.first, f"#{anchor(one.first)}"), Cell(one.second, f"#{anchor(one.second)}"))
    numbers = (Cell(count(one.in_both)), Cell(count(one.in_either)), Cell(percent(one.jaccard), bar=one.jaccard))
    chance = Cell(NONE if one.lift is None else f"{amount(one.lift)} times", quiet=one.lift is None)
    contained = Cell(percent(one.containment), bar=one.containment)
    return (*names, *numbers, contained, chance, Cell("nested" if one.nested else NONE, quiet=not one.nested))


def backtests(report: Report) -> Section:
    """What segments would have caught: the last look back of each segment and outcome."""
    name = "Backtests"
    if not report.backtests:
        why = (
            "Nothing was looked back at. `segpy backtest SEGMENT --save` says what a segment would have caught, and "
            "puts it into `segment_backtests`; then it stands here."
            if report.backtests is not None
            else "No outcome is defined, so there is nothing to look back for: see `outcomes`."
        )
        return Section("backtests", name, "", (Para(why, "quiet"),))
    heads = (
        *(Head("Segment"), Head("Outcome"), Head("Looked back", wide=True), Head("Conversion inside", wide=True)),
        *(Head("Conversion outside", wide=True), Head("Lift over base", wide=True), Head("Recall", wide=True)),
    )
    rows = tuple(map(_looked, report.backtests))
    line = "Before anybody acted: how members converted beside everybody else. No effect of acting follows from it."
    blocks = (*_chart(report.backtests), Grid("Figures of the last look back, with intervals", heads, rows))
    return Section("backtests", name, line, blocks)


def _looked(one: Backtest) -> tuple[Cell, ...]:
    when = f"{noun(one.instants, 'instant')} from {moment(one.first_at)} to {moment(one.last_at)}, {one.horizon} each"
    names = (Cell(one.segment, f"#{anchor(one.segment)}"), Cell(one.outcome), Cell(when))
    if one.small:
        return (*names, *(Cell(_SMALL, quiet=True) for _ in range(4)))
    told = (("conversion_inside", True), ("conversion_outside", True), ("lift", False), ("recall", True))
    return (*names, *(_figure(one.figure(name), share) for name, share in told))


def _figure(found: Estimate | None, share: bool) -> Cell:
    if found is None:
        return Cell(NONE, quiet=True)
    if found.estimate is None or found.interval is None:
        return Cell(f"withheld: {found.status.reason}", quiet=True)
    said = percent if share else amount
    low, high = (NONE if end is None else said(end) for end in (found.interval.low, found.interval.high))
    return Cell(f"{said(found.estimate)} [{low} to {high}], n = {count(found.n)}")


def _chart(told: Sequence[Backtest]) -> Iterator[Block]:
    rows = []
    for one in told:
        found = one.figure("lift")
        if not one.small and found is not None and found.estimate is not None and found.interval is not None:
            low, high = found.interval.low, found.interval.high
            name = f"{one.segment}: {one.outcome}"
            rows.append((name, found.estimate, low, high, not found.interval.touches(1.0)))
    if not rows:
        return
    title = "Lift over base: conversion of members by that of everybody"
    clear = sum(row[4] for row in rows)
    says = f"{noun(len(rows), 'look')} back; of {clear:,} the interval leaves out 1 (filled), which is as everybody."
    heads = (Head("Segment and outcome"), Head("Lift", True), Head("Interval", True))
    numbers = tuple(
        (Cell(name), Cell(amount(estimate)), Cell(f"{amount(low)} to {amount(high)}"))
        for name, estimate, low, high, _ in rows
    )
    grid = Grid(title, heads, numbers, "The numbers of this chart")
    yield Chart("backtest-lifts", title, says, intervals(rows, "times the base", ".1f", 1), grid)
