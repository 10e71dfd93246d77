"""What is asked of the warehouse about somebody who is to be forgotten, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.sql.model import HeldBy


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """Whose key; the entity may be left out where there is one. With `apply` generated tables are deleted from."""

    key: str
    entity: str | None
    apply: bool

    def entity_among(self, known: tuple[str, ...]) -> str | None:
        """The entity that is meant; None where that is not clear."""
        if self.entity is not None:
            return self.entity if self.entity in known else None
        return known[0] if len(known) == 1 else None


@dataclass(frozen=True, slots=True)
class Held:
    """A relation and how many of its rows have the key, or None where it is not there.

    `others` are rows of others with a value that is the same. `statement` is what deletes the key there, as the engine
    reads it. Of a model of the user's `made_from` are the sources and seeds that it is made from.
    """

    relation: HeldBy
    rows: int | None
    others: int = 0
    statement: str | None = None
    made_from: tuple[str, ...] = ()

    @property
    def found(self) -> int:
        """All rows by which somebody could still be found."""
        return (self.rows or 0) + self.others


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Where a key stands in relations of the user's, and in generated ones `before` and `after`.

    Where nothing was applied, both are the same.
    """

    entity: str
    key: str
    sources: tuple[Held, ...]
    before: tuple[Held, ...]
    after: tuple[Held, ...]
    applied: bool

    @property
    def left(self) -> tuple[Held, ...]:
        """The generated relations that hold the key still."""
        return tuple(one for one in self.after if one.found)
