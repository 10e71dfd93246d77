"""What `segpy price` does, in order: finds what a purchase is, asks the warehouse once, and sees what went along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from segpy.asking import Answered, Asking, Misused, Unknown, answered, known_until, refused
from segpy.backtesting import MOST_INSTANTS
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest
from segpy.measure.model import Estimate
from segpy.measure.model_price import PriceResponse, Sales
from segpy.measure.price import carried_forward, price_response
from segpy.pipeline import Compiled
from segpy.plan.model_results import STATISTICS, Row
from segpy.plan.price import price_plan
from segpy.resolve.model import Bound
from segpy.resolve.model_events import Atom, Entity, Property, Stream, with_article
from segpy.resolve.model_purchases import Purchase
from segpy.saving import figure_row, plain_number
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.sql.price import price_sql
from segpy.warehouse import price
from segpy.warehouse.model import Target
from segpy.warehouse.model_price import Bought
from segpy.warehouse.spine import later, steps

_BY_DEFAULT = 26
_TOLD_APART = (Type.TEXT, Type.INTEGER, Type.UUID)
_COUNTED = (Type.NUMBER, Type.INTEGER)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. Of what is None: one piece an event, the last periods that are over.

    `products` is how many there may be; `randomised` that who asks says prices were drawn by lot.
    """

    segments: tuple[str, ...]
    event: str
    product: str
    price: str
    quantity: str | None
    first: datetime | None
    last: datetime | None
    every: Duration
    products: int
    randomised: bool
    confidence: float
    variables: dict[str, object]
    save: bool = False


@dataclass(frozen=True, slots=True)
class Priced:
    """A segment, what its members bought at which prices, and how the one went with the other.

    `edges` are where periods begin, and where the last one ends; `left_out` are periods that were asked for and are not
    over. `cells` are of the `sold` products that most was bought of. `members` stand in the order of periods. `flaws`
    are purchases that could not be counted, by what is wrong with them; `as_now` attributes that were looked at as they
    are now; `by_conditions` where rules of membership were left aside.
    """

    segment: str
    entity: str
    event: str
    as_of: datetime
    known_until: datetime
    edges: tuple[datetime, ...]
    left_out: int
    every: Duration
    found: PriceResponse
    cells: tuple[Sales, ...]
    members: tuple[int, ...]
    sold: int
    purchases: int
    flaws: tuple[tuple[str, int], ...]
    as_now: tuple[str, ...]
    by_conditions: bool
    confidence: float

    @property
    def zero(self) -> int:
        """In how many cells members bought nothing."""
        return sum(not one.quantity for one in self.cells)

    @property
    def carried(self) -> int:
        """In how many of them nobody did, so that the price is the last one known."""
        return sum(one.carried for one in self.cells)


@dataclass(frozen=True, slots=True)
class Prices:
    """All of them, and the table that has them now, where that was asked for, or what stood against it."""

    segments: tuple[Priced, ...]
    saved: str | Diagnostic | None = None


Result = Prices | Misused | Unknown | Diagnostic | None


def prices(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    where: Target,
    asked: Asked,
    of_grain: Callable[[str], None],
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[Compiled, Result]:
    """How segments respond to prices; None where the specs do not hold. `of_grain` refuses instants between its own."""

    def plans(bound: Bound) -> list[tuple[Purchase, tuple[str, ...]]] | Misused | Unknown:
        of_grain(bound.settings.grain.value)
        return _looked_for(bound, asked)

    project = (project_dir, profiles_dir, target)
    compiled, found = answered(
        project, where, asked.variables, on_progress, plans, lambda asking, one: _priced(asking, *one, asked)
    )
    if not isinstance(found, Answered):
        return compiled, found
    rows = [row for one in found.found for row in price_rows(one)]
    return compiled, Prices(found.found, found.saved(STATISTICS, rows) if asked.save else None)


def _looked_for(bound: Bound, asked: Asked) -> list[tuple[Purchase, tuple[str, ...]]] | Misused | Unknown:
    """What a purchase is of each entity with the segments about it."""
    known = {one.name: one for one in bound.segments}
    if against := refused(bound, asked.segments, save=asked.save, tells="quantities tell"):
        return against
    groups: dict[str, list[str]] = {}
    for name in asked.segments:
        groups.setdefault(known[name].entity, []).append(name)
    found = []
    for entity, names in groups.items():
        purchase = purchase_of(bound, bound.entity(entity), asked)
        if isinstance(purchase, Misused):
            return purchase
        found.append((purchase, tuple(names)))
    return found


def purchase_of(bound: Bound, entity: Entity, asked: Asked) -> Purchase | Misused:
    """What is a purchase in the events of an entity, and by which properties."""
    whose = with_article(entity.name)
    own = {one.name: one for one in bound.events if one.stream in entity.streams}
    event = own.get(asked.event)
    if event is None:
        if any(one.name == asked.event for one in bound.events):
            return Misused(f"`{asked.event}` is no event of {whose}: {_hint(asked.event, own)}")
        return Misused(f"no event is called `{asked.event}`: {_hint(asked.event, own)}")
    stream = next(one for one in entity.streams if one == event.stream)
    named = {"--product": asked.product, "--price": asked.price}
    named |= {"--quantity": asked.quantity} if asked.quantity is not None else {}
    found: dict[str, Property] = {}
    for option, name in named.items():
        told = _property(stream, option, name)
        if isinstance(told, Misused):
            return told
        if told in found.values():
            return Misused(f"{option} names `{name}` once more: it cannot be two things")
        found[option] = told
    atom = Atom((replace(event, stream=stream),), None)
    return Purchase(entity.name, atom, found["--product"], found["--price"], found.get("--quantity"))


def _property(stream: Stream, option: str, name: str) -> Property | Misused:
    found = next((one for one in stream.properties if one.name == name), None)
    if found is None:
        known = [one.name for one in stream.properties]
        return Misused(f"stream `{stream.name}` has no property `{name}` for {option}: {_hint(name, known)}")
    if found.personal and option == "--product":
        return Misused(f"`{name}` is personal, and what is shown names each product")
    fitting = _TOLD_APART if option == "--product" else _COUNTED
    if found.type not in fitting:
        wanted = "a text, an integer or a uuid" if option == "--product" else "a number"
        return Misused(f"{option} takes {wanted}, and `{name}` is a {found.type.value}")
    return found


def _hint(name: str, known: Sequence[str] | dict[str, Any]) -> str:
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else f"there are {listed(known)}" if known else "there is none"


def _priced(
    asking: Asking, purchase: Purchase, segments: tuple[str, ...], asked: Asked
) -> list[Priced] | Misused | Diagnostic:
    settings = asking.plan.bound.settings
    plan = price_plan(asking.plan.bound, segments, purchase, asked.products)
    asking.on_progress("asking up to when events are known")
    until = asking.until(plan.panel)
    if isinstance(until, Diagnostic):
        return until
    known = known_until(until, asking.grain)
    chosen = edges_of(asked, asking.grain, known)
    if isinstance(chosen, Misused):
        return chosen
    edges, left_out = chosen
    if settings.retention is not None and (oldest := later(until.as_of, settings.retention, -1)) > edges[0]:
        return Misused(f"events before {oldest} are retained no longer: give a later --from than {edges[0]}")
    asking.on_progress(f"looking at {len(edges) - 1} periods from {edges[0]} to {edges[-1]}")
    rows = price.bought(asking.where, asking.manifest, price_sql(plan, edges, asking.adapter), asked.variables)
    if isinstance(rows, Diagnostic):
        return rows
    found = []
    for i, name in enumerate(segments):
        cells, members = cells_of(rows, i, len(edges) - 1)
        response = price_response(cells, randomised=asked.randomised, confidence=asked.confidence)
        about = (name, purchase.entity, asked.event, until.as_of, known, edges, left_out, asked.every)
        told = (response, tuple(cells), members, *_of_everybody(rows))
        found.append(Priced(*about, *told, plan.panel.as_now, name in asking.remembering, asked.confidence))
    return found


def edges_of(asked: Asked, grain: str, known: datetime) -> tuple[tuple[datetime, ...], int] | Misused:
    """Where the periods that are over begin, with the end of the last, and how many more were asked for."""
    end = known.replace(minute=0, second=0, microsecond=0, hour=0 if grain == "day" else known.hour)
    if asked.last is not None and asked.first is not None and asked.last < asked.first:
        return Misused("--to is before --from")
    until = min(end, asked.last or end)
    try:
        first = asked.first or later(until, asked.every, -_BY_DEFAULT)
        found, wanted = steps(first, until, asked.every), steps(first, asked.last or until, asked.every)
        following = later(first, asked.every, 1)
    except (OverflowError, ValueError):
        return Misused(f"periods of {asked.every} do not fit into the calendar: give a shorter --every, or --from")
    if len(found) > MOST_INSTANTS + 1:
        return Misused(
            f"these are {len(found) - 1:,} periods, and {MOST_INSTANTS} can be looked at: give a longer --every"
        )
    if len(found) < 2:
        return Misused(f"no period is over: events are known until {known}, and the first one ends at {following}")
    return found, len(wanted) - len(found)


def cells_of(rows: Sequence[Bought], segment: int, periods: int) -> tuple[list[Sales], tuple[int, ...]]:
    """What a segment bought of each product in each period, at which price; and its members in each."""
    names = {one.product: one.name or "" for one in rows if one.kind == "product"}
    own = [one for one in rows if one.segment == segment]
    sold = [Sales(names[one.product], one.place or 0, one.price, one.quantity) for one in own if one.kind == "cell"]
    members = {one.place: one.counted for one in own if one.kind == "members"}
    return carried_forward(sold, periods), tuple(members.get(place, 0) for place in range(periods))


def _of_everybody(rows: Sequence[Bought]) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    """How many products and purchases there were, and how many of these could not be counted, for which reason."""
    counted = {one.kind: one.counted for one in rows if one.kind in ("products", "purchases")}
    flaws = sorted((one.name or "", one.counted) for one in rows if one.kind == "left_out")
    return counted.get("products", 0), counted.get("purchases", 0), tuple(flaws)


def figures(one: Priced) -> list[tuple[str, Estimate]]:
    """Every figure that is found, by its name; numbers that are counted have no interval."""
    n = len(one.cells)
    counts = {
        "products": one.found.products,
        "products_bought": len({cell.product for cell in one.cells if cell.quantity}),
        "periods": one.found.periods,
        "cells": n,
        "cells_of_zero": one.zero,
        "cells_carried": one.carried,
        "purchases_left_out": sum(count for _, count in one.flaws),
    }
    counted = [(name, plain_number(n, count)) for name, count in counts.items()]
    return [("elasticity", one.found.elasticity), *counted]


def price_rows(one: Priced) -> list[Row]:
    """A row for each figure, with the columns of `STATISTICS`."""
    who: Row = {
        "as_of": str(one.as_of),
        "command": "price",
        "segment": one.segment,
        "entity": one.entity,
        "about": one.event,
        "first_at": str(one.edges[0]),
        "last_at": str(one.edges[-1]),
        "confidence": one.confidence,
    }
    return [{**who, **figure_row(name, "all", estimate)} for name, estimate in figures(one)]
