"""What a segment says beside its conditions: who is eligible, membership over time, size, playbook."""

from __future__ import annotations

import re
from decimal import Decimal

from segpy.source.nodes import Mapping, Node, Scalar
from segpy.spec.errors import MissingKey, NotHere
from segpy.spec.fragments import SPACE, either, pattern, some
from segpy.spec.model import Eligible, Membership, OnChange, Playbook, Reentry, Size
from segpy.spec.shapes import (
    EXACT_DURATION,
    TEXT,
    Key,
    Shape,
    choice,
    fields,
    integer,
    keys_schema,
    refuse,
    table,
    wrong,
)


def _bound(node: Node) -> int | float:
    """A count, or a share as a fraction where `%` is written."""
    text = TEXT.read(node)
    share = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*%", text)
    if share:
        if Decimal(share[1]) > 100:
            raise wrong(node, "a share of at most 100%", "write a share such as `20%`, or a number without `%`")
        return float(share[1]) / 100
    return integer(0, "a number of members, or a share such as `20%`").read(node)


_A_SHARE = "a share such as `20%`"
_SHARE = pattern(rf"0*(?:100(?:\.0+)?|[0-9]{{1,2}}(?:\.[0-9]+)?){SPACE}*%", _A_SHARE)
_BOUND = Shape("a bound", _bound, either(integer(0, "").schema, _SHARE))


def _within(node: Node) -> float:
    bound = _bound(node)
    if not isinstance(bound, float):
        raise wrong(node, _A_SHARE, "write it as in `within: 30%`")
    return bound


_WITHIN = Shape(_A_SHARE, _within, _SHARE)
SIZE_KEYS = table(
    Key("at_least", _BOUND, "fewest members, or smallest share of the population"),
    Key("at_most", _BOUND, "most members, or largest share of the population"),
    Key("within", _WITHIN, "how far it may be from the median of the runs of 28 days"),
)


def _size(node: Node) -> Size:
    values = fields(node, SIZE_KEYS, "a size")
    if not values:
        raise refuse(MissingKey(span=node.span, keys=tuple(SIZE_KEYS), what="a size"))

    def split(bound: float | None) -> tuple[int | None, float | None]:
        return (None, bound) if isinstance(bound, float) else (bound, None)

    (least, least_share), (most, most_share) = split(values.get("at_least")), split(values.get("at_most"))
    for low, high in ((least, most), (least_share, most_share)):
        if low is not None and high is not None and low > high:
            reason = "no size is at least the one and at most the other"
            raise refuse(NotHere(span=node.span, key="size", reason=reason, way_out="swap the two"))
    return Size(least, most, least_share, most_share, values.get("within"))


SIZE = Shape("a size", _size, keys_schema(SIZE_KEYS, some(SIZE_KEYS)))
PLAYBOOK_KEYS = table(
    Key("respond_within", EXACT_DURATION, "how soon after entering somebody must act"),
    Key("channel", TEXT, "where the answer goes out"),
    Key("message", TEXT, "what it says"),
    Key("owner", TEXT, "who acts"),
)


def _playbook(node: Node) -> Playbook:
    values = fields(node, PLAYBOOK_KEYS, "a playbook")
    pairs = node.pairs if isinstance(node, Mapping) else ()
    details = tuple((pair.key.text, pair.value.text) for pair in pairs if isinstance(pair.value, Scalar))
    return Playbook(values.get("respond_within"), details, node.span)


PLAYBOOK = Shape("a playbook", _playbook, keys_schema(PLAYBOOK_KEYS))
ELIGIBLE_KEYS = table(
    Key("min_tenure", EXACT_DURATION, "known for at least so long, from the entity's `start`", required=True)
)
MEMBERSHIP_KEYS = table(
    Key("minimum_stay", EXACT_DURATION, "a member stays at least so long"),
    Key("grace", EXACT_DURATION, "a member stays so long after the conditions fail"),
    Key("expires", EXACT_DURATION, "an episode ends after so long at the latest"),
    Key("collapse_gap", EXACT_DURATION, "episodes that are no further apart are one"),
    Key("reentry", choice(Reentry, "allowed or never"), "whether somebody who left may enter again"),
    Key("on_change", choice(OnChange, "restart or carry"), "what becomes of open episodes when the meaning changes"),
)


def _eligible(node: Node) -> Eligible:
    return Eligible(fields(node, ELIGIBLE_KEYS, "`eligible`")["min_tenure"])


def _membership(node: Node) -> Membership:
    values = fields(node, MEMBERSHIP_KEYS, "`membership`")
    return Membership(
        values.get("minimum_stay"),
        values.get("grace"),
        values.get("expires"),
        values.get("collapse_gap"),
        values.get("reentry", Reentry.ALLOWED),
        values.get("on_change", OnChange.RESTART),
        node.span,
    )


ELIGIBLE = Shape("who is eligible", _eligible, keys_schema(ELIGIBLE_KEYS))
MEMBERSHIP = Shape("membership", _membership, keys_schema(MEMBERSHIP_KEYS))
