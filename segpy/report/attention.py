"""Which segments a review begins with, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from segpy.measure.model_drift import ALARM
from segpy.report.model import Group, Level, Outcome, Pair, Reason, Report, Segment
from segpy.report.words import count, percent

MOVED = 0.25
"""A size that changed by this part of itself since the run compared with is looked at …"""
BY_PEOPLE = 10
"""… where it changed by as many people at least: 3 in place of 2 is no news."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A segment with the reasons to look at it, the gravest first."""

    segment: Segment
    reasons: tuple[Reason, ...]

    @property
    def level(self) -> Level | None:
        """The gravest; None where there is no reason."""
        return min((one.level for one in self.reasons), default=None)


def attended(report: Report, more: Mapping[str, Sequence[Reason]] | None = None) -> tuple[Attended, ...]:
    """All segments: what is to be acted upon first, then what has most reasons, then by name."""
    of_experiments = dict(_of_experiments(report))
    drifting = {
        name for group in report.groups if group.drift and group.drift.alarm for name in _bearing(report, group)
    }
    found = []
    for segment in report.segments:
        reasons = [
            *of_experiments.get(segment.name, ()),
            *(more or {}).get(segment.name, ()),
            *_of_size(segment),
            *_of_drift(segment, drifting),
            *_of_care(segment),
        ]
        found.append(Attended(segment, tuple(sorted(reasons, key=lambda one: one.level))))
    return tuple(sorted(found, key=_pressing))


def of_portfolio(report: Report) -> Iterator[tuple[str, str]]:
    """What is to be acted upon and is no single segment's: a name, and a sentence."""
    for one in report.holdouts:
        if one.ratio is not None and one.ratio.alarm and len(one.segments) != 1:
            yield one.name, "this hold-out is not of the size planned, so that nothing measured by it may be read."
    for pair in report.pairs:
        if pair.alarm:
            yield f"{pair.first} and {pair.second}", "one of these hold-outs tells of the other: they are not by lot."


def _pressing(one: Attended) -> tuple[int, int, str]:
    level = one.level
    pressing = sum(reason.level <= Level.LOOK for reason in one.reasons)
    return (int(level) if level is not None else 9, -pressing, one.segment.name)


def _of_experiments(report: Report) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    for segment in report.segments:
        reasons = [
            *_of_lots(segment.name, report),
            *(_of_outcome(one) for one in report.experiments.outcomes if one.segment == segment.name and one.harmful),
        ]
        if reasons:
            yield segment.name, tuple(reasons)


def _of_lots(segment: str, report: Report) -> Iterator[Reason]:
    alone = [one for one in report.holdouts if one.segments == (segment,)]
    salts, ratios = {one.salt for one in alone}, [one.ratio for one in alone]
    own = [one.conversions.sample_ratio for one in report.experiments.outcomes if one.segment == segment]
    if any(one is not None and one.alarm for one in (*ratios, *own)):
        yield Reason(Level.ACT, "arms", "its arms are not of the sizes planned, so that no lift of it may be read")
    pairs: list[Pair] = [one for one in report.pairs if one.alarm and {one.first, one.second} & salts]
    if pairs:
        yield Reason(Level.ACT, "hold-outs", "its hold-out tells of another, so that they are not drawn by lot")


def _of_outcome(one: Outcome) -> Reason:
    what = "guardrail" if one.guardrail else "outcome"
    return Reason(Level.ACT, "harm", f"acting on it does harm: {what} {one.name}")


def _of_size(segment: Segment) -> Iterator[Reason]:
    now, before = segment.now, segment.before
    if now is None:
        yield Reason(Level.LOOK, "not built", "no run has told its size: run segpy build")
        return
    if segment.stale:
        yield Reason(Level.LOOK, "not built", "its definition is another since it was built: run segpy build")
    if now.members == 0:
        yield Reason(Level.LOOK, "empty", "nobody is in it")
    if now.members is None or before is None or before.members is None:
        return
    change = now.members - before.members
    if abs(change) >= BY_PEOPLE and abs(change) >= MOVED * before.members:
        word = "grew" if change > 0 else "shrank"
        part = (
            f" ({percent(change / before.members, 0, signed=True)})"
            if before.members and change <= 2 * before.members
            else ""
        )
        yield Reason(Level.LOOK, word, f"{word} from {count(before.members)} to {count(now.members)} members{part}")


def _bearing(report: Report, group: Group) -> Iterator[str]:
    """The segments that by themselves bring so much to the index of their group that it would alarm."""
    own = [one for one in report.segments if one.name in group.segments]
    sizes = [(one.name, one.before and one.before.members, one.now and one.now.members) for one in own]
    then, now = sum(before or 0 for _, before, _ in sizes), sum(after or 0 for _, _, after in sizes)
    for name, before, after in sizes:
        p, q = (before or 0.5) / max(then, 1), (after or 0.5) / max(now, 1)
        if (q - p) * log(q / p) > ALARM:
            yield name


def _of_drift(segment: Segment, drifting: set[str]) -> Iterator[Reason]:
    if segment.name in drifting:
        yield Reason(Level.LOOK, "drift", f"its part of the group {segment.group} is not what it was")


def _of_care(segment: Segment) -> Iterator[Reason]:
    if segment.owner is None:
        yield Reason(Level.NOTE, "no owner", "nobody answers for it")
    if not segment.playbook:
        yield Reason(Level.NOTE, "no playbook", "nothing is said to be done with its members")


def of_group(groups: Sequence[Group], name: str) -> Group | None:
    """The group that a segment is in."""
    return next((one for one in groups if name in one.segments), None)
