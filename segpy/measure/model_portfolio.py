"""What is said of segments before launch, beside each other, and as time goes by."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Estimate, Status


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a distribution is from that of the base period. `bound` is what chance reaches once in twenty times."""

    n: int
    status: Status
    psi: float | None = None
    bound: float | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Backtest:
    """How a segment would have done: conversion inside, outside, of all; lift over all; part of conversions caught."""

    inside: Estimate
    outside: Estimate
    everybody: Estimate
    lift: Estimate
    recall: Estimate


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two segments. `containment` is what they share of the smaller, `lift` over what they would share by chance."""

    jaccard: float | None
    containment: float | None
    lift: float | None
