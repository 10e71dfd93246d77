"""Prices and what was bought at them, as people and programs read that."""

from __future__ import annotations

from typing import Any

import click

from segpy.cli.answers import estimate_data
from segpy.cli.looked import as_of_then
from segpy.cli.output import counted, print_table, table
from segpy.measure.model import Estimate, Status
from segpy.pricing import Priced, Prices, figures

_NO_CAUSE = "This is what prices and quantities did together, no cause: prices may have moved because of what was sold."
_CAUSE = "Prices were drawn by lot, as you say: so this is what they did."
_FLAWS = {
    "no_product": "without a product",
    "no_price": "without a price",
    "price_not_above_0": "with a price that is not above 0",
    "no_quantity": "without a quantity",
    "quantity_not_above_0": "with a quantity that is not above 0, such as returns",
}
_REASONS = {
    Status.TOO_FEW: "members bought too few products in too few periods",
    Status.NO_VARIANCE: "among what members bought no price moved, but for what all products of a period did together",
}


def print_prices(found: Prices) -> None:
    """A segment after the other."""
    for i, one in enumerate(found.segments):
        if i:
            click.echo()
        _print(one)


def _print(one: Priced) -> None:
    click.echo(
        f"{one.segment}: {one.event} in {counted(len(one.edges) - 1, 'period')} of {one.every} from {one.edges[0]} to "
        f"{one.edges[-1]}; intervals of {one.confidence * 100:g} %"
    )
    for words in _notes(one):
        click.echo(f"  {words}")
    rows = table("", numbers=("products", "periods", "cells", "zero", "carried", "elasticity", "interval"))
    elasticity = one.found.elasticity
    cells = [f"{len(one.cells):,}", f"{one.zero:,}", f"{one.carried:,}"]
    rows.add_row("members bought", f"{one.found.products}", f"{one.found.periods}", *cells, *_shown(elasticity))
    print_table(rows)
    for words in _said(one, elasticity):
        click.echo(words)


def _notes(one: Priced) -> list[str]:
    """What is to be known before a number is read."""
    notes = [f"events are known until {one.known_until}"]
    if one.left_out:
        notes.append(f"{counted(one.left_out, 'period')} left out: not over by then")
    if one.sold > one.found.products:
        notes.append(f"the {one.found.products} products most sold of {one.sold:,}, whoever bought them")
    unusable = sum(count for _, count in one.flaws)
    if unusable:
        reasons = ", ".join(f"{count:,} {_FLAWS[name]}" for name, count in one.flaws)
        notes.append(f"{unusable:,} of {counted(one.purchases, 'purchase')} left out: {reasons}")
    if one.members:
        notes.append(f"members at the start of a period: {min(one.members):,} to {max(one.members):,}")
    return [*notes, *as_of_then(one.as_now, by_conditions=one.by_conditions)]


def _shown(one: Estimate) -> tuple[str, str]:
    if one.estimate is None or one.interval is None:
        return "-", "withheld"
    return f"{one.estimate:,.2f}", f"{_end(one.interval.low)} … {_end(one.interval.high)}"


def _end(value: float | None) -> str:
    return "∞" if value is None else f"{value:,.2f}"


def _said(one: Priced, found: Estimate) -> list[str]:
    """The same in words."""
    if found.estimate is None or found.interval is None:
        return [f"Withheld: {_REASONS.get(found.status, found.status.reason)}."]
    way = "less" if found.estimate < 0 else "more"
    words = f"1 % more price goes with {abs(found.estimate):.2f} % {way} quantity"
    unsure = "; the interval holds 0, so it may be none at all" if found.interval.touches(0) else ""
    return [f"{words}{unsure}.", _CAUSE if one.found.causal else _NO_CAUSE]


def as_json_data(found: Prices) -> dict[str, Any]:
    """All of it."""
    return {"segments": [_data(one) for one in found.segments]}


def _data(one: Priced) -> dict[str, Any]:
    return {
        "segment": one.segment,
        "entity": one.entity,
        "event": one.event,
        "as_of": str(one.as_of),
        "known_until": str(one.known_until),
        "every": str(one.every),
        "confidence": one.confidence,
        "causal": one.found.causal,
        "left_out": one.left_out,
        "as_now": list(one.as_now),
        "by_conditions": one.by_conditions,
        "products_sold": one.sold,
        "purchases": one.purchases,
        "purchases_left_out": dict(one.flaws),
        "periods": [
            {"from": str(begins), "members": members}
            for begins, members in zip(one.edges[:-1], one.members, strict=True)
        ],
        "cells": [
            {
                "product": cell.product,
                "from": str(one.edges[cell.period]),
                "price": cell.price,
                "quantity": cell.quantity,
                "carried": cell.carried,
            }
            for cell in one.cells
        ],
        "figures": [{"figure": name, **estimate_data(estimate)} for name, estimate in figures(one)],
    }
