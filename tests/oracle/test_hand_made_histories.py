"""The oracle finds what was derived by hand of several runs, one after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
import yaml

from tests.histories import history
from tests.oracle.ask import rows_of, spec_from
from tests.oracle.history import GoesBack, History


@pytest.mark.parametrize("name", history.names())
def test_the_oracle_finds_what_was_expected(name: str) -> None:
    """Every spell, and nothing else."""
    written, found = history.load(name), History()
    for run in written.runs:
        text = written.specs[run.spec]
        tables = {table.name: rows_of(table) for table in written.tables(run)}
        arguments = (spec_from(text), tables, run.as_of, meanings(text))
        if run.refused:
            with pytest.raises(GoesBack):
                found.run(*arguments, rewrite=run.rewrite)
        else:
            found.run(*arguments, rewrite=run.rewrite)
    assert history.lines(found.spells) == sorted(written.spells)


BESIDE = ("membership", "experiment")


def meanings(text: str) -> Mapping[str, str]:
    """What tells two definitions of a segment apart, in so simple specs: what is written, membership aside."""
    segments = yaml.safe_load(text)["segments"]
    return {
        name: json.dumps({key: value for key, value in said.items() if key not in BESIDE}, sort_keys=True)
        for name, said in segments.items()
    }
