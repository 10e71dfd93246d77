"""How the cost of segpy's models grows: one thing is varied, all else stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import contenders
from benchmarks.contenders import Place
from benchmarks.generator import Size
from benchmarks.measure import Job, Limits, Measured, in_turn
from benchmarks.specs import project

CURVES = ("entities", "events", "history", "segments")


@dataclass(frozen=True, slots=True)
class Point:
    """The value of what is varied, and what each model cost there."""

    value: int
    measured: Mapping[str, Measured]


def curve(
    name: str,
    events: int,
    folder: Path,
    prepare: Callable[[Size, Path], Path],
    limits: Limits,
    rounds: int,
    timeout: float,
    progress: Callable[[str], None],
) -> list[Point]:
    """Measure one curve; all points take turns."""
    jobs: dict[int, list[Job]] = {}
    for value, size, segment_count in _points(name, events):
        place = Place(prepare(size, folder), folder / f"curve_{name}_{value}")
        place.work.mkdir(parents=True, exist_ok=True)
        made = contenders.models(place, "whole", project(segment_count=segment_count))
        jobs[value] = [Job(f"{value}: {job.name}", *_rest(job)) for job in made]
    measured = in_turn(
        [job for made in jobs.values() for job in made], limits, times=rounds, timeout=timeout, progress=progress
    )
    return [
        Point(value, {job.name.rpartition(": ")[2]: measured[job.name] for job in made}) for value, made in jobs.items()
    ]


def _points(name: str, events: int) -> list[tuple[int, Size, int]]:
    """The values, with the events and the number of segments of each."""
    match name:
        case "events":
            sizes = [one for one in (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000) if one <= events]
            return [(one, Size(one), 50) for one in sizes]
        case "entities":
            return [(one, Size(events, one), 50) for one in (10_000, 100_000, 1_000_000, 3_000_000)]
        case "segments":
            return [(one, Size(events), one) for one in (50, 150, 300, 500)]
        case "history":  # so many events a day, however long the history
            return [(one, Size(events * one // 180, days=one), 50) for one in (30, 90, 180, 360)]
        case other:
            raise ValueError(other)


def _rest(job: Job) -> tuple[str, Path, tuple[str, ...], tuple[str, ...], Mapping[str, Path]]:
    return job.engine, job.database, job.statements, job.prepared, job.attached
