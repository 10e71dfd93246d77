"""Features bound on demand, so that they may be defined in any order and a circle is found."""

from __future__ import annotations

from segpy.diagnostics.model import Span
from segpy.resolve.errors import Cycle, NameTaken, OtherEntity, UnknownEntity, WhichEntity
from segpy.resolve.measures import MeasureBinder
from segpy.resolve.model import Entity, Feature, Measure, Output, Sequence, SequenceMeasure
from segpy.resolve.scope import Findings, Unbound
from segpy.resolve.taxonomy import Taxonomy
from segpy.spec import model as written
from segpy.spec.expression import Unreadable, columns_of
from segpy.spec.model import MeasureKey, SqlText


class FeatureBinder:
    """All features of a spec, by the names of their columns."""

    def __init__(self, spec: written.Spec, taxonomy: Taxonomy, findings: Findings) -> None:
        self.taxonomy = taxonomy
        self.findings = findings
        self.written = {feature.name.text: feature for feature in spec.features}
        self.columns = {column: name for name, f in self.written.items() for column in columns_written(f)}
        self.bound: dict[str, tuple[Feature, ...] | None] = {}
        self.open: list[str] = []

    def bind_all(self) -> tuple[Feature, ...]:
        """Every feature that could be bound, in the order of their names."""
        self._taken()
        for name in self.written:
            try:
                self._bind(name)
            except Unbound:
                continue
        return tuple(feature for features in self.bound.values() if features for feature in features)

    def names(self, entity: str) -> tuple[str, ...]:
        """The columns that expressions of an entity can name."""
        return tuple(c for c, name in self.columns.items() if entity in self._entities(self.written[name]))

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
        self.open.append(name)
        try:
            features = self._features(self.written[name])
        except Unbound:
            self.bound[name] = None
            raise
        finally:
            self.open.pop()
        self.bound[name] = features
        return features

    def _features(self, feature: written.Feature) -> tuple[Feature, ...]:
        entity = self._entity(feature)
        measure = MeasureBinder(entity, self.taxonomy, self, self.findings).bind(feature.measure)
        measures = outputs(measure.sequence) if isinstance(measure, SequenceMeasure) else {"": measure}
        name, span = feature.name.text, feature.name.span
        return tuple(
            Feature(name + suffix, entity.name, one, name, feature.description, span)
            for suffix, one in measures.items()
        )

    def _entity(self, feature: written.Feature) -> Entity:
        if feature.entity is not None:
            found = self.taxonomy.entities.get(feature.entity.text)
            if found is None:
                name, known = feature.entity.text, tuple(self.taxonomy.entities)
                raise self.findings.fail(UnknownEntity(span=feature.entity.span, name=name, known=known, scope=""))
            return found
        candidates = self._entities(feature)
        if len(candidates) == 1:
            return self.taxonomy.entities[candidates[0]]
        if not candidates:  # nothing in it is known to any entity: let the names themselves be refused
            only = tuple(self.taxonomy.entities.values())[:1]
            if only:
                MeasureBinder(only[0], self.taxonomy, self, self.findings).bind(feature.measure)
        name = feature.name.text
        raise self.findings.fail(WhichEntity(span=feature.name.span, name=name, entities=candidates))

    def _entities(self, feature: written.Feature, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The entities that a feature could be of, judged by the names in it alone."""
        if feature.entity is not None:
            return (feature.entity.text,)
        if feature.name.text in seen:
            return tuple(self.taxonomy.entities)
        seen = seen | {feature.name.text}
        every = tuple(self.taxonomy.entities)
        possible = [
            set(self._having(name, feature.measure.key, seen)) for name in _names(feature.measure, self.findings)
        ]
        return tuple(entity for entity in every if all(entity in one for one in possible))

    def _having(self, name: str, key: MeasureKey, seen: frozenset[str]) -> tuple[str, ...]:
        entities = self.taxonomy.entities
        with_attribute = tuple(e for e, one in entities.items() if name in {a.name for a in one.attributes})
        if key in (MeasureKey.FEATURE, MeasureKey.EXPRESSION) and name in self.columns:
            return self._entities(self.written[self.columns[name]], seen)
        if key in (MeasureKey.ATTRIBUTE, MeasureKey.FEATURE, MeasureKey.EXPRESSION):
            return with_attribute
        event = self.taxonomy.events.get(name)
        if event is not None:
            return tuple(e for e, _ in event.stream.keys if e in entities)
        return with_attribute if key is MeasureKey.TENURE else ()

    def _taken(self) -> None:
        """Columns of one entity have one meaning each."""
        owner: dict[str, written.Feature] = {}
        for feature in self.written.values():
            for column in columns_written(feature):
                first = owner.setdefault(column, feature)
                if first is not feature:
                    taken_by = f"a column of feature `{first.name.text}`"
                    span = feature.name.span
                    self.findings.fail(NameTaken(span=span, name=column, taken_by=taken_by, first=first.name.span))
            for entity in self._entities(feature):
                known = self.taxonomy.entities.get(entity)
                if known and feature.name.text in {known.key, "as_of", *(a.name for a in known.attributes)}:
                    taken_by = f"a column of entity `{entity}`"
                    span = feature.name.span
                    self.findings.fail(NameTaken(span=span, name=feature.name.text, taken_by=taken_by))


def _names(measure: written.Measure, findings: Findings) -> tuple[str, ...]:
    match measure.operand:
        case written.Operand(name):
            return (name.text,)
        case written.Sequence(steps):
            return tuple(step.event.text for step in steps)
        case SqlText(text):
            parsed = findings.parse(text)
            return () if isinstance(parsed, Unreadable) else tuple(c.name for c in columns_of(parsed))


def columns_written(feature: written.Feature) -> tuple[str, ...]:
    """The columns that a feature declares: one, or all that a sequence measures."""
    operand, name = feature.measure.operand, feature.name.text
    if not isinstance(operand, written.Sequence):
        return (name,)
    return tuple(name + suffix for suffix in _suffixes(len(operand.steps)))


def _suffixes(steps: int) -> dict[str, tuple[Output, int]]:
    plain = {f"_{output.value}": (output, 0) for output in Output if output is not Output.STEP_SECONDS}
    return {**plain, **{f"_step_{i}_seconds": (Output.STEP_SECONDS, i) for i in range(2, steps + 1)}}


def outputs(sequence: Sequence) -> dict[str, Measure]:
    """All that a sequence measures, by the suffix of its column."""
    return {
        suffix: SequenceMeasure(sequence, output, step)
        for suffix, (output, step) in _suffixes(len(sequence.steps)).items()
    }
