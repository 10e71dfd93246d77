"""From rows as they were read to what the page tells; tables that are kept tell of segments that are gone as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from segpy.measure.model import Estimate, Interval, Status, withheld
from segpy.measure.model_drift import ALARM
from segpy.report.model import Backtest, Compared, FeatureDrift, Move, Overlap, Worthy
from segpy.warehouse.model_review import BacktestRow, DriftFigure, MoveRow, OverlapRow, ParetoRow


def any_small(counts: Sequence[int], least: int | None) -> bool:
    """Whether a count is of fewer people than are told of; 0 is told."""
    return least is not None and any(0 < one < least for one in counts)


def moved(rows: Sequence[MoveRow]) -> Iterator[Move]:
    """The moves that are told."""
    for one in rows:
        if one.entities:
            yield Move(one.before, one.after, one.entities)


def overlaps(rows: Iterable[OverlapRow], names: AbstractSet[str]) -> tuple[Overlap, ...]:
    """Pairs of which all is told."""
    return tuple(one for one in _overlaps(rows) if {one.first, one.second} <= names)


def _overlaps(rows: Iterable[OverlapRow]) -> Iterator[Overlap]:
    for one in rows:
        if one.in_both is not None and one.in_either is not None and one.jaccard is not None:
            nested = one.by_definition is not None
            part = one.containment if one.containment is not None else 0.0
            yield Overlap(one.segment, one.other, one.in_both, one.in_either, one.jaccard, part, one.lift, nested)


def worthy(rows: Iterable[ParetoRow], names: AbstractSet[str]) -> tuple[Worthy, ...]:
    """In the order of their places."""
    return tuple(one for one in _worthy(rows) if one.segment in names)


def _worthy(rows: Iterable[ParetoRow]) -> Iterator[Worthy]:
    for one in rows:
        shares = (one.share, one.cumulative, one.kings, one.all_kings_inside, one.all_kings)
        yield Worthy(one.entity, one.feature, one.segment, one.members, one.value, *shares)


def looks_back(rows: Iterable[BacktestRow], names: AbstractSet[str], least: int | None) -> tuple[Backtest, ...]:
    """The last look back of each segment and outcome; rows come by these."""
    return tuple(one for one in _looks_back(rows, least) if one.segment in names)


def _looks_back(every: Iterable[BacktestRow], least: int | None) -> Iterator[Backtest]:
    for (segment, outcome), rows in groupby(every, key=lambda row: (row.segment, row.outcome)):
        told = list(rows)
        last = max(row.as_of for row in told)
        own = [row for row in told if row.as_of == last]
        counts = [count for row in own for count in _counts(row)]
        one = own[0]
        yield Backtest(
            segment,
            outcome,
            last,
            one.first_at,
            one.last_at,
            one.instants,
            one.horizon,
            tuple((row.figure, _estimate(row)) for row in own),
            any_small(counts, least),
        )


def _counts(row: BacktestRow) -> Iterator[int]:
    """How many people a figure tells of: those it rests upon, and of a share those that have it, and have not."""
    yield row.n
    if row.estimate is not None and row.figure.startswith(("conversion", "recall", "stability")):
        yield round(row.n * row.estimate)
        yield row.n - round(row.n * row.estimate)


def _estimate(row: BacktestRow) -> Estimate:
    """As it was reckoned; of a status that this version does not know nothing is told."""
    known = {one.value: one for one in Status}
    if row.estimate is None or row.status != Status.READABLE.value:
        status = known.get(row.status, Status.INVALID)
        return withheld(row.n, Status.INVALID if status is Status.READABLE else status)
    interval = Interval(row.low, row.high)
    return Estimate(row.n, Status.READABLE, None, row.estimate, interval, confidence=row.confidence)


def compared(rows: Iterable[DriftFigure], names: AbstractSet[str], limit: float | None) -> tuple[Compared, ...]:
    """The last comparison of each segment, as of its last instant; rows come by segments."""
    return tuple(one for one in _compared(rows, ALARM if limit is None else limit) if one.segment in names)


def _compared(every: Iterable[DriftFigure], limit: float) -> Iterator[Compared]:
    for segment, rows in groupby(every, key=lambda row: row.segment):
        told = list(rows)
        last = max((row.as_of, row.last_at) for row in told)
        own = [row for row in told if (row.as_of, row.last_at) == last]
        figures = {(row.feature, row.figure): row.estimate for row in own}
        features = (
            _drift(name, figures.get((name, "psi")), figures.get((name, "psi_by_chance")), limit)
            for name in dict.fromkeys(row.feature for row in own)
        )
        yield Compared(segment, own[0].first_at, last[1], tuple(features))


def _drift(feature: str, psi: float | None, by_chance: float | None, limit: float) -> FeatureDrift:
    return FeatureDrift(feature, psi, by_chance, psi is not None and psi > max(limit, by_chance or 0.0))
