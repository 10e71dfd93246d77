"""Hold-outs of a spec: whose they are, of which segments, and what is wrong with them."""

from __future__ import annotations

import pytest

from segpy.plan.buckets import stratified_bucket
from segpy.resolve.model_experiments import BUCKETS, STEP
from tests.unit.stages import bound, unbound

SEGMENTS = """
segments:
  keen: {entity: user, all: [{did: login}]}
  other: {entity: user, all: [{did: mail}]}
"""
ITS_OWN = "segments: {{keen: {{entity: user, all: [{{did: login}}], experiment: {{holdout: {0}}}}}}}\n"


def test_one_of_a_segment_and_one_that_is_shared() -> None:
    """By default of all segments of its entity; the salt is the name and the version."""
    spec = "holdouts: {all_of_it: {entity: user, share: 0.25%, version: 3}}\n" + ITS_OWN.format("12.5%")
    shared, own = bound(spec).holdouts
    assert (shared.salt, shared.buckets, shared.segments, shared.own) == ("all_of_it_v3", 25, ("keen",), False)
    assert (own.salt, own.buckets, own.segments, own.own, own.share) == ("keen_v1", 1250, ("keen",), True, 0.125)


def test_segments_are_named_once_in_their_order() -> None:
    (found,) = bound("holdouts: {some: {entity: user, share: 5%, segments: [other, keen, other]}}" + SEGMENTS).holdouts
    assert found.segments == ("keen", "other")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("holdouts: {a: {entity: usr, share: 5%}}", "SEG201 not an entity; nearest: `user`"),
        (
            "holdouts: {a: {entity: user, share: 5%}}",
            "SEG221 `a` holds nobody out: there is no segment of entity `user`",
        ),
        (
            "holdouts: {a: {entity: user, share: 5%, segments: [kean]}}" + SEGMENTS,
            "SEG207 not a segment of entity `user`; nearest: `keen`",
        ),
        (
            "holdouts: {keen: {entity: user, share: 5%}}\n" + ITS_OWN.format("5%"),
            "SEG213 `keen` is already the name of the hold-out of segment `keen`",
        ),
        (
            ITS_OWN.format("{share: 5%, stratify_by: [plam]}"),
            "SEG206 not a feature or attribute; nearest: `plan`",
        ),
        (
            ITS_OWN.format("{share: 5%, stratify_by: [signed_up_at]}"),
            "SEG301 `signed_up_at` is a timestamp, and has too many values to be stratified by",
        ),
    ],
)
def test_what_is_wrong(text: str, said: str) -> None:
    assert unbound(text) == [said]


def test_buckets_of_a_stratum_lie_evenly() -> None:
    """However many of a stratum were dealt, and whatever the share: nearly as many are held out as the share says.

    Each of the 10,000 buckets is dealt once before one is dealt again.
    """
    for salt in ("a_v1", "b_v2"):
        dealt = [stratified_bucket(salt, "plan=trial", place) for place in range(BUCKETS)]
        assert set(dealt) == set(range(BUCKETS))
        for limit in (100, 1000, 2500, 5000):
            held = 0
            for place, one in enumerate(dealt, start=1):
                held += one < limit
                assert abs(held - place * limit / BUCKETS) < 4, (salt, limit, place)
    assert STEP == 6181
