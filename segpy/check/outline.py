"""What a definition demands, as parts that must all hold: each with its place, and below it its choices."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.check.formula import Flag, Formula, every
from segpy.diagnostics.model import Span
from segpy.resolve.model import Condition


@dataclass(frozen=True, slots=True)
class Option:
    """One of the conditions of a choice, as the parts that it comes to."""

    parts: tuple[Part, ...]
    span: Span | None

    @property
    def formula(self) -> Formula:
        """What the option demands."""
        return every(part.formula for part in self.parts)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that must hold. Of a choice at least `least` of the `options` must; others have none.

    `negated`: it stands under `none`, and the formula is what that demands.
    """

    formula: Formula
    condition: Condition
    negated: bool
    span: Span | None
    options: tuple[Option, ...] = ()
    least: int = 0

    @property
    def flag(self) -> Flag | None:
        """The membership that is demanded, where the part is one."""
        return self.formula if isinstance(self.formula, Flag) else None
