"""The rules, one function each. A rule yields what it finds in a bound spec; their order is the order of the codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from segpy.catalog.model import Catalog
from segpy.check.errors import (
    FinerThanGrain,
    GapBeyondTotal,
    LongerThanRetention,
    ModelTaken,
    NeverComplete,
    NotExact,
    Required,
    TooManySegments,
    TooSoon,
    UnknownDialect,
)
from segpy.check.logic import RULES as LOGIC
from segpy.check.siblings import RULES as SIBLINGS
from segpy.check.world import World
from segpy.diagnostics.model import Diagnostic, Span
from segpy.dialects import DIALECTS
from segpy.resolve.methods import MOST_SLOTS, Method, entangled, method_of
from segpy.resolve.model import Bound, tests_of
from segpy.resolve.model_measures import (
    BetweenAgo,
    EventMeasure,
    InTheLast,
    Measure,
    Periods,
    Sequence,
    SequenceMeasure,
    measures_in,
    windows_lengths,
)
from segpy.resolve.model_windows import OnTheCalendar
from segpy.spec.duration import Duration, most
from segpy.spec.model import Grain

Rule = Callable[[Bound], Iterator[Diagnostic]]
_STEPS = {Grain.DAY: Duration(microseconds=86_400_000_000), Grain.HOUR: Duration(microseconds=3_600_000_000)}


def check(bound: Bound) -> tuple[Diagnostic, ...]:
    """All that the rules find, each once."""
    return tuple(dict.fromkeys(finding for rule in RULES for finding in rule(bound)))


def _measures(bound: Bound) -> Iterator[Measure]:
    """Every measure, as often as it is written; one that is named comes up with its name and wherever that is used."""
    for feature in bound.features:
        yield from measures_in(feature.measure)
    for segment in bound.segments:
        for test in tests_of(segment.condition):
            yield from measures_in(test.measure)


def _sequences(bound: Bound) -> Iterator[Sequence]:
    seen: set[Span] = set()
    for measure in _measures(bound):
        if isinstance(measure, SequenceMeasure) and measure.sequence.span not in seen:
            seen.add(measure.sequence.span)
            yield measure.sequence


def _reaches(measure: Measure) -> tuple[tuple[Duration, Span | None], ...]:
    match measure:
        case EventMeasure(window=window, window_span=span):
            return tuple((length, span) for length in windows_lengths(window))
        case SequenceMeasure(sequence) if sequence.in_the_last:
            return ((sequence.in_the_last, sequence.window_span),)
    return ()


def longer_than_retention(bound: Bound) -> Iterator[Diagnostic]:
    """A window reaches back beyond `retention`."""
    retention = bound.settings.retention
    if retention is not None:
        for measure in _measures(bound):
            for reach, span in _reaches(measure):
                if reach.seconds > retention.seconds:
                    yield LongerThanRetention(span=span, window=reach, retention=retention)


def finer_than_grain(bound: Bound) -> Iterator[Diagnostic]:
    """A window is shorter than the steps in which `as_of` moves."""
    step = _STEPS[bound.settings.grain]
    for measure in _measures(bound):
        if isinstance(measure, EventMeasure):
            for length, span in _lengths(measure):
                if length < step.seconds:
                    shown = Duration(microseconds=round(length * 1_000_000))
                    yield FinerThanGrain(span=span, window=shown, grain=bound.settings.grain.value)


def _lengths(measure: EventMeasure) -> tuple[tuple[float, Span | None], ...]:
    """The lengths, in seconds, of the stretches of time that a measure looks at up to `as_of`, and where they stand."""
    match measure.window, measure.detail:
        case _, Periods(length=length, span=span):
            return ((length.seconds, span),)
        case InTheLast(length), _:
            return ((length.seconds, measure.window_span),)
        case BetweenAgo(far, near), _:
            return ((far.seconds - near.seconds, measure.window_span),)
        case OnTheCalendar(last, first), _:
            whole = most(last.back, last.unit).seconds - most(first.back, first.unit).seconds
            return ((whole, measure.window_span),)
    return ()


def gap_beyond_total(bound: Bound) -> Iterator[Diagnostic]:
    """A step's `within` is longer than `complete_within`, or what lies between the steps at least is."""
    for sequence in _sequences(bound):
        total = sequence.complete_within
        if total is None:
            continue
        for step in sequence.steps:
            if step.within is not None and step.within.seconds > total.seconds:
                yield GapBeyondTotal(span=step.within_span, within=step.within, total=total)
        least = Duration(microseconds=sum(step.after.microseconds for step in sequence.steps if step.after))
        if least.seconds > total.seconds:
            last = next(step for step in reversed(sequence.steps) if step.after)
            yield NeverComplete(span=last.after_span, least=least, total=total, first=sequence.total_span)


def known_dialect(bound: Bound) -> Iterator[Diagnostic]:
    """SQL can be written for the dialect."""
    settings = bound.settings
    if settings.dialect not in DIALECTS:
        yield UnknownDialect(span=settings.dialect_span, dialect=settings.dialect, known=tuple(DIALECTS))


def compiled_exactly(bound: Bound) -> Iterator[Diagnostic]:
    """There is an exact method for each sequence."""
    asof_join = bound.settings.dialect not in DIALECTS or DIALECTS[bound.settings.dialect].asof_join
    for sequence in _sequences(bound):
        events = sum(step.times * len(step.items) for step in sequence.steps)
        if method_of(sequence, asof_join=asof_join) is Method.CHOICES and events > MOST_SLOTS:
            shared = entangled(sequence) or "this engine has no ASOF join"
            reason = f"{shared}; then a sequence has at most {MOST_SLOTS} events, and this has {events}"
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


def models_taken(models: Iterable[str], bound: Bound, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """The generated models under a name that the dbt project already has. Asked once they are known."""
    relations = [stream.relation for entity in bound.entities for stream in entity.streams]
    relations += [entity.relation for entity in bound.entities if entity.relation is not None]
    read = {relation.arguments[-1]: relation.span for relation in relations if relation.function == "ref"}
    taken = read.keys() | (catalog.refs or frozenset())
    return tuple(ModelTaken(span=read.get(model), model=model) for model in models if model in taken)


def logic(bound: Bound) -> Iterator[Diagnostic]:
    """What conditions say by themselves, beside each other and as segments, entity by entity."""
    for entity in bound.entities:
        world = World(bound, entity)
        for rule in (*LOGIC, *SIBLINGS):
            yield from rule(world)


def respond_in_time(bound: Bound) -> Iterator[Diagnostic]:
    """Nobody can be answered sooner than the next run finds them."""
    for segment in bound.segments:
        within = segment.respond_within
        if within is not None and within.duration.seconds < _STEPS[bound.settings.grain].seconds:
            yield TooSoon(span=within.span, within=within.duration, grain=bound.settings.grain.value)


RULES: tuple[Rule, ...] = (
    longer_than_retention,
    finer_than_grain,
    gap_beyond_total,
    known_dialect,
    compiled_exactly,
    too_many_segments,
    required_keys,
    respond_in_time,
    logic,
)
