"""What dbt is told of tables of results."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.render.history import Contents, a_test


def result_contents(plan: Plan) -> dict[str, Contents]:
    """The tables of results that a project can have."""
    return {
        name: (f"{of.description} Kept from run to run.", False, [a_test("segpy_grain", columns=list(of.key))])
        for name, of in plan.results.tables
    }
