"""What dbt says of a unit test that failed: its only form is a table of differences, drawn as text."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime

from segpy.warehouse.model import Difference

_ARROW = re.compile(r"-*(?:→|->)")


def differences(message: str) -> tuple[Difference, ...]:
    """The columns that came to something else than expected, of a test with one row; none where they cannot be told.

    `@@` names the columns, `---` has what was expected and `+++` what was found, or `→` both in one row: `4→5`.
    """
    start = re.search(r"^@@", message, re.MULTILINE)
    if start is None:
        return ()
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(message[start.start() :])) if line]
    columns, rows = lines[0][1:], {line[0]: line[1:] for line in lines[1:] if len(line) == len(lines[0])}
    arrow = next((mark for mark in rows if _ARROW.fullmatch(mark)), None)
    if arrow is not None:
        cells = [(column, cell.split(arrow, 1)) for column, cell in zip(columns, rows[arrow], strict=True)]
        return tuple(Difference(column, *map(_told, both)) for column, both in cells if len(both) == 2)
    if not {"---", "+++"} <= rows.keys():
        return ()
    pairs = zip(columns, rows["---"], rows["+++"], strict=True)
    return tuple(Difference(column, _told(one), _told(other)) for column, one, other in pairs if one != other)


def _told(value: str) -> str:
    """A value as SQL would have it: a row that differs in everything shows some as Python does."""
    if number := re.fullmatch(r"Decimal\('(.*)'\)", value):
        return number[1]
    if instant := re.fullmatch(r"datetime\.(datetime|date)\(([0-9, ]+)\)", value):
        parts = [int(part) for part in instant[2].split(",")]
        return date(*parts).isoformat() if instant[1] == "date" else datetime(*parts).isoformat(" ")  # type: ignore[arg-type]
    return value.lower() if value in ("True", "False", "NULL") else value
