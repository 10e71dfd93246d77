"""English for why somebody is in a segment, or is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import assert_never

from segpy.plan.model import StepPlan
from segpy.plan.model_explained import AtLeast, Line, Measured, Need, lines_of
from segpy.spec.expression import Type
from segpy.spec.model import Relop
from segpy.warehouse.model_why import Attempt, Broken, ConditionMet, Judged, Kind, Standing

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_REASONS = {
    "conditions_failed": "its conditions held no longer",
    "definition_changed": "the segment's definition changed",
    "definition_carried": "the segment's definition changed, and it stayed in",
    "displaced": "a segment before it in the group took it",
    "expired": "its time was up",
    "left_population": "it left the population",
    "segment_removed": "the segment was removed",
}


def instant(at: datetime) -> str:
    """`2026-03-10 14:00`, with seconds where there are some."""
    whole = at.replace(microsecond=0)
    return f"{at:%Y-%m-%d %H:%M}" if at == whole and not at.second else str(at)


def day(at: datetime) -> str:
    """The same without a midnight."""
    return instant(at).removesuffix(" 00:00")


def lasting(seconds: float) -> str:
    """A length of time in its two largest units: `2 days 3 hours`."""
    left, parts = abs(seconds), list[str]()
    for unit, size in _UNITS:
        amount = int(left // size)
        left -= amount * size
        if amount or parts:
            parts.append(f"{amount} {unit}{'' if amount == 1 else 's'}" if amount else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or ("less than a second" if seconds else "")


def value(met: ConditionMet) -> str:
    """The value of a condition."""
    found = met.value
    match found:
        case None:
            return "not known"
        case bool():
            return "true" if found else "false"
        case float():
            return lasting(found) if _type(met) is Type.DURATION else number(found)
        case datetime():
            return str(found.date()) if _type(met) is Type.DATE else instant(found)
    return found


def number(found: float) -> str:
    """A number as people write it."""
    return f"{found:,.0f}" if found.is_integer() and abs(found) < 1e15 else f"{found:,.6g}"


def _type(met: ConditionMet) -> Type | None:
    return met.line.about.type if isinstance(met.line.about, Measured) else None


def far_off(met: ConditionMet) -> float | None:
    """How much a number would have to grow, or where negative to shrink, for a condition to be met.

    At 0 it stands at a bound that it would have to pass. None of what is met, or not a question of more or less.
    """
    about = met.line.about
    if met.passed or not isinstance(about, Measured) or not isinstance(met.value, float) or len(about.comparisons) != 1:
        return None
    (one,) = about.comparisons
    bounds = [literal.value for literal in one.values]
    numbers = [float(bound) for bound in bounds if isinstance(bound, int | float) and not isinstance(bound, bool)]
    if len(numbers) != len(bounds):
        return None
    match one.relop:
        case Relop.AT_LEAST | Relop.AT_MOST | Relop.MORE_THAN | Relop.LESS_THAN:
            return numbers[0] - met.value
        case Relop.EXACTLY | Relop.BETWEEN if not met.line.negated:
            return (numbers[0] if met.value < numbers[0] else numbers[-1]) - met.value
    return None


def off(met: ConditionMet) -> str:
    """The same in words."""
    far = far_off(met)
    if far is None:
        return ""
    if far == 0:
        return "at the bound"
    amount = lasting(far) if _type(met) is Type.DURATION else number(abs(far))
    return f"{amount} {'short' if far > 0 else 'over'}"


def how_far(judged: Judged, met: ConditionMet) -> str:
    """How far off a condition is; of a sequence that was not completed, how many steps were done."""
    for tried in judged.sequences:
        if (
            met.line.position in tried.positions
            and not met.passed
            and not met.line.negated
            and tried.attempt is not None
        ):
            many = len(tried.sequence.steps)
            return f"{len(tried.attempt.steps)} of {many} step{'' if many == 1 else 's'}"
    return off(met)


def holds(need: Need, met: Mapping[int, ConditionMet]) -> bool:
    """Whether enough of the conditions below a need pass, given them by their positions."""
    match need:
        case Line(position):
            return met[position].passed
        case AtLeast(least, parts):
            return sum(holds(part, met) for part in parts) >= least


def some_of(need: AtLeast) -> str:
    """How many of several conditions are needed."""
    return "any of" if need.least == 1 else f"at least {need.least} of {len(need.parts)}"


def failing_rules(judged: Judged) -> Iterator[str]:
    """What keeps somebody out: of rules that want some of several conditions, those of them that are not met."""
    met = {one.line.position: one for one in judged.conditions}
    for rule in judged.segment.apart.rules:
        if not holds(rule.need, met):
            lines = [met[line.position] for line in lines_of(rule.need) if not met[line.position].passed]
            told = [f"{one.line.words} ({', '.join(filter(None, _value_and_off(judged, one)))})" for one in lines]
            head = "" if isinstance(rule.need, Line) else f"{some_of(rule.need)}: "
            yield head + ", ".join(told)


def _value_and_off(judged: Judged, one: ConditionMet) -> tuple[str, str]:
    far = how_far(judged, one)
    return "" if one.value is False and far else value(one), far


def left_for(reason: str | None) -> str:
    """Why a membership ended."""
    return "" if reason is None else _REASONS.get(reason, reason)


def next_step(attempt: Attempt, step: StepPlan | None = None) -> str:
    """What became of the step that an attempt did not do, or of the time after the last, in a line."""
    subject = step.selection.words if step is not None and len(step.items) == 1 else ""
    said = [_why(one, subject) for one in attempt.broken]
    if len(attempt.broken) == 1 and (came := attempt.broken[0].came) is not None:
        said = [f"came {instant(came)}, but {said[0]}"]
    match attempt.standing:
        case Standing.COMPLETED:
            pass
        case Standing.BROKEN:
            over = {one.kind for one in attempt.broken} & {Kind.TOO_LATE, Kind.TOO_LONG, Kind.BETWEEN, Kind.FOLLOWED}
            said += [f"it had to by {_until(attempt)}"] if attempt.until is not None and not over else []
        case Standing.WAITING:
            if step is None:
                said.append(f"not until {_until(attempt)} is it certain that nothing of it follows")
            else:
                since = f" from {instant(attempt.opens)}" if attempt.opens is not None else ""
                until = f" until {_until(attempt)}" if attempt.until is not None else ""
                said += _lacking(attempt, step)
                said.append(f"there is still time{since}{until}")
        case _:
            assert_never(attempt.standing)
    return "; ".join(said)


def _lacking(attempt: Attempt, step: StepPlan) -> list[str]:
    """What of a group is still to come, where something of it came."""
    some = any(one.kind is Kind.TOO_FEW for one in attempt.broken)
    return [f"{' and '.join(attempt.missing)} has not"] if some and len(step.items) > 1 else []


def _until(attempt: Attempt) -> str:
    assert attempt.until is not None
    return f"{'just before ' if attempt.closes else ''}{instant(attempt.until)}"


def _why(one: Broken, subject: str) -> str:
    """One thing that an attempt went no further for. What the step is about need not be said again."""
    at = instant(one.at) if one.at is not None else ""
    far = lasting(one.seconds) if one.seconds is not None else ""
    what = "" if one.words == subject else f"{one.words} "
    match one.kind:
        case Kind.TOO_LATE:
            return f"{what}came {at}, {far} too late"
        case Kind.TOO_SOON:
            return f"{what}came {at}, {far} too soon"
        case Kind.TOO_LONG:
            return f"{what}came {at}, {far} beyond the time for all steps"
        case Kind.BETWEEN:
            return f"{one.words} came {'first' if one.came is None else 'between'}, {at}"
        case Kind.TOO_FEW:
            return f"{one.found} of {one.wanted} came"
        case Kind.NEVER:
            return f"{what}has not come"
        case Kind.OUTSIDE:
            return f"{what}came last {at}, before the time that counts"
        case Kind.OTHER_VALUE:
            return f"{what}came {at}, but not of the same value"
        case Kind.FOLLOWED:
            return f"{one.words} followed {at}, after {far}"
        case _:
            assert_never(one.kind)


def reasons(attempt: Attempt) -> Iterator[dict[str, object]]:
    """The same as data."""
    for one in attempt.broken:
        found: dict[str, object] = {"kind": one.kind.value, "event": one.words or None}
        found["at"] = str(one.at) if one.at is not None else None
        found["seconds"] = one.seconds
        found |= {"found": one.found, "wanted": one.wanted} if one.wanted else {}
        yield found | ({"came": str(one.came)} if one.came is not None else {})
