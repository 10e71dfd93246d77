"""What is said of prices, and of months to come."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Estimate


@dataclass(frozen=True, slots=True)
class Sales:
    """What a segment bought of a product in a period, at which price; 0 where it bought none.

    `carried` where nobody bought any, so that the price is the last one known.
    """

    product: str
    period: int
    price: float
    quantity: float
    carried: bool = False


@dataclass(frozen=True, slots=True)
class PriceResponse:
    """By which part quantity changes for each part that the price changes: -1.5 is 1.5 % less for 1 % more.

    It is `causal` only where prices were drawn by lot; else it is what prices and quantities did together.
    """

    elasticity: Estimate
    products: int
    periods: int
    causal: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """The periods after the last one, the next first: each with an interval in which it will lie so often."""

    ahead: tuple[Estimate, ...]
