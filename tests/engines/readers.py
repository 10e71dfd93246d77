"""What reads the SQL of dialects whose engines cannot be had, or only emulators of them.

A reader says less than an engine: that the SQL is what its documentation or grammar knows, nothing of what it answers.
"""

from __future__ import annotations

from tests.engines.engine import Mark
from tests.engines.reader import Reader
from tests.engines.reader_dbt import by_dbt
from tests.engines.reader_trino import by_validator

_DBT = "dbt==2.0.0rc196"


def _of_dbt(dialect: str, same_as: str | None = None, *, every_run: bool = False) -> Reader:
    asks = Mark("never", "whether a table of history is there is asked of the warehouse, and there is none")
    marks = {"held_out": asks}
    return Reader(f"dbt2_{dialect}", dialect, "parsed", (_DBT,), by_dbt, same_as, every_run, home="dbt2", marks=marks)


_READERS = (
    Reader(
        name="trino",
        dialect="trino",
        kind="validated",
        requirements=("trino-sql-validator==0.23.0",),
        read=by_validator,
        every_run=True,
        marks={"calendar_edges": Mark("notyet", "one select is longer than the validator can read")},
    ),
    _of_dbt("databricks", same_as="spark", every_run=True),
    _of_dbt("redshift", every_run=True),
    _of_dbt("bigquery"),
    _of_dbt("snowflake"),
)
READERS = {reader.name: reader for reader in _READERS}
"""By name, which is none of an engine's."""
