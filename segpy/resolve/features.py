"""Features bound on demand, so that they may be defined in any order and a circle is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.errors import (
    Cycle,
    NameTaken,
    OtherEntity,
    TooEntangled,
    UnknownAttribute,
    UnknownEntity,
    UnknownEvent,
    UnknownFeature,
    UnknownSegment,
    WhichEntity,
)
from segpy.resolve.measures import MeasureBinder
from segpy.resolve.model import Feature
from segpy.resolve.model_events import Entity
from segpy.resolve.model_measures import Measure, Sequence, SequenceMeasure
from segpy.resolve.scope import Findings, Unbound, within
from segpy.resolve.taxonomy import Taxonomy
from segpy.spec import model as written
from segpy.spec import model_measures as measured
from segpy.spec.expression import Unreadable, columns_of
from segpy.spec.model_measures import MeasureKey, Output
from segpy.spec.model_values import Name, SqlText

DEEPEST = 20
MOST = 500
_ON_FEATURES = (MeasureKey.FEATURE, MeasureKey.EXPRESSION, MeasureKey.PERCENTILE)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How deep a feature stands on others, and how many it comes to when each is written out in each."""

    depth: int
    count: int


class FeatureBinder:
    """All features of a spec, by the names of their columns."""

    def __init__(self, spec: written.Spec, taxonomy: Taxonomy, findings: Findings) -> None:
        self.taxonomy = taxonomy
        self.findings = findings
        self.written = {feature.name.text: feature for feature in spec.features}
        self.columns = {column: name for name, f in self.written.items() for column in columns_written(f)}
        self.made_of = {name: _mentions(feature.measure, findings) for name, feature in self.written.items()}
        self.candidates = self._candidates()
        self.bound: dict[str, tuple[Feature, ...] | None] = {}
        self.extents: dict[str, _Extent] = {}
        self.open: list[str] = []

    def bind_all(self) -> tuple[Feature, ...]:
        """Every feature that could be bound, in the order of their names."""
        self._taken()
        for name in self.written:
            try:
                self._bind(name)
            except Unbound:
                continue
        return tuple(feature for name in self.written for feature in self.bound[name] or ())

    def names(self, entity: str) -> tuple[str, ...]:
        """The columns that expressions of an entity can name."""
        return tuple(column for column, name in self.columns.items() if entity in self.candidates[name])

    def find(self, name: str, entity: Entity, span: Span) -> Measure | None:
        """The measure of a column; None where no feature has it. Raises `Unbound` where that feature was refused."""
        if name not in self.columns:
            return None
        features = self._bind(self.columns[name])
        feature = next(feature for feature in features if feature.name == name)
        if feature.entity != entity.name:
            what, wanted = f"feature `{name}`", entity.name
            raise self.findings.fail(OtherEntity(span=span, what=what, belongs_to=feature.entity, wanted=wanted))
        return feature.measure

    def declared(self, name: Name) -> Feature:
        """The feature of a column, whatever entity it is of. Raises `Unbound` where there is none."""
        if name.text not in self.columns:
            raise self.findings.fail(UnknownFeature(span=name.span, name=name.text, known=tuple(self.columns)))
        return next(one for one in self._bind(self.columns[name.text]) if one.name == name.text)

    def _bind(self, name: str) -> tuple[Feature, ...]:
        if name in self.bound:
            features = self.bound[name]
            if features is None:
                raise Unbound()
            return features
        if name in self.open:
            names = (*self.open[self.open.index(name) :], name)
            self.bound.update(dict.fromkeys(names))
            span = self.written[name].name.span
            raise self.findings.fail(Cycle(span=span, names=names, kind="feature"))
        if len(self.open) > DEEPEST:
            raise self._entangled(self.open[0], f"stands on more than {DEEPEST} others, each on the next")
        self.open.append(name)
        try:
            features = self._features(self.written[name])
            self.extents[name] = self._extent(name)
        except Unbound:
            self.bound[name] = None
            raise
        finally:
            self.open.pop()
        self.bound[name] = features
        return features

    def _extent(self, name: str) -> _Extent:
        mentions = (one for one in self.made_of[name] if one.key in _ON_FEATURES and one.name in self.columns)
        below = [(self.extents[self.columns[one.name]], one.times) for one in mentions]
        count = 1 + sum(one.count * times for one, times in below)
        extent = _Extent(1 + max((one.depth for one, _ in below), default=-1), count)
        if extent.depth > DEEPEST:
            raise self._entangled(name, f"stands on more than {DEEPEST} others, each on the next")
        if extent.count > MOST:
            raise self._entangled(name, f"comes to more than {MOST} features when each is written out in each")
        return extent

    def _entangled(self, name: str, reason: str) -> Unbound:
        span = self.written[name].name.span
        return self.findings.fail(TooEntangled(span=span, name=name, kind="feature", reason=reason))

    def _features(self, feature: written.Feature) -> tuple[Feature, ...]:
        entity = self._entity(feature)
        binder = MeasureBinder(entity, self.taxonomy, self, self.findings)
        listed = windows_listed(feature.measure)
        if listed:
            bound = self.findings.whole([lambda one=one: binder.bind(one) for one in listed.values()])  # type: ignore[misc]
            return self._named(feature, entity, dict(zip(listed, bound, strict=True)))
        measure = binder.bind(feature.measure)
        every = len(columns_written(feature)) > 1
        measures = outputs(measure.sequence) if every and isinstance(measure, SequenceMeasure) else {"": measure}
        return self._named(feature, entity, measures)

    def _named(self, feature: written.Feature, entity: Entity, measures: Mapping[str, Measure]) -> tuple[Feature, ...]:
        """The features that one declaration makes, by the endings of their names."""
        name, span = feature.name.text, feature.name.span
        return tuple(
            Feature(name + suffix, entity.name, one, name, feature.description, span)
            for suffix, one in measures.items()
        )

    def _entity(self, feature: written.Feature) -> Entity:
        entities = self.taxonomy.entities
        if feature.entity is None:
            candidates = self.candidates[feature.name.text]
            if len(candidates) == 1:
                return entities[candidates[0]]
            raise self._which(feature, candidates)
        found = entities.get(feature.entity.text)
        if found is None and feature.entity.text in self.taxonomy.refused_entities:
            raise Unbound()  # the entity itself was refused, and that was said
        if found is None:
            name, span = feature.entity.text, feature.entity.span
            raise self.findings.fail(UnknownEntity(span=span, name=name, known=tuple(entities)))
        return found

    def _which(self, feature: written.Feature, candidates: tuple[str, ...]) -> Unbound:
        """Why a feature is not of one entity: it fits several, or its names are of several, or of none."""
        name = feature.name.text
        if self.taxonomy.refused_entities and not candidates:
            return Unbound()  # it may well be of an entity that was refused
        if isinstance(feature.measure.operand, SqlText):
            self.findings.parsed(feature.measure.operand)
        owners = tuple((one, self._having(one.name, one.key, self.candidates)) for one in self.made_of[name])
        unknown = [one for one, entities in owners if not entities]
        for one in unknown:
            if not self._refused(one.name, one.key):
                self.findings.fail(self._unknown(one.name, one.span, one.key))
        if unknown:
            return Unbound()
        owned = tuple((one.name, entities) for one, entities in owners) if not candidates else ()
        return self.findings.fail(
            WhichEntity(span=feature.name.span, name=name, entities=candidates, owners=tuple(dict.fromkeys(owned)))
        )

    def _refused(self, name: str, key: MeasureKey) -> bool:
        """Whether a name is written, but wrong; that has been said or is said when its own turn comes."""
        return name in self.columns if key in _ON_FEATURES else name in self.taxonomy.refused_events

    def _unknown(self, name: str, span: Span, key: MeasureKey) -> Diagnostic:
        """A name that no entity knows."""
        attributes = tuple(sorted({a.name for entity in self.taxonomy.entities.values() for a in entity.attributes}))
        match key:
            case MeasureKey.ATTRIBUTE:
                return UnknownAttribute(span=span, name=name, known=attributes)
            case MeasureKey.FEATURE | MeasureKey.PERCENTILE:
                return UnknownFeature(span=span, name=name, known=tuple(self.columns))
            case MeasureKey.EXPRESSION:
                known = tuple(self.columns) + attributes
                return UnknownFeature(span=span, name=name, known=known, also="attribute")
            case MeasureKey.TENURE:
                known = tuple(self.taxonomy.events) + attributes
                return UnknownEvent(span=span, name=name, known=known, also="attribute")
            case MeasureKey.MEMBERS_IN:
                return UnknownSegment(span=span, name=name, known=tuple(self.taxonomy.segments))
        return UnknownEvent(span=span, name=name, known=tuple(self.taxonomy.events))

    def _candidates(self) -> dict[str, tuple[str, ...]]:
        """The entities that each feature could be of, judged by the names in it alone."""
        every = tuple(self.taxonomy.entities)
        found = {name: (f.entity.text,) if f.entity else every for name, f in self.written.items()}
        changed = True
        while changed:
            changed = False
            for name, feature in self.written.items():
                if feature.entity is None:
                    having = [self._having(one.name, one.key, found) for one in self.made_of[name]]
                    left = tuple(entity for entity in found[name] if all(entity in one for one in having))
                    changed = changed or left != found[name]
                    found[name] = left
        return found

    def _having(self, name: str, key: MeasureKey, candidates: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The entities to which a name can belong in a measure of this kind."""
        entities = self.taxonomy.entities
        if key in _ON_FEATURES and name in self.columns:
            return candidates[self.columns[name]]
        with_attribute = tuple(e for e, one in entities.items() if name in {a.name for a in one.attributes})
        if key is MeasureKey.PERCENTILE:
            return ()
        if key is MeasureKey.MEMBERS_IN:
            belongs_to = self.taxonomy.segments.get(name)
            return tuple(e for e, one in entities.items() if one.members and one.members.entity.name == belongs_to)
        if key in (MeasureKey.ATTRIBUTE, *_ON_FEATURES):
            return with_attribute
        event = self.taxonomy.events.get(name)
        if event is not None:
            return tuple(e for e, one in entities.items() if event.stream in one.streams)
        return with_attribute if key is MeasureKey.TENURE else ()

    def _taken(self) -> None:
        """Columns of one entity have one meaning each."""
        owner: dict[str, written.Feature] = {}
        for feature in self.written.values():
            span = feature.name.span
            for column in columns_written(feature):
                first = owner.setdefault(column, feature)
                if first is not feature:
                    taken_by = f"a column of feature `{first.name.text}`"
                    self.findings.fail(NameTaken(span=span, name=column, taken_by=taken_by, first=first.name.span))
                for taken_by in self._columns_of_entities(column, self.candidates[feature.name.text]):
                    self.findings.fail(NameTaken(span=span, name=column, taken_by=taken_by))

    def _columns_of_entities(self, column: str, candidates: tuple[str, ...]) -> list[str]:
        """What else is called like a column in the features of these entities."""
        if column == "as_of":
            return ["a column of every features table"]
        found = []
        for entity in (self.taxonomy.entities[name] for name in candidates if name in self.taxonomy.entities):
            if column == entity.key.lower():
                found.append(f"the key of entity `{entity.name}`")
            if column in {attribute.name for attribute in entity.attributes}:
                found.append(f"an attribute of entity `{entity.name}`")
        return found


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name that a measure is made of, where it is written first, and the kind of measure that it stands in.

    `times` is how often it is written on both sides of ratios, which are computed from each side by itself.
    """

    name: str
    span: Span
    key: MeasureKey
    times: int = 1


def _mentions(measure: measured.Measure, findings: Findings) -> tuple[_Mention, ...]:
    """The names that a measure is made of, each once."""
    found: dict[tuple[str, MeasureKey], _Mention] = {}

    def add(name: str, span: Span, key: MeasureKey) -> None:
        if name != measured.ANY:
            found.setdefault((name, key), _Mention(name, span, key))

    def add_events(operand: measured.Operand, key: MeasureKey = MeasureKey.COUNT) -> None:
        for name in operand.names:
            add(name.text, name.span, key)

    match measure.operand:
        case measured.Operand() as operand:
            add_events(operand, measure.key)
        case measured.Sequence() as sequence:
            for one in (part for step in sequence.steps for part in (*step.items, *step.without)):
                add_events(one.event)
            if sequence.then_without is not None:
                add_events(sequence.then_without.unwanted.event)
            for ignored in sequence.ignore:
                add_events(ignored)
        case SqlText() as text:
            parsed = findings.parse(text.text)
            for column in () if isinstance(parsed, Unreadable) else columns_of(parsed):
                add(column.name, within(text, column.start, len(column.name)), measure.key)
        case measured.Measure() as inner:
            found |= {(one.name, one.key): one for one in _mentions(inner, findings)}
        case (first, second):
            for mention in (*_mentions(first, findings), *_mentions(second, findings)):
                before = found.get((mention.name, mention.key))
                both = replace(before, times=before.times + mention.times) if before else mention
                found[mention.name, mention.key] = both
    if isinstance(measure.window, measured.Anchored):
        add_events(measure.window.event)
    return tuple(found.values())


def columns_written(feature: written.Feature) -> tuple[str, ...]:
    """The columns that a feature declares: one, one for each of several windows, or all that a sequence measures.

    A sequence that says what is asked of it has one.
    """
    operand, name = feature.measure.operand, feature.name.text
    listed = windows_listed(feature.measure)
    if listed:
        return tuple(name + suffix for suffix in listed)
    if not isinstance(operand, measured.Sequence) or operand.output is not None:
        return (name,)
    return tuple(name + suffix for suffix in _suffixes(len(operand.steps)))


def windows_listed(measure: measured.Measure) -> dict[str, measured.Measure]:
    """A measure in each of its windows, where they are a list, by the endings of the columns."""
    window = measure.window
    if not isinstance(window, measured.InTheLast) or not window.listed:
        return {}
    return {
        f"_{length.duration.label}": replace(
            measure, window=measured.InTheLast((length,), window.calendar), window_span=length.span
        )
        for length in window.lengths
    }


def _suffixes(steps: int) -> dict[str, tuple[Output, int]]:
    own = (output for output in Output if output not in (Output.STEP_SECONDS, Output.MATCHES))
    plain = {f"_{output.value}": (output, 0) for output in own}
    return {**plain, **{f"_step_{i}_seconds": (Output.STEP_SECONDS, i) for i in range(2, steps + 1)}}


def outputs(sequence: Sequence) -> dict[str, Measure]:
    """All that a sequence measures, by the suffix of its column."""
    return {
        suffix: SequenceMeasure(sequence, output, step)
        for suffix, (output, step) in _suffixes(len(sequence.steps)).items()
    }
