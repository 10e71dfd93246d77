"""Which measures tell what is personal: by their value, or by what has to be kept to compute them."""

from __future__ import annotations

from collections.abc import Iterable

from segpy.resolve.atoms import streams_of
from segpy.resolve.model_events import Atom, Property
from segpy.resolve.model_measures import (
    Aggregation,
    AttributeTenure,
    AttributeValue,
    Computed,
    EventMeasure,
    Measure,
    SequenceMeasure,
    inputs_of,
    type_of,
)
from segpy.spec.expression import Type


def is_personal(measure: Measure) -> bool:
    """Whether the value of a measure is a personal column's, published or not, or follows from one."""
    return any(one.personal for one in _told(measure))


def is_withheld(measure: Measure) -> bool:
    """Whether the value of a measure may not stand in a generated table."""
    return any(one.withheld for one in _told(measure))


def kept_although_withheld(measure: Measure) -> tuple[Property, ...]:
    """The properties of events that would have to be kept for a measure although they are withheld."""
    match measure:
        case EventMeasure(_, atom, Property(name)):
            return tuple(one for one in declared(atom, name) if one.withheld)
        case SequenceMeasure(sequence):
            wanted = [prop.name for prop in sequence.same]
            found = (one for atom in sequence.atoms for name in wanted for one in declared(atom, name))
            return tuple(one for one in found if one.withheld)
        case _:
            return ()


def declared(atom: Atom, name: str) -> Iterable[Property]:
    """A property as each of the streams of an atom declares it."""
    return (prop for stream in streams_of(atom) for prop in stream.properties if prop.name == name)


def _told(measure: Measure) -> Iterable[Property]:
    """The columns that a value tells of. What is true or false tells no more than a flag, and a number of values none.

    Of events a mean tells too: of one event it is the value.
    """
    match measure:
        case AttributeValue(attribute) | AttributeTenure(attribute):
            return (attribute,)
        case EventMeasure(aggregation, atom, Property(name)) if aggregation is not Aggregation.COUNT_DISTINCT:
            return declared(atom, name)
        case Computed() if type_of(measure) is Type.BOOLEAN:
            return ()
        case _:
            return (one for inner in inputs_of(measure) for one in _told(inner))
