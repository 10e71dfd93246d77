"""Whatever the language can say, the generated SQL says what the oracle says.

Specs come in batches, one for each seed. `SEGPY_LANGUAGE_SEEDS=100:120` tries the batches of these seeds,
`SEGPY_LANGUAGE_SEEDS=20` as many of fresh ones. A case is a pair of a spec and an entity: `SEGPY_LANGUAGE_REPORT` names
a file that counts are added to, and `SEGPY_LANGUAGE_FAILURES` a folder in which every difference is kept as a case.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from tests.properties.language.differences import Comparison, Trial, compare, compilable, shown, smallest, write_case
from tests.properties.language.people import People
from tests.properties.language.specs import RandomSpec, specs

SPECS = 40
WANTED = os.environ.get("SEGPY_LANGUAGE_SEEDS", "0:1")
REPORT = os.environ.get("SEGPY_LANGUAGE_REPORT")
FAILURES = os.environ.get("SEGPY_LANGUAGE_FAILURES")


def seeds() -> list[int]:
    """The seeds of the batches."""
    first, to, last = WANTED.partition(":")
    return list(range(int(first), int(last))) if to else [secrets.randbelow(2**32) for _ in range(int(first))]


@pytest.mark.slow
@pytest.mark.parametrize("batch", seeds())
def test_sql_says_what_the_oracle_says(batch: int) -> None:
    """Every feature, every column of a sequence and every flag, for everybody of random tables."""
    chosen = settings(
        max_examples=SPECS,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # `smallest` makes specs and tables small, and knows what they are
        suppress_health_check=list(HealthCheck),
    )
    seed(batch)(chosen(given(drawn=specs(), tables_seed=st.integers(0, 2**32))(hold)))()


def hold(drawn: RandomSpec, tables_seed: int) -> None:
    """Compare one spec on one set of tables."""
    trial = compilable(drawn)
    assume(trial is not None)
    assert trial is not None
    tables = People(trial.spec.taxonomy, tables_seed).tables()
    found = compare(trial, tables)
    if REPORT:
        report(Path(REPORT), trial, found)
    if found.differences:
        trial, tables = smallest(trial, tables)
        text = "\n".join(map(str, compare(trial, tables).differences)) + "\n\n" + shown(trial.spec, tables)
        if not FAILURES:
            raise AssertionError(text)
        folder = Path(FAILURES) / hashlib.sha256(text.encode()).hexdigest()[:12]
        write_case(folder, trial.spec, tables)
        (folder / "differences.txt").write_text(text + "\n", encoding="utf-8")


def hold_roughly(drawn: RandomSpec, tables_seed: int) -> None:
    """As `hold`, without a word on what differs."""
    trial = compilable(drawn)
    if trial is not None:
        found = compare(trial, People(trial.spec.taxonomy, tables_seed).tables())
        assert not found.differences


def report(path: Path, trial: Trial, found: Comparison) -> None:
    """Add to the counts."""
    counts = Counter(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Counter()
    counts.update({"specs": 1, "cases (spec and entity)": found.entities, "specs that differ": bool(found.differences)})
    counts.update({"values compared": found.values, "flags compared": found.flags, "members": found.members})
    counts.update(f"refused {reason.split()[0]}" for reason in trial.refused.values())
    counts.update(f"in specs: {part}" for part in trial.spec.made_of)
    path.write_text(json.dumps(dict(sorted(counts.items())), indent=1), encoding="utf-8")
