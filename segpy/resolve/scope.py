"""What every binder shares: where findings go, and how texts become expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.type_errors import BadExpression, TypeClash
from segpy.resolve.typing import Clash, typed, words
from segpy.spec.expression import Column, Expression, Type, Unreadable, columns_of
from segpy.spec.model_values import SqlText

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
            span = text.span if parsed.start is None else within(text, parsed.start, parsed.length)
            raise self.fail(BadExpression(span=span, reason=parsed.reason))
        return parsed

    def typed(self, text: SqlText, parsed: Expression, types: Mapping[str, Type]) -> tuple[Expression, Type]:
        """A parsed text over columns of these types, which has all of them, and its own type."""
        try:
            return typed(parsed, lambda column: types[column.name])
        except Clash as clash:
            culprit = clash.column
            span = within(text, culprit.start, len(culprit.name)) if culprit else text.span
            way_out = clash.way_out or _as_typed(culprit, types)
            raise self.fail(TypeClash(span=span, message=clash.message, way_out=way_out)) from None

    def boolean(
        self, text: SqlText, types: Mapping[str, Type], unknown: Callable[[Column, Span], Diagnostic]
    ) -> Expression:
        """A text that is true or false over columns of these types."""
        parsed = self.parsed(text)
        strangers = [column for column in columns_of(parsed) if column.name not in types]
        for column in strangers:
            self.fail(unknown(column, within(text, column.start, len(column.name))))
        if strangers:
            raise Unbound()
        expression, type_ = self.typed(text, parsed, types)
        if type_ is not Type.BOOLEAN:
            message = f"this is {words(type_)}, and it must be true or false"
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


def _as_typed(culprit: Column | None, types: Mapping[str, Type]) -> str:
    """The way out of a clash: of a column where one is to blame."""
    if culprit is None:
        return "give both sides one type: text stands in single quotes, numbers and names do not"
    return f"`{culprit.name}` is {words(types[culprit.name])}: use it as such, or correct its declaration"


def within(text: SqlText, start: int, length: int) -> Span:
    """A stretch of a text, where the text stands letter for letter in the file; else the whole of it."""
    if not text.verbatim:
        return text.span
    span = text.span
    return Span(span.file, span.line, span.column + text.offset + start, max(length, 1))
