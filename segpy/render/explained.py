"""What dbt is told of the tables that say why: descriptions, contracts and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segpy.plan.model import Plan
from segpy.render.history import Contents, a_test


def explained_contents(plan: Plan) -> dict[str, Contents]:
    """The models that say why somebody is in a segment, and where people are lost."""
    grain = a_test("segpy_grain", columns=["segment", "position"])
    words = "How many remain after each rule of a segment, and how many are kept out by that rule alone."
    found = {plan.attrition: (words, True, [grain])}
    if plan.explanations is not None:
        # Its grain is tested beside the flags, on some entities: see `segpy_explanations_match_flags`.
        words = "Why somebody is in a segment or is not: what each condition looks at, and whether it passes."
        found[plan.explanations] = (words, True, [])
    return found


def explained_tests(plan: Plan, entity: str, key: str, holding: Mapping[str, str]) -> list[dict[str, Any]]:
    """Tests on the flags of an entity: these tables say the same. `holding` are the flags that say what holds now."""
    flags = dict(holding)
    found = [
        a_test("segpy_attrition_matches_flags", attrition=f"ref('{plan.attrition}')", entity=entity, segments=flags)
    ]
    if plan.explanations is not None:
        explanations = f"ref('{plan.explanations}')"
        found.append(
            a_test(
                "segpy_explanations_match_flags",
                explanations=explanations,
                entity=entity,
                key=key,
                segments=dict(flags),
            )
        )
    return found
