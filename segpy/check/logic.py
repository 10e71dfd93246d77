"""Rules about the logic of conditions. Nothing is claimed that is not so for everybody, whatever they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from segpy.check.bounds import passing, passing_all
from segpy.check.formula import Fact, Flag, Formula, opposite, some
from segpy.check.logic_errors import Contradiction, IdleComparison, Implied, LeftOut, Tautology
from segpy.check.nulls import leaves_out
from segpy.check.outline import Option, Part
from segpy.check.parts import fewest, lines, parts_of
from segpy.check.sayings import limits, without_value
from segpy.check.values import NULL
from segpy.check.world import World
from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.model import InSegment, Test
from segpy.spec.model import Relop


def contradictions(world: World) -> Iterator[Diagnostic]:
    """Nobody can be in a segment, or fulfil one of its choices."""
    for segment in world.segments.values():
        yield from _contradictions(world, parts_of(world, segment))


def _contradictions(world: World, parts: tuple[Part, ...]) -> Iterator[Diagnostic]:
    impossible = False
    for part in parts:
        below = [finding for option in part.options for finding in _contradictions(world, option.parts)]
        yield from below
        if not world.possible(part.formula):
            impossible = True
            if not below and not (part.flag and part.flag.member):  # a segment without members is found by itself
                yield Contradiction(_why_nobody(world, part), span=part.span)
    if not impossible and not world.possible(*(part.formula for part in parts)):
        *others, last = fewest(world, parts)
        shown = _marked_words(tuple(others))
        beside = f"nobody fulfils this together with {shown}"
        message = f"under `none` this leaves nobody of those who fulfil {shown}" if last.negated else beside
        yield Contradiction(message, span=last.span, others=_marked(others))


def _why_nobody(world: World, part: Part) -> str:
    match part.condition:
        case InSegment(segment):
            return f"everybody is in `{segment}`"
        case Test() as test if part.negated:
            return f"everybody fulfils this{limits(world, test)}, so under `none` it leaves nobody"
        case Test() as test:
            found = passing(test, under_negation=False)
            if len(test.comparisons) > 1 and found is not None and found.known.empty:
                return "nobody fulfils this: its comparisons exclude each other"
            return f"nobody fulfils this{limits(world, test)}"
        case _:
            return "nobody fulfils this: too few of its conditions can hold at once"


def tautologies(world: World) -> Iterator[Diagnostic]:
    """Everybody always fulfils a condition. Whoever is left in a waterfall may be caught by its last segment so."""
    last = {group.segments[-1] for group in world.groups}
    for segment in world.segments.values():
        parts = parts_of(world, segment)
        if segment.name in last and world.certain(*(part.formula for part in parts)):
            continue
        yield from _tautologies(world, parts)


def _tautologies(world: World, parts: tuple[Part, ...]) -> Iterator[Diagnostic]:
    for part in parts:
        below = [finding for option in part.options for finding in _tautologies(world, option.parts)]
        yield from below
        if not below and part.flag is None and world.certain(part.formula):
            yield Tautology(_why_everybody(world, part), span=part.span)


def _why_everybody(world: World, part: Part) -> str:
    match part.condition:
        case Test() as test if part.negated:
            return f"nobody fulfils this{limits(world, test)}, so under `none` it says nothing"
        case Test() as test:
            return f"everybody fulfils this{limits(world, test)}"
        case _ if part.negated:
            return "nobody fulfils this, so under `none` it says nothing"
        case _:
            return "everybody fulfils this: whatever happens, enough of its conditions hold"


def idle_comparisons(world: World) -> Iterator[Diagnostic]:
    """One comparison of a condition says nothing, by itself or beside the others."""
    for line in lines(world):
        for part in line.parts:
            if isinstance(part.condition, Test):
                yield from _idle(world, part.condition, part.negated)


def _idle(world: World, test: Test, negated: bool) -> Iterator[Diagnostic]:
    domain = world.domain(world.number(test.measure))
    whole = passing(test, under_negation=negated)
    if whole is None or (whole & domain).empty or domain <= whole:
        return
    left = list(test.comparisons)
    for comparison in reversed(test.comparisons):
        others = tuple(one for one in left if one is not comparison)
        rest = passing_all(test, others, under_negation=negated) if others else None
        if comparison.relop is Relop.IS_NULL or rest is None or (rest & domain) != (whole & domain):
            continue
        left.remove(comparison)
        alone = passing_all(test, (comparison,), under_negation=negated)
        by_itself = alone is not None and domain.known <= alone
        message = f"everybody fulfils this{limits(world, test)}" if by_itself else "the other comparison says as much"
        yield IdleComparison(message, span=comparison.span or test.span)


def implied(world: World) -> Iterator[Diagnostic]:
    """The neighbours of a condition decide it already, or an option covers another."""
    for line in lines(world):
        around = tuple(part for part in line.around if not world.certain(part.formula))
        parts = [part for part in line.parts if not world.certain(part.formula)]
        if not world.possible(*_formulas((*around, *parts))):
            continue
        for part in tuple(reversed(parts)):
            others = (*around, *(one for one in parts if one is not part))
            if part.flag is None and world.implies(_formulas(others), part.formula):
                parts.remove(part)
                needed = fewest(world, others, opposite(part.formula))
                told = _NEVER if part.negated else _TOO
                yield Implied(told.format(_marked_words(needed)), span=part.span, others=_marked(needed))
        for part in parts:
            yield from _idle_options(world, part, (*around, *(one for one in parts if one is not part)))


_TOO = "whoever fulfils {} fulfils this too"
_NEVER = "whoever fulfils {} never fulfils this"


def _idle_options(world: World, part: Part, others: tuple[Part, ...]) -> Iterator[Diagnostic]:
    beside = _formulas(others)
    left = [option for option in part.options if world.possible(option.formula)]
    for option in tuple(reversed(left)):
        turned = all(one.negated for one in option.parts)
        if not world.possible(*beside, option.formula):
            left.remove(option)
            needed = fewest(world, others, option.formula)
            told = _TOO if turned else _NEVER
            yield Implied(told.format(_marked_words(needed)), span=option.span, others=_marked(needed))
            continue
        wider = [one for one in left if one is not option]
        if part.least == 1 and wider and world.implies([*beside, option.formula], some(one.formula for one in wider)):
            left.remove(option)
            yield _covered(world, option, wider, beside, turned)


def _covered(world: World, option: Option, wider: list[Option], beside: list[Formula], turned: bool) -> Diagnostic:
    alone = [one for one in wider if world.implies([*beside, option.formula], one.formula)][:1]
    found = [(one.span, "this") for one in alone or wider if one.span is not None]
    if turned:
        message = "whoever fulfils what is shown below fulfils this too"
    else:
        message = (
            f"whoever fulfils this fulfils {'the option' if len(found) == 1 else 'one of the options'} shown below too"
        )
    return Implied(message, span=option.span, others=tuple(found))


def left_out(world: World) -> Iterator[Diagnostic]:
    """A condition on what may be null leaves out those for whom it is, and its author may not have thought of them."""
    for line in lines(world):
        for part in line.parts:
            test = part.condition
            if isinstance(test, Test) and leaves_out(test, part.negated) and world.possible(part.formula):
                beside = [one for one in (*line.around, *line.parts) if one is not part]
                unknown = Fact(world.number(test.measure), NULL)
                if world.possible(*_formulas(beside), unknown):
                    yield LeftOut(without_value(test.measure, line.segment.entity), part.negated, span=part.span)


def _formulas(parts: Iterable[Part]) -> list[Formula]:
    return [part.formula for part in parts]


def _marked(parts: Iterable[Part]) -> tuple[tuple[Span, str], ...]:
    """Other parts with their places, as a finding shows them."""
    return tuple((part.span, _as_demanded(part)) for part in parts if part.span is not None)


def _as_demanded(part: Part) -> str:
    match part.condition:
        case InSegment(segment):
            return f"{'in' if part.flag == Flag(segment, True) else 'not in'} `{segment}`"
        case _:
            return "not this" if part.negated else "this"


def _marked_words(parts: tuple[Part, ...]) -> str:
    return "the condition shown below" if len(parts) == 1 else f"the {len(parts)} conditions shown below"


RULES: tuple[Callable[[World], Iterator[Diagnostic]], ...] = (
    contradictions,
    tautologies,
    idle_comparisons,
    implied,
    left_out,
)
