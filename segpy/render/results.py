"""What dbt is told of tables of results."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.plan.model_results import BACKTESTS, LIFT
from segpy.render.history import Contents, a_test


def result_contents(plan: Plan) -> dict[str, Contents]:
    """The tables of results that a project can have."""
    models = ((plan.results.lift, LIFT), (plan.results.backtests, BACKTESTS))
    return {
        name: (f"{of.description} Kept from run to run.", False, [a_test("segpy_grain", columns=list(of.key))])
        for name, of in models
        if name is not None
    }
