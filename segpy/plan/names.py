"""Names from meaning: never from counters, so that adding one thing never renames another."""

from __future__ import annotations

import re
from typing import Any

from segpy.plan.expressions import expression_words
from segpy.plan.fingerprint import fingerprint
from segpy.plan.words import ordinal
from segpy.resolve.model import Comparison
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Anchored,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Bursts,
    Change,
    Computed,
    Decay,
    EventMeasure,
    Ever,
    Gaps,
    InTheLast,
    Measure,
    MembersIn,
    Percentile,
    Periods,
    Ratio,
    Sequence,
    SequenceMeasure,
    Step,
    Streaks,
    Window,
    WithinFirst,
)
from segpy.resolve.model_windows import CalendarEdge, Fixed, OnTheCalendar
from segpy.spec.duration import Duration
from segpy.spec.expression import Expression, Literal, Type
from segpy.spec.model import Relop
from segpy.spec.model_measures import Start, Ties

LONGEST = 60
_SEQUENCE = 46  # what is put behind it must fit into an identifier too
_OPERATORS = {">=": " at least ", "<=": " at most ", "<>": " not ", ">": " over ", "<": " under ", "=": " is ",
              "+": " plus ", " - ": " minus ", "*": " times ", "/": " by ", "%": " "}  # fmt: skip


def slug(text: str) -> str:
    """Text as part of a name."""
    for sign, words in _OPERATORS.items():
        text = text.replace(sign, words)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def limited(name: str, content: Any, longest: int = LONGEST) -> str:
    """The name, or where it is too long or empty its beginning and a hash of what it stands for."""
    if 0 < len(name) <= longest:
        return name
    return f"{name[: longest - 7].rstrip('_') or 'x'}_{fingerprint(content, 6)}"


class Names:
    """Names given out so far. Two meanings never share one: the second gets a hash of its content."""

    def __init__(self, *taken: str) -> None:
        self._owner: dict[str, Any] = dict.fromkeys(taken, self)

    def claim(self, name: str, content: Any) -> str:
        """The name for `content`: `name` if it is free or already its own."""
        name = limited(name, content)
        if self._owner.setdefault(name, content) == content:
            return name
        other = f"{name[: LONGEST - 7]}_{fingerprint(content, 6)}"
        self._owner[other] = content
        return other


def atom_name(atom: Atom) -> str:
    """`order_placed`, `order_placed_where_amount_at_least_100`"""
    if atom.where is None:
        return _event_name(atom)
    return limited(f"{_event_name(atom)}_where_{_told(atom.where)}", atom, 45)


def _event_name(atom: Atom) -> str:
    names = "any" if atom.every else "_or_".join(event.name for event in atom.events)
    names += "_but_" + "_or_".join(event.name for event in atom.but) if atom.but else ""
    return limited(names, atom, 45) if len(atom.events) > 1 or atom.but else names


def _told(expression: Expression) -> str:
    """An expression as part of a name, with a hash where another expression could read the same."""
    words = expression_words(expression)
    constants = re.findall(r"'([^']*)'", words)
    plain = re.fullmatch(r"[a-z0-9_ .<>=+*/'-]*", words) and all(re.fullmatch(r"[a-z0-9]+", one) for one in constants)
    return slug(words) if plain else f"{slug(words)[:38].rstrip('_')}_{fingerprint(expression, 6)}".lstrip("_")


def window_name(window: Window) -> str:
    """`7d`, `90d_to_30d_ago`, `first_7d`, `48h_after_first_signup`; empty for all time."""
    match window:
        case Ever():
            return ""
        case InTheLast(length):
            return length.label
        case BetweenAgo(far, near):
            return f"{far.label}_to_{near.label}_ago"
        case OnTheCalendar(far, near, _, last):
            return f"{_edge_name(far)}_calendar" if last else f"{_edge_name(far)}_to_{_edge_name(near)}_ago_calendar"
        case Fixed(start, end):
            edges = (("from", start), ("to", end))
            return "_".join(f"{word}_{slug(edge.shown)}" for word, edge in edges if edge is not None)
        case WithinFirst(_, length):
            return f"first_{length.label}"
        case Anchored(side, anchor, nth, within):
            reach = f"{within.label}_" if within else ""
            return f"{reach}{side.value}_{ordinal(nth)}_{atom_name(anchor)}"


def _edge_name(edge: CalendarEdge) -> str:
    units = {"second": "s", "minute": "min", "hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}
    return f"{edge.back}{units[edge.unit]}"


def measure_name(measure: Measure) -> str:
    """The name of a measure that has none of its own."""
    match measure:
        case EventMeasure():
            return _event_measure_name(measure)
        case AttributeValue(attribute):
            return attribute.name
        case AttributeTenure(attribute):
            return f"{attribute.name}_tenure"
        case SequenceMeasure(sequence, output, step):
            ending = f"step_{step}_seconds" if step else output.value
            return f"{limited(sequence_name(sequence), sequence, 45)}_{ending}"
        case MembersIn(segment, member, every):
            return f"{'all_' if every else ''}{member}s_in_{segment}"
        case Computed(expression):
            return _told(expression)
        case Ratio(first, second):
            return f"{measure_name(first)}_to_{measure_name(second)}_ratio"
        case Change(recent, baseline):
            return f"{measure_name(recent)}_against_{window_name(baseline.window)}"
        case Percentile(inner):
            return f"{measure_name(inner)}_percentile"


def _event_measure_name(measure: EventMeasure) -> str:
    """`login_count_7d`, `login_gap_stddev`, `login_streak_longest_days_allow_1`, `login_burst_2d_90d`"""
    prop, window = measure.property.name if measure.property else "", window_name(measure.window)
    match measure.detail:
        case Gaps(statistic):
            own = f"gap_{statistic.value}"
        case Streaks(unit, kind, allow_gap):
            own = f"streak_{kind.value}_{unit.value}s" + (f"_allow_{allow_gap}" if allow_gap else "")
        case Bursts(per):
            own = f"burst_{per.label}"
        case Decay(half_life):
            own = f"decayed_{half_life.label}"
        case Periods(aggregation, length, before):
            own, window = f"{aggregation.value}_zscore_{length.label}", f"{before}_periods"
        case _:
            own = measure.aggregation.value
    return "_".join(part for part in (atom_name(measure.atom), prop, own, window) if part)


def sequence_name(sequence: Sequence) -> str:
    """The name of a sequence that has none of its own."""
    parts = ["_then_".join(_step_name(step) for step in sequence.steps)]
    if sequence.start is not Start.ANY:
        parts.append(f"from_{sequence.start.value}")
    if sequence.same:
        parts.append("same_" + "_".join(prop.name for prop in sequence.same))
    if sequence.complete_within is not None:
        parts.append(f"in_{sequence.complete_within.label}")
    if sequence.in_the_last is not None:
        parts.append(sequence.in_the_last.label)
    if sequence.then_without is not None:
        parts.append(f"then_{sequence.then_without.length.label}_without_{atom_name(sequence.then_without.atom)}")
    parts += [sequence.ties.value] if sequence.ties is not Ties.ANY else []
    whole = "_".join(parts)
    if len(whole) <= _SEQUENCE:
        return whole
    ends = f"{_event_name(sequence.steps[0].atom)}_to_{_event_name(sequence.steps[-1].atom)}"
    return f"{ends[: _SEQUENCE - 7]}_{fingerprint(sequence, 6)}"


def _step_name(step: Step) -> str:
    parts = ["_and_".join(map(atom_name, step.items))]
    parts += [f"{step.times}_times"] if step.times > 1 else []
    parts += [f"after_{step.after.label}"] if step.after is not None else []
    parts += [f"within_{step.within.label}"] if step.within is not None else []
    parts += ["without_" + "_or_".join(map(atom_name, step.without))] if step.without else []
    parts += [f"directly_without_{atom_name(step.directly)}"] if step.directly is not None else []
    return "_".join(parts)


def comparison_name(comparison: Comparison) -> str:
    """`at_least_2`, `in_trial_free`, `is_null`"""
    if comparison.relop is Relop.IS_NULL:
        return "is_null" if comparison.values[0].value else "is_known"
    parts = [comparison.relop.value, *(_value_name(value) for value in comparison.values)]
    texts = [str(value.value) for value in comparison.values if value.type is Type.TEXT]
    if not all(re.fullmatch(r"[a-z0-9]+", text) for text in texts):
        parts.append(fingerprint(comparison, 6))  # another text could read the same
    return "_".join(parts)


def _value_name(value: Literal) -> str:
    if value.type is Type.DURATION:
        return Duration(microseconds=round(float(value.value or 0) * 1_000_000)).label
    text = str(value.value).lower()
    if text.startswith("-"):
        text = f"minus {text[1:]}"
    return slug(text) or "x"
