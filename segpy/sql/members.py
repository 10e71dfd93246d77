"""Whose an event is where it is a member's: the owner looked up in the members' attributes, as of `as_of`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp

from segpy.plan.model_features import FromMembers
from segpy.resolve.model_events import Entity
from segpy.sql.model import Cte
from segpy.sql.operations import filtered
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, inner_join, is_known, left_join, named, select, table
from segpy.sql.versions import holding

MEMBERS = "members__in_segments"
EVERYBODY = "_members"


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


def members_in_ctes(way: tuple[Entity, ...], counted: Sequence[FromMembers], relations: Relations) -> list[Cte]:
    """`members__in_segments`: how many members an owner has, and how many of them are in each segment asked for."""
    member, owner = way
    own, flags = _name(member, owner), f"{member.name}__segments"
    columns = [named(column(owner_key(owner), own), owner.key), named(exp.Count(this=exp.Star()), EVERYBODY)]
    segments = sorted({one.segment for one in counted})
    columns += [named(filtered(exp.Count(this=exp.Star()), column(one, flags)), members_in(one)) for one in segments]
    on = exp.EQ(this=column(member.key, flags), expression=column(f"_of_{member.name}", own))
    query = select(columns, table(own), joins=[left_join(flags, on)], group_by=[column(owner_key(owner), own)])
    source = select([exp.Star()], table(relations.model(counted[0].model)))
    comment = (f"the {member.name}s of each {owner.name}, and how many of them are in a segment",)
    return [Cte(flags, (), source), Cte(MEMBERS, comment, query)]


def members_in(segment: str) -> str:
    """The column that holds how many members are in a segment."""
    return f"_in_{segment}"


def owner_key(owner: Entity) -> str:
    """The column that holds an owner's key, which no column of the user's is called."""
    return f"_{owner.name}"


def _name(member: Entity, owner: Entity) -> str:
    return f"{member.name}__in_{owner.name}"
