"""`segment_assignments`: to which arm of a hold-out everybody was assigned when they first could be acted upon.

An assignment is kept for ever: who leaves a segment and comes back is in the arm that they were in, and so is who was
drawn before the share of the hold-out grew. Another version of a hold-out has another salt and draws anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_holdouts import ExperimentPlan, HoldoutModels, HoldoutPlan, StratumColumn
from segpy.resolve.model_experiments import BUCKETS, STEP
from segpy.spec.expression import Type
from segpy.sql.holdouts import HELD_OUT, TREATED
from segpy.sql.model import Cte, OutputColumn, Query, When
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.remembered import MEMBER
from segpy.sql.spells import outlasting
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    constant,
    inner_join,
    is_known,
    is_null,
    left_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

_DRAWN = ("holdout", "salt", "held_out_below", "entity", "entity_key")
_ONE = ("salt", "entity_key")


def assignments_query(plan: Plan, models: HoldoutModels) -> Query:
    """Who is assigned at a run: those who were not before, of the members that they find in a covered segment."""
    relations = Relations(plan.bound.settings.grain)
    stratified = [(entity.features.model, one) for entity in plan.entities for one in entity.holdouts if one.strata]
    others = [(entity.features.model, one) for entity in plan.entities for one in entity.holdouts if one.elsewhere]
    plain = [one.salt for one in plan.bound.holdouts if not one.strata and one.elsewhere is None]
    kept = table(relations.this())
    before = select(
        [*map(column, (*_ONE, "stratum"))], kept, where=[exp.LT(this=column("assigned_at"), expression=as_of())]
    )
    ctes = [
        Cte("holdouts", (), select([exp.Star()], table(relations.model(models.holdouts)))),
        Cte("eligible", ("members of segments that a hold-out is of",), _eligible(plan, relations)),
        Cte("assigned", ("those who were assigned before this run",), before, when=When.CONTINUED),
        Cte("newcomers", (), _not_assigned(), when=When.CONTINUED),
        Cte("newcomers", (), select([exp.Star()], table("eligible")), when=When.ANEW),
    ]
    if plain or stratified:
        ctes.append(Cte("hashed", ("the bucket of each by the hash of their key",), _hashed()))
    drawn: list[exp.Query] = []
    if plain:
        some = [exp.In(this=column("salt"), expressions=[text(one) for one in plain])] if stratified or others else []
        columns = [*map(column, _DRAWN), named(cast(exp.Null(), Type.TEXT), "stratum"), column("bucket")]
        drawn.append(select([*columns, *_arm(others)], table("hashed"), where=some))
    if stratified:
        ctes += _strata(stratified, relations)
        drawn.append(_drawn_in_strata(_arm(others)))
    if others:
        each = [_drawn_by_others(model, one, relations) for model, one in others]
        ctes.append(Cte("drawn_elsewhere", ("whom somebody else drew into which arm",), union_all(each)))
        drawn.append(_by_others())
    ctes.append(Cte("drawn", (), union_all(drawn)))
    covariates = [
        _covariate(entity, one, relations) for entity in plan.entities for one in entity.experiments if one.covariate
    ]
    if covariates:
        words = ("what tells of an outcome beforehand: of this run, and never of a later one",)
        ctes.append(Cte("covariates", words, union_all(covariates)))
    return Query(
        models.assignments,
        "one row a hold-out and entity",
        tuple(ctes),
        _assigned(told=bool(covariates), others=bool(others)),
        _columns(),
        relations.placeholders,
        kept=replace(outlasting("assigned_at", plan.bound.settings.grain, _ONE), continues="is_incremental()"),
    )


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("holdout", Type.TEXT, "The hold-out."),
        output("salt", Type.TEXT, "Its salt: its name and version."),
        output("entity", Type.TEXT, "Whom it is drawn from."),
        output("entity_key", Type.TEXT, "The entity's key, as text."),
        output("stratum", Type.TEXT, "Among whom the share is kept as well; null where among nobody else."),
        output("bucket", Type.INTEGER, "The bucket that it was drawn into, from 0 to 9999; null where others drew."),
        output("held_out_below", Type.INTEGER, "Of the buckets those below this were held out then."),
        output("arm", Type.TEXT, "holdout or treatment, for ever."),
        output("assigned_at", Type.TIMESTAMP, "The run that found it eligible for the first time."),
        output("covariate", Type.NUMBER, "What tells of the experiment's outcome beforehand, as of that run."),
    )


def _eligible(plan: Plan, relations: Relations) -> exp.Query:
    """Everybody whom a hold-out can hold out now, once a hold-out."""
    spells, own = "spells", ("holdout", "salt", "held_out_below")
    same = all_of(
        exp.EQ(this=column(name, "holdouts"), expression=column(name, spells)) for name in ("segment", "entity")
    )
    columns = [*(column(name, "holdouts") for name in own), *(column(name, spells) for name in _DRAWN[3:])]
    is_member = exp.EQ(this=column("kind", spells), expression=text(MEMBER))
    return select(
        columns,
        table(relations.model(plan.history.spells), spells),
        joins=[inner_join("holdouts", same)],
        where=[is_member, is_null(column("to_at", spells))],
        distinct=True,
    )


def _not_assigned() -> exp.Query:
    joins = [left_join("assigned", _same("assigned", "eligible"))]
    columns = [column(name, "eligible") for name in _DRAWN]
    return select(columns, table("eligible"), joins=joins, where=[is_null(column("salt", "assigned"))])


def _same(one: str, other: str, names: Sequence[str] = _ONE) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, one), expression=column(name, other)) for name in names)


def _hashed() -> exp.Query:
    return select([*map(column, _DRAWN), named(_bucket("entity_key"), "bucket")], table("newcomers"))


def _bucket(key: str) -> exp.Expr:
    """The bucket of a key, or of a stratum: by the hash of it behind the salt."""
    salted = exp.DPipe(this=column("salt"), expression=text("-"), safe=True)
    both = exp.DPipe(this=salted, expression=column(key), safe=True)
    return cast(Operation.BUCKET(both), Type.INTEGER)


def _strata(stratified: Sequence[tuple[str, HoldoutPlan]], relations: Relations) -> list[Cte]:
    """In which stratum everybody is, and at which place of it a newcomer is drawn."""
    each = [_stratum_of_each(model, one, relations) for model, one in stratified]
    people = select(
        [column("salt"), column("stratum"), named(exp.Count(this=exp.Star()), "people")],
        table("assigned"),
        where=[exp.Not(this=is_null(column("stratum")))],
        group_by=[column("salt"), column("stratum")],
    )
    by_strata = ("salt", "stratum")
    before = coalesce(column("people", "strata_before"), number(0))
    nth = exp.Sub(this=_nth(), expression=number(1))
    joins = [inner_join("strata", _same("strata", "hashed"))]
    continued = [*joins, left_join("strata_before", _same("strata_before", "strata", by_strata))]
    columns = [*(column(name, "hashed") for name in _DRAWN), column("stratum", "strata")]
    place = exp.Add(this=before, expression=nth.copy())
    words = ("at which place of its stratum each is drawn, from 0: of one run by that bucket",)
    return [
        Cte("strata", ("in which stratum everybody is",), union_all(each)),
        Cte("strata_before", ("how many of each were drawn before",), people, when=When.CONTINUED),
        Cte(
            "placed",
            words,
            select([*columns, named(place, "place")], table("hashed"), joins=continued),
            when=When.CONTINUED,
        ),
        Cte(
            "placed",
            words,
            select([*columns, named(nth, "place")], table("hashed"), joins=[one.copy() for one in joins]),
            when=When.ANEW,
        ),
    ]


def _stratum_of_each(model: str, one: HoldoutPlan, relations: Relations) -> exp.Query:
    told = [_value(stratum) for stratum in one.strata]
    stratum = told[0]
    for other in told[1:]:
        parted = exp.DPipe(this=stratum, expression=text(", "), safe=True)
        stratum = exp.DPipe(this=parted, expression=other, safe=True)
    key = cast(column(one.key), Type.TEXT)
    columns = [named(text(one.holdout.salt), "salt"), named(key, "entity_key"), named(stratum, "stratum")]
    return select(columns, table(relations.model(model)))


def _value(stratum: StratumColumn) -> exp.Expr:
    """`plan=trial`, or `plan unknown`."""
    value: exp.Expr = column(stratum.column)
    if stratum.type is Type.BOOLEAN:
        shown: exp.Expr = exp.Case(ifs=[exp.If(this=value, true=text("true"))], default=text("false"))
    else:
        shown = cast(value, Type.TEXT)
    told = exp.DPipe(this=text(f"{stratum.name}="), expression=shown, safe=True)
    unknown = exp.If(this=is_null(value.copy()), true=text(f"{stratum.name} unknown"))
    return exp.Case(ifs=[unknown], default=told)


def _nth() -> exp.Expr:
    """Which of its stratum a newcomer is among those of this run: by the hash, which nobody chooses."""
    order = [column("bucket", "hashed"), column("entity_key", "hashed")]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("salt", "strata"), column("stratum", "strata")],
        order=exp.Order(expressions=[exp.Ordered(this=one) for one in order]),
    )


def _drawn_in_strata(arm: Sequence[exp.Expr]) -> exp.Query:
    further = exp.Mul(this=number(STEP), expression=column("place"))
    place = exp.paren(exp.Add(this=_bucket("stratum"), expression=further))
    bucket = cast(exp.Mod(this=place, expression=number(BUCKETS)), Type.INTEGER)
    if not arm:
        return select([*map(column, (*_DRAWN, "stratum")), named(bucket, "bucket")], table("placed"))
    held = exp.LT(this=bucket.copy(), expression=column("held_out_below"))
    columns = [*map(column, (*_DRAWN, "stratum")), named(bucket, "bucket"), named(_arm_where(held), "arm")]
    return select(columns, table("placed"))


def _drawn_by_others(model: str, one: HoldoutPlan, relations: Relations) -> exp.Query:
    """What the attribute says of everybody of whom it says something."""
    assert one.elsewhere is not None and one.holdout.elsewhere is not None
    value = column(one.elsewhere.column)
    control = exp.In(this=value, expressions=[constant(each) for each in one.holdout.elsewhere.control])
    key = cast(column(one.key), Type.TEXT)
    columns = [named(text(one.holdout.salt), "salt"), named(key, "entity_key"), named(_arm_where(control), "arm")]
    return select(columns, table(relations.model(model)), where=[is_known(value.copy())])


def _by_others() -> exp.Query:
    nothing = [
        named(cast(exp.Null(), type_), name) for name, type_ in (("stratum", Type.TEXT), ("bucket", Type.INTEGER))
    ]
    columns = [*(column(name, "newcomers") for name in _DRAWN), *nothing, column("arm", "drawn_elsewhere")]
    joins = [inner_join("drawn_elsewhere", _same("drawn_elsewhere", "newcomers"))]
    return select(columns, table("newcomers"), joins=joins)


def _arm(others: Sequence[tuple[str, HoldoutPlan]]) -> list[exp.Expr]:
    """The arm by the bucket, where others have no bucket to tell it by."""
    held = exp.LT(this=column("bucket"), expression=column("held_out_below"))
    return [named(_arm_where(held), "arm")] if others else []


def _arm_where(held: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=held, true=text(HELD_OUT))], default=text(TREATED))


def _covariate(entity: EntityPlan, one: ExperimentPlan, relations: Relations) -> exp.Query:
    """A feature of everybody; where it has no value it counts as 0, in either arm alike."""
    assert one.covariate is not None
    key = cast(column(entity.entity.key), Type.TEXT)
    value = coalesce(cast(column(one.covariate), Type.NUMBER), number(0))
    columns = [named(text(one.salt), "salt"), named(key, "entity_key"), named(value, "covariate")]
    return select(columns, table(relations.model(entity.features.model)))


def _assigned(*, told: bool, others: bool) -> exp.Query:
    held = exp.LT(this=column("bucket"), expression=column("held_out_below"))
    source = "drawn" if told else None
    arm = column("arm", source) if others else _arm_where(held)
    names = ("holdout", "salt", "entity", "entity_key", "stratum", "bucket", "held_out_below")
    covariate = column("covariate", "covariates") if told else named(cast(exp.Null(), Type.NUMBER), "covariate")
    columns = [*(column(one, source) for one in names), named(arm, "arm"), named(as_of(), "assigned_at"), covariate]
    joins = [left_join("covariates", _same("covariates", "drawn"))] if told else []
    return select(columns, table("drawn"), joins=joins)
