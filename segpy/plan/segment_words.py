"""English for conditions and segments."""

from __future__ import annotations

from typing import assert_never

from segpy.plan.words import test_words
from segpy.resolve.model import Condition, Group, InSegment, Segment, Test
from segpy.resolve.model_events import with_article
from segpy.spec.model import Logic

_LOGIC = {Logic.ALL: "all of:", Logic.ANY: "any of:", Logic.NONE: "none of:"}


def condition_lines(condition: Condition, indent: int = 0) -> tuple[str, ...]:
    """A condition, a line each, indented by nesting."""
    margin = "  " * indent
    match condition:
        case Test():
            return (f"{margin}- {test_words(condition)}",)
        case InSegment(segment, negated):
            return (f"{margin}- {'not in' if negated else 'in'} segment {segment}",)
        case Group(logic, conditions, least):
            head = _LOGIC.get(logic, f"at least {least} of:")
            below = tuple(line for part in conditions for line in condition_lines(part, indent + 1))
            return (f"{margin}{'- ' if indent else ''}{head}", *below)
        case _:
            assert_never(condition)


def condition_sentence(condition: Condition) -> str:
    """A condition on one line, nesting in parentheses."""
    match condition:
        case Test():
            return test_words(condition)
        case InSegment(segment, negated):
            return f"{'not in' if negated else 'in'} segment {segment}"
        case Group(logic, conditions, least):
            head = _LOGIC.get(logic, f"at least {least} of:").removesuffix(":")
            return f"{head} ({'; '.join(condition_sentence(part) for part in conditions)})"
        case _:
            assert_never(condition)


def segment_sentence(segment: Segment, before: tuple[str, ...]) -> str:
    """A segment's definition on one line; `before` are the segments ahead of it in its exclusive group."""
    parts = [f"in segment {segment.extends}"] if segment.extends else []
    parts += map(condition_sentence, _side_by_side(segment.condition))
    if before:
        parts.append(f"not already in {', '.join(before)}")
    return f"{with_article(segment.entity)}: {'; and '.join(parts)}"


def _side_by_side(condition: Condition | None) -> tuple[Condition, ...]:
    """The logic keys that a segment has beside each other; all of them must hold."""
    match condition:
        case None:
            return ()
        case Group(Logic.ALL, parts) if all(isinstance(part, Group) for part in parts):
            return parts
        case _:
            return (condition,)


def segment_lines(segment: Segment, before: tuple[str, ...]) -> tuple[str, ...]:
    """A segment's definition; `before` are the segments ahead of it in its exclusive group."""
    lines = [with_article(segment.entity)]
    if segment.extends:
        lines.append(f"in segment {segment.extends}")
    for part in _side_by_side(segment.condition):
        lines.extend(condition_lines(part))
    if before:
        lines.append(f"and not already in {', '.join(before)} (group {segment.group})")
    return tuple(lines)
