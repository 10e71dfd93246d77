"""Results as JSON, and as Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import clickhouse, selfjoins
from benchmarks.backfill import Backfilled
from benchmarks.contenders import COUNT, FURTHEST, OPEN_FUNNEL
from benchmarks.contest import Result
from benchmarks.curves import Point
from benchmarks.daily import Daily
from benchmarks.generator import Size
from benchmarks.looks import Looked
from benchmarks.machine import Machine
from benchmarks.measure import Limits, Measured
from benchmarks.workload import SEQUENCES

_STAGE, _FEATURES = "aggregates: user_events", "aggregates: user_features"
_JOURNEYS = "journeys: user_sequences"
_COUNT = f"floor: {COUNT}"
_FUSED = "ClickHouse windowFunnel, one query"


@dataclass(frozen=True, slots=True)
class Ratio:
    """The cost of some jobs by that of others."""

    words: str
    wall: float
    cpu: float


def write_contest(path: Path, size: Size, limits: Limits, machine: Machine, result: Result) -> None:
    """Write `<path>.json` and `<path>.md`."""
    ratios = ratios_of(result.measured)
    found = {
        "size": asdict(size),
        "limits": {"threads": limits.threads, "memory": limits.memory},
        "machine": asdict(machine),
        "measured": {name: asdict(one) for name, one in result.measured.items()},
        "ratios": [asdict(one) for one in ratios],
        "compared": dict(result.compared),
        "different": {name: dict(rows) for name, rows in result.different.items() if rows},
    }
    _write(path, found, _contest_text(size, limits, machine, result, ratios))


def write_curve(path: Path, name: str, limits: Limits, machine: Machine, points: Sequence[Point]) -> None:
    """Write `<path>.json` and `<path>.md`."""
    found = {
        "curve": name,
        "limits": {"threads": limits.threads, "memory": limits.memory},
        "machine": asdict(machine),
        "points": [
            {"value": point.value, "measured": {model: asdict(one) for model, one in point.measured.items()}}
            for point in points
        ],
    }
    models = list(points[0].measured)
    rows = [
        (f"{point.value:,}", *(_cost(point.measured[model]) for model in models), _total(point.measured.values()))
        for point in points
    ]
    head = [f"# Growth with {name}", "", _conditions(limits, machine), "", "Wall seconds / processor seconds.", ""]
    _write(path, found, "\n".join([*head, *_table((name, *models, "all"), rows)]) + "\n")


def write_daily(path: Path, size: Size, machine: Machine, found: Daily) -> None:
    """Write `<path>.json` and `<path>.md`."""
    runs = [("everything anew", found.anew), *((f"day {i + 1}", cost) for i, cost in enumerate(found.days))]
    models = sorted({name for _, cost in runs for name in cost.models})
    rows = [
        (name, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", *(f"{cost.models.get(model, 0):.2f}" for model in models))
        for name, cost in runs
    ]
    head = [
        f"# Daily runs on {size.days} days of history, {size.events:,} events",
        "",
        machine.words,
        "",
        f"Events come up to {found.lateness} late. Seconds of wall and of processors; the latter by model too.",
        f"A daily run costs {found.ratio:.0%} of one that makes everything anew. Rows that differ: {found.different}.",
        "",
    ]
    data = {**asdict(found), "ratio": round(found.ratio, 3), "machine": asdict(machine)}
    _write(path, data, "\n".join([*head, *_table(("run", "wall", "CPU", *models), rows)]) + "\n")


def write_backfill(path: Path, size: Size, machine: Machine, found: Backfilled) -> None:
    """Write `<path>.json` and `<path>.md`."""
    rows = [(name, f"{one.wall:.0f}", f"{one.cpu:.0f}") for name, one in found.ways.items()]
    head = [
        f"# The history of {found.weeks} weeks, of {size.events:,} events in {size.days} days",
        "",
        machine.words,
        "",
        "By the commands themselves, with dbt and the tests of the last instant. Seconds of wall and of processors.",
        f"Rows of history that differ from the first backfill's: {found.different}.",
        "",
    ]
    _write(
        path,
        {**asdict(found), "machine": asdict(machine)},
        "\n".join([*head, *_table(("way", "wall", "CPU"), rows)]) + "\n",
    )


def write_looks(path: Path, size: Size, machine: Machine, found: Mapping[str, Looked]) -> None:
    """Write `<path>.json` and `<path>.md`."""
    instants = next(iter(found.values())).instants
    rows = [
        (
            kind,
            f"{one.one:.2f}",
            f"{one.together:.2f}",
            f"{one.ratio:.1f}",
            f"{one.in_turn:.2f}",
            f"{one.members:,}",
            str(one.different),
        )
        for kind, one in found.items()
    ]
    head = [
        f"# Looks back at {instants} weekly instants, of {size.events:,} events in {size.days} days",
        "",
        machine.words,
        "",
        "Seconds of processors. Members are those of all instants; they were counted in both ways and compared first.",
        "",
    ]
    columns = (
        "of",
        "one instant",
        f"{instants} in one statement",
        "times",
        "one after the other",
        "members",
        "that differ",
    )
    data = {kind: {**asdict(one), "ratio": round(one.ratio, 2)} for kind, one in found.items()}
    _write(path, {**data, "machine": asdict(machine)}, "\n".join([*head, *_table(columns, rows)]) + "\n")


def ratios_of(measured: Mapping[str, Measured]) -> list[Ratio]:
    """What the targets are about; those only for which everything was measured."""
    hand = [name for name in measured if name.startswith("hand: ")]
    asked: list[tuple[str, list[str], list[str]]] = []
    for name in hand:
        asked += [
            (f"{name} / events and features", [name], [_STAGE, _FEATURES]),
            (f"{name} / features, events being kept", [name], [_FEATURES]),
        ]
    asked += [
        ("features, events being kept / count by person", [_FEATURES], [_COUNT]),
        ("25 sequences, events being kept / windowFunnel in one query", [_JOURNEYS], [_FUSED]),
        (
            "25 sequences, events being kept / windowFunnel in one query, both stored",
            [_JOURNEYS],
            [f"{_FUSED}, stored"],
        ),
        ("25 furthest steps, events being kept / windowFunnel in one query, neither stored", [FURTHEST], [_FUSED]),
        (
            "25 sequences, events being kept / the same of a table kept by person",
            [_JOURNEYS],
            [f"{_FUSED}, table kept by person"],
        ),
        (
            "25 sequences, events being kept / windowFunnel in a query each",
            [_JOURNEYS],
            ["ClickHouse windowFunnel, a query each"],
        ),
        (
            f"self-joins for {sum(map(selfjoins.expressible, SEQUENCES))} of the sequences / all 25, events being kept",
            ["funnels: self-joins"],
            [_JOURNEYS],
        ),
    ]
    ended = [name for name, one in measured.items() if name.startswith(OPEN_FUNNEL) and one.failure is None]
    if ended:
        words = (
            f"{len(ended)} of {len(selfjoins.open_funnels())} funnels without limits by self-joins / all, events kept"
        )
        asked.append((words, ended, ["open: user_sequences"]))
    found = []
    for words, over, under in asked:
        jobs = [measured.get(name) for name in (*over, *under)]
        if all(job is not None and job.failure is None for job in jobs):
            wall, cpu = (
                sum(getattr(measured[name], kind) for name in over)
                / sum(getattr(measured[name], kind) for name in under)
                for kind in ("wall", "cpu")
            )
            found.append(Ratio(words, wall, cpu))
    return found


def _contest_text(size: Size, limits: Limits, machine: Machine, result: Result, ratios: Sequence[Ratio]) -> str:
    keys = "text" if size.text_keys else "whole numbers"
    comparable = sum(map(clickhouse.comparable, SEQUENCES))
    lines = [
        f"# {size.events:,} events of {size.entities:,} people in {size.days} days",
        "",
        f"Keys are {keys}. {_conditions(limits, machine)}",
        "",
        "Answers were compared before anything was timed:",
        "",
        *(
            f"* {name}: {number} compared, "
            + (f"DIFFERENT: {dict(result.different[name])}" if result.different[name] else "all equal")
            for name, number in result.compared.items()
        ),
        "",
        f"windowFunnel can express {comparable} of the 25 sequences; the others are run as near to their meaning as it"
        " comes and are not compared.",
        "",
        *_table(
            ("what", "wall s", "CPU s", "most MB", "rounds"),
            [
                (name, *(("-", "-", "-", one.failure) if one.failure else _numbers(one)))
                for name, one in result.measured.items()
            ],
        ),
        "",
        *_table(("ratio", "wall", "CPU"), [(one.words, f"{one.wall:.2f}", f"{one.cpu:.2f}") for one in ratios]),
    ]
    return "\n".join(lines) + "\n"


def _conditions(limits: Limits, machine: Machine) -> str:
    return f"{limits.threads} threads, at most {limits.memory} of memory for DuckDB. {machine.words}."


def _numbers(one: Measured) -> tuple[str, ...]:
    return f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.peak_megabytes:.0f}", str(one.runs)


def _cost(one: Measured) -> str:
    return one.failure or f"{one.wall:.2f} / {one.cpu:.2f}"


def _total(measured: Iterable[Measured]) -> str:
    costs = list(measured)
    if any(one.failure for one in costs):
        return "-"
    return f"{sum(one.wall for one in costs):.2f} / {sum(one.cpu for one in costs):.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _write(path: Path, found: object, text: str) -> None:
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    path.with_suffix(".md").write_text(text)
