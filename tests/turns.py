"""What takes long is asked by turns in CI, each commit for a part: `SEGPY_TURN=1/8` asks for the second of eight parts.

Without the variable everything is asked. Which part a test is of follows from its name, so that any commits in a row
whose turns differ ask for all of it. What is left out is skipped, and says so.
"""

from __future__ import annotations

import os
import re
from zlib import crc32

# Tests that share what is expensive to make are taken or left together, by their file; the others one by one.
BY_FILE = (
    "tests/backtests/test_canary",
    "tests/benchmarks/",
    "tests/docs/test_followed",
    "tests/e2e/test_adoption",
    "tests/e2e/test_real_data",
    "tests/engines/test_read_by_dbt",
    "tests/engines/test_session_zone",
    "tests/engines/test_several_dialects",
    "tests/engines/test_validated",
    "tests/measure/test_own_models",
    "tests/unit/test_report",
    "tests/unit/test_stays",
)
BY_TEST = (
    "tests/cases/test_cases.py::test_columns_are_of_the_types_that_they_are_said_to_have",
    "tests/cases/test_cases.py::test_future_changes_nothing",
    "tests/cases/test_cases.py::test_rendering_is_a_function_of_the_meaning",
    "tests/cases/test_cases.py::test_row_order_changes_nothing",
    "tests/cases/test_cases.py::test_session_time_zone_changes_nothing",
    "tests/cases/test_inlined",
    "tests/cases/test_names",
    "tests/drift/test_oracle",
    "tests/e2e/test_ci",
    "tests/e2e/test_demo",
    "tests/e2e/test_examples",
    "tests/engines/test_histories",
    "tests/evolve/test_describe",
    "tests/evolve/test_published",
    "tests/kept/test_backfill",
    "tests/kept/test_by_dbt",
    "tests/kept/test_hand_made",
    "tests/kept/test_inputs_gone",
    "tests/kept/test_models_alone",
    "tests/kept/test_random_schedules",
    "tests/portfolio/test_candidates",
    "tests/prices/test_simulation",
    "tests/properties/language/",
    "tests/properties/test_attempts",
    "tests/properties/test_never_a_traceback",
    "tests/properties/test_reasoning",
    "tests/properties/test_sequences",
    "tests/unit/test_backtest",
    "tests/unit/test_cli",
    "tests/unit/test_drift",
    "tests/unit/test_evolve",
    "tests/unit/test_forecast",
    "tests/unit/test_forget",
    "tests/unit/test_init",
    "tests/unit/test_lift",
    "tests/unit/test_preview",
    "tests/unit/test_price",
    "tests/unit/test_why",
)
ENGINES = ("postgres", "sail", "duckdb")
_CONFORMANCE = re.compile(rf"tests/engines/test_conformance\.py::\w+\[({'|'.join(ENGINES)})[]-]")
_EVENLY = 3381  # with it eight turns get about as much each of what takes longest


def left_out(test: str, turn: str | None = os.environ.get("SEGPY_TURN")) -> bool:
    """Whether a test, by its name, is asked in another turn."""
    if not turn:
        return False
    part, _, parts = turn.partition("/")
    file = test.partition("::")[0]
    engine = _CONFORMANCE.match(test)
    if engine is not None:  # one of them in each commit, for all that it is asked in any
        return ENGINES.index(engine[1]) != int(part) % len(ENGINES)
    named = file if file.startswith(BY_FILE) else test if test.startswith(BY_TEST) else None
    return named is not None and crc32(f"{_EVENLY} {named}".encode()) % int(parts) != int(part)
