"""The hand-made histories, run by the generated models."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pytest

from tests.cases.runner import Models, compile_spec
from tests.cases.tables import Row
from tests.histories import history
from tests.histories.replay import Refused, Replay
from tests.oracle.history import Spell


@cache
def models_of(spec: str) -> Models:
    """Compile each spec once."""
    return compile_spec(spec)


@pytest.mark.parametrize("name", history.names())
def test_what_is_expected(name: str) -> None:
    """After the last run every spell stands in the table, and nothing else."""
    written = history.load(name)
    with Replay() as replay:
        for run in written.runs:
            arguments = (models_of(written.specs[run.spec]), written.tables(run), run.as_of)
            if run.refused:
                with pytest.raises(Refused):
                    replay.run(*arguments, rewrite=run.rewrite)
            else:
                replay.run(*arguments, rewrite=run.rewrite)
        found = [spell(row) for row in replay.rows("segment_spells") if row["kind"] != "run"]
    assert history.lines(found) == sorted(written.spells)


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
