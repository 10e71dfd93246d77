"""What a look back counts, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Estimate
from segpy.measure.model_portfolio import Backtest


@dataclass(frozen=True, slots=True)
class Looked:
    """So many `people` of whom the same was seen over all instants.

    At `looks` instants they were there, at `members` of these inside; after `converted` of the looks the outcome came
    about, after `converted_inside` of those inside. At `before` looks they had been inside the time before, and at
    `stayed` of these they still were.
    """

    people: int
    looks: int
    members: int
    converted: int
    converted_inside: int
    before: int
    stayed: int


@dataclass(frozen=True, slots=True)
class Instant:
    """All that was seen at one instant, by its place from 0. Everybody is there once."""

    place: int
    seen: Looked


@dataclass(frozen=True, slots=True)
class Kept:
    """A part with its place: an instant, a period of the horizon or an age, both from 1."""

    place: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Treatment:
    """What acting on members is supposed to do and to cost; `uplift` is in parts of what they do anyway."""

    holdout: float
    uplift: float
    cost: float | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class Launch:
    """What a hold-out of those who were members would tell, and what acting on them would have to bring in.

    `smallest` is the smallest uplift that would be told from none, in parts of what members do anyway; `needed` how
    many people it takes to tell the uplift that is supposed; `break_even` the uplift that pays for itself; `brings`
    what the supposed one leaves of one member and horizon. None where it cannot be said.
    """

    people: int
    smallest: float | None
    needed: int | None
    break_even: float | None
    brings: float | None


@dataclass(frozen=True, slots=True)
class Backtested:
    """How a segment would have done over all instants. Intervals know that people were looked at several times.

    `hazards` are of members, by period of the horizon; `ages` are conversions by for how many instants in a row people
    had been members, and `slope` by how much they change with each; `value` is that of one look of a member.
    """

    whole: Backtest
    stability: Estimate
    instants: tuple[tuple[int, Looked, Backtest, Estimate], ...]
    hazards: tuple[Kept, ...]
    ages: tuple[Kept, ...]
    slope: Estimate
    value: Estimate | None
    launch: Launch
