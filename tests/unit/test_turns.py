"""What CI asks by turns: each test in just one of them, and all without a turn."""

from __future__ import annotations

from pathlib import Path

from tests.turns import BY_FILE, BY_TEST, left_out

TESTS = [f"tests/unit/test_cli.py::test_{number}" for number in range(60)]


def test_each_test_has_its_turn() -> None:
    turns = [[left_out(test, f"{turn}/3") for turn in range(3)] for test in TESTS]
    assert all(one.count(False) == 1 for one in turns)
    assert {one.index(False) for one in turns} == {0, 1, 2}


def test_nothing_is_left_out_without_a_turn_nor_elsewhere() -> None:
    assert not any(left_out(test, None) for test in TESTS)
    assert not any(left_out("tests/unit/test_spec.py::test_a", f"{turn}/3") for turn in range(3))


def test_a_file_goes_as_a_whole() -> None:
    file = BY_FILE[0] + "test_benchmarks.py"
    assert len({left_out(f"{file}::test_{number}", "1/3") for number in range(30)}) == 1


def test_what_has_turns_is_there() -> None:
    root = Path(__file__).parents[2]
    assert all(list(root.glob(f"{one}*")) for one in (*BY_FILE, *BY_TEST))
