"""Hold-outs: of one segment under `experiment`, and those that segments share under `holdouts`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from segpy.source.nodes import Mapping, Node
from segpy.spec.fragments import SPACE, either, pattern
from segpy.spec.model_experiments import Experiment, Holdout, SharedHoldout
from segpy.spec.model_values import Name
from segpy.spec.shapes import (
    ANYTHING,
    NAME,
    TEXT,
    Key,
    Shape,
    all_named,
    fields,
    integer,
    keys_schema,
    list_of,
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
_HOLDOUT = table(*_OF_A_HOLDOUT)


def _holdout(node: Node) -> Holdout:
    if not isinstance(node, Mapping):
        return Holdout(_share(node), 1, (), node.span)
    return _holdout_of(node, fields(node, _HOLDOUT, "a hold-out"))


def _holdout_of(node: Node, values: dict[str, Any]) -> Holdout:
    return Holdout(values["share"], values.get("version", 1), values.get("stratify_by", ()), node.span)


HOLDOUT = Shape("a share, or a mapping with `share`", _holdout, either(_SHARE.schema, keys_schema(_HOLDOUT)))
_LATER = "leave it out for now"
EXPERIMENT_KEYS = table(
    Key("holdout", HOLDOUT, "the members whom nothing is done with", required=True),
    Key("outcome", ANYTHING, "what acting is to bring about", not_yet=_LATER),
    Key("guardrails", ANYTHING, "what it must not bring about", not_yet=_LATER),
    Key("cost_per_member", ANYTHING, "what acting costs", not_yet=_LATER),
    Key("exposure", ANYTHING, "from when on outcomes count", not_yet=_LATER),
    Key("cuped", ANYTHING, "a feature that tells of outcomes beforehand", not_yet=_LATER),
)


def _experiment(node: Node) -> Experiment:
    return Experiment(fields(node, EXPERIMENT_KEYS, "an experiment")["holdout"], node.span)


EXPERIMENT = Shape("an experiment", _experiment, keys_schema(EXPERIMENT_KEYS))
_SHARED = table(
    Key("entity", NAME, "whom it is drawn from", required=True),
    Key("segments", list_of(NAME, "a list of segments"), "the segments that it is of; all of the entity by default"),
    *_OF_A_HOLDOUT,
)


def _shared(name: Name, node: Node) -> SharedHoldout:
    values = fields(node, _SHARED, "a hold-out", name=name)
    return SharedHoldout(name, values["entity"], values.get("segments"), _holdout_of(node, values))


HOLDOUTS = all_named("holdout", "hold-outs", _shared, keys_schema(_SHARED))
