"""DuckDB 1.5, which many still have, through dbt-duckdb."""

from __future__ import annotations

from dataclasses import replace

from tests.engines.known import duckdb

ENGINE = replace(
    duckdb.ENGINE,
    name="duckdb_1_5",
    requirements=("dbt-core>=1.10.8,<1.12", "dbt-duckdb>=1.10,<1.12", "duckdb==1.5.*"),
    every_run=False,
)
