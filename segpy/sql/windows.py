"""Windows as conditions on the instant of an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from segpy.resolve.model_measures import (
    Anchored,
    BetweenAgo,
    Ever,
    InTheLast,
    Window,
    WithinFirst,
)
from segpy.resolve.model_windows import CalendarEdge, Fixed, Instant, OnTheCalendar
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model_measures import Side
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import from_local, local, truncated, units
from segpy.sql.tree import AS_OF, as_of, cast, column, minus, named, plus, select, table, text

_CALENDAR, _BEFORE = "calendar", "_before"


def in_window(window: Window, occurred_at: exp.Expr, edge: exp.Expr | None) -> list[exp.Expr]:
    """The conditions that an event in a window fulfils, `occurred_at < as_of` aside: the events model sees to that.

    `edge` is the start or the anchor of windows that are not measured from `as_of`. The edges of windows on the
    calendar are looked up in `calendar`.
    """
    match window:
        case Ever():
            return []
        case InTheLast(length):
            return [exp.GTE(this=occurred_at, expression=minus(as_of(), length))]
        case BetweenAgo(far, near):
            return [
                exp.GTE(this=occurred_at, expression=minus(as_of(), far)),
                exp.LT(this=occurred_at, expression=minus(as_of(), near)),
            ]
        case OnTheCalendar(far, near):
            return [
                exp.GTE(this=occurred_at, expression=_edge(far)),
                exp.LT(this=occurred_at, expression=_edge(near)),
            ]
        case Fixed(start, end):
            return [
                *([exp.GTE(this=occurred_at, expression=_moment(start))] if start else []),
                *([exp.LT(this=occurred_at, expression=_moment(end))] if end else []),
            ]
        case WithinFirst(_, length):
            assert edge is not None
            return [
                exp.GTE(this=occurred_at, expression=edge),
                exp.LT(this=occurred_at, expression=plus(edge, length)),
            ]
        case Anchored(Side.AFTER, _, _, within):
            assert edge is not None
            latest = [exp.LTE(this=occurred_at, expression=plus(edge, within))] if within else []
            return [exp.GT(this=occurred_at, expression=edge), *latest]
        case Anchored(Side.BEFORE, _, _, within):
            assert edge is not None
            earliest = [exp.GTE(this=occurred_at, expression=minus(edge, within))] if within else []
            return [*earliest, exp.LT(this=occurred_at, expression=edge)]
        case _:
            raise AssertionError(window)


def earliest(windows: Sequence[Window], occurred_at: exp.Expr) -> list[exp.Expr]:
    """The lower bound that all these windows share, so that older events are not even read."""
    reaches: set[Duration] = set()
    edges: set[CalendarEdge] = set()
    starts: set[Instant] = set()
    for window in windows:
        match window:
            case InTheLast(length):
                reaches.add(length)
            case BetweenAgo(far, _):
                reaches.add(far)
            case OnTheCalendar(edge):
                edges.add(edge)
            case Fixed(Instant() as start, _):
                starts.add(start)
            case _:
                return []
    # What is of one kind can be told apart before the run: a month and 30 days cannot.
    kinds = {reach.exact for reach in reaches} | {edge.unit for edge in edges} | {"fixed" for _ in starts}
    if len(kinds) > 1:
        return []
    bounds = [minus(as_of(), max(reaches, key=lambda reach: reach.seconds))] if reaches else []
    bounds += [_edge(max(edges, key=lambda edge: edge.back))] if edges else []
    bounds += [_moment(min(starts, key=lambda start: start.utc))] if starts else []
    return [exp.GTE(this=occurred_at.copy(), expression=bound) for bound in bounds]


def calendar_ctes(windows: Iterable[Window], last: exp.Expr | None = None) -> list[Cte]:
    """One row with the edges of all windows on the calendar, where there are any; they go by one time zone.

    With `last` where they were at that instant, under names of their own.
    """
    found = {window for window in windows if isinstance(window, OnTheCalendar)}
    if not found:
        return []
    zone = max(window.zone for window in found)
    edges = sorted({edge for window in found for edge in (window.far, window.near)}, key=_column)
    instant, suffix, words = (as_of(), "", "as_of") if last is None else (last, _BEFORE, "the last run's as_of")
    clocks = [named(instant, "as_of"), named(local(instant.copy(), zone), "shown_at")]
    shown = [named(_shown(edge, zone), _column(edge)) for edge in edges]
    known = [named(_first(edge, zone), _column(edge)) for edge in edges]
    told = "in UTC" if zone == "UTC" else "in UTC; of a midnight that the clocks show twice, the first"
    return [
        Cte(f"clocks{suffix}", (f"what the clocks show at {words}, in {zone}",), exp.Select(expressions=clocks)),
        Cte(
            f"calendar_shown{suffix}",
            ("the beginnings of calendar units, by these clocks",),
            select(shown, table(f"clocks{suffix}")),
        ),
        Cte(f"{_CALENDAR}{suffix}", (f"the same, {told}",), select(known, table(f"calendar_shown{suffix}"))),
    ]


def at_last_run(edge: exp.Expr, last: exp.Expr) -> exp.Expr:
    """An edge of a window where it was at the last run."""

    def moved(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name == AS_OF:
            return last.copy()
        return table(f"{_CALENDAR}{_BEFORE}") if isinstance(node, exp.Table) and node.name == _CALENDAR else node

    return edge.transform(moved)


def _column(edge: CalendarEdge) -> str:
    return f"start_of_{edge.unit}" + (f"_minus_{edge.back}" if edge.back else "")


def _edge(edge: CalendarEdge) -> exp.Expr:
    return exp.Subquery(this=select([column(_column(edge))], table(_CALENDAR)))


def _of_fixed_length(edge: CalendarEdge) -> bool:
    """Hours and less last as long on every day, so that they can be laid back in UTC."""
    return edge.unit not in ("day", "week", "month", "year")


def _shown(edge: CalendarEdge, zone: str) -> exp.Expr:
    """The beginning of the calendar unit that `as_of` lies in, and from there so many units back."""
    shown = column("shown_at")
    begun = truncated(shown, edge.unit)
    if _of_fixed_length(edge) and zone != "UTC":  # what the clock shows beyond the whole is taken off
        begun = Operation.LAID_BACK(column("as_of"), begun, shown.copy())
    return _earlier(begun, edge.back, edge.unit)


def _first(edge: CalendarEdge, zone: str) -> exp.Expr:
    """The instant, in UTC, at which a calendar unit begins."""
    shown = column(_column(edge))
    if zone == "UTC":
        return from_local(shown, zone)
    return shown if _of_fixed_length(edge) else Operation.FIRST_OF_DAY(shown, text(zone))


def _earlier(instant: exp.Expr, amount: int, unit: str) -> exp.Expr:
    return exp.Sub(this=instant, expression=units(amount, unit)) if amount else instant


def _moment(instant: Instant) -> exp.Expr:
    return cast(text(instant.utc), Type.TIMESTAMP)
