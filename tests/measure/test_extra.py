"""What is said where the libraries are not installed."""

from __future__ import annotations

import pytest

from segpy.diagnostics import libraries
from segpy.diagnostics.render import render_text
from segpy.measure import extra


def test_nothing_is_said_where_they_are() -> None:
    assert extra.missing() == ()
    assert extra.missing(*extra.LIBRARIES) == ()


def test_a_library_that_is_missing_is_told_with_the_way_out() -> None:
    (found,) = extra.missing("scipy", "no_such_library")
    lines = render_text([found], {}).splitlines()
    assert lines[:3] == [
        "error[SEG650]: libraries of statistics are not installed",
        "  = measuring needs `no_such_library`, which cannot be imported here",
        "  = help: pip install 'dbt-segpy[measure]'; checking, rendering and building need none of it",
    ]


def test_a_broken_library_is_told_like_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ImportError(f"{name}: undefined symbol")

    monkeypatch.setattr(libraries, "import_module", broken)
    assert [one.missing for one in extra.missing()] == ["scipy"]
