"""Sequences: section 5 of the language."""

from __future__ import annotations

import re

from segpy.source.nodes import Mapping, Node
from segpy.source.nodes import Sequence as ListNode
from segpy.spec.errors import NotHere
from segpy.spec.fragments import Defined, Fragment, either, items, or_list, pattern, where
from segpy.spec.model_measures import Narrowed, Operand, Output, Sequence, Start, Step, ThenWithout, Ties
from segpy.spec.model_values import Name
from segpy.spec.operands import EVENTS, NARROWED
from segpy.spec.shapes import (
    BOOLEAN,
    COLUMN_NAME,
    DURATION,
    EXACT_DURATION,
    EXACT_OR_ZERO,
    SQL,
    TEXT,
    Key,
    Shape,
    choice,
    fields,
    integer,
    keys_schema,
    list_of,
    refuse,
    table,
    wrong,
)


def _one_or_list(shape: Shape[Narrowed]) -> Shape[tuple[Narrowed, ...]]:
    def read(node: Node) -> tuple[Narrowed, ...]:
        return list_of(shape, "a list of events").read(node) if isinstance(node, ListNode) else (shape.read(node),)

    return Shape("events", read, either(shape.schema, items(shape.schema)))


_WITHOUT = Key("without", _one_or_list(NARROWED), "none of these between the step before and this one")
_BETWEEN = (
    Key("within", EXACT_OR_ZERO, "at most this long after the step before (inclusive)"),
    Key("after", EXACT_OR_ZERO, "at least this long after the step before (inclusive)"),
    _WITHOUT,
    Key("directly", BOOLEAN, "no other event of the entity between the step before and this one"),
)
STEP = table(
    Key("event", EVENTS, "the event of this step", required=True),
    Key("where", SQL, "which of them"),
    Key("times", integer(1, "a whole number of at least 1"), "so many different events; the last is the step's time"),
    *_BETWEEN,
)
GROUP_STEP = table(
    Key(
        "any_order",
        list_of(NARROWED, "a list of events", least=2),
        "each of these once, in any order; the last is the step's time",
        required=True,
    ),
    *_BETWEEN,
)
_IN_A_GROUP = dict.fromkeys(
    ("event", "where", "times"),
    ("a group has its events in `any_order`", "write `event` and `where` inside the list, one mapping an event"),
)
_NOT_ON_A_STEP = dict.fromkeys(
    ("complete_within", "in_the_last", "then_without", "same", "ignore", "start", "ties", "measure"),
    ("it is about the sequence as a whole", "write it beside `steps`"),
)
_NOT_ON_A_SEQUENCE = dict.fromkeys(
    ("event", "where", "within", "after", "without", "directly", "times", "any_order"),
    ("it is about one step", "write it on a step"),
)


def _step_schema() -> Fragment:
    return either(EVENTS.schema, keys_schema(STEP), keys_schema(GROUP_STEP))


def _step(node: Node) -> Step:
    if isinstance(node, Mapping) and node.get("any_order") is not None:
        values = fields(node, GROUP_STEP, "a group of steps", misplaced={**_NOT_ON_A_STEP, **_IN_A_GROUP})
        items: tuple[Narrowed, ...] = values["any_order"]
    elif isinstance(node, Mapping):
        values = fields(node, STEP, "a step", misplaced=_NOT_ON_A_STEP)
        items = (Narrowed(values["event"], values.get("where")),)
    else:
        values, items = {}, (NARROWED.read(node),)
    within, after = values.get("within"), values.get("after")
    if within is not None and after is not None and after.duration.seconds > within.duration.seconds:
        reason = f"nothing is at least {after.duration} and at most {within.duration} after the step before"
        raise refuse(NotHere(span=after.span, key="after", reason=reason, way_out="shorten it, or lengthen `within`"))
    without, directly = values.get("without", ()), values.get("directly", False)
    return Step(items, values.get("times", 1), within, after, without, directly, node.span)


_THEN_WITHOUT = table(
    Key("event", EVENTS, "the event that must not follow", required=True),
    Key("where", SQL, "which of them"),
    Key("for", EXACT_DURATION, "for how long after the last step; until then nothing is complete", required=True),
)


def _then_without(node: Node) -> ThenWithout:
    values = fields(node, _THEN_WITHOUT, "`then_without`")
    return ThenWithout(Narrowed(values["event"], values.get("where")), values["for"])


def _same(node: Node) -> tuple[Name, ...]:
    if isinstance(node, ListNode):
        return list_of(COLUMN_NAME, "a list of properties").read(node)
    return (COLUMN_NAME.read(node),)


def _ignore(node: Node) -> tuple[Operand, ...]:
    return list_of(EVENTS, "a list of events").read(node) if isinstance(node, ListNode) else (EVENTS.read(node),)


_ASKED = tuple(output.value for output in Output if output not in (Output.STEP_SECONDS, Output.MATCHES))


def _output(node: Node) -> tuple[Output, int]:
    text = TEXT.read(node)
    step = re.fullmatch(r"step_([1-9][0-9]{0,2})_seconds", text)
    if step is not None:
        return Output.STEP_SECONDS, int(step[1])
    if text not in _ASKED:
        raise wrong(node, "a measure of the sequence", f"write one of {', '.join(_ASKED)}, step_2_seconds, …")
    return Output(text), 0


_STEP_SECONDS = pattern("step_(?!1_)[1-9][0-9]{0,2}_seconds", "a measure of the sequence")
_OUTPUT = Shape("a measure of the sequence", _output, either({"enum": list(_ASKED)}, _STEP_SECONDS))
_SAME = Shape("properties", _same, or_list(COLUMN_NAME.schema, items(COLUMN_NAME.schema)))
_IGNORE = Shape("events", _ignore, either(EVENTS.schema, items(EVENTS.schema)))
_STEPS = list_of(Shape("a step", _step, Defined("step", _step_schema)), "a list of steps")
_NOT_FOLLOWED = Shape("an event and a duration", _then_without, keys_schema(_THEN_WITHOUT))
SEQUENCE = table(
    Key(
        "steps",
        _STEPS,
        "the events in order",
        required=True,
    ),
    Key("then_without", _NOT_FOLLOWED, "what must not follow the last step"),
    Key("complete_within", EXACT_OR_ZERO, "at most this long from the first event to the last (inclusive)"),
    Key("in_the_last", DURATION, "bounds every matched event: `[as_of - d, as_of)`"),
    Key("same", _SAME, "properties that all steps share; null equals nothing"),
    Key("ignore", _IGNORE, "events that `directly` overlooks"),
    Key("start", choice(Start, "any, first or last"), "which occurrences of the first step count; by default any"),
    Key("ties", choice(Ties, "any, strict or ordered"), "how events at one instant are read"),
    Key("measure", _OUTPUT, "what is asked of it; in a condition `completed`"),
)


def _sequence(node: Node) -> Sequence:
    values = fields(node, SEQUENCE, "a sequence", misplaced=_NOT_ON_A_SEQUENCE)
    steps: tuple[Step, ...] = values["steps"]
    places = {pair.key.text: pair.key.span for pair in node.pairs} if isinstance(node, Mapping) else {}
    _first_step(node, steps[0])
    output: tuple[Output, int] | None = values.get("measure")
    if output is not None and output[0] is Output.STEP_SECONDS and not 2 <= output[1] <= len(steps):
        key, span = f"step_{output[1]}_seconds", places["measure"]
        reason = f"times are told of steps 2 to {len(steps)}" if len(steps) > 1 else "there is no second step"
        raise refuse(NotHere(span=span, key=key, reason=reason, way_out="name another step, or another measure"))
    if values.get("ignore") and not any(step.directly for step in steps):
        reason = "it goes with `directly`, and no step has that"
        raise refuse(NotHere(span=places["ignore"], key="ignore", reason=reason, way_out="leave it out"))
    start = values.get("start", Start.ANY)
    if start is not Start.ANY and (steps[0].times > 1 or len(steps[0].items) > 1):
        reason = "the first step takes several events, so none of them is the one that it starts with"
        way_out = "let the first step be a single event"
        raise refuse(NotHere(span=places["start"], key="start", reason=reason, way_out=way_out))
    return Sequence(
        steps,
        values.get("then_without"),
        values.get("complete_within"),
        values.get("in_the_last"),
        values.get("same", ()),
        values.get("ignore", ()),
        start,
        values.get("ties"),
        output,
        node.span,
        places.get("ties"),
        places.get("start"),
    )


def _first_step(node: Node, first: Step) -> None:
    reason, way_out = "the first step follows nothing", "put it on the step after"
    for key, span in (("within", first.within), ("after", first.after)):
        if span is not None:
            raise refuse(NotHere(span=span.span, key=key, reason=f"{reason} that it could be {key}", way_out=way_out))
    if first.directly:
        raise refuse(NotHere(span=first.span, key="directly", reason=reason, way_out=way_out))


def _first(rule: Fragment) -> Fragment:
    """What holds of the first step."""
    return {"properties": {"steps": {"items": [{"properties": rule}]}}}


_DIRECTLY = {"required": ["directly"], "properties": {"directly": {"const": True}}, "type": "object"}
_RULES = (
    _first({"within": False, "after": False, "directly": {"const": False}}),
    where("start", [Start.FIRST.value, Start.LAST.value], _first({"times": {"maximum": 1}, "any_order": False})),
    {"if": {"required": ["ignore"]}, "then": {"properties": {"steps": {"contains": _DIRECTLY}}}},
)
SEQUENCE_SHAPE = Shape("a sequence", _sequence, Defined("sequence", lambda: keys_schema(SEQUENCE, *_RULES)))
