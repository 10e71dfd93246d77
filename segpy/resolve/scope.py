"""What every binder shares: where findings go, and how texts become expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.errors import BadExpression, TypeClash
from segpy.resolve.typing import Clash, typed
from segpy.spec.expression import Column, Expression, Type, Unreadable, columns_of
from segpy.spec.model import SqlText

Parse = Callable[[str], Expression | Unreadable]
T = TypeVar("T")


class Unbound(Exception):
    """Something that could not be resolved; its findings are already noted."""


@dataclass(slots=True)
class Findings:
    """Everything found so far, and the reader of expressions."""

    parse: Parse
    noted: list[Diagnostic] = field(default_factory=list)

    def fail(self, finding: Diagnostic) -> Unbound:
        """Notes a finding; the result is to be raised."""
        self.noted.append(finding)
        return Unbound()

    def parsed(self, text: SqlText) -> Expression:
        """The expression that a text writes, names and types not looked at."""
        parsed = self.parse(text.text)
        if isinstance(parsed, Unreadable):
            raise self.fail(BadExpression(span=within(text, parsed.start, parsed.length), reason=parsed.reason))
        return parsed

    def typed(self, text: SqlText, parsed: Expression, types: Mapping[str, Type]) -> tuple[Expression, Type]:
        """A parsed text over columns of these types, which has all of them, and its own type."""
        try:
            return typed(parsed, lambda column: types[column.name])
        except Clash as clash:
            culprit = clash.column
            span = within(text, culprit.start, len(culprit.name)) if culprit else text.span
            raise self.fail(TypeClash(span=span, message=clash.message, way_out="")) from None

    def boolean(
        self, text: SqlText, types: Mapping[str, Type], unknown: Callable[[Column, Span], Diagnostic]
    ) -> Expression:
        """A text that is true or false over columns of these types."""
        parsed = self.parsed(text)
        for column in columns_of(parsed):
            if column.name not in types:
                raise self.fail(unknown(column, within(text, column.start, len(column.name))))
        expression, type_ = self.typed(text, parsed, types)
        if type_ is not Type.BOOLEAN:
            message = f"this is {type_.value}, and it must be true or false"
            raise self.fail(TypeClash(span=text.span, message=message, way_out="compare it with something"))
        return expression

    def each(self, items: Sequence[Callable[[], T]]) -> list[T]:
        """The results of those that could be resolved; the findings of the others are noted."""
        results: list[T] = []
        for item in items:
            try:
                results.append(item())
            except Unbound:
                continue
        return results

    def whole(self, items: Sequence[Callable[[], T]]) -> tuple[T, ...]:
        """As `each`, but all or nothing."""
        results = self.each(items)
        if len(results) < len(items):
            raise Unbound()
        return tuple(results)


def within(text: SqlText, start: int, length: int) -> Span:
    """A stretch of a text, where the text stands letter for letter in the file; else the whole of it."""
    if not text.verbatim:
        return text.span
    span = text.span
    return Span(span.file, span.line, span.column + text.offset + start, max(length, 1))
