"""The rules, one function each. A rule yields what it finds in a bound spec; their order is the order of the codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from segpy.check.episodes import episodes
from segpy.check.errors import (
    NotExact,
    Required,
    SameAdapter,
    TooLongAName,
    TooManySegments,
    TooSoon,
    UnknownDialect,
)
from segpy.check.logic import RULES as LOGIC
from segpy.check.periods import RULES as PERIODS
from segpy.check.periods import STEPS, sequences
from segpy.check.privacy import nothing_personal
from segpy.check.siblings import no_place_left, same_or_contained
from segpy.check.world import World
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.dialects import DIALECTS
from segpy.resolve.methods import MOST_SLOTS, Method, entangled, method_of
from segpy.resolve.model import MEANING_DIGITS, Bound
from segpy.resolve.model_events import Entity

Rule = Callable[[Bound], Iterator[Diagnostic]]


def check(bound: Bound) -> tuple[Diagnostic, ...]:
    """All that the rules find, each once."""
    return tuple(dict.fromkeys(finding for rule in RULES for finding in rule(bound)))


def known_dialect(bound: Bound) -> Iterator[Diagnostic]:
    """SQL can be written for the dialect."""
    settings = bound.settings
    for dialect, span in zip(settings.dialects, settings.dialect_spans, strict=True):
        if dialect not in DIALECTS:
            yield UnknownDialect(span=span, dialect=dialect, known=tuple(DIALECTS))


def short_names(bound: Bound) -> Iterator[Diagnostic]:
    """No name is longer than the engine takes; what is needed by an entity is said where it is first asked about."""
    settings = bound.settings
    definitions = [(one.entity, one.name, one.span) for one in bound.features]
    definitions += [(one.entity, one.name, one.span) for one in bound.segments]
    names = [(name, span) for _, name, span in definitions]
    for entity in bound.entities:
        first = next((span for about, _, span in definitions if about == entity.name), None)
        if first is not None:
            model = f"{settings.name_prefix}{entity.name}_sequences"  # the longest
            if settings.lateness is not None:
                model += "_" + "0" * MEANING_DIGITS  # what it is called in the warehouse
            names += [(name, first) for name in sorted({model, *_columns_read(entity)})]
    for dialect in settings.dialects:
        longest = DIALECTS[dialect].longest_name if dialect in DIALECTS else None
        for name, span in names:
            if longest is not None and len(name.encode()) > longest:
                yield TooLongAName(span=span, name=name, dialect=dialect, longest=longest)


def told_apart(bound: Bound) -> Iterator[Diagnostic]:
    """No two dialects are of the same adapter, by which dbt chooses between them."""
    settings = bound.settings
    taken: dict[str, str] = {}
    for dialect, span in zip(settings.dialects, settings.dialect_spans, strict=True):
        if dialect in DIALECTS:
            adapter = DIALECTS[dialect].adapter
            other = taken.setdefault(adapter, dialect)
            if other != dialect:
                yield SameAdapter(span=span, dialect=dialect, other=other, adapter=adapter)


def _columns_read(entity: Entity) -> Iterator[str]:
    """The columns of the user's relations that an entity needs."""
    yield entity.key
    yield from (attribute.name for attribute in entity.attributes)
    yield from (entity.validity.start, entity.validity.end) if entity.validity is not None else ()
    for stream in entity.streams:
        known = (
            stream.occurred_at,
            stream.loaded_at,
            stream.id,
            stream.event,
            stream.order,
            stream.member_key,
        )
        yield from (name for name in known if name is not None)
        yield from (key for _, key in stream.keys)
        yield from (prop.name for prop in stream.properties)


def compiled_exactly(bound: Bound) -> Iterator[Diagnostic]:
    """There is an exact method for each sequence."""
    for sequence in sequences(bound):
        events = sum(step.times * len(step.items) for step in sequence.steps)
        if method_of(sequence) is Method.CHOICES and events > MOST_SLOTS:
            reason = f"{entangled(sequence)}; then a sequence has at most {MOST_SLOTS} events, and this has {events}"
            way_out = "tell the events apart by `is`, write `ties: strict`, or split the sequence"
            yield NotExact(span=sequence.span, reason=reason, way_out=way_out)


def too_many_segments(bound: Bound) -> Iterator[Diagnostic]:
    """The portfolio has a limit."""
    portfolio = bound.settings.portfolio
    if portfolio.max_segments is not None and len(bound.segments) > portfolio.max_segments:
        yield TooManySegments(span=portfolio.span, found=len(bound.segments), most=portfolio.max_segments)


def required_keys(bound: Bound) -> Iterator[Diagnostic]:
    """The portfolio requires keys of every segment."""
    for segment in bound.segments:
        for key in bound.settings.portfolio.require:
            if not getattr(segment, key):
                yield Required(span=segment.span, segment=segment.name, key=key)


def logic(bound: Bound) -> Iterator[Diagnostic]:
    """What conditions say by themselves, beside each other and as segments, entity by entity."""
    for entity in bound.entities:
        world = World(bound, entity)
        found = [finding for rule in LOGIC for finding in rule(world)]
        yield from found
        yield from no_place_left(world)
        # Beside segments that nobody or everybody is in, others look alike that are not.
        if not any(finding.severity is Severity.ERROR for finding in found):
            yield from same_or_contained(world)


def respond_in_time(bound: Bound) -> Iterator[Diagnostic]:
    """Nobody can be answered sooner than the next run finds them."""
    for segment in bound.segments:
        within = segment.respond_within
        if within is not None and within.duration.seconds < STEPS[bound.settings.grain].seconds:
            yield TooSoon(span=within.span, within=within.duration, grain=bound.settings.grain.value)


RULES: tuple[Rule, ...] = (
    *PERIODS,
    known_dialect,
    short_names,
    told_apart,
    compiled_exactly,
    too_many_segments,
    required_keys,
    respond_in_time,
    nothing_personal,
    logic,
    episodes,
)
