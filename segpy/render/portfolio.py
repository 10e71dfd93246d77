"""What dbt is told of the models about segments as a whole: descriptions, contracts and tests."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.render.history import Contents, a_test


def portfolio_contents(plan: Plan) -> dict[str, Contents]:
    """The models of the portfolio."""
    models, limits = plan.portfolio, plan.bound.settings.portfolio
    if models is None:
        return {}
    tests = []
    if limits.max_overlap is not None:
        tests.append(a_test("segpy_overlaps", members=f"ref('{plan.members}')", at_most=limits.max_overlap))
    return {
        models.overlap: ("How far any two segments of an entity are the same people, at as_of.", True, tests),
    }
