"""DuckLake through dbt-duckdb: tables are Parquet files in a folder, and a catalog beside them knows which.

The extension comes from a wheel, as DuckDB would else fetch it from its own server: a wheel for each version of DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.engines.engine import Running
from tests.engines.known import duckdb

_EXTENSION = "lib/python3*/site-packages/duckdb_extension_ducklake/extensions/*/ducklake.duckdb_extension"


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A new catalog, attached to a DuckDB in memory."""
    (extension,) = programs.parent.glob(_EXTENSION)
    lake = {
        "path": f"ducklake:{folder / 'cases.ducklake'}",
        "alias": "lake",
        # Tables of a few rows would be kept in the catalog and not in files, where numbers of some types are others.
        "options": {"data_path": str(folder / "lake"), "data_inlining_row_limit": 0},
    }
    with duckdb.start(folder, programs) as running:
        profile = {
            **running.profile,
            "path": ":memory:",
            "database": "lake",
            "attach": [lake],
            "extensions": [str(extension)],
            "config_options": {"extension_directory": str(folder / "extensions")},
        }
        yield Running(profile)


ENGINE = replace(
    duckdb.ENGINE,
    name="ducklake",
    dialect="ducklake",
    requirements=(
        "dbt-core>=1.10.8,<1.12",
        "dbt-duckdb>=1.10,<1.12",
        "duckdb==1.5.5",
        "duckdb-extension-ducklake==1.5.5",
    ),
    start=start,
    every_run=False,
    random=True,
    threads=1,  # of two transactions at once, one may fail or make its table in another schema (duckdb/ducklake#1248)
)
