"""A reason to think about a segment, as a row with words."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from segpy.spec.expression import Type
from segpy.sql.tree import cast, named, text

MERGE, PRUNE = "merge", "prune"


def reason_row(segment: exp.Expr, entity: exp.Expr, action: str, reason: str, words: exp.Expr) -> list[exp.Expr]:
    """A row about a segment; that of two has another one in front of the words."""
    nothing = cast(exp.Null(), Type.TEXT)
    return [
        named(segment, "segment"),
        named(entity, "entity"),
        named(text(action), "action"),
        named(text(reason), "reason"),
        named(nothing, "other_segment"),
        named(words, "words"),
    ]


def said(*parts: exp.Expr | str) -> exp.Expr:
    """A sentence of words and values."""
    pieces = [text(part) if isinstance(part, str) else part for part in parts]
    return reduce(lambda one, other: exp.DPipe(this=one, expression=other, safe=True), pieces)
