"""A history as it stands on disk: specs, runs, and the spells that must be there after the last one.

`history.yml` in a folder of its own. A run is a line: the instant, whoever exists with the boolean attributes that are
true of them (`ann:keen,rich bob:`), and where wanted `spec=other`, `rewrite` (history is rewritten from there) or
`refused`. An expected spell is a line too: kind, segment, key, from, to, why it ended (`-` for none), and where it is
not the beginning itself `since=`; and an expected assignment to an arm: salt, key, bucket, arm, from. `events` are
lines too, the same for all runs: when, who, what, and an amount. Of experiments there are the outcomes, each a line
(outcome, key, arm, whether it came about, the worth, the covariate), and the statistics of the arms, in the order of
their columns. Of `models`, by their names, there are all rows, below a line with some of their columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.cases.tables import Row, Table
from tests.oracle.history import Spell

FOLDER = Path(__file__).parent
Line = tuple[str, str, str, str, str | None, str | None, str]
"""A spell as it is written: kind, segment, key, from, to, reason, since."""
Assigned = tuple[str, str, str, str, str]
"""An assignment as it is written: salt, key, bucket, arm, from."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: when, with which spec, and who exists with what."""

    as_of: datetime
    spec: str
    users: Mapping[str, frozenset[str]]
    rewrite: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Written:
    """One history. `specs` are texts by name."""

    name: str
    specs: Mapping[str, str]
    attributes: tuple[str, ...]
    runs: tuple[Run, ...]
    spells: tuple[Line, ...]
    assignments: tuple[Assigned, ...] = ()
    outcomes: tuple[tuple[str, ...], ...] = ()
    arms: tuple[tuple[str, ...], ...] = ()
    events: Table | None = None
    models: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def tables(self, run: Run) -> tuple[Table, ...]:
        """The input tables as they are at a run."""
        users = users_table(run.users, self.attributes)
        return (users,) if self.events is None else (users, self.events)


def users_table(users: Mapping[str, frozenset[str]], attributes: tuple[str, ...]) -> Table:
    """Whoever exists, with what is true of them."""
    rows = tuple((user, *(str(one in true).lower() for one in attributes)) for user, true in users.items())
    return Table("users", {"user_id": "text", **dict.fromkeys(attributes, "boolean")}, rows)


def names() -> list[str]:
    """The names of all histories."""
    return sorted(path.parent.name for path in FOLDER.glob("*/history.yml"))


def load(name: str) -> Written:
    """Read a history from its folder."""
    said = yaml.safe_load((FOLDER / name / "history.yml").read_text(encoding="utf-8"))
    unknown = set(said) - {
        "title",
        "why",
        "grain",
        "specs",
        "runs",
        "spells",
        "assignments",
        "outcomes",
        "arms",
        "events",
        "models",
    }
    assert not unknown and said["title"] and said["why"], f"{name}/history.yml: {sorted(unknown)}"
    runs = tuple(_run(line) for line in said["runs"].strip().splitlines())
    attributes = tuple(sorted({one for run in runs for true in run.users.values() for one in true}))
    specs = {one: spec_text(parts, attributes, said.get("grain", "day")) for one, parts in said["specs"].items()}
    spells = tuple(_line(line) for line in said["spells"].strip().splitlines())
    drawn = tuple(_assigned(line) for line in said.get("assignments", "").strip().splitlines())
    outcomes, arms = (_cells(said.get(one, "")) for one in ("outcomes", "arms"))
    events = _events(said["events"]) if "events" in said else None
    models = {one: _cells(text) for one, text in said.get("models", {}).items()}
    return Written(name, specs, attributes, runs, spells, drawn, outcomes, arms, events, models)


def spec_text(parts: Mapping[str, Any], attributes: tuple[str, ...], grain: str = "day") -> str:
    """A spec: its segments and groups, about users of whom some things are true."""
    columns = dict.fromkeys(attributes, "boolean")
    entity = {"key": "user_id", "attributes": {"relation": "ref('users')", "columns": columns}}
    return yaml.safe_dump({"version": 1, "grain": grain, "entities": {"user": entity}, **parts}, sort_keys=False)


def _run(line: str) -> Run:
    written, *words = line.split()
    users = {user: frozenset(filter(None, true.split(","))) for user, _, true in
             (word.partition(":") for word in words if ":" in word)}  # fmt: skip
    spec = next((word.removeprefix("spec=") for word in words if word.startswith("spec=")), "spec")
    return Run(instant(written), spec, users, "rewrite" in words, "refused" in words)


def instant(written: str) -> datetime:
    """`03-05` is a day of 2026, `03-05T07` an hour of it."""
    return datetime.fromisoformat(f"2026-{written}:00" if "T" in written else f"2026-{written}T00:00")


def _line(line: str) -> Line:
    kind, segment, key, start, end, reason, *rest = line.split()
    since = rest[0].removeprefix("since=") if rest else start
    return kind, segment, key, start, *(None if one == "-" else one for one in (end, reason)), since


def _cells(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


def _events(text: str) -> Table:
    rows = [
        (user, f"2026-{day} {time}", name, rest[0] if rest else None) for day, time, user, name, *rest in _cells(text)
    ]
    return Table("events", {"user_id": "text", "at": "timestamp", "name": "text", "amount": "number"}, tuple(rows))


_OUTCOME = ("outcome", "entity_key", "arm", "converted", "value", "covariate")
_ARM = ("outcome", "metric", "arm", "assigned", "observed", "mean", "variance", "covariate_mean", "covariate_variance",
        "covariance")  # fmt: skip


def measured(outcomes: Iterable[Row], arms: Iterable[Row]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Outcomes and arms as a history writes them: numbers with four decimals at most, `-` for none."""
    first, second = (
        sorted(tuple(_told(row[one]) for one in names) for row in rows)
        for names, rows in ((_OUTCOME, outcomes), (_ARM, arms))
    )
    return first, second


def shown(rows: Iterable[Row], columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """These columns of rows as a history writes them, in their order; instants as those of spells."""
    return sorted(tuple(_told(row[one]) for one in columns) for row in rows)


def _told(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, str) and value.startswith("2026-"):
        return datetime.fromisoformat(value).strftime("%m-%dT%H:%M").removesuffix(":00").removesuffix("T00")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{round(value + 0.0, 4):g}" if isinstance(value, float) else str(value)


def _assigned(line: str) -> Assigned:
    salt, key, bucket, arm, start = line.split()
    return salt, key, bucket, arm, start


def assigned(rows: Iterable[Row]) -> list[Assigned]:
    """Assignments as a history writes them, in their order."""
    return sorted(
        (str(one["salt"]), str(one["entity_key"]), _told(one["bucket"]), str(one["arm"]), _shown(one["assigned_at"]))
        for one in rows
    )


def _shown(instant: object) -> str:
    return datetime.fromisoformat(str(instant)).strftime("%m-%d")


def lines(spells: list[Spell]) -> list[Line]:
    """Spells as a history writes them, in their order."""

    def shown(when: datetime) -> str:
        return when.strftime("%m-%d" if when.hour == 0 else "%m-%dT%H")

    return sorted(
        (one.kind, one.segment, one.key, shown(one.start), one.end and shown(one.end), one.reason, shown(one.since))
        for one in spells
    )
