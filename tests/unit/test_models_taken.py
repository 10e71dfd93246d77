"""A generated model never takes the name of one that the project has."""

from __future__ import annotations

import pytest

from segpy.catalog.model import Catalog
from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source

_SPEC = """
entities: {user: {key: user_id}}
streams: {app: {relation: ref('log'), entity: {user: user_id}, occurred_at: at}}
events: {seen: {stream: app}}
segments: {active: {entity: user, all: [{did: seen}]}}
"""


def compiled(settings: str, *refs: str) -> Compiled:
    return compile_sources((Source("segments/app.yml", settings + _SPEC),), Catalog(refs=frozenset({"log", *refs})))


@pytest.mark.parametrize("name", ["user_events", "user_features", "user_segments", "segment_members"])
def test_a_name_in_use_is_refused(name: str) -> None:
    found = compiled("", name).diagnostics
    assert [(one.code, name in one.label) for one in found] == [("SEG612", True)]


def test_a_prefix_is_the_way_out() -> None:
    assert compiled("name_prefix: cdp_", "user_events").diagnostics == ()
    assert [one.code for one in compiled("name_prefix: cdp_", "cdp_user_events").diagnostics] == ["SEG612"]


def test_another_name_is_nobodys_business() -> None:
    assert compiled("", "user_orders").diagnostics == ()
