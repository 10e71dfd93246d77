"""Redshift's SQL on a stand-in: PostgreSQL, from which Redshift descends, with the functions that only Redshift has.

No Redshift can be had. What its SQL answers here tells that the queries are right, as far as both mean the same by
them; not that Redshift takes them. What is done to the stand-in, and to the queries:

* what only Redshift has is a function in SQL: `datediff` and `dateadd`, `convert_timezone`, `strtol`;
* a unit of time stands in quotes, as no function of PostgreSQL takes it without;
* backslashes in text are read as PostgreSQL read them before 9.1, sessions are in UTC;
* names are cut at 63 bytes and not at 127;
* text is compared by its bytes, as in Redshift, but the blanks at its end count.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values
from tests.engines.known import postgres

_SETTINGS = {
    **postgres.SETTINGS,
    "timezone": "UTC",
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    "backslash_quote": "on",
}
_LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8")
_FUNCTIONS = """
create function datediff(part text, earlier timestamp, later timestamp) returns bigint immutable language sql as
$$ select case part when 'microsecond' then cast(extract(epoch from later - earlier) * 1000000 as bigint) end $$;

create function dateadd(part text, number bigint, instant timestamp) returns timestamp immutable language sql as
$$ select instant + cast(number || ' ' || part as interval) $$;

create function convert_timezone(source text, target text, instant timestamp) returns timestamp immutable language sql
as $$ select (instant at time zone source) at time zone target $$;

create function strtol(digits text, base integer) returns bigint immutable language sql as
$$ select case base when 16 then cast(cast('x' || digits as bit(32)) as bigint) end $$;
"""


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """PostgreSQL, and in it what only Redshift has."""
    with postgres.started(folder, _LOCALE, _SETTINGS) as running:
        found = postgres.programs_folder()
        assert found is not None
        login = ["-h", running.profile["host"], "-U", running.profile["user"], running.profile["dbname"]]
        asked = [str(found / "psql"), "-q", "-v", "ON_ERROR_STOP=1", *login]
        subprocess.run(asked, input=_FUNCTIONS, text=True, check=True)
        yield running


def units_in_quotes(sql: str) -> str:
    """The SQL with units of time as PostgreSQL's functions can take them."""
    return re.sub(r"\b(datediff|dateadd)\(\s*(\w+),", r"\1('\2',", sql, flags=re.IGNORECASE)


ENGINE = Engine(
    name="redshift_on_postgres",
    dialect="redshift",
    requirements=postgres.ENGINE.requirements,
    start=start,
    types=postgres.ENGINE.types,
    table=from_values,
    every_run=False,
    absent=postgres.absent,
    backslash=True,
    kind="stand-in",
    given=units_in_quotes,
    limits={"longest_name": 63},
)
