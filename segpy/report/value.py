"""Which segments carry the value, and how few of their members."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from segpy.report.charts import carried
from segpy.report.glance import anchor
from segpy.report.model import Report, Worthy
from segpy.report.model_page import Cell, Chart, Grid, Head, Para, Section
from segpy.report.words import NONE, amount, count, noun, percent

_DRAWN = 12
FOUR_FIFTHS = 0.8


def value(report: Report) -> Section:
    """For each entity whose worth is known, its segments from the one worth most on."""
    name = "Value"
    if not report.worthy:
        why = (
            "No segment has a member whose worth is known."
            if report.worthy is not None
            else "Nothing says what anybody is worth: name a feature as `value` of the `portfolio`, and it stands here."
        )
        return Section("value", name, "", (Para(why, "quiet"),))
    line = "Which segments carry which part of the value. Who is in several counts once in what they carry together."
    parts = tuple(_entity(entity, list(rows)) for entity, rows in groupby(report.worthy, key=lambda one: one.entity))
    return Section("value", name, line, (), parts)


def _entity(entity: str, rows: Sequence[Worthy]) -> Section:
    told = [one for one in rows if one.share is not None and one.cumulative is not None]
    feature = rows[0].feature
    enough = next((place for place, one in enumerate(told, 1) if (one.cumulative or 0) >= FOUR_FIFTHS), None)
    if enough is not None:
        said = f"{noun(enough, 'segment')} of {len(rows):,} carry four fifths of {feature}."
    elif told:
        said = f"All segments together carry {percent(told[-1].cumulative)} of {feature}: others hold the rest."
    else:
        said = f"There is no {feature} that anything could be a part of."
    every = rows[0].all_kings
    kings = f" The fewest of everybody who make four fifths of it are {count(every)}."
    grid = _grid(entity, feature, rows)
    if not told:
        return Section(f"value-{entity}", entity, f"by {feature}", (Para(said + kings), grid))
    drawn = [(one.segment, one.share or 0.0, one.cumulative or 0.0) for one in told[:_DRAWN]]
    title = f"What segments of {entity} carry of {feature}"
    says = f"Bars: each segment. Diamonds: it and those before it together. {said}"
    heads = (Head("Segment"), Head("Alone", True), Head("With those before", True))
    numbers = tuple((Cell(name), Cell(percent(own)), Cell(percent(all_of))) for name, own, all_of in drawn)
    small = Grid(title, heads, numbers, "The numbers of this chart")
    chart = Chart(f"value-{entity}-chart", title, says, carried(drawn), small)
    return Section(f"value-{entity}", entity, f"by {feature}", (Para(said + kings), chart, grid))


def _grid(entity: str, feature: str, rows: Sequence[Worthy]) -> Grid:
    heads = (
        *(Head("Segment"), Head("Members", True), Head(feature, True), Head("Of all", True)),
        *(Head("With those before", True), Head("Make four fifths of it", True), Head("Kings of all in it", True)),
    )
    told = tuple(
        (
            Cell(one.segment, f"#{anchor(one.segment)}"),
            Cell(count(one.members)),
            Cell(amount(one.value)),
            Cell(percent(one.share), bar=one.share),
            Cell(percent(one.cumulative), bar=one.cumulative),
            Cell(f"{count(one.kings)} of {count(one.members)}" if one.kings else NONE, quiet=not one.kings),
            Cell(f"{count(one.all_kings_inside)} of {count(one.all_kings)}"),
        )
        for one in rows
    )
    return Grid(f"What segments of {entity} are worth", heads, told)
