"""`python -m benchmarks`: generate events, run all contenders on them, and write what it cost."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import handwritten
from benchmarks.backfill import backfill
from benchmarks.contenders import Place
from benchmarks.contest import CLICKHOUSE, PEERS, Options, contest
from benchmarks.curves import CURVES, curve
from benchmarks.daily import daily
from benchmarks.generator import Size, generate
from benchmarks.looks import looks
from benchmarks.machine import machine
from benchmarks.measure import Limits
from benchmarks.report import write_backfill, write_contest, write_curve, write_daily, write_looks

_SIZES = {"1m": 1_000_000, "10m": 10_000_000, "100m": 100_000_000}
_HERE = Path(__file__).parent


def _events(value: str) -> int:
    """A number of events, or the name of one."""
    return _SIZES.get(value.lower()) or int(value.replace("_", ""))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def main() -> None:
    """How fast the generated models are, beside what else could answer the same questions.

    The commands keep what they make below --folder: events once for each size, databases of the contenders, and
    the results as JSON and Markdown.
    """


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all commands have."""
    for option in (
        click.option(
            "--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), help="for all files"
        ),
        click.option("--memory", default="4GB", help="most memory of DuckDB; beyond it spills"),
        click.option("--threads", default=2, help="threads of every engine"),
        click.option("--timeout", default=900.0, help="seconds after which a contender is out"),
        click.option("--rounds", default=3, help="timed rounds; of each contender the median is told"),
    ):
        command = option(command)
    return command


@main.command()
@click.option("--events", type=_events, default="10m", metavar="NUMBER", help="1m, 10m, 100m or a number")
@click.option("--entities", default=1_000_000, help="people there are; some of them do nothing")
@click.option("--days", default=180, help="days of history")
@click.option("--text-keys", is_flag=True, help="keys as text instead of numbers")
@click.option("--peers", default=",".join(PEERS), help="whom to compare with; 'none' for nobody")
@click.option("--styles", default="all", help="of the hand-written queries: all, or some of their names")
@click.option("--only-time-order", is_flag=True, help="ClickHouse without a second table in the order of people")
@_shared
def run(
    events: int,
    entities: int,
    days: int,
    text_keys: bool,
    peers: str,
    styles: str,
    only_time_order: bool,
    folder: Path,
    memory: str,
    threads: int,
    timeout: float,
    rounds: int,
) -> None:
    """Measure all contenders side by side. Fails where an answer differs."""
    size = Size(events, entities, days, text_keys=text_keys)
    folder = folder.resolve()
    place = Place(prepared(size, folder), folder / size.name)
    options = Options(
        tuple(peer for peer in PEERS if peer in peers.split(",")),
        rounds,
        timeout,
        tuple(style for style in handwritten.STYLES if styles == "all" or style.name in styles.split(",")),
        ordered=not only_time_order,
        key_type="text" if text_keys else "integer",
    )
    if CLICKHOUSE in options.peers:
        _need_chdb()
    limits = Limits(threads, memory, place.work / "spilled")
    result = contest(place, limits, options, say)
    write_contest(folder / f"{size.name}", size, limits, machine(), result)
    click.echo((folder / f"{size.name}.md").read_text())
    if any(result.different.values()):
        raise click.ClickException("answers differ")


@main.command("curve")
@click.argument("name", type=click.Choice(sorted(CURVES)))
@click.option(
    "--events",
    type=_events,
    default="10m",
    metavar="NUMBER",
    help="1m, 10m, 100m or a number; the largest where they vary",
)
@_shared
def curve_command(name: str, events: int, folder: Path, memory: str, threads: int, timeout: float, rounds: int) -> None:
    """Measure how the cost of segpy's models grows with events, entities, segments or history."""
    folder = folder.resolve()
    limits = Limits(threads, memory, folder / "spilled")
    points = curve(name, events, folder, prepared, limits, rounds, timeout, say)
    write_curve(folder / f"curve_{name}", name, limits, machine(), points)
    click.echo((folder / f"curve_{name}.md").read_text())


@main.command("daily")
@click.option("--events", type=_events, default="10m", metavar="NUMBER", help="1m, 10m, 100m or a number")
@click.option("--days", default=180, help="days of history")
@click.option("--lateness", default="1 day", help="how late events are said to come")
@click.option("--runs", default=3, help="daily runs; of their cost the median is told")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), help="for all files")
@click.option("--memory", default="4GB", help="most memory of DuckDB; beyond it spills")
@click.option("--threads", default=2, help="threads of DuckDB")
@click.option("--vacuum/--no-vacuum", default=True, help="let DuckDB join row groups again after each run")
def daily_command(
    events: int, days: int, lateness: str, runs: int, folder: Path, memory: str, threads: int, vacuum: bool
) -> None:
    """Measure daily runs that continue each other beside one that makes everything anew. Fails where rows differ."""
    folder = folder.resolve()
    size = Size(events, days=days)
    work = folder / f"daily_{size.name}{'' if vacuum else '_no_vacuum'}"
    limits = Limits(threads, memory, work / "spilled")
    result = daily(prepared(size, folder), work, lateness, runs, limits, say, vacuum=vacuum)
    write_daily(work, size, machine(), result)
    click.echo(work.with_suffix(".md").read_text())
    if any(result.different.values()):
        raise click.ClickException("answers differ")


@main.command("backfill")
@click.option("--events", type=_events, default="10m", metavar="NUMBER", help="1m, 10m, 100m or a number")
@click.option("--days", default=180, help="days of history")
@click.option("--weeks", default=26, help="weekly instants, of which the last is the last day")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), help="for all files")
@click.option("--memory", default="4GB", help="most memory of DuckDB; beyond it spills")
@click.option("--threads", default=2, help="threads of DuckDB")
def backfill_command(events: int, days: int, weeks: int, folder: Path, memory: str, threads: int) -> None:
    """Measure a history built at once, beside the same runs one after the other. Fails where histories differ."""
    folder = folder.resolve()
    size = Size(events, days=days)
    work = folder / f"backfill_{size.name}"
    result = backfill(prepared(size, folder), work, weeks, Limits(threads, memory, work / "spilled"), say)
    write_backfill(folder / f"backfill_{size.name}", size, machine(), result)
    click.echo((folder / f"backfill_{size.name}.md").read_text())
    if any(result.different.values()):
        raise click.ClickException("histories differ")


@main.command("looks")
@click.option("--events", type=_events, default="1m", metavar="NUMBER", help="1m, 10m, 100m or a number")
@click.option("--days", default=180, help="days of history")
@click.option("--instants", default=26, help="weekly instants, of which the last is a week before the last day")
@click.option("--rounds", default=3, help="timed rounds, of which the quickest counts")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), help="for all files")
@click.option("--memory", default="4GB", help="most memory of DuckDB; beyond it spills")
@click.option("--threads", default=2, help="threads of DuckDB")
def looks_command(events: int, days: int, instants: int, rounds: int, folder: Path, memory: str, threads: int) -> None:
    """Measure looks back at many instants beside one at a single instant. Fails where members differ."""
    folder = folder.resolve()
    size = Size(events, days=days)
    found = looks(prepared(size, folder), instants, rounds, Limits(threads, memory, folder / "spilled"), say)
    write_looks(folder / f"looks_{size.name}", size, machine(), found)
    click.echo((folder / f"looks_{size.name}.md").read_text())
    if any(one.different for one in found.values()):
        raise click.ClickException("members differ")


@main.command("generate")
@click.option("--events", type=_events, default="10m", metavar="NUMBER", help="1m, 10m, 100m or a number")
@click.option("--entities", default=1_000_000, help="people there are; some of them do nothing")
@click.option("--days", default=180, help="days of history")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("target/benchmarks"), help="for all files")
def generate_command(events: int, entities: int, days: int, folder: Path) -> None:
    """Generate events only."""
    click.echo(prepared(Size(events, entities, days), folder))


def prepared(size: Size, folder: Path) -> Path:
    """The file of events of a size, generated where it is not there yet."""
    path = folder / f"{size.name}.duckdb"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()

        def progress(day: int, days: int) -> None:
            if day % 30 == 0 or day == days:
                say(f"{size.name}: day {day} of {days}, {time.perf_counter() - began:.0f} s")

        generate(size, path, progress)
    return path


def say(line: str) -> None:
    """A line of progress, beside the results."""
    click.echo(line, err=True)


def _need_chdb() -> None:
    try:
        import chdb  # noqa: F401
    except ImportError as error:
        raise click.ClickException("chdb is missing: install '.[bench]', or leave clickhouse out of --peers") from error


if __name__ == "__main__":
    sys.exit(main())
