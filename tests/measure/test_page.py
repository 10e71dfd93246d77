"""The page on statistics says what is there, and its numbers are those that come out.

`SEGPY_REGENERATE=1 pytest tests/measure/test_page.py` writes its two tables of statuses and of figures.
"""

from __future__ import annotations

import doctest
import os
from typing import Any

from segpy.measure.always_valid import always_valid
from segpy.measure.model import Design, Estimate, Method, Status
from segpy.measure.proportions import MANY
from segpy.measure.sample_ratio import SMALL
from segpy.measure.shrinkage import LEAST
from tests.docs.pages import ROOT, blocks, read, section, spans, tables
from tests.measure import figures

PAGE = "docs/reference/statistics.md"


def statuses() -> list[list[str]]:
    return [[f"`{one.value}`", one.reason] for one in Status]


def shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(shown(one) for one in value)
    return str(value) if isinstance(value, int) else f"{float(value):.6g}"


def compared() -> list[list[str]]:
    ours = figures.ours()
    notes = {path: note for path in ours for start, note in figures.NOT_OFFERED.items() if path.startswith(start)}
    return [
        [f"`{path}`", shown(value), shown(ours[path]), f"not offered: {notes[path]}" if path in notes else ""]
        for path, value in figures.told().items()
    ]


def written(heading: str, rows: list[list[str]]) -> list[list[str]]:
    """The table below a heading, written anew where that is asked for."""
    if os.environ.get("SEGPY_REGENERATE"):
        text = section(read(PAGE), heading)
        head, ruler, *_ = [line for line in text.splitlines() if line.startswith("|")]
        before, _, after = text.partition(f"{head}\n{ruler}\n")
        rest = "\n".join(line for line in after.splitlines() if not line.startswith("|"))
        lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        new = f"{before}{head}\n{ruler}\n{lines}\n{rest}".rstrip("\n") + "\n" * (len(text) - len(text.rstrip("\n")))
        (ROOT / PAGE).write_text(read(PAGE).replace(text, new), encoding="utf-8")
    return tables(section(read(PAGE), heading))[0]


def test_every_status_is_told_with_its_reason() -> None:
    assert written("Why a number is withheld", statuses()) == statuses()


def test_every_figure_of_reference_stands_beside_ours() -> None:
    rows = compared()
    assert written("Figures of reference", rows) == rows


def test_every_method_is_told() -> None:
    named = {name for table in tables(read(PAGE)) for row in table if len(row) == 4 for name in spans(row[3])}
    assert named == {one.value for one in Method}


def test_every_module_that_reckons_is_told() -> None:
    """A new statistic has a row: by the words of its module."""
    text = read(PAGE).lower()
    words = {path.stem.replace("_", " ") for path in (ROOT / "segpy/measure").glob("*.py")}
    inner = {"  init  ", "crossing", "distributions", "errors", "extra", "interval", "linear", "discoveries"}
    told_otherwise = {
        "always valid": "always-valid",
        "half life": "half-life",
        "shrinkage": "shrunken",
        "proportions": "rates",
        "power": "smallest effect",
        "backtested": "over several instants",
        "clustered": "people as clusters",
    }
    words = {word for word in words - inner if not word.startswith(("model", "  "))}
    assert [word for word in words if told_otherwise.get(word, word).rstrip("s") not in text] == []


def test_what_is_shown_is_what_python_says() -> None:
    (block,) = blocks(read(PAGE), "python")
    test = doctest.DocTestParser().get_doctest(block.text, {}, PAGE, PAGE, block.line)
    assert len(test.examples) > 6
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append)
    assert said == []


def test_the_numbers_of_the_prose() -> None:
    prose = read(PAGE)
    assert f"({Design(0.5).least} in each arm" in prose
    assert f"up to {SMALL:,} people" in prose
    assert f"at least {LEAST} segments" in prose
    assert f"Fisher's test of more than {MANY:,} people" in prose
    assert f"/ {Design(0.5).tuned_at};" in prose
    at_best = always_valid(Estimate(5000, Status.READABLE, Method.WELCH, 0.0, se=1.0)).interval
    assert at_best is not None and at_best.high is not None
    assert f"It is wider: {at_best.high / 1.959964:.1f} times at 5,000 people" in prose
