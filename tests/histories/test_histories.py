"""The hand-made histories, run by the generated models."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from functools import cache

import pytest

from tests.cases.runner import Models, compile_spec
from tests.cases.tables import Row
from tests.histories import history
from tests.kept.warehouse import GoesBack, opened
from tests.oracle.history import Spell


@cache
def models_of(spec: str) -> Models:
    """Compile each spec once."""
    return compile_spec(spec)


@pytest.mark.parametrize("name", history.names())
def test_what_is_expected(name: str) -> None:
    """After the last run every spell stands in the table, and nothing else."""
    written = history.load(name)
    with opened() as replay:
        for run in written.runs:
            replay.fill(written.tables(run))
            with pytest.raises(GoesBack) if run.refused else nullcontext():
                replay.run(models_of(written.specs[run.spec]), run.as_of, rewrite=run.rewrite)
        found = [spell(row) for row in replay.rows("segment_spells") if row["kind"] != "run"]
        drawn = replay.rows("segment_assignments") if written.assignments else []
        rows = {model: replay.rows(model) for model in written.models}
        told = [replay.rows(name) if written.arms else [] for name in ("segment_outcomes", "segment_arms")]
    assert history.lines(found) == sorted(written.spells)
    assert history.assigned(drawn) == sorted(written.assignments)
    assert history.measured(*told) == (sorted(written.outcomes), sorted(written.arms))
    for model, (columns, *lines) in written.models.items():
        assert history.shown(rows[model], columns) == sorted(lines), model


def spell(row: Row) -> Spell:
    """A row of the table."""
    return Spell(
        str(row["kind"]),
        str(row["segment"]),
        str(row["entity"]),
        str(row["entity_key"]),
        datetime.fromisoformat(str(row["from_at"])),
        None if row["to_at"] is None else datetime.fromisoformat(str(row["to_at"])),
        datetime.fromisoformat(str(row["since"])),
        None if row["reason"] is None else str(row["reason"]),
        int(str(row["version"])),
        str(row["content_hash"]),
    )
