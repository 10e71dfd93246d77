"""All segments together, and the file that records them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.demo_oracle import evening, mail, market, saas, shop
from tests.demo_oracle.world import Life, Reading

RECORD = Path(__file__).parents[1] / "e2e" / "demo_members.json"

Members = dict[str, list[str]]
Segment = Callable[[Life, bool], bool]


def worlds(reading: Reading) -> Iterable[tuple[dict[str, Life], tuple[Segment, ...]]]:
    """Who there is, with the segments that are about them."""
    yield saas.users(reading), saas.SEGMENTS
    yield shop.shoppers(reading), shop.SEGMENTS
    yield market.sellers(reading), market.SELLERS
    yield market.buyers(reading), market.BUYERS
    yield saas.accounts(reading), saas.ACCOUNTS
    yield mail.contacts(reading), mail.SEGMENTS
    yield evening.subscribers(reading), evening.SEGMENTS


def members(reading: Reading) -> Members:
    """The keys of each segment's members, sorted as text."""
    return {
        segment.__name__: sorted(key for key, life in lives.items() if _member(segment, life))
        for lives, segments in worlds(reading)
        for segment in segments
    }


def _member(segment: Segment, life: Life) -> bool:
    """Of the segments of the journey, only the first that fits."""
    fits = segment(life, False)
    return fits and (segment not in saas.JOURNEY or saas.stage(life) == segment.__name__)


def near_misses(reading: Reading) -> Members:
    """The keys of those who would be members of a slightly laxer segment, and are not of this one."""
    found = members(reading)
    return {
        segment.__name__: sorted(
            key for key, life in lives.items() if key not in found[segment.__name__] and segment(life, True)
        )
        for lives, segments in worlds(reading)
        for segment in segments
    }


def record(reading: Reading) -> str:
    """The text of the file."""
    found = members(reading)
    content = {"as_of": reading.as_of.isoformat(), "segments": {name: found[name] for name in sorted(found)}}
    return json.dumps(content, indent=1) + "\n"
