"""Databricks: Spark's SQL, as its engine is. The session's time zone must be UTC."""

from __future__ import annotations

from dataclasses import replace

from segpy.dialects.spark import SPARK

DATABRICKS = replace(SPARK, name="databricks", grammar="databricks", adapter="databricks")
