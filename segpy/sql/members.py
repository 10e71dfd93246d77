"""Whose an event is where it is a member's: the owner looked up in the members' attributes, as of `as_of`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp

from segpy.resolve.model_events import Entity
from segpy.sql.model import Cte
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, inner_join, is_known, named, select, table
from segpy.sql.versions import holding


def owner_ctes(ways: Sequence[tuple[Entity, ...]], relations: Relations) -> list[Cte]:
    """The owner of each member, a relation for each kind of member on these ways."""
    pairs = {(member.name, owner.name): (member, owner) for way in ways for member, owner in pairwise(way)}
    return [_owners(*pairs[names], relations) for names in sorted(pairs)]


def _owners(member: Entity, owner: Entity, relations: Relations) -> Cte:
    assert member.relation is not None and owner.members is not None
    by = column(owner.members.by)
    columns = [
        named(cast(column(member.key), member.key_type), f"_of_{member.name}"),
        named(cast(by, owner.key_type), owner_key(owner)),
    ]
    where = [is_known(column(member.key)), is_known(by.copy()), *holding(member)]
    words = f"the {owner.name} of each {member.name}" + (", as it was at as_of" if member.validity else "")
    return Cte(_name(member, owner), (words,), select(columns, table(relations.written(member.relation)), where=where))


def owner_joins(way: tuple[Entity, ...], member_key: exp.Expr) -> list[exp.Join]:
    """The joins that lead from a member's key to the owner."""
    joins, key = [], member_key
    for member, owner in pairwise(way):
        name = _name(member, owner)
        joins.append(inner_join(name, exp.EQ(this=column(f"_of_{member.name}", name), expression=key)))
        key = column(owner_key(owner), name)
    return joins


def owner_key(owner: Entity) -> str:
    """The column that holds an owner's key, which no column of the user's is called."""
    return f"_{owner.name}"


def _name(member: Entity, owner: Entity) -> str:
    return f"{member.name}__in_{owner.name}"
