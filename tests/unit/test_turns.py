"""What CI asks by turns: each test in just one of them, and all without a turn."""

from __future__ import annotations

from pathlib import Path

from tests.turns import BY_FILE, BY_TEST, ENGINES, left_out

TESTS = [f"tests/unit/test_cli.py::test_{number}" for number in range(90)]


def test_each_test_has_its_turn() -> None:
    turns = [[left_out(test, f"{turn}/8") for turn in range(8)] for test in TESTS]
    assert all(one.count(False) == 1 for one in turns)
    assert {one.index(False) for one in turns} == set(range(8))


def test_nothing_is_left_out_without_a_turn_nor_elsewhere() -> None:
    assert not any(left_out(test, None) for test in TESTS)
    assert not any(left_out("tests/unit/test_spec.py::test_a", f"{turn}/8") for turn in range(8))


def test_a_file_goes_as_a_whole() -> None:
    file = "tests/benchmarks/test_benchmarks.py"
    assert len({left_out(f"{file}::test_{number}", "1/8") for number in range(30)}) == 1


def test_what_has_turns_is_there() -> None:
    root = Path(__file__).parents[2]
    for one in (*BY_FILE, *BY_TEST):
        file, _, test = one.partition("::")
        found = list(root.glob(f"{file}*"))
        assert found and (not test or f"def {test}(" in found[0].read_text(encoding="utf-8")), one


def test_one_engine_is_asked_in_each_turn() -> None:
    for turn in range(8):
        asked = [
            engine
            for engine in ENGINES
            if not left_out(f"tests/engines/test_conformance.py::test_case[{engine}-sum]", f"{turn}/8")
        ]
        assert asked == [ENGINES[turn % 3]]
    assert not left_out("tests/engines/test_conformance.py::test_case[duckdb_1_5-sum]", "1/8")
    assert left_out("tests/engines/test_conformance.py::test_holdout_buckets[postgres]", "1/8")
