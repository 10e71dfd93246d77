"""Event logs as a collector writes them: numbered, in order of arrival, some rows delivered twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from segpy.demo.clock import written


@dataclass(frozen=True, slots=True)
class _Row:
    at: datetime
    cells: tuple[str, ...]
    twice: bool


@dataclass(slots=True)
class Log:
    """An event log in the making. `columns` are those after the event's id and time."""

    prefix: str
    columns: tuple[str, ...]
    _rows: list[_Row] = field(default_factory=list)

    def add(self, at: datetime, *cells: str, twice: bool = False) -> None:
        """Note an event."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns: {cells}")
        self._rows.append(_Row(at, cells, twice))

    def text(self, rng: Random, share_twice: float) -> str:
        """The log as CSV. A second delivery bears the same id and is stamped up to a minute and a half later.

        Events of one second arrive in the reverse of the order they were noted in, so that nothing can lean on it.
        """
        backwards = self._rows[::-1]
        ordered = sorted(backwards, key=lambda row: row.at)
        arrivals: list[tuple[datetime, tuple[str, ...]]] = []
        for number, row in enumerate(ordered, start=1):
            cells = (f"{self.prefix}{number:05d}", written(row.at), *row.cells)
            arrivals.append((row.at, cells))
            if row.twice or rng.random() < share_twice:
                again = row.at + timedelta(seconds=rng.choice((0, 1, 30, 90)))
                late = row.at + timedelta(minutes=rng.randint(2, 600))
                arrivals.append((late, (cells[0], written(again), *row.cells)))
        arrivals.sort(key=lambda arrival: arrival[0])
        return table(("event_id", "event_time", *self.columns), (cells for _, cells in arrivals))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, the way git and dbt like it: a header, no needless quotes, Unix line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
