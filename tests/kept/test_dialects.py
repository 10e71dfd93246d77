"""Kept tables are written for every engine: the same choice of events, in the words of each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from segpy.catalog.model import Catalog
from segpy.dialects import DIALECTS
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source

ROOT = Path(__file__).parents[2]
FILES = ("segpy", "mail", "market")


@cache
def kept(dialect: str) -> dict[str, str]:
    """The models of a part of the demonstration, with a promise of how late its events come."""
    texts = {f"segments/{name}.yml": (ROOT / "segments" / f"{name}.yml").read_text("utf-8") for name in FILES}
    # Without what other files would have to say.
    settings = re.sub(r"^(dialect:.*|portfolio:.*(?:\n  .*)*)\n", "", texts["segments/segpy.yml"], flags=re.MULTILINE)
    texts["segments/segpy.yml"] = f"{settings}\ndialect: {dialect}\nlateness: 3 days\nretention: 500 days\n"
    compiled = compile_sources([Source(path, text) for path, text in texts.items()], Catalog(adapter=dialect))
    assert not compiled.failed, compiled.diagnostics
    return {Path(one.path).stem: one.text for one in compiled.artifacts if one.path.endswith(".sql")}


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_only_events_of_those_affected_are_read(dialect: str) -> None:
    """Behind `in` stands a list, on engines too that take no subquery for a value."""
    for model in ("contact_measures", "buyer_measures", "buyer_sequences"):
        text = kept(dialect)[model]
        key = model.partition("_")[0] + "_id"
        assert f"where {key} in (select {key} from affected)" in text, model
        assert "}}." not in text, "a relation that dbt fills in has no columns by that name"


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_the_strategy_is_one_that_the_adapter_has(dialect: str) -> None:
    models, engine = kept(dialect), DIALECTS[dialect]
    assert f'incremental_strategy="{engine.adds}"' in models["buyer_events"]
    assert f'incremental_strategy="{engine.replaces}"' in models["buyer_measures"]


def test_a_name_tells_the_meaning() -> None:
    names = {model: re.search(r'alias="(\w+)"', text) for model, text in kept("duckdb").items()}
    found = {model: one[1] for model, one in names.items() if one}
    assert {model for model in found if model.startswith("buyer_")} == {
        "buyer_events",
        "buyer_touched",
        "buyer_measures",
        "buyer_sequences",
    }
    assert all(re.fullmatch(rf"{model}_[0-9a-f]{{8}}", name) for model, name in found.items())
