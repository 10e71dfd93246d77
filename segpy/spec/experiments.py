"""Experiments: hold-outs of one segment, those that segments share, and the outcomes that are measured."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from enum import Enum
from typing import Any

from segpy.diagnostics.model import Span
from segpy.source.nodes import Mapping, Node, Scalar
from segpy.spec.errors import NotHere
from segpy.spec.fragments import SPACE, beside, either, pattern, without
from segpy.spec.model_experiments import Experiment, Holdout, Outcome, SharedHoldout
from segpy.spec.model_values import Name
from segpy.spec.operands import EVENTS, PROPERTY
from segpy.spec.shapes import (
    EXACT_DURATION,
    NAME,
    SQL,
    TEXT,
    VALUE,
    Key,
    Shape,
    all_named,
    choice,
    fields,
    integer,
    keys_schema,
    list_of,
    refuse,
    table,
    wrong,
)

_A_SHARE = "a share above 0% and below 100%, with at most two decimals, such as `10%`"


def _share(node: Node) -> int:
    """How many of 10,000 buckets a share comes to."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]{1,2})?)\s*%", TEXT.read(node))
    buckets = Decimal(found[1]) * 100 if found else Decimal(0)
    if not 0 < buckets < 10_000:
        raise wrong(node, _A_SHARE, "write it as in `holdout: 10%`")
    return int(buckets)


_SHARE = Shape(
    "a share", _share, pattern(rf"(?!0*(?:\.0*)?{SPACE}*%)0*[0-9]{{1,2}}(?:\.[0-9]{{1,2}})?{SPACE}*%", _A_SHARE)
)
_STRATA = list_of(NAME, "a list of attributes or features")
_OF_A_HOLDOUT = (
    Key("share", _SHARE, "how many are held out", required=True),
    Key("version", integer(1, "a whole number of at least 1"), "another number draws other people"),
    Key("stratify_by", _STRATA, "attributes or features by whose values the share is kept as well"),
)
_BY_OTHERS = (
    Key("drawn_by", NAME, "the attribute that says what was drawn"),
    Key("control", list_of(VALUE, "a list of values"), "its values that are held out"),
)
_HOLDOUT = table(*_OF_A_HOLDOUT, *_BY_OTHERS)
_DRAWN_ELSEWHERE = table(*_BY_OTHERS)


def _holdout(node: Node) -> Holdout:
    if not isinstance(node, Mapping):
        return Holdout(_share(node), 1, (), node.span)
    values = fields(node, _HOLDOUT, "a hold-out")
    _asks_for(node, values, "drawn_by", "control", "it does not say which of its values are held out")
    _asks_for(node, values, "control", "drawn_by", "it does not say whose values these are")
    if "drawn_by" in values and "stratify_by" in values:
        reason, way_out = "somebody else drew, so no strata can be drawn in", "leave it out"
        raise refuse(NotHere(span=_key_span(node, "stratify_by"), key="stratify_by", reason=reason, way_out=way_out))
    return _holdout_of(node, values)


def _holdout_of(node: Node, values: dict[str, Any]) -> Holdout:
    strata, others = values.get("stratify_by", ()), (values.get("drawn_by"), values.get("control", ()))
    return Holdout(values["share"], values.get("version", 1), strata, node.span, *others)


_BOTH = beside({"drawn_by": ("control",), "control": ("drawn_by",)})
_MAPPED = keys_schema(_HOLDOUT, _BOTH, without("drawn_by", ("stratify_by",)))
HOLDOUT = Shape("a share, or a mapping with `share`", _holdout, either(_SHARE.schema, _MAPPED))


class Exposure(Enum):
    """From when on outcomes count."""

    ENTERED = "entered"


def amount(words: str, most: float | None = None) -> Shape[float]:
    """A number that is not negative, and where there is a `most`, not over it."""
    largest = sys.float_info.max

    def read(node: Node) -> float:
        value = node.value if isinstance(node, Scalar) else None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= (largest if most is None else most):  # type: ignore[operator]
            raise wrong(node, words)
        return float(value)  # type: ignore[arg-type]

    return Shape(words, read, {"type": "number", "minimum": 0, **({"maximum": most} if most is not None else {})})


EXPERIMENT_KEYS = table(
    Key("holdout", HOLDOUT, "the members whom nothing is done with", required=True),
    Key("outcome", NAME, "what acting is to bring about"),
    Key("guardrails", list_of(NAME, "a list of outcomes"), "outcomes that acting must not bring about"),
    Key("cost_per_member", amount("an amount that is not negative"), "what acting on one member costs"),
    Key("exposure", choice(Exposure, "entered"), "from when on outcomes count"),
    Key("cuped", NAME, "a feature that tells of the outcome beforehand"),
)


_OF_AN_OUTCOME = ("guardrails", "cost_per_member", "exposure", "cuped")


def _experiment(node: Node) -> Experiment:
    values = fields(node, EXPERIMENT_KEYS, "an experiment")
    for key in _OF_AN_OUTCOME:
        _asks_for(node, values, key, "outcome", "it is of no use without an outcome")
    guardrails, cost, cuped = values.get("guardrails", ()), values.get("cost_per_member"), values.get("cuped")
    return Experiment(values["holdout"], values.get("outcome"), guardrails, cost, cuped, node.span)


def _asks_for(node: Node, values: dict[str, Any], key: str, other: str, reason: str) -> None:
    """Refuse a key that says nothing without another."""
    if key in values and other not in values:
        raise refuse(
            NotHere(span=_key_span(node, key), key=key, reason=reason, way_out=f"write `{other}` too, or leave it out")
        )


def _key_span(node: Node, key: str) -> Span:
    pairs = node.pairs if isinstance(node, Mapping) else ()
    return next(pair.key.span for pair in pairs if pair.key.text == key)


_NEEDS = beside(dict.fromkeys(_OF_AN_OUTCOME, ("outcome",)))
EXPERIMENT = Shape("an experiment", _experiment, keys_schema(EXPERIMENT_KEYS, _NEEDS))
_SHARED = table(
    Key("entity", NAME, "whom it is drawn from", required=True),
    Key("segments", list_of(NAME, "a list of segments"), "the segments that it is of; all of the entity by default"),
    *_OF_A_HOLDOUT,
)


def _shared(name: Name, node: Node) -> SharedHoldout:
    values = fields(node, _SHARED, "a hold-out", name=name)
    return SharedHoldout(name, values["entity"], values.get("segments"), _holdout_of(node, values))


HOLDOUTS = all_named("holdout", "hold-outs", _shared, keys_schema(_SHARED))
_OUTCOME = table(
    Key("did", EVENTS, "what somebody did", required=True),
    Key("where", SQL, "which of these events"),
    Key("within", EXACT_DURATION, "how long after exposure it counts", required=True),
    Key("value", PROPERTY, "what these events are worth: a property of them"),
    Key("margin", amount("a part from 0 to 1", 1), "the part of the value that is left when it is paid for"),
    Key("description", TEXT, "what it tells"),
)


def _outcome(name: Name, node: Node) -> Outcome:
    values = fields(node, _OUTCOME, "an outcome", name=name)
    did, value = values["did"], values.get("value")
    if value is not None and {one.text for one in value.names} != {one.text for one in did.names}:
        reason = "an outcome is worth what its own events are"
        events = ", ".join(f"`{one.text}`" for one in did.names)
        way_out = f"name a property of {events}, or make another outcome of it"
        raise refuse(NotHere(span=value.span, key="value", reason=reason, way_out=way_out))
    _asks_for(node, values, "margin", "value", "it is a part of a value, and there is none")
    described = values.get("description", "")
    return Outcome(name, did, values.get("where"), values["within"], value, values.get("margin"), described)


OUTCOMES = all_named("outcome", "outcomes", _outcome, keys_schema(_OUTCOME, beside({"margin": ("value",)})))
