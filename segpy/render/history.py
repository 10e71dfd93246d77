"""What dbt is told of the models of membership over time: descriptions, contracts and tests."""

from __future__ import annotations

from typing import Any, TypeAlias

from segpy.plan.model import Plan

Contents: TypeAlias = tuple[str, bool, list[Any]]
"""A model's description, whether its contract is enforced, and its tests."""

_WHO = ["segment", "entity", "entity_key"]


def a_test(test: str, **arguments: Any) -> dict[str, Any]:
    """A test with its arguments, as dbt wants it."""
    return {test: {"arguments": arguments}}


def history_contents(plan: Plan) -> dict[str, Contents]:
    """The models of history."""
    names, grain = plan.history, plan.bound.settings.grain.value
    found = {
        names.spells: (
            "What runs found about time, kept from run to run: who is in a segment, who only still is by its rules, "
            "and who may not enter, each from the run that found it to the one that did not any more.",
            False,
            [
                a_test("segpy_grain", columns=[*_WHO, "kind", "from_at"]),
                a_test("segpy_spells_apart", grain=grain),
                a_test("segpy_spells_match_members", members=f"ref('{plan.members}')"),
            ],
        ),
        names.membership: (
            "Every membership there was: half-open, never overlapping.",
            True,
            [a_test("segpy_grain", columns=[*_WHO, "episode"])],
        ),
        names.changes: (
            "Who entered and who left, run by run.",
            True,
            [a_test("segpy_grain", columns=[*_WHO, "changed_at", "change"])],
        ),
        names.sizes: (
            "How large every segment was at each run, and who came and went with it; kept from run to run.",
            False,
            [a_test("segpy_grain", columns=["segment", "entity", "as_of"])],
        ),
    }
    if names.moves is not None:
        found[names.moves] = ("Moves between the segments of exclusive groups, run by run.", True, [])
    return found | _audiences(plan)


def _audiences(plan: Plan) -> dict[str, Contents]:
    """The three tables of those who may be written to."""
    names = plan.history
    return {
        names.audiences: (
            "The segments as audiences, and how many of their members may be written to.",
            True,
            [a_test("segpy_grain", columns=["audience", "entity"])],
        ),
        names.people: (
            "Whoever is in some audience and may be written to.",
            True,
            [a_test("segpy_grain", columns=["entity", "entity_key"])],
        ),
        names.audience_memberships: (
            "Who is in which audience and may be written to.",
            True,
            [a_test("segpy_grain", columns=["audience", "entity", "entity_key"])],
        ),
    }
