"""PostgreSQL, a real server of our own: Debian's, or the one in the path.

As a user's database it sorts text by a language and not by code points, and its sessions are in a zone with a clock
change. It listens on a socket in its folder only, so that it needs no port.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values
from tests.engines.server import served

SETTINGS = {
    "listen_addresses": "",
    "timezone": "America/St_Johns",
    # Nothing here outlives the tests.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_locks_per_transaction": "256",
}


def programs_folder() -> Path | None:
    """Where `initdb` and `postgres` are; Debian keeps them out of the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name), reverse=True)
    known = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in (*debian, *known) if (folder / "postgres").exists()), None)


def absent() -> str | None:
    """What is missing here."""
    if programs_folder() is None:
        return "PostgreSQL is not installed: apt-get install postgresql, or put initdb and postgres in the path"
    if os.geteuid() == 0 and _user() is None:
        return "PostgreSQL does not run as root, and there is no user `postgres` to run it as"
    return None


LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A server as a user may have it."""
    with started(folder, LOCALE, SETTINGS) as running:
        yield running


@contextmanager
def started(folder: Path, locale: Sequence[str], settings: Mapping[str, str]) -> Iterator[Running]:
    """A server on a database of its own, which is gone afterwards."""
    found = programs_folder()
    assert found is not None, absent()
    data = Path(tempfile.mkdtemp(prefix="segpy-postgres-"))  # a short path: that of a socket has at most 107 bytes
    user = _user() if os.geteuid() == 0 else None
    who: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    try:
        if user:
            os.chown(data, user.pw_uid, user.pw_gid)
        _make(found, data, who, locale, settings)
    except BaseException:
        shutil.rmtree(data)
        raise
    command = [str(found / "postgres"), "-D", str(data), "-k", str(data)]
    asked = [str(found / "pg_isready"), "-q", "-h", str(data)]
    login = {"host": str(data), "port": 5432, "user": "segpy", "password": "", "dbname": "postgres"}
    with served(
        command,
        folder / "postgres.log",
        lambda: subprocess.run(asked, check=False).returncode == 0,
        folder=data,
        gone=data,
        stop=signal.SIGINT,  # end now, and disconnect whoever is left
        who=who,
    ):
        yield Running({"type": "postgres", "schema": "conformance", **login})


def _user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def _make(
    programs: Path, data: Path, who: Mapping[str, Any], locale: Sequence[str], settings: Mapping[str, str]
) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", "segpy", "--auth=trust", "--no-sync", *locale]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data, check=False, **who)
    assert done.returncode == 0, f"initdb failed; PostgreSQL 15 or later is needed\n{done.stdout}{done.stderr}"
    lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(lines)


ENGINE = Engine(
    name="postgres",
    dialect="postgres",
    requirements=("dbt-core>=1.10.8,<1.12", "dbt-postgres>=1.10,<1.12"),
    start=start,
    types={
        "text": "text",
        "number": "double precision",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "timestamptz": "timestamptz",
        "date": "date",
        "uuid": "uuid",
    },
    table=from_values,
    every_run=True,
    turns=(1,),
    absent=absent,
)
