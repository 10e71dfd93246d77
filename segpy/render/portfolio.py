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
    found: dict[str, Contents] = {
        models.overlap: ("How far any two segments of an entity are the same people, at as_of.", True, tests)
    }
    if models.pareto is not None:
        words = "What the members of each segment are worth, and how few of them make four fifths of it, at as_of."
        found[models.pareto] = (words, True, [a_test("segpy_grain", columns=["segment"])])
    words = (
        "How each segment fares at as_of: its size beside that of the runs of 28 days, who comes and goes, who is due."
    )
    steady = {one.name: one.size.within for one in plan.bound.segments if one.size and one.size.within is not None}
    more = [a_test("segpy_sizes_steady", within=steady)] if steady else []
    found[models.monitors] = (words, True, [a_test("segpy_grain", columns=["segment"]), *more])
    words = "Which segments could be one, and which could go, each with a reason in words."
    found[models.candidates] = (words, True, [])
    if models.stays is not None:
        found[models.stays] = ("For how many weeks members stay, as counts that life tables are made of.", True, [])
    return found
