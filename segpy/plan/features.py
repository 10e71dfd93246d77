"""The features model: equal measures once, one branch for each atom and frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from segpy.plan.model_events import Selection
from segpy.plan.model_features import (
    Anchor,
    Branch,
    BranchColumn,
    FeatureColumn,
    FeaturesPlan,
    FromAttribute,
    FromBranch,
    FromColumns,
    FromMembers,
    FromRank,
    FromRates,
    FromSequence,
    FromVerdict,
    Origin,
    Way,
)
from segpy.plan.names import Names, atom_name, comparison_name, limited, measure_name, window_name
from segpy.plan.selections import Found, property_column
from segpy.plan.words import atom_words, measure_words, ordinal, test_words
from segpy.resolve.atoms import streams_of
from segpy.resolve.model import Feature, Segment, Test, tests_of
from segpy.resolve.model_events import Atom, Entity
from segpy.resolve.model_measures import (
    UNITS,
    ZERO,
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    Change,
    Computed,
    EventMeasure,
    Gaps,
    Measure,
    MembersIn,
    Percentile,
    Periods,
    Ratio,
    Sequence,
    SequenceMeasure,
    Streaks,
    Window,
    WithinFirst,
    inputs_of,
    nullable,
    type_of,
)
from segpy.resolve.model_personal import is_personal, is_withheld
from segpy.spec.expression import Binary, Column, Operator, Type
from segpy.spec.model_measures import CalendarUnit, Statistic

_BRANCH = 55  # what is put behind it must fit into an identifier too
_QUOTIENT = Binary(Operator.DIVIDE, Column("first"), Column("second"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure and the definitions that want it, as `name (file)`."""

    measure: Measure
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What all branches of an entity share."""

    entity: Entity
    rows: Found
    sequence_names: dict[Sequence, str]
    prefix: str


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


def verdict_names(
    entity: Entity, features: tuple[Feature, ...], segments: tuple[Segment, ...], columns: dict[Measure, str]
) -> dict[Test, str]:
    """The columns that tell whether conditions hold whose value may not be shown."""
    names = Names(entity.key, "as_of", *(one.name for one in features), *columns.values())
    found: dict[Test, str] = {}
    for test in (test for segment in segments for test in tests_of(segment.condition)):
        if test not in found and is_withheld(test.measure):
            never = "or_never" if test.or_never else ""
            parts = (columns[test.measure], *map(comparison_name, test.comparisons), never)
            found[test] = names.claim("_".join(part for part in (*parts, "passed") if part), test)
    return found


def features_plan(
    model: str,
    features: tuple[Feature, ...],
    wanted: tuple[Wanted, ...],
    context: Context,
    verdicts: Mapping[Test, str],
) -> FeaturesPlan:
    """One column for each feature, for each measure that has no feature, and for each of the verdicts."""
    columns = column_names(context.entity, features, wanted)
    branches = _branches(wanted, columns, context)
    found = {(column.name): branch.name for branch in branches for column in branch.columns}
    origins = {one.measure: _origin(one.measure, columns, found, context) for one in wanted}
    described = {feature.name: feature.description for feature in features}
    named = {feature.name: feature.measure for feature in features}
    every = {**{column: measure for measure, column in columns.items()}, **named}
    made = tuple(
        FeatureColumn(
            name,
            type_of(measure),
            origins[measure],
            "; ".join(part for part in (described.get(name), measure_words(measure)) if part),
            is_personal(measure),
            is_withheld(measure),
        )
        for name, measure in sorted(every.items())
    )
    made += tuple(
        FeatureColumn(
            name,
            Type.BOOLEAN,
            FromVerdict(
                columns[test.measure],
                test.comparisons,
                test.or_never and nullable(test.measure),
                1 + _depth(test.measure),
            ),
            test_words(test),
        )
        for test, name in verdicts.items()
    )
    return FeaturesPlan(model, branches, tuple(sorted(made, key=lambda one: one.name)))


def _depth(measure: Measure) -> int:
    """How deep a measure stands on others that are made of columns; 0 for what is not."""
    if not isinstance(measure, Computed | Ratio | Change | Percentile):
        return 0
    return 1 + max(map(_depth, inputs_of(measure)), default=0)


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
        case MembersIn(segment, member, every):
            return FromMembers(segment, f"{context.prefix}{member}_segments", every)
        case Computed(expression, _, inputs):
            named = tuple((name, columns[inner]) for name, inner in inputs)
            return FromColumns(expression, named, _depth(measure))
        case Ratio(first, second):
            return FromColumns(_QUOTIENT, (("first", columns[first]), ("second", columns[second])), _depth(measure))
        case Change(recent, baseline):
            return FromRates(
                columns[recent], measure.recent_length, columns[baseline], measure.baseline_length, _depth(measure)
            )
        case Percentile(inner):
            return FromRank(columns[inner], _depth(measure))


_Own: TypeAlias = str | int | CalendarUnit | Window | Periods


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a branch's windows are measured from, and what is looked at together.

    `own` is what else tells it from other frames of its way, `name` the same as part of a name.
    """

    atom: Atom
    anchor: tuple[Atom, int] | None
    start: str | None
    zone: str | None
    way: Way
    own: tuple[_Own, ...]
    name: str


def _frame(measure: EventMeasure) -> _Frame:
    window = measure.window
    anchor = (window.anchor, window.nth) if isinstance(window, Anchored) else None
    start = window.start if isinstance(window, WithinFirst) else None
    way, own, name = _way(measure)
    return _Frame(measure.atom, anchor, start, measure.zone, way, own, name)


def _way(measure: EventMeasure) -> tuple[Way, tuple[_Own, ...], str]:
    """How a measure comes from events to its value, what tells it from others of that way, and that as a name."""
    window, prop = measure.window, measure.property.name if measure.property else ""
    match measure.aggregation, measure.detail:
        case Aggregation.COUNT_DISTINCT, _:
            return Way.EACH, (prop,), prop
        case aggregation, _ if aggregation in UNITS:
            return Way.EACH, (UNITS[aggregation],), f"{UNITS[aggregation].value}s"
        case Aggregation.FIRST_VALUE | Aggregation.LAST_VALUE | Aggregation.MOST_FREQUENT as aggregation, _:
            return _RANKED[aggregation], (prop,), f"{prop}_{_RANKED[aggregation].value}"
        case _, Gaps(Statistic.STDDEV | Statistic.MAX | Statistic.LAST):
            return Way.GAPS, (), "gaps"
        case _, Streaks(unit, _, allow_gap):
            name = f"streaks_{unit.value}s" + (f"_allow_{allow_gap}" if allow_gap else "")
            return Way.STREAKS, (unit, allow_gap, window), f"{name}_{window_name(window)}".rstrip("_")
        case Aggregation.BURST, _:
            return Way.BURSTS, (window,), f"bursts_{window_name(window)}".rstrip("_")
        case _, Periods(aggregation, length, before) as periods:
            what = f"{prop}_{aggregation.value}".lstrip("_")
            return Way.PERIODS, (prop, periods), f"{what}_in_{before}_periods_of_{length.label}"
    return Way.PLAIN, (), ""


_RANKED = {
    Aggregation.FIRST_VALUE: Way.FIRST,
    Aggregation.LAST_VALUE: Way.LAST,
    Aggregation.MOST_FREQUENT: Way.FREQUENCY,
}


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
                context.rows.selection(frame.atom),
                frame.way,
                frame.zone,
                frame.way in (Way.FIRST, Way.LAST) and any(stream.order for stream in streams_of(frame.atom)),
                _anchor(frame.anchor, context.rows, anchors) if frame.anchor else None,
                frame.start,
                tuple(_column(measure, columns, context.entity) for measure, _ in measures),
                tuple(sorted({name for _, serves in measures for name in serves})),
            )
        )
    return tuple(branches)


def _column(measure: EventMeasure, columns: dict[Measure, str], entity: Entity) -> BranchColumn:
    value = property_column(entity, measure.property.name) if measure.property else None
    return BranchColumn(columns[measure], measure.aggregation, type_of(measure), value, measure.window, measure.detail)


def _frame_name(frame: _Frame) -> str:
    parts = [atom_name(frame.atom)]
    if frame.name:
        parts.append(frame.name)
    if frame.anchor is not None:
        atom, nth = frame.anchor
        parts.append(f"around_{ordinal(nth)}_{atom_name(atom)}")
    if frame.start is not None:
        parts.append(f"since_{frame.start}")
    return "_".join(parts)


def _anchor(anchor: tuple[Atom, int], rows: Found, names: Names) -> Anchor:
    atom, nth = anchor
    selected: Selection = rows.selection(atom)
    words = f"the {ordinal(nth)} {atom_words(atom)}"
    return Anchor(names.claim(f"{ordinal(nth)}_{atom_name(atom)}__anchor", anchor), selected, nth, words)
