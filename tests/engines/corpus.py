"""What is built on every engine: all cases, and random specs of the language, of measures and of sequences.

`SEGPY_LANGUAGE_SEEDS` asks for batches of random specs, as in `tests/properties/language`: `100:120` for these, `20`
for so many fresh ones. Without it there is a small one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from tests.cases import case as cases
from tests.cases.case import Case
from tests.cases.runner import Models, Refused, compile_spec
from tests.cases.tables import Table
from tests.properties import measures, sequences
from tests.properties.language.differences import compilable
from tests.properties.language.people import People
from tests.properties.language.specs import RandomSpec, specs

_WANTED = os.environ.get("SEGPY_LANGUAGE_SEEDS", "")
_EVERY_TEST = os.environ.get("SEGPY_CONFORMANCE_TESTS") == "all"
LANGUAGE, MEASURES, SEQUENCES = (40, 6, 12) if _WANTED else (6, 2, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A spec with tables. `case` has what a person expects of them, `drawn` is a spec that can be had in parts.

    `left_out` is how many of those parts are not there.
    """

    name: str
    spec: str
    tables: tuple[Table, ...]
    as_of: datetime
    case: Case | None = None
    drawn: RandomSpec | None = None
    left_out: int = 0

    @property
    def tested(self) -> bool:
        """Whether the tests beside its models are run."""
        return self.name in TESTED or (self.case is not None and _EVERY_TEST)

    def compiled(self, dialect: str) -> tuple[Entry, Models]:
        """The models, and the entry that they are of: of a random spec, what a dialect cannot say is left out."""
        found, models = self._compiled(dialect)
        return found, self.asked(models)

    def asked(self, models: Models) -> Models:
        """What an engine is asked about: all models, or those about entities where the others say nothing new."""
        if self.name in ABOUT_SEGMENTS:
            return models
        left_out = OF_ALL_SEGMENTS if self.name in EXPLAINED else OF_ALL_SEGMENTS | WHY
        return replace(models, sql={name: sql for name, sql in models.sql.items() if name not in left_out})

    def _compiled(self, dialect: str) -> tuple[Entry, Models]:
        if self.drawn is None or dialect == "duckdb":  # which random specs are drawn for
            return self, models_of(self.spec, dialect)
        trial = compilable(self.drawn, dialect)
        if trial is None:
            raise Refused(())
        left_out = len(self.drawn.items) - len(trial.spec.items)
        if not left_out:
            return self, trial.models
        return replace(self, spec=trial.spec.text, drawn=trial.spec, left_out=left_out), trial.models


OF_ALL_SEGMENTS = frozenset(
    {
        "segment_catalog",
        "segment_spells",
        "segment_membership",
        "segment_changes",
        "segment_members",
        "segment_sizes",
        "segment_moves",
        "segment_overlap",
        "segment_monitors",
        "segment_candidates",
        "segment_stays",
        "segment_holdouts",
        "segment_assignments",
        "segment_activation",
        "activation_audiences",
        "activation_people",
        "activation_memberships",
    }
)
"""Models that are made of flags, whatever these are made of."""
WHY = frozenset({"segment_attrition", "segment_explanations"})
EXPLAINED = frozenset({"at_least_of", "days_as_times", "eligible", "members_in", "none_of_unknown"})
"""Models that take flags apart, and the cases of which engines are asked for them besides."""
ABOUT_SEGMENTS = frozenset(
    {
        "all_any_none",
        "consent",
        "empty_everything",
        "exclusive_groups",
        "held_out",
        "hostile_texts",
        "identifiers_beyond_ascii",
        "identifiers_mixed_case",
        "identifiers_with_signs",
        "integer_keys",
        "members",
        "nobody",
        "odd_identifiers",
        "one_stream_two_entities",
        "personal",
        "reserved_entities",
        "reserved_segments",
        "segments_in_segments",
        "small_cells",
        "suppressed",
        "text_keys",
        "uuid_keys",
    }
)
"""The cases of which engines are asked for all of these models too; what they do run after run, histories ask."""
TESTED = (
    ABOUT_SEGMENTS
    | EXPLAINED
    | {
        "before_1970",
        "empty_population",
        "far_away_dates",
        "nulls_in_every_column",
        "percentile",
        "population_both",
        "reserved_attributes",
        "reserved_properties",
        "retention",
        "seq_completed",
        "windows_listed",
        "zoned_times",
    }
)
"""The cases in which the tests that segpy renders are run: in others they say what the rows say."""
_COMPILED: dict[tuple[str, str], Models] = {}


def models_of(spec: str, dialect: str) -> Models:
    """The models of a spec, compiled once."""
    if (spec, dialect) not in _COMPILED:
        _COMPILED[spec, dialect] = compile_spec(spec, dialect)
    return _COMPILED[spec, dialect]


def names(*, random: bool = True) -> list[str]:
    """The names of all entries. Those of random ones tell what they are drawn from."""
    if not random:
        return cases.names()
    drawn = [f"language_{batch}_{number}" for batch in batches() for number in range(LANGUAGE)]
    drawn += [f"measures_{number}" for number in range(MEASURES)]
    return [*cases.names(), *drawn, *(f"sequences_{number}" for number in range(SEQUENCES))]


def batches() -> list[int]:
    """The seeds of batches. Fresh ones are the same in every process of a run."""
    first, to, last = (_WANTED or "0:1").partition(":")
    if to:
        return list(range(int(first), int(last)))
    chance = Random(os.environ.get("PYTEST_XDIST_TESTRUNUID"))
    return [chance.randrange(2**32) for _ in range(int(first))]


@cache
def entry(name: str) -> Entry:
    """An entry by its name."""
    kind, *numbers = name.split("_")
    if all(number.isdigit() for number in numbers):
        match kind:
            case "language":
                return language(int(numbers[0]))[int(numbers[1])]
            case "measures":
                return of_measures(int(numbers[0]))
            case "sequences":
                return of_sequences()[int(numbers[0])]
    case = cases.load(name)
    return Entry(name, case.spec, case.tables, case.as_of, case)


@cache
def language(batch: int) -> tuple[Entry, ...]:
    """Specs over the whole language: those of the same batch in `tests/properties/language`."""
    found: list[tuple[RandomSpec, int]] = []

    def collect(drawn: RandomSpec, tables_seed: int) -> None:
        trial = compilable(drawn)
        assume(trial is not None)
        assert trial is not None
        found.append((trial.spec, tables_seed))
        _COMPILED[trial.spec.text, "duckdb"] = trial.models

    seed(batch)(_drawing(LANGUAGE)(given(drawn=specs(), tables_seed=st.integers(0, 2**32))(collect)))()
    return tuple(
        Entry(
            f"language_{batch}_{number}",
            spec.text,
            People(spec.taxonomy, tables_seed).tables(),
            spec.taxonomy.as_of,
            drawn=spec,
        )
        for number, (spec, tables_seed) in enumerate(found)
    )


def of_measures(number: int) -> Entry:
    """A spec with many measures: that of the same number in `tests/properties`."""
    chance = Random(number)
    text, as_of = measures.spec(chance), measures.AS_OF + timedelta(hours=chance.choice((0, 0, 7, 12)))
    return Entry(f"measures_{number}", text, tuple(measures.tables(chance, as_of)), as_of)


@cache
def of_sequences() -> tuple[Entry, ...]:
    """Specs with one to three sequences that DuckDB can say."""
    found: list[tuple[str, int]] = []

    def collect(drawn: tuple[sequences.Whole, ...], log: int) -> None:
        text = sequences.spec_of(drawn)
        try:
            models_of(text, "duckdb")
        except Refused as refused:
            assume(refused.codes != {"SEG502"})
            raise
        found.append((text, log))

    seed(0)(_drawing(SEQUENCES)(given(drawn=sequences.several(), log=st.integers(0, 2**32))(collect)))()
    return tuple(
        Entry(f"sequences_{number}", text, sequences.tables_of(sequences.random_log(log)), sequences.AS_OF)
        for number, (text, log) in enumerate(found)
    )


def _drawing(count: int) -> settings:
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def tables_of(found: Entry) -> Iterator[tuple[str, Table]]:
    """The input tables, each with the name that its model has."""
    for table in found.tables:
        yield table.name.replace(".", "__"), table
