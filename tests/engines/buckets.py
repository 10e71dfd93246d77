"""Hold-out buckets beside the cases: one more model of every engine's project, held against the pinned buckets."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from segpy.dialects import DIALECTS
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.nodes import Operation
from tests.cases.tables import Table
from tests.engines.answers import decoded
from tests.engines.engine import ROOT, Engine

GIVEN, MODEL = "holdouts__given", "holdouts__buckets"
_PINNED = ROOT / "tests" / "golden" / "buckets.csv"


def given() -> Table:
    """Salts and keys with the buckets that they fall into, as text all of them."""
    with _PINNED.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    return Table(GIVEN, dict.fromkeys(names, "text"), tuple(map(tuple, rows)))


def model(engine: Engine) -> str:
    """The pinned rows, each with its bucket as the engine computes it."""
    salt, key = exp.column("salt"), exp.column("key")
    both = exp.DPipe(this=exp.DPipe(this=salt, expression=exp.Literal.string("-")), expression=key)
    value = exp.Cast(this=Operation.BUCKET(both), to=exp.DataType(this=exp.DType.BIGINT))
    dialect = DIALECTS[engine.dialect]
    computed = lowered_expression(value, dialect).sql(dialect.grammar)
    told = ", ".join(engine.quoted(name) for name in ("salt", "key", "bucket"))
    return f"select {told}, {computed} as found\nfrom {{{{ ref('{GIVEN}') }}}}"


def problems(engine: Engine, told: Mapping[str, Any]) -> list[str]:
    """What is wrong with an engine's buckets."""
    node = told["models"].get(MODEL)
    if node is None or node["status"] != "success":
        return [f"not built: {node}"]
    found = {(row["salt"], row["key"]): row["found"] for row in decoded(engine, told["rows"][MODEL])}
    wanted = {(str(salt), str(key)): int(str(bucket)) for salt, key, bucket in given().rows}
    return [
        f"{pair}: {found.get(pair)!r}, not {bucket}" for pair, bucket in wanted.items() if found.get(pair) != bucket
    ]
