"""What the documentation says of engines, made of what tests found: `docs/reference/engines.md`, below its own text.

    python -m tests.engines.table [REPORT…]

Reports (`SEGPY_CONFORMANCE_REPORT`) are added to `docs/reference/engines.json`, the page is written from that. An
engine that a report does not speak of stands as it was, so that slow ones can be asked on another day.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from segpy.dialects import DIALECTS
from tests.cases import case as cases
from tests.engines import buckets
from tests.engines.constructs import used
from tests.engines.engine import ROOT
from tests.engines.known import ENGINES
from tests.engines.readers import READERS, Reader

FACTS = ROOT / "docs" / "reference" / "engines.json"
PAGE = ROOT / "docs" / "reference" / "engines.md"
MARKER = "<!-- What follows is written by `python -m tests.engines.table` from engines.json: do not edit. -->"
_KINDS = (("measures", "Measures"), ("sequences", "Sequences"), ("windows", "Windows"), ("conditions", "Conditions"))
_LEVELS = {
    "engine": "executed",
    "emulator": "executed on an emulator",
    "stand-in": "executed on a stand-in",
    "validated": "validated",
    "parsed": "parsed",
}


_INTRODUCTION = """\
Every case of `tests/cases/`, and random specs, in the engine's own SQL. *Executed* means that all rows of all models
were what a person worked out by hand, and what DuckDB says; *on a stand-in*, that another engine was asked, whose
section here says how it differs. *Validated* means that a validator knows all functions and types of the SQL, *parsed*
that dbt 2 has rendered the project for the adapter, and a grammar of the dialect takes what came of it: its section
here says what that is worth. *Generated* is what was not even read.
*Hold-outs* says whether the engine puts salts and keys into the buckets that are pinned in
`tests/golden/buckets.csv`.""".splitlines()


def merged(facts: Mapping[str, Any], reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts with what reports add. Of random specs only their number is kept."""
    engines = {name: one for name, one in facts.get("engines", {}).items() if name in ENGINES or name in READERS}
    for report in reports:
        for name, told in report["engines"].items():
            engines[name] = _facts(name, told)
    return {"engines": dict(sorted(engines.items()))}


def _facts(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    written = frozenset(cases.names())
    outcomes: dict[str, Mapping[str, str]] = dict(told["outcomes"])
    holdouts = outcomes.pop(buckets.MODEL, {}).get("outcome")
    passed = [one for one, outcome in outcomes.items() if outcome["outcome"] == "passed"]
    others = {one: dict(outcome) for one, outcome in outcomes.items() if outcome["outcome"] != "passed"}
    whom = READERS[name] if name in READERS else ENGINES[name]
    return {
        "dialect": whom.dialect,
        "kind": whom.kind,
        "same_as": whom.same_as if isinstance(whom, Reader) else None,
        "asked": told["asked"],
        "versions": {one: version for one, version in told["versions"].items() if _tells(one)},
        "passed": sorted(one for one in passed if one in written),
        "random": sum(one not in written for one in passed),
        "holdouts": holdouts,
        "others": dict(sorted(others.items())),
    }


def _tells(package: str) -> bool:
    """Whether the version of a package says what answered: dbt, an adapter, an engine."""
    parts = ("adapters", "common", "extractor", "protos", "semantic-interfaces", "client", "engine-")
    return not any(part in package for part in parts)


def page(text: str, facts: Mapping[str, Any]) -> str:
    """The page with the tables that the facts make."""
    own, _, _ = text.partition(MARKER)
    return "\n".join([own.rstrip(), "", MARKER, "", *_tables(facts["engines"]), ""])


def _tables(engines: Mapping[str, Any]) -> Iterable[str]:
    order = sorted(engines, key=lambda name: (list(_LEVELS).index(engines[name]["kind"]), name))
    run = {one["dialect"] for one in engines.values() if one["kind"] not in ("validated", "parsed")}
    best = [name for name in order if engines[name]["kind"] != "parsed" or engines[name]["dialect"] not in run]
    yield "## What was tried"
    yield ""
    yield from _INTRODUCTION
    yield ""
    head = ["engine", "dialect", "level", "cases", "random specs", "hold-outs", "on", "with"]
    yield from _rows(head, map(_engine(engines), order))
    yield ""
    generated = sorted(set(DIALECTS) - {one["dialect"] for one in engines.values()})
    if generated:
        yield f"Generated only: {', '.join(generated)}."
        yield ""
    uses = {name: used(cases.load(name).spec) for name in cases.names()}
    for key, title in _KINDS:
        yield f"## {title}"
        yield ""
        yield "How many of the cases that use it an engine answers, or a reader takes; a number alone is all of them."
        yield ""
        found = sorted({one for use in uses.values() for one in use[key]})
        levels = ["*level*", *(_LEVELS[engines[name]["kind"]] for name in best)]
        yield from _rows([key[:-1], *best], [levels, *(_construct(one, key, uses, engines, best) for one in found)])
        yield ""
    yield "## What is not answered"
    yield ""
    others = [
        [f"`{case}`", name, outcome["outcome"], outcome.get("reason", "").replace("|", "\\|")]
        for name in order
        for case, outcome in engines[name]["others"].items()
    ]
    yield from _rows(["case", "engine", "mark", "reason"], others) if others else ["Nothing."]


def _engine(engines: Mapping[str, Any]) -> Any:
    def row(name: str) -> Sequence[str]:
        one = engines[name]
        tried = len(one["passed"]) + sum(case in cases.names() for case in one["others"])
        versions = ", ".join(f"{package} {version}" for package, version in one["versions"].items())
        passed = f"{len(one['passed'])} of {tried}"
        level = _LEVELS[one["kind"]] + (f"; the same SQL as `{one['same_as']}`" if one.get("same_as") else "")
        holdouts = one.get("holdouts") or "–"
        return [name, f"`{one['dialect']}`", level, passed, str(one["random"]), holdouts, one["asked"], versions]

    return row


def _construct(
    construct: str,
    key: str,
    uses: Mapping[str, Mapping[str, Sequence[str]]],
    engines: Mapping[str, Any],
    order: Sequence[str],
) -> list[str]:
    using = {name for name, found in uses.items() if construct in found[key]}
    row = [f"`{construct}`"]
    for engine in order:
        passed, others = using & set(engines[engine]["passed"]), using & engines[engine]["others"].keys()
        row.append(
            f"{len(passed)} of {len(passed) + len(others)}" if others else str(len(passed)) if passed else "generated"
        )
    return row


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def main(paths: Sequence[str]) -> None:
    """Add reports, write the page."""
    known = json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.exists() else {}
    facts = merged(known, [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths])
    FACTS.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), facts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
