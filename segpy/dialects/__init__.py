"""What each engine can do, pure data: a file an engine. SQL is lowered by capability, never by name."""

from __future__ import annotations

from segpy.dialects.bigquery import BIGQUERY
from segpy.dialects.clickhouse import CLICKHOUSE
from segpy.dialects.databricks import DATABRICKS
from segpy.dialects.duckdb import DUCKDB
from segpy.dialects.ducklake import DUCKLAKE
from segpy.dialects.model import Dialect
from segpy.dialects.postgres import POSTGRES
from segpy.dialects.redshift import REDSHIFT
from segpy.dialects.snowflake import SNOWFLAKE
from segpy.dialects.spark import SPARK
from segpy.dialects.trino import TRINO

__all__ = ["DIALECTS", "Dialect"]

_ALL = (DUCKDB, DUCKLAKE, POSTGRES, SPARK, BIGQUERY, CLICKHOUSE, SNOWFLAKE, DATABRICKS, TRINO, REDSHIFT)
DIALECTS = {one.name: one for one in _ALL}
"""The dialects that SQL can be written for."""
