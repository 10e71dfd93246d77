"""What a build says of itself, while it runs and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from segpy.diagnostics.model import Diagnostic

FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where dbt works: the project, its profiles and which of their targets. None leaves the choice to dbt."""

    project_dir: Path
    profiles_dir: Path | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What of a project is built, and how: the words are dbt's. `variables` are those of `--vars`."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    variables: dict[str, object] = field(default_factory=dict)
    threads: int | None = None
    full_refresh: bool = False
    without_tests: bool = False


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """A node began or ended. `total` may grow: dbt finds unit tests while it runs."""

    name: str
    kind: str  # model, seed, test, unit_test, snapshot, …
    status: str  # started, then dbt's own word: success, pass, warn, fail, error, skipped, …
    seconds: float
    done: int  # nodes ended so far, this one included
    total: int


Progress: TypeAlias = Callable[[NodeProgress], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A column of a unit test that came to something else."""

    column: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class NodeResult:
    """How one node ended."""

    name: str
    kind: str
    status: str
    seconds: float
    file: str  # relative to the project
    message: str | None = None
    compiled: str | None = None  # the file that holds the SQL which ran, relative to the project
    failures: int | None = None  # rows that a test found
    found: tuple[str, ...] = ()  # the first of those rows, in words
    differences: tuple[Difference, ...] = ()  # of a unit test

    @property
    def failed(self) -> bool:
        """Whether this alone makes the build a failure. What was skipped follows from another failure."""
        return self.status in FAILED


@dataclass(frozen=True, slots=True)
class BuildResult:
    """How a build ended. `problems` are dbt's reasons for not beginning at all."""

    nodes: tuple[NodeResult, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    manifest: Any = None  # dbt's, so that a query afterwards need not parse the project again

    @property
    def failures(self) -> tuple[NodeResult, ...]:
        """The nodes that failed."""
        return tuple(node for node in self.nodes if node.failed)


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """How many are in a segment, of how many."""

    segment: str
    entity: str
    members: int
    population: int

    @property
    def share(self) -> float | None:
        """Members as a part of the population, from 0 to 1."""
        return self.members / self.population if self.population else None


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of all segments, at the instant they were evaluated at."""

    segments: tuple[SegmentSize, ...]
    as_of: str | None
