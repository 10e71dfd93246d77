"""What holds of the answers to a case, whichever engine gave them: what a person expects, and what always does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tests.cases.case import Case, relation_name, spec_of
from tests.cases.tables import Row, Value, plain

Answers: TypeAlias = Mapping[str, list[Row]]
"""The rows of every model."""


def members(case: Case, answers: Answers) -> None:
    """Exactly the expected entities carry each flag."""
    found: dict[str, set[str]] = {}
    for entity in entities(case):
        for row in answers[f"{entity}_segments"]:
            key = str(next(iter(row.values())))
            for segment in flags(row):
                found.setdefault(segment, set()).update([key] if row[segment] else [])
    if not any(answers[f"{entity}_segments"] for entity in entities(case)):
        found = {segment: set() for segment in case.expect["segments"]}  # no rows to read the flags from
    expected = {segment: set(map(str, keys)) for segment, keys in case.expect["segments"].items()}
    assert found == expected


def population(case: Case, answers: Answers) -> None:
    """Features and flags have one row per entity of the population, no more and no fewer."""
    expected = per_entity(case, case.expect.get("population"))
    for entity in entities(case):
        tables = [f"{entity}_segments"] if f"{entity}_segments" in answers else []
        if f"{entity}_features" in answers:
            tables.append(f"{entity}_features")
        for table in tables:
            keys = [next(iter(row.values())) for row in answers[table]]
            assert None not in keys
            assert len(keys) == len(set(keys)), f"{table} is not one row per {entity}"
            if entity in expected:
                assert set(map(str, keys)) == set(map(str, expected[entity])), table


def features(case: Case, answers: Answers) -> None:
    """The asserted feature columns have the expected values."""
    for entity, by_key in per_entity(case, case.expect.get("features")).items():
        by_name = {str(key): wanted for key, wanted in by_key.items()}
        assert_values(answers, entity, by_name)


def sequences(case: Case, answers: Answers) -> None:
    """The asserted measures of sequence features have the expected values."""
    for feature, by_key in case.expect.get("sequences", {}).items():
        wanted = {
            str(key): {f"{feature}_{measure}": value for measure, value in measures.items()}
            for key, measures in by_key.items()
        }
        assert_values(answers, owner(case, answers, f"{feature}_completed"), wanted)


def flags_are_known(case: Case, answers: Answers) -> None:
    """No flag is null."""
    for entity in entities(case):
        for row in answers[f"{entity}_segments"]:
            assert all(isinstance(row[segment], bool) for segment in flags(row)), row


def member_table_equals_flags(case: Case, answers: Answers) -> None:
    """`segment_members` lists the true flags, each once."""
    flagged = sorted(
        (segment, entity, str(next(iter(row.values()))))
        for entity in entities(case)
        for row in answers[f"{entity}_segments"]
        for segment in flags(row)
        if row[segment]
    )
    listed = sorted(
        (str(row["segment"]), str(row["entity"]), str(row["entity_key"])) for row in answers["segment_members"]
    )
    assert listed == flagged


def who_may_be_written_to(case: Case, answers: Answers) -> None:
    """`segment_activation` lists the members, without those whose consent is asked for and not given."""
    if "activation" not in case.expect:
        consenting = any({"consent", "suppressed"} & entity.keys() for entity in spec_of(case)["entities"].values())
        assert consenting or ordered(answers["segment_activation"]) == ordered(answers["segment_members"])
        return
    found: dict[str, set[str]] = {segment: set() for segment in case.expect["segments"]}
    for row in answers["segment_activation"]:
        found[str(row["segment"])].add(str(row["entity_key"]))
    assert found == {segment: set(map(str, keys)) for segment, keys in case.expect["activation"].items()}


def nothing_personal_is_told(case: Case, answers: Answers) -> None:
    """No value of a personal column that is not listed stands in any generated table, nor is part of a text there."""
    cells = [str(value) for rows in answers.values() for row in rows for value in row.values() if value is not None]
    for value in withheld_values(case):
        assert not [cell for cell in cells if value in cell], value


def withheld_values(case: Case) -> Iterator[str]:
    """The values of the columns that are personal, and not listed to be published."""
    spec = spec_of(case)
    listed = spec.get("privacy", {}).get("publish", [])
    known = {name: one["attributes"] for name, one in spec["entities"].items() if "attributes" in one}
    declared = [(name, one["relation"], one.get("columns", {})) for name, one in known.items()]
    declared += [(name, one["relation"], one.get("properties", {})) for name, one in spec.get("streams", {}).items()]
    tables = {table.name: table for table in case.tables}
    for of, relation, columns in declared:
        table = tables[relation_name(relation)]
        for name, said in columns.items():
            if isinstance(said, dict) and said.get("personal") == "true" and f"{of}.{name}" not in listed:
                place = list(table.columns).index(name)
                yield from (row[place] for row in table.rows if row[place])


def grain_of_the_other_tables(case: Case, answers: Answers) -> None:
    """The catalogue has each segment once, and sequences have one row per entity and sequence."""
    assert sorted(str(row["segment"]) for row in answers["segment_catalog"]) == sorted(case.expect["segments"])
    for entity in entities(case):
        rows = [(next(iter(row.values())), row["sequence"]) for row in answers.get(f"{entity}_sequences", [])]
        assert len(rows) == len(set(rows))


EXPECTATIONS: tuple[Callable[[Case, Answers], None], ...] = (
    members,
    population,
    features,
    sequences,
    flags_are_known,
    member_table_equals_flags,
    who_may_be_written_to,
    nothing_personal_is_told,
    grain_of_the_other_tables,
)


OF_ALL_SEGMENTS = frozenset({member_table_equals_flags, who_may_be_written_to, grain_of_the_other_tables})
"""Those that look at models about all segments."""


def entities(case: Case) -> list[str]:
    """The entities that the spec declares."""
    return list(spec_of(case)["entities"])


def per_entity(case: Case, said: Any) -> Mapping[str, Any]:
    """What is expected, by entity: with only one entity, its name is left out in the case."""
    if said is None:
        return {}
    known = entities(case)
    return {known[0]: said} if len(known) == 1 else dict(said)


def flags(row: Row) -> Iterator[str]:
    """The segments' columns of a row of `<entity>_segments`."""
    key = next(iter(row))
    return (column for column in row if column not in {key, "as_of", "spec_hash"})


def owner(case: Case, answers: Answers, column: str) -> str:
    """The entity whose features have `column`."""
    for entity in entities(case):
        if any(column in row for row in answers.get(f"{entity}_features", [])):
            return entity
    raise AssertionError(f"no features table has {column}")


def assert_values(answers: Answers, entity: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare the given columns of the given entities, and show all that differ at once."""
    table = answers[f"{entity}_features"]
    by_key = {str(next(iter(row.values()))): row for row in table}
    differences = [
        f"{key}.{column}: expected {plain(value)!r}, got {by_key[key].get(column, 'no such column')!r}"
        for key, values in wanted.items()
        for column, value in values.items()
        if column not in by_key[key] or not same(by_key[key][column], plain(value))
    ]
    assert not differences, "\n" + "\n".join(differences)


def same(found: Value, expected: Value) -> bool:
    """Equal values; numbers within 1e-9."""
    if type(found) is type(expected) is int or isinstance(found, bool) or isinstance(expected, bool):
        return found == expected and isinstance(found, bool) == isinstance(expected, bool)
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return found == expected


def assert_same(found: Answers, expected: Answers) -> None:
    """All answers are equal, whatever the order of their rows; sums may differ in the last digits."""
    for table in expected:
        found_rows, expected_rows = ordered(found[table]), ordered(expected[table])
        assert len(found_rows) == len(expected_rows), table
        for one, other in zip(found_rows, expected_rows, strict=True):
            assert one.keys() == other.keys()
            assert all(same(one[column], other[column]) for column in one), f"{table}: {one} is not {other}"


def ordered(table: Iterable[Row]) -> list[Row]:
    """Rows in an order of their own: by what is no float, and only where that is the same by floats, roughly."""

    def place(row: Row) -> tuple[list[str], list[str]]:
        exact = [str(value) for value in row.values() if not isinstance(value, float)]
        return exact, [f"{value:.6g}" for value in row.values() if isinstance(value, float)]

    return sorted(table, key=place)
