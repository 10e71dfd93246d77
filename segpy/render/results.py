"""What dbt is told of tables of results."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.plan.model_results import STATISTICS
from segpy.render.history import Contents, a_test


def result_contents(plan: Plan) -> dict[str, Contents]:
    """The tables of results that a project can have."""
    limit = plan.bound.settings.portfolio.max_drift
    found: dict[str, Contents] = {}
    for name, of in plan.results.tables:
        tests = [a_test("segpy_grain", columns=list(of.key))]
        if of is STATISTICS and limit is not None:
            tests.append(a_test("segpy_drift_within", segments=f"ref('{plan.catalog}')", at_most=limit))
        found[name] = (f"{of.description} Kept from run to run.", False, tests)
    return found
