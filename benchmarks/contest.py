"""All contenders on the same events in one run: a round whose answers are compared, then rounds that are timed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import answers, clickhouse, contenders, handwritten, selfjoins
from benchmarks.contenders import Place
from benchmarks.measure import Job, Limits, Measured, in_turn, run
from benchmarks.workload import SEQUENCES, segments

OWN, HAND, CLICKHOUSE, FUNNELS = "own", "hand", "clickhouse", "funnels"
PEERS = (HAND, CLICKHOUSE, FUNNELS)


@dataclass(frozen=True, slots=True)
class Options:
    """What takes part, and how often. A contender that takes longer than `timeout` is out."""

    peers: tuple[str, ...]
    rounds: int
    timeout: float
    styles: tuple[handwritten.Style, ...] = handwritten.STYLES
    ordered: bool = True
    key_type: str = "integer"


@dataclass(frozen=True, slots=True)
class Result:
    """The measurements by name, and what was compared: for each comparison how many answers, and which differ."""

    measured: Mapping[str, Measured]
    compared: Mapping[str, int]
    different: Mapping[str, Mapping[str, int]]


def contest(place: Place, limits: Limits, options: Options, progress: Callable[[str], None]) -> Result:
    """Run it. Where answers differ, or with one round only, the first round is all there is."""
    place.work.mkdir(parents=True, exist_ok=True)
    jobs = _jobs(place, options)
    if CLICKHOUSE in options.peers:
        _prepare(place, limits, options, progress)
    first = in_turn(jobs, limits, times=1, timeout=options.timeout, progress=progress)
    done = {name for name, one in first.items() if one.failure is None}
    compared, different = _compare(place, limits, options, done)
    for name, found in different.items():
        progress(f"{name}: {compared[name]} answers, {f'DIFFERENT: {found}' if found else 'equal'}")
    if options.rounds == 1 or any(different.values()):
        return Result(first, compared, different)
    again = [job for job in jobs if job.name in done]
    timed = in_turn(again, limits, times=options.rounds, timeout=options.timeout, progress=progress)
    return Result({**first, **timed}, compared, different)


def _jobs(place: Place, options: Options) -> list[Job]:
    jobs = [*contenders.floor(place), *contenders.own(place, options.key_type)]
    if HAND in options.peers:
        jobs += contenders.hand_written(place, options.styles)
    if FUNNELS in options.peers:
        jobs += [*contenders.without_limits(place, options.key_type), *contenders.funnels(place)]
    if CLICKHOUSE in options.peers:
        jobs += contenders.columnar(place, ordered=options.ordered)
    return jobs


def _prepare(place: Place, limits: Limits, options: Options, progress: Callable[[str], None]) -> None:
    """ClickHouse's own tables, once for a file of events."""
    database, ready = place.work / "clickhouse", place.work / "clickhouse_ready"
    wanted = f"{place.events.stat().st_mtime_ns} {options.ordered}"
    if ready.exists() and ready.read_text() == wanted:
        return
    shutil.rmtree(database, ignore_errors=True)
    progress("loading ClickHouse")
    run(contenders.parquet(place), limits)
    run(clickhouse.load(place.work / "events.parquet", database, ordered=options.ordered), limits)
    ready.write_text(wanted)


def _compare(
    place: Place, limits: Limits, options: Options, done: set[str]
) -> tuple[dict[str, int], dict[str, Mapping[str, int]]]:
    """How many answers were compared, and which differ, by what they were compared with."""
    compared: dict[str, int] = {}
    different: dict[str, Mapping[str, int]] = {}

    def compare(name: str, models: str, queries: Mapping[str, str], other: str | None) -> None:
        databases = {"hand": place.database(other)} if other else {}
        compared[name] = len(queries)
        different[name] = answers.different(place.database(models), queries, databases)

    for style in options.styles if HAND in options.peers else ():
        if f"hand: {style.name}" in done:
            queries = handwritten.differences(segments(), style)
            compare(f"segments and their features, {style.name}", "aggregates", queries, f"hand_{style.name}")
    if "funnels: self-joins" in done:
        queries = {one.name: selfjoins.difference(one) for one in selfjoins.funnels()}
        compare("people at each step, self-joins", "journeys", queries, "hand_funnels")
        there = [one for one in selfjoins.open_funnels() if f"{contenders.OPEN_FUNNEL}{one.name}" in done]
        queries = {one.name: selfjoins.difference(one) for one in there}
        compare("people at each step, self-joins without limits", "open", queries, "hand_open")
    if CLICKHOUSE in options.peers:
        path = place.work / "levels.parquet"
        run(clickhouse.answers(place.work / "clickhouse", path), limits)
        compare("furthest step, windowFunnel", "journeys", clickhouse.differences(path), None)
    if {"whole: user_sequences", "journeys: user_sequences"} <= done:
        whole = {one.name: _between_projects(one.name) for one in SEQUENCES}
        compare("sequences, alone and in the whole project", "whole", whole, "journeys")
    return compared, different


def _between_projects(sequence: str) -> str:
    """What a sequence says must not depend on what else is computed."""
    rows = f"select * from {{}}user_sequences where sequence = '{sequence}'"
    here, there = rows.format(""), rows.format("hand.")
    return f"select count(*) from (({here} except {there}) union all ({there} except {here}))"
