"""Features, conditions and segments: sections 3 and 4 of the language."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any

from segpy.source.nodes import Mapping, Node, Sequence
from segpy.spec.errors import MissingKey, NotHere
from segpy.spec.examples import EXAMPLES
from segpy.spec.experiments import EXPERIMENT, HOLDOUTS, OUTCOMES
from segpy.spec.fragments import Defined, Fragment, Schema, at_most_one, items, some, told_by
from segpy.spec.measures import (
    CONDITIONS,
    MEASURES,
    VALUED,
    expect_mapping,
    measure_from,
    measure_keys,
    measures_by_key,
    pointed,
    several_windows,
    the_one,
)
from segpy.spec.membership import ELIGIBLE, MEMBERSHIP, PLAYBOOK, SIZE
from segpy.spec.model import (
    Comparison,
    Condition,
    Feature,
    Group,
    InSegment,
    Logic,
    Relop,
    Segment,
    Test,
)
from segpy.spec.model_measures import InTheLast, Measure, MeasureKey, Output
from segpy.spec.model_measures import Sequence as WrittenSequence
from segpy.spec.model_values import Name, Value
from segpy.spec.shapes import (
    BOOLEAN,
    NAME,
    TEXT,
    VALUE,
    Key,
    Shape,
    all_named,
    choice,
    fields,
    gather,
    integer,
    keys_schema,
    list_of,
    refuse,
    table,
    wrong,
)
from segpy.spec.windows import WINDOWS


class Stage(Enum):
    """Stages of the customer's journey."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    INTENT = "intent"
    CONVERSION = "conversion"
    RETENTION = "retention"
    ADVOCACY = "advocacy"


_PAIR = list_of(VALUE, "two values, the smaller first", least=2)


def _between(node: Node) -> tuple[Value, ...]:
    values = _PAIR.read(node)
    if len(values) != 2:
        raise wrong(node, "two values, the smaller first", "write two of them; for one of several values use `in`")
    return values


def _flag(node: Node) -> tuple[Value, ...]:
    return (Value(BOOLEAN.read(node), node.span),)


def _one_value(node: Node) -> tuple[Value, ...]:
    return (VALUE.read(node),)


_ONE_VALUE = Shape("a value", _one_value, VALUE.schema)
_TWO_VALUES = Shape("two values", _between, items(VALUE.schema, 2, 2))
_COMPARISONS: dict[Relop, tuple[Shape[tuple[Value, ...]], str]] = {
    Relop.AT_LEAST: (_ONE_VALUE, "this or more"),
    Relop.AT_MOST: (_ONE_VALUE, "this or less"),
    Relop.MORE_THAN: (_ONE_VALUE, "more than this"),
    Relop.LESS_THAN: (_ONE_VALUE, "less than this"),
    Relop.EXACTLY: (_ONE_VALUE, "equal to this"),
    Relop.BETWEEN: (_TWO_VALUES, "from the first to the second, both included"),
    Relop.IN: (list_of(VALUE, "a list of values"), "one of these"),
    Relop.IS_NULL: (Shape("true or false", _flag, BOOLEAN.schema), "whether there is no value"),
}
COMPARISONS = table(*(Key(relop.value, shape, doc) for relop, (shape, doc) in _COMPARISONS.items()))


def _completed(node: Node) -> tuple[Comparison, ...]:
    mapping = expect_mapping(node, "comparisons, such as `{at_least: 2}`")
    found = _comparisons(mapping, fields(mapping, COMPARISONS, "a comparison"))
    if not found:
        raise refuse(MissingKey(span=node.span, keys=tuple(COMPARISONS), what="`completed`"))
    return found


_COMPLETED = Shape("comparisons", _completed, keys_schema(COMPARISONS, some(COMPARISONS)))
_TEST = measure_keys(
    {
        **COMPARISONS,
        **table(
            Key("or_never", BOOLEAN, "whether a value that does not exist passes"),
            Key("name", NAME, "the condition's name in tables"),
            Key("completed", _COMPLETED, "how many matches of `sequence` without overlap"),
        ),
    }
)
_COMPLETED_ALONE: Fragment = {
    "if": {"required": ["completed"]},
    "then": {"properties": {**dict.fromkeys(COMPARISONS, False), "sequence": {"properties": {"measure": False}}}},
}


def _beside_a_test(key: MeasureKey) -> dict[str, Schema]:
    compared = () if key in CONDITIONS else COMPARISONS
    ends = ("completed",) if key is MeasureKey.SEQUENCE else ()
    return pointed("condition", {name: _TEST[name] for name in (*compared, *ends, "or_never", "name")})


def _test(node: Mapping) -> Test:
    values = fields(node, _TEST, "a condition")
    measure = measure_from(node, values)
    if isinstance(measure.window, InTheLast) and measure.window.listed:
        raise refuse(several_windows(measure))
    comparisons = _comparisons(node, values)
    if measure.key in CONDITIONS and comparisons:
        reason = f"`{measure.key.value}` is already a comparison"
        span, key = comparisons[0].span, comparisons[0].relop.value
        instead = "count" if measure.key in (MeasureKey.DID, MeasureKey.DID_NOT) else "members_in"
        raise refuse(NotHere(span=span, key=key, reason=reason, way_out=f"write `{instead}` instead"))
    if "completed" in values:
        measure, comparisons = _matches(node, measure, comparisons, values["completed"])
    never = next((pair.key.span for pair in node.pairs if pair.key.text == "or_never"), None)
    return Test(measure, comparisons, values.get("or_never", False), values.get("name"), never)


def _comparisons(node: Mapping, values: dict[str, Any]) -> tuple[Comparison, ...]:
    return tuple(
        Comparison(Relop(pair.key.text), values[pair.key.text], pair.key.span)
        for pair in node.pairs
        if pair.key.text in COMPARISONS
    )


def _matches(
    node: Mapping, measure: Measure, beside: tuple[Comparison, ...], completed: tuple[Comparison, ...]
) -> tuple[Measure, tuple[Comparison, ...]]:
    """The number of matches without overlap, and what it is compared with."""
    span = next(pair.key.span for pair in node.pairs if pair.key.text == "completed")
    if not isinstance(measure.operand, WrittenSequence):
        reason, way_out = "only a `sequence` can be completed", "leave it out, or write `sequence`"
        raise refuse(NotHere(span=span, key="completed", reason=reason, way_out=way_out))
    if beside or measure.operand.output is not None:
        reason = "it is what is asked of the sequence already"
        way_out = "leave out the other comparison, and `measure` inside the sequence"
        raise refuse(NotHere(span=span, key="completed", reason=reason, way_out=way_out))
    return replace(measure, operand=replace(measure.operand, output=(Output.MATCHES, 0))), completed


_MEMBERSHIP = table(
    Key("in_segment", NAME, "a member of that segment"), Key("not_in_segment", NAME, "not a member of that segment")
)
_NOT_BESIDE_LOGIC = dict.fromkeys(
    (*_TEST, *_MEMBERSHIP),
    ("logic keys stand only beside logic keys", "write it as a condition of its own, in the list"),
)
_NOT_BESIDE_MEMBERSHIP = dict.fromkeys(
    _TEST, ("membership stands alone", "write it as a condition of its own, in the list")
)


def _conditions(node: Node) -> tuple[Condition, ...]:
    if not isinstance(node, Sequence) or not node.items:
        raise wrong(node, "a list of conditions")
    return tuple(gather([lambda item=item: read_condition(item) for item in node.items]))  # type: ignore[misc]


_CONDITIONS = Shape("a list of conditions", _conditions, items(Defined("condition", lambda: _condition_schema())))
_AT_LEAST_OF = table(
    Key("n", integer(1, "a whole number of at least 1"), "how many must hold", required=True),
    Key("of", _CONDITIONS, "the conditions", required=True),
)


def _at_least_of(node: Node) -> tuple[int, tuple[Condition, ...]]:
    values = fields(node, _AT_LEAST_OF, "`at_least_of`")
    least: int = values["n"]
    conditions: tuple[Condition, ...] = values["of"]
    if least > len(conditions):
        reason = f"{least} of {len(conditions)} conditions can never hold"
        span = next(pair.key.span for pair in expect_mapping(node, "").pairs if pair.key.text == "n")
        raise refuse(NotHere(span=span, key="n", reason=reason, way_out="lower `n` or add conditions"))
    return least, conditions


_N_OF = Shape("`n` and `of`", _at_least_of, keys_schema(_AT_LEAST_OF))
LOGIC = table(
    Key("all", _CONDITIONS, "every condition holds"),
    Key("any", _CONDITIONS, "at least one condition holds"),
    Key("none", _CONDITIONS, "no condition holds"),
    Key("at_least_of", _N_OF, "at least `n` of the conditions hold"),
)


def _logic(node: Mapping, values: dict[str, Any]) -> Condition | None:
    """The logic keys of a mapping; several of them must all hold."""
    groups: list[Condition] = []
    for pair in node.pairs:
        if pair.key.text in LOGIC:
            logic = Logic(pair.key.text)
            value = values[pair.key.text]
            least, conditions = value if logic is Logic.AT_LEAST_OF else (0, value)
            groups.append(Group(logic, conditions, least, pair.key.span))
    if len(groups) < 2:
        return groups[0] if groups else None
    return Group(Logic.ALL, tuple(groups), 0, node.span)


def read_condition(node: Node) -> Condition:
    """One condition: logic over conditions, membership of a segment, or a measure compared."""
    mapping = expect_mapping(node, "a condition, such as `{did: order_placed, in_the_last: 7 days}`")
    keys = {pair.key.text for pair in mapping.pairs}
    if keys & LOGIC.keys():
        values = fields(mapping, LOGIC, "conditions under a logic key", misplaced=_NOT_BESIDE_LOGIC)
        condition = _logic(mapping, values)
        assert condition is not None
        return condition
    if keys & _MEMBERSHIP.keys():
        values = fields(mapping, _MEMBERSHIP, "membership of a segment", misplaced=_NOT_BESIDE_MEMBERSHIP)
        key = the_one(mapping, _MEMBERSHIP, "membership").text
        return InSegment(values[key], key == "not_in_segment")
    return _test(mapping)


def _condition_schema() -> Fragment:
    logic = keys_schema(LOGIC)
    membership = keys_schema(_MEMBERSHIP, *at_most_one(_MEMBERSHIP))
    tests = measures_by_key(MeasureKey, _beside_a_test)
    tests["sequence"] = {**tests["sequence"], **_COMPLETED_ALONE}
    return told_by({**tests, **dict.fromkeys(_MEMBERSHIP, membership), **dict.fromkeys(LOGIC, logic)})


_NOT_ON_A_FEATURE = dict.fromkeys(
    (*COMPARISONS, "or_never", "name"),
    ("a feature is a value, compared where it is used", "move it to a condition that begins with `feature:`"),
)
_OF_A_FEATURE = table(Key("entity", NAME, "whose feature it is"), Key("description", TEXT, "what it tells"))
_FEATURE = measure_keys(_OF_A_FEATURE)


def _feature(name: Name, node: Node) -> Feature:
    mapping = expect_mapping(node, "a measure, such as `{count: order_placed, in_the_last: 7 days}`")
    values = fields(mapping, _FEATURE, "a feature", misplaced=_NOT_ON_A_FEATURE)
    measure = measure_from(mapping, values)
    if measure.key in CONDITIONS:
        instead = "count" if measure.key in (MeasureKey.DID, MeasureKey.DID_NOT) else "members_in"
        way_out = f"write `{instead}`, and compare where it is used"
        reason = "it is a condition, not a measure"
        raise refuse(NotHere(span=measure.span, key=measure.key.value, reason=reason, way_out=way_out))
    return Feature(name, values.get("entity"), measure, values.get("description", ""))


_SEGMENT = {
    **table(
        Key("entity", NAME, "whom it is about", required=True),
        Key("description", TEXT, "one line for people"),
        Key("stage", choice(Stage, "a stage"), "its place in the journey"),
        Key("owner", TEXT, "who answers for it"),
        Key("extends", NAME, "a segment that members must be in too"),
        Key("playbook", PLAYBOOK, "what is done with a member"),
        Key("size", SIZE, "bounds that become a dbt test"),
        Key("version", integer(1, "a whole number of at least 1"), "the author's number"),
        Key("eligible", ELIGIBLE, "who can be a member at all"),
        Key("membership", MEMBERSHIP, "how entering and leaving become episodes"),
        Key("experiment", EXPERIMENT, "how it is found out what acting on members does"),
        Key("examples", EXAMPLES, "become unit tests"),
    ),
    **LOGIC,
}


_NOT_ON_A_SEGMENT = dict.fromkeys(
    (*MEASURES, *_MEMBERSHIP), ("conditions stand in a list", "write it under `all:`, behind a `- `")
)


def read_segment(name: Name, node: Node) -> Segment:
    """One segment under its name."""
    values = fields(node, _SEGMENT, "a segment", name=name, misplaced=_NOT_ON_A_SEGMENT)
    mapping = expect_mapping(node, "a segment")
    condition = _logic(mapping, values)
    if condition is None and "extends" not in values:
        keys = (*LOGIC, "extends")
        raise refuse(MissingKey(span=name.span, keys=keys, what=f"segment `{name.text}`"))
    return Segment(
        name,
        values["entity"],
        values.get("description", ""),
        values["stage"].value if "stage" in values else None,
        values.get("owner"),
        values.get("extends"),
        condition,
        values.get("eligible"),
        values.get("membership"),
        values.get("playbook"),
        values.get("size"),
        values.get("version", 1),
        values.get("examples", ()),
        values.get("experiment"),
    )


def _feature_schema() -> Fragment:
    several = Defined("feature.in_the_last", lambda: WINDOWS["in_the_last"].schema)
    return told_by(measures_by_key(VALUED, lambda _: pointed("feature", _OF_A_FEATURE), several))


def _segment_schema() -> Fragment:
    return keys_schema(_SEGMENT, some((*LOGIC, "extends")))


PORTFOLIO_KEYS = table(
    Key("features", all_named("feature", "features", _feature, _feature_schema()), "named measures"),
    Key("segments", all_named("segment", "segments", read_segment, _segment_schema()), "segments"),
    Key("holdouts", HOLDOUTS, "hold-outs that segments share"),
    Key("outcomes", OUTCOMES, "what experiments measure"),
)
