"""The plan of every case, in English, is the one that was committed beside it.

`SEGPY_WRITE_PLANS=1 pytest tests/cases/test_plans.py` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import os

from tests.cases import case as cases
from tests.cases.case import Case
from tests.cases.plan_text import plan_of, plan_text


def test_plan(case: Case) -> None:
    found = plan_text(plan_of(case.spec))
    path = cases.FOLDER / case.name / "plan.txt"
    if os.environ.get("SEGPY_WRITE_PLANS"):
        path.write_bytes(found.encode())
    assert found == path.read_bytes().decode()


def test_no_plan_is_left_over() -> None:
    """A case that is no more has no plan."""
    planned = {path.parent.name for path in cases.FOLDER.glob("*/plan.txt")}
    assert planned == set(cases.names())
