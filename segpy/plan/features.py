"""The features model: equal measures once, one branch for each atom and frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segpy.plan.model import (
    Anchor,
    Branch,
    BranchColumn,
    FeatureColumn,
    FeaturesPlan,
    FromAttribute,
    FromBranch,
    FromColumns,
    FromSequence,
    Origin,
    Selection,
)
from segpy.plan.names import Names, atom_name, limited, measure_name
from segpy.plan.selections import property_column, selection
from segpy.plan.words import atom_words, measure_words, ordinal
from segpy.resolve.model import Feature
from segpy.resolve.model_events import Atom, Entity
from segpy.resolve.model_measures import (
    ZERO,
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    Computed,
    EventMeasure,
    Measure,
    Sequence,
    SequenceMeasure,
    WithinFirst,
    type_of,
)

_BRANCH = 55  # what is put behind it must fit into an identifier too
_DISTINCT = (Aggregation.COUNT_DISTINCT, Aggregation.ACTIVE_DAYS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure and the definitions that want it, as `name (file)`."""

    measure: Measure
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What all branches of an entity share."""

    entity: Entity
    flags: dict[Atom, str]
    sequence_names: dict[Sequence, str]


def column_names(entity: Entity, features: tuple[Feature, ...], wanted: tuple[Wanted, ...]) -> dict[Measure, str]:
    """The column of each measure: that of its first feature, else a name from its meaning."""
    names = Names(entity.key, "as_of")
    columns: dict[Measure, str] = {}
    for feature in features:
        names.claim(feature.name, feature.measure)
        columns.setdefault(feature.measure, feature.name)
    for attribute in entity.attributes:
        names.claim(attribute.name, AttributeValue(attribute))
    for one in wanted:
        if one.measure not in columns:
            columns[one.measure] = names.claim(measure_name(one.measure), one.measure)
    return columns


def features_plan(
    model: str, features: tuple[Feature, ...], wanted: tuple[Wanted, ...], context: Context
) -> FeaturesPlan:
    """One column for each feature and for each measure that has no feature."""
    columns = column_names(context.entity, features, wanted)
    branches = _branches(wanted, columns, context)
    found = {(column.name): branch.name for branch in branches for column in branch.columns}
    origins = {one.measure: _origin(one.measure, columns, found, context) for one in wanted}
    depths = _depths(tuple(origins), columns)
    described = {feature.name: feature.description for feature in features}
    named = {feature.name: feature.measure for feature in features}
    every = {**{column: measure for measure, column in columns.items()}, **named}
    made = tuple(
        FeatureColumn(
            name,
            type_of(measure),
            _at_depth(origins[measure], depths[measure]),
            "; ".join(part for part in (described.get(name), measure_words(measure)) if part),
        )
        for name, measure in sorted(every.items())
    )
    anchors = {branch.anchor.name: branch.anchor for branch in branches if branch.anchor}
    return FeaturesPlan(model, tuple(anchors[name] for name in sorted(anchors)), branches, made)


def _depths(measures: tuple[Measure, ...], columns: dict[Measure, str]) -> dict[Measure, int]:
    """How deep each measure's expression stands on other expressions; 0 for what is no expression."""

    def depth(measure: Measure) -> int:
        if not isinstance(measure, Computed):
            return 0
        return 1 + max((depth(inner) for _, inner in measure.inputs), default=0)

    return {measure: depth(measure) for measure in measures}


def _at_depth(origin: Origin, depth: int) -> Origin:
    return replace(origin, depth=depth) if isinstance(origin, FromColumns) else origin


def _origin(measure: Measure, columns: dict[Measure, str], branches: dict[str, str], context: Context) -> Origin:
    match measure:
        case EventMeasure(aggregation):
            column = columns[measure]
            return FromBranch(branches[column], column, aggregation in ZERO)
        case AttributeValue(attribute):
            return FromAttribute(attribute, tenure=False)
        case AttributeTenure(attribute):
            return FromAttribute(attribute, tenure=True)
        case SequenceMeasure(sequence, output, step):
            return FromSequence(context.sequence_names[sequence], output, step)
        case Computed(expression, _, inputs):
            return FromColumns(expression, tuple((name, columns[inner]) for name, inner in inputs), 0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a branch's windows are measured from, and what it groups by."""

    atom: Atom
    anchor: tuple[Atom, int] | None
    start: str | None
    distinct: str | None
    zone: str | None


def _frame(measure: EventMeasure) -> _Frame:
    window = measure.window
    anchor = (window.anchor, window.nth) if isinstance(window, Anchored) else None
    start = window.start if isinstance(window, WithinFirst) else None
    distinct = None
    if measure.aggregation in _DISTINCT:
        distinct = measure.property.name if measure.property else "day"
    return _Frame(measure.atom, anchor, start, distinct, measure.zone)


def _branches(wanted: tuple[Wanted, ...], columns: dict[Measure, str], context: Context) -> tuple[Branch, ...]:
    frames: dict[_Frame, list[tuple[EventMeasure, tuple[str, ...]]]] = {}
    for one in wanted:
        if isinstance(one.measure, EventMeasure):
            frames.setdefault(_frame(one.measure), []).append((one.measure, one.serves))
    names, anchors = Names(), Names()
    branches = []
    for frame in sorted(frames, key=_frame_name):
        measures = sorted(frames[frame], key=lambda pair: columns[pair[0]])
        branches.append(
            Branch(
                names.claim(limited(f"{_frame_name(frame)}__by_{context.entity.name}", frame, _BRANCH), frame),
                selection(frame.atom, context.flags),
                frame.distinct is not None,
                frame.zone,
                _anchor(frame.anchor, context.flags, anchors) if frame.anchor else None,
                frame.start,
                tuple(_column(measure, columns, context.entity) for measure, _ in measures),
                tuple(sorted({name for _, serves in measures for name in serves})),
            )
        )
    return tuple(branches)


def _column(measure: EventMeasure, columns: dict[Measure, str], entity: Entity) -> BranchColumn:
    value = property_column(entity, measure.property.name) if measure.property else None
    return BranchColumn(columns[measure], measure.aggregation, type_of(measure), value, measure.window)


def _frame_name(frame: _Frame) -> str:
    parts = [atom_name(frame.atom)]
    if frame.distinct is not None:
        parts.append(frame.distinct + ("s" if frame.distinct == "day" else ""))
    if frame.anchor is not None:
        atom, nth = frame.anchor
        parts.append(f"around_{ordinal(nth)}_{atom_name(atom)}")
    if frame.start is not None:
        parts.append(f"since_{frame.start}")
    return "_".join(parts)


def _anchor(anchor: tuple[Atom, int], flags: dict[Atom, str], names: Names) -> Anchor:
    atom, nth = anchor
    selected: Selection = selection(atom, flags)
    words = f"the {ordinal(nth)} {atom_words(atom)}"
    return Anchor(names.claim(f"{ordinal(nth)}_{atom_name(atom)}__anchor", anchor), selected, nth, words)
