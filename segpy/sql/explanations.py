"""`segment_explanations`: why somebody is in a segment or is not, a row for each condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan, SegmentPlan, SegmentsPlan
from segpy.plan.model_explained import Line, Measured
from segpy.spec.expression import Type
from segpy.spec.model import Explanations
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, cross_join, listed, named, number, output, select, table, text, union_all
from segpy.sql.verdicts import FEATURES, SEGMENTS, missed, verdict, whom

_FOUND, _SAID = "found", "said"
_IN_A_ROW = 400
_AT_A_POSITION = ("position", "condition", "rule", "description", "threshold")


def explanations_query(plan: Plan, name: str) -> Query:
    """Everybody and every condition of every segment.

    A select for each segment, from the tables themselves: an engine that is asked about one segment or one person
    leaves out all others.
    """
    relations = Relations(plan.bound.settings.grain)
    batches: dict[str, Cte] = {}
    for entity in plan.entities:
        for one in entity.segments.segments if entity.segments is not None else ():
            assert entity.segments is not None
            found, said = f"{one.segment.name}__found", f"{one.segment.name}__said"
            where = f"{one.segment.name} ({one.segment.span.file})"
            values = f"{where}: what they look at, and whether they pass; what is not known does not"
            ctes = (
                Cte(said, (f"{where}: its conditions",), _said(one)),
                Cte(found, (values,), _values_and_verdicts(entity, entity.segments, one, relations)),
            )
            rows = _rows(entity, one, found, said)
            batch = batches.get(one.batch)
            if batch is None:
                batches[one.batch] = Cte(one.batch, (), rows, ctes=ctes)
            else:
                every = union_all([batch.query, rows])
                batches[one.batch] = Cte(one.batch, (), every, ctes=(*batch.ctes, *ctes))
    above, final = _united(list(batches.values()))
    return Query(
        name,
        "one row a segment, entity and condition",
        above,
        final,
        _columns(),
        relations.placeholders,
        view=plan.bound.settings.explanations is Explanations.VIEW,
    )


def _united(batches: Sequence[Cte]) -> tuple[tuple[Cte, ...], exp.Query]:
    """All rows. Where there are very many CTEs each batch has its own inside: DuckDB takes no thousand in a row."""
    ctes = tuple(cte for one in batches for cte in one.ctes)
    if len(ctes) <= _IN_A_ROW:
        return ctes, union_all([one.query for one in batches])
    names = [one.name for one in _columns()]
    return tuple(batches), union_all([select([column(name) for name in names], table(one.name)) for one in batches])


def _said(one: SegmentPlan) -> exp.Query:
    """One row a condition: what is the same for everybody."""
    return listed(
        _AT_A_POSITION,
        (
            (number(line.position), text(line.name), number(line.rule), text(line.words), text(line.threshold))
            for line in one.apart.lines
        ),
    )


def _values_and_verdicts(plan: EntityPlan, segments: SegmentsPlan, one: SegmentPlan, relations: Relations) -> exp.Query:
    """One row an entity."""
    source, joins = whom(plan, segments, relations)
    measured = [line.about for line in one.apart.lines if isinstance(line.about, Measured)]
    columns = {plan.entity.key: column(plan.entity.key, FEATURES), "as_of": column("as_of", SEGMENTS)}
    columns |= {about.shown: column(about.column, FEATURES) for about in measured}
    verdicts = {line.passed: verdict(line) for line in one.apart.lines}
    verdicts["is_member"] = column(one.segment.name, SEGMENTS)
    every = [*columns.items(), *verdicts.items()]
    return select([named(value, name) for name, value in every], source, joins=joins)


def _rows(plan: EntityPlan, one: SegmentPlan, found: str, said: str) -> exp.Query:
    lines = one.apart.lines
    columns = [
        named(text(one.segment.name), "segment"),
        named(text(plan.entity.name), "entity"),
        named(cast(column(plan.entity.key, _FOUND), Type.TEXT), "entity_key"),
        _whole("position"),
        column("condition", _SAID),
        _whole("rule"),
        column("description", _SAID),
        named(_chosen(lines, _number, Type.NUMBER), "value_number"),
        named(_chosen(lines, _text, Type.TEXT), "value_text"),
        named(_chosen(lines, _instant, Type.TIMESTAMP), "value_at"),
        column("threshold", _SAID),
        named(_chosen(lines, _passed, Type.BOOLEAN), "passed"),
        column("is_member", _FOUND),
        named(cast(missed(one.apart.need, _passed), Type.INTEGER), "conditions_missed"),
        column("as_of", _FOUND),
    ]
    return select(columns, table(found, _FOUND), joins=[cross_join(said, _SAID)])


def _whole(name: str) -> exp.Expr:
    return named(cast(column(name, _SAID), Type.INTEGER), name)


def _chosen(lines: Iterable[Line], of: Callable[[Line], exp.Expr | None], type_: Type) -> exp.Expr:
    """What is so at the position of a row; null where nothing is."""
    known = [(line, of(line)) for line in lines]
    ifs = [exp.If(this=number(line.position), true=value) for line, value in known if value is not None]
    if not ifs:
        return cast(exp.Null(), type_)
    return exp.Case(this=column("position", _SAID), ifs=ifs)


def _passed(line: Line) -> exp.Expr:
    return column(line.passed, _FOUND)


def _number(line: Line) -> exp.Expr | None:
    match line.about:
        case Measured(_, shown, Type.NUMBER | Type.INTEGER | Type.DURATION):
            return cast(column(shown, _FOUND), Type.NUMBER)
    return None


def _instant(line: Line) -> exp.Expr | None:
    match line.about:
        case Measured(_, shown, Type.TIMESTAMP | Type.DATE):
            return cast(column(shown, _FOUND), Type.TIMESTAMP)
    return None


def _text(line: Line) -> exp.Expr | None:
    match line.about:
        case Measured(_, shown, Type.TEXT | Type.UUID):
            return cast(column(shown, _FOUND), Type.TEXT)
        case Measured(_, shown, Type.BOOLEAN):
            value = column(shown, _FOUND)
            return _spelled([(value, "true"), (exp.Not(this=value.copy()), "false")])
        case Measured():
            return None
    return _spelled([(_passed(line), "false" if line.negated else "true")], "true" if line.negated else "false")


def _spelled(cases: list[tuple[exp.Expr, str]], otherwise: str | None = None) -> exp.Expr:
    """A boolean as text; null where it is not known."""
    default = text(otherwise) if otherwise is not None else None
    return exp.Case(ifs=[exp.If(this=when, true=text(then)) for when, then in cases], default=default)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom the segment is about."),
        output("entity_key", Type.TEXT, "The entity's key, as text."),
        output("position", Type.INTEGER, "The place of the condition among those of its segment, from 1."),
        output("condition", Type.TEXT, "The condition: its name, or one made from its meaning."),
        output("rule", Type.INTEGER, "The rule that it is of: a position in segment_attrition."),
        output("description", Type.TEXT, "The condition in English."),
        output("value_number", Type.NUMBER, "The value where it is a number; durations in seconds."),
        output("value_text", Type.TEXT, "The value where it is text, or true or false."),
        output("value_at", Type.TIMESTAMP, "The value where it is an instant or a date."),
        output("threshold", Type.TEXT, "What the value is compared with."),
        output("passed", Type.BOOLEAN, "Whether it speaks for membership; what is not known does not."),
        output("is_member", Type.BOOLEAN, "Whether the entity is in the segment."),
        output(
            "conditions_missed",
            Type.INTEGER,
            "The least number of the segment's conditions that would have to come out otherwise for all to hold.",
        ),
        output("as_of", Type.TIMESTAMP, "The instant that everything is evaluated at."),
    )
