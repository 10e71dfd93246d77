"""DuckLake: DuckDB that keeps its tables as Parquet files, through dbt-duckdb."""

from __future__ import annotations

from dataclasses import replace

from segpy.dialects.duckdb import DUCKDB

DUCKLAKE = replace(DUCKDB, name="ducklake", enum_type=False)
