"""Where a key stands: in relations of the user's, and in the tables that are generated; and what deletes it there.

What somebody typed is compared as text, and enters SQL as a constant of a tree and in no other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_features import FromAttribute, FromBranch
from segpy.resolve.model_events import Entity, way_to
from segpy.resolve.model_measures import Aggregation
from segpy.spec.expression import Type
from segpy.spec.model_values import Relation
from segpy.sql.build import dialect_of, queries_of, written
from segpy.sql.layout import statement
from segpy.sql.lower.query import lower
from segpy.sql.lower.trees import lowered_tree
from segpy.sql.model import ForgetQueries, HeldBy, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import all_of, any_of, cast, column, named, number, output, select, table, text

_A_VALUE = frozenset(
    {Aggregation.FIRST_VALUE, Aggregation.LAST_VALUE, Aggregation.MOST_FREQUENT, Aggregation.MIN, Aggregation.MAX}
)
_WORDS = frozenset({exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.UUID})
_OF_SPECS = frozenset({"event", "sequence", "spec_hash", "_run"})
_WHO = ("entity", "entity_key")


def forget_queries(plan: Plan, entity: str, key: str | int, adapter: str | None) -> ForgetQueries:
    """What is asked and what is deleted about the key of an entity."""
    whom = plan.bound.entity(entity)
    one = _One(plan, whom, str(key), dialect_of(plan, adapter))
    sources, generated = tuple(one.sources()), tuple(one.generated())
    asked = one.counts("sources", [(held, where, []) for held, where in sources])
    left = one.counts("generated", [(held, where, others) for held, where, others in generated])
    return ForgetQueries(
        entity, str(key), tuple(held for held, _ in sources), asked, tuple(held for held, _, _ in generated), left
    )


class _One:
    """The one who is to be forgotten."""

    def __init__(self, plan: Plan, entity: Entity, key: str, dialect: Dialect) -> None:
        self.plan, self.entity, self.key, self.dialect = plan, entity, key, dialect
        self.relations = Relations(plan.bound.settings.grain)

    def is_key(self, name: str, type_: Type | None = None) -> exp.Expr:
        """That a column holds the key, both as text; of a column of the user's by way of the type of keys."""
        value: exp.Expr = column(name)
        if type_ is not None and type_ is not Type.TEXT:
            value = cast(value, type_)
        return exp.EQ(this=cast(value, Type.TEXT), expression=text(self.key))

    def sources(self) -> Iterator[tuple[HeldBy, exp.Expr]]:
        """The relations of the user's that hold the key, each column once."""
        type_, seen = self.entity.key_type, set[tuple[str, str]]()
        for relation, name, what, clears in self._columns():
            if (str(relation), name.lower()) in seen:
                continue
            seen.add((str(relation), name.lower()))
            where = self.is_key(name, type_)
            placeholder = self.relations.written(relation)
            told = self._cleared(placeholder, name, where) if clears else self._deleted(placeholder, where)
            yield HeldBy(str(relation), (name,), what, False, told, relation), where

    def _columns(self) -> Iterator[tuple[Relation, str, str, bool]]:
        entity = self.entity
        if entity.relation is not None:
            yield entity.relation, entity.key, "attributes", False
        for stream in entity.streams:
            key, way = way_to(entity, stream)
            if not way:
                yield stream.relation, key, f"stream {stream.name}", False
        if entity.members is not None and entity.members.entity.relation is not None:
            member = entity.members.entity
            assert member.relation is not None
            yield member.relation, entity.members.by, f"whose {member.name} belong to it", True

    def _deleted(self, placeholder: str, where: exp.Expr) -> str:
        tree = self._lowered(placeholder, where)
        return self._text(exp.Delete(this=tree.args["from_"].this, where=tree.args["where"]))

    def _cleared(self, placeholder: str, name: str, where: exp.Expr) -> str:
        tree = self._lowered(placeholder, where, name)
        unset = exp.EQ(this=tree.selects[0].copy(), expression=exp.Null())
        return self._text(exp.Update(this=tree.args["from_"].this, expressions=[unset], where=tree.args["where"]))

    def _lowered(self, placeholder: str, where: exp.Expr, name: str | None = None) -> exp.Select:
        rows = select([column(name) if name else exp.Star()], table(placeholder), where=[where.copy()])
        found = lowered_tree(rows, self.dialect)
        assert isinstance(found, exp.Select)
        return found

    def _text(self, tree: exp.Expr) -> str:
        """A statement, with Jinja for its relation."""
        return statement(tree, self.dialect.grammar, self.relations.placeholders)

    def generated(self) -> Iterator[tuple[HeldBy, exp.Expr, list[exp.Expr]]]:
        """The generated tables and views that can hold the key: where it is one, and where it may be a value."""
        owners = {model: plan for plan in self.plan.entities for model in _models(plan)}
        for query in queries_of(self.plan):
            names = {one.name for one in query.columns}
            plan = owners.get(query.name)
            keys: list[exp.Expr] = []
            columns: list[str] = []
            if plan is not None:
                columns = self._keys_of(plan, names)
                keys = [self.is_key(name) for name in columns]
            elif {*_WHO} <= names:
                own = exp.EQ(this=column("entity"), expression=text(self.entity.name))
                keys, columns = [all_of([own, self.is_key("entity_key")])], ["entity_key"]
            values = [name for name in self._values(plan, query) if name not in columns]
            if keys or values:
                where = any_of(keys) if keys else exp.false()
                placeholder = self.relations.model(query.name)
                told = None if query.view or not keys else self._deleted(placeholder, where)
                held = HeldBy(query.name, (*columns, *values), "view" if query.view else "table", True, told)
                yield held, where, [self.is_key(name) for name in values]

    def _keys_of(self, plan: EntityPlan, names: set[str]) -> list[str]:
        """The columns of an entity's models that hold this key: its own, or a member's as a property of events."""
        if plan.entity == self.entity:
            return [self.entity.key]
        if plan.events is None:
            return []
        keys = {one.member_key for one in plan.entity.streams if one.member_key == self.entity.key}
        return sorted(name for prop, name in plan.events.properties if prop.name in keys and name in names)

    def _values(self, plan: EntityPlan | None, query: Query) -> list[str]:
        """The columns whose values come from data, and that can be like the key: texts, or numbers of properties."""
        if plan is None:
            return ["value_text"] if query.name == self.plan.explanations else []
        if self.entity.key_type is not Type.INTEGER:
            texts = [one.name for one in query.columns if one.type.this in _WORDS]
            return [name for name in texts if name not in _OF_SPECS and name != plan.entity.key]
        found: set[str] = set()
        branches = {one.name: one for branch in plan.features.branches for one in branch.columns}
        for one in plan.features.shown:
            match one.origin:
                case FromAttribute(attribute, tenure) if not tenure and attribute.type is Type.INTEGER:
                    found.add(one.name)
                case FromBranch(_, name, _) if one.type is Type.INTEGER and branches[name].aggregation in _A_VALUE:
                    found.add(one.name)
        if plan.events is not None:
            found |= {name for prop, name in plan.events.properties if prop.type is Type.INTEGER}
        return [one.name for one in query.columns if one.name in found]

    def counts(self, name: str, asked: Sequence[tuple[HeldBy, exp.Expr, list[exp.Expr]]]) -> tuple[str, ...]:
        """A query for each relation: one row, how many rows hold the key, and how many besides a value like it."""
        return tuple(self._count(f"{name}_{i}", *one) for i, one in enumerate(asked))

    def _count(self, name: str, held: HeldBy, where: exp.Expr, others: list[exp.Expr]) -> str:
        placeholder = (
            self.relations.model(held.name) if held.relation is None else self.relations.written(held.relation)
        )
        besides = all_of([exp.Not(this=exp.paren(where.copy())), exp.paren(any_of(others))]) if others else exp.false()
        columns = [named(_how_many(where), "own"), named(_how_many(besides), "others")]
        outputs = tuple(output(one, Type.INTEGER, one) for one in ("own", "others"))
        final = select(columns, table(placeholder))
        query = Query(name, "one row in all", (), final, outputs, self.relations.placeholders)
        return written(lower(query, self.dialect), self.dialect)


def _how_many(condition: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Case(ifs=[exp.If(this=condition.copy(), true=number(1))]))


def _models(plan: EntityPlan) -> Iterator[str]:
    """The models of an entity."""
    parts = (plan.events, plan.sequences, plan.features, plan.segments)
    yield from (part.model for part in parts if part is not None)
    if plan.kept is not None:
        yield from (name for name in (plan.kept.touched, plan.kept.measures, plan.kept.seen) if name is not None)
