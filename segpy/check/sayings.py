"""Measures and their limits as findings speak of them."""

from __future__ import annotations

from segpy.check.bounds import passing
from segpy.check.values import Edge, Values
from segpy.check.world import World
from segpy.resolve.atoms import named
from segpy.resolve.model import Test
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Aggregation,
    AttributeTenure,
    AttributeValue,
    Change,
    EventMeasure,
    Measure,
    Percentile,
    SequenceMeasure,
    nullable,
    type_of,
)
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model import Relop
from segpy.spec.model_measures import Output


def limits(world: World, test: Test) -> str:
    """`: its value is never below 0`, or nothing where there is no limit worth telling."""
    if any(one.relop is Relop.IS_NULL for one in test.comparisons):
        return "" if nullable(test.measure) else ": it always has a value"
    type_ = type_of(test.measure)
    domain: Values = world.domain(world.number(test.measure))
    if type_ in (Type.BOOLEAN, Type.TEXT):
        return ""
    found = passing(test, under_negation=False)
    if type_ is Type.INTEGER and found is not None and found.known.empty:
        return ": its value is a whole number"
    low, high = domain.lowest, domain.highest
    told = [
        *([f"never below {_value(low, type_)}"] if low is not None else []),
        *([f"never above {_value(_last(high, domain.whole), type_)}"] if high is not None else []),
    ]
    return f": its value is {' and '.join(told)}" if told else ""


def _last(edge: Edge, whole: bool) -> Edge:
    """The greatest value before an edge."""
    value, after = edge
    return (value - 1, 1) if whole and isinstance(value, int) and not after else edge


def _value(edge: Edge, type_: Type) -> str:
    value = edge[0]
    if type_ is Type.DURATION and isinstance(value, int | float):
        return str(Duration(microseconds=round(value * 1_000_000)))
    return str(value).removesuffix(".0")


def without_value(measure: Measure, entity: str) -> str:
    """Those for whom a measure is null, in the singular."""
    match measure:
        case AttributeValue(attribute):
            return f"{entity} whose `{attribute.name}` is not known"
        case AttributeTenure(attribute):
            return f"{entity} whose `{attribute.name}` is not known or lies ahead"
        case EventMeasure(Aggregation.GAP, atom):
            return f"{entity} with fewer than two {_some(atom)}{_in_time(measure)}"
        case Change(_, EventMeasure(_, atom)):
            return f"{entity} without {_some(atom)} in the baseline"
        case Percentile(inner):
            return without_value(inner, entity)
        case EventMeasure(_, atom, None):
            return f"{entity} without {_some(atom)}{_in_time(measure)}"
        case EventMeasure(_, atom, prop):
            known = f" that has `{prop.name}`" if prop is not None else ""
            return f"{entity} without {_some(atom)}{known}{_in_time(measure)}"
        case SequenceMeasure(output=Output.STEP_SECONDS):
            return f"{entity} who never got to step {measure.step}"
        case SequenceMeasure():
            return f"{entity} who never completed the sequence"
        case _:
            return f"{entity} for whom this has no value"


def _some(atom: Atom) -> str:
    events = named(atom) if atom.every else f"`{named(atom)}`"
    return events + (" of this kind" if atom.where is not None else "")


def _in_time(measure: EventMeasure) -> str:
    return " in this window" if measure.window_span is not None else ""
