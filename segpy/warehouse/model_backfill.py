"""What a backfill is asked, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from segpy.diagnostics.model import Diagnostic
from segpy.spec.duration import Duration
from segpy.warehouse.model import BuildResult, NodeProgress


@dataclass(frozen=True, slots=True)
class BackfillOptions:
    """The instants of a history, all in UTC and of the project's grain, and how they are built.

    Without `last` it ends at the instant at which a run would stand now. `variables` are those of dbt's `--vars`.
    """

    first: datetime
    last: datetime | None
    every: Duration
    grain: str  # day or hour
    rewrite: bool = False
    variables: dict[str, object] = field(default_factory=dict)
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class InstantProgress:
    """How far a backfill has come. Without `node` an instant ended, and `seconds` says how long it took."""

    as_of: datetime
    number: int  # from 1, those that were there already counted
    total: int
    node: NodeProgress | None = None
    nodes: int = 0
    failed: int = 0
    seconds: float = 0.0


BackfillProgress: TypeAlias = Callable[[InstantProgress], None]


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """How a backfill ended. `result` is the build of the last instant it came to, `problems` why it did not begin."""

    instants: tuple[datetime, ...] = ()
    kept: int = 0  # the first so many were there already
    built: int = 0  # and so many after them were built now
    result: BuildResult = field(default_factory=BuildResult)
    problems: tuple[Diagnostic, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the history is there as asked."""
        return bool(self.instants) and self.kept + self.built == len(self.instants)
