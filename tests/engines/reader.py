"""What the suite knows of what reads the SQL of a dialect, and does not run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.engines.engine import ENVIRONMENTS, Mark


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found wrong with each entry that is not right, and what it is."""

    problems: Mapping[str, Sequence[str]]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the models of entries in a dialect.

    `validated` is by a validator that knows the dialect's functions and types, `parsed` by its grammar alone. `read` is
    given the names of entries. `same_as` is the dialect whose SQL is the same to the letter. `marks` are by entry, or
    by code of a diagnostic. Several readers can have one `home`.
    """

    name: str
    dialect: str
    kind: Literal["validated", "parsed"]
    requirements: tuple[str, ...]
    read: Callable[[Reader, Sequence[str]], Reading]
    same_as: str | None = None
    every_run: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)
    home: str = ""

    @property
    def environment(self) -> Path:
        """The folder of its virtual environment."""
        return ENVIRONMENTS / (self.home or self.name)

    def absent(self) -> str | None:
        """Nothing is wanted but its environment."""
        return None
