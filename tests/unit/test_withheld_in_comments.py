"""What a comment on a pull request tells of few: nothing, where `min_cell_size` says what few are."""

from __future__ import annotations

from segpy.cli.difference import Told, as_markdown, as_text
from segpy.pipeline import MembersDiffer
from segpy.plan.model_compare import Comparison

AT = "2026-03-10 00:00:00"
MANY = MembersDiffer("many", "user", AT, 100, 120, 90, 1000, 1000, (), (("seats", 30), ("plan", 28), ("age", 12)))
FEW = MembersDiffer("few", "user", AT, 100, 93, 93, 1000, 1000, (("plan", 7),))


def told(least: int | None) -> str:
    return as_markdown(Told("main", Comparison((), (), 0), (MANY, FEW), (), least))


def test_without_the_setting_all_is_told() -> None:
    assert "| few | 2026-03-10 | 100 | 93 | 0 | 7 | 93 | 0.93 |" in told(None)


def test_a_row_with_a_small_number_is_withheld_with_its_reasons() -> None:
    said = told(10)
    assert "| few | 2026-03-10 | withheld | withheld | withheld | withheld | withheld | – |" in said
    assert "7" not in said


def test_of_the_others_a_rule_is_left_out_that_few_failed_or_few_did_not() -> None:
    said = told(10)
    assert "| many | 2026-03-10 | 100 | 120 | 30 | 10 | 90 | 0.69 |" in said
    assert "who failed before: seats (30); age (12)" in said
    assert "| many | 2026-03-10 | withheld" in told(11)


def test_an_author_is_told_all() -> None:
    assert "plan (7)" in as_text(Told("main", Comparison((), (), 0), (MANY, FEW), (), 10))
