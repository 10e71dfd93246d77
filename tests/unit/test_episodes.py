"""What is said of membership over time is understood by the rules about meaning."""

from __future__ import annotations

import pytest

from tests.cases.runner import Refused, compile_spec

SPEC = """
entities:
  user: {key: user_id, attributes: {relation: ref('users'), columns: {keen: boolean}}}
segments:
  first: {entity: user, all: [{attribute: keen, exactly: true}]MEMBERSHIP}
"""
STILL_IN = "  second: {entity: user, extends: first, none: [{attribute: keen, exactly: true}]}\n"
SHUT_OUT = "  second: {entity: user, all: [{attribute: keen, exactly: true}, {not_in_segment: first}]}\n"
NEXT = "  second: {entity: user, all: [{attribute: keen, exactly: true}]}\nexclusive_groups: {g: [first, second]}\n"


def spec(membership: str, second: str) -> str:
    return SPEC.replace("MEMBERSHIP", f", membership: {membership}" if membership else "") + second


@pytest.mark.parametrize(
    ("membership", "second"),
    [("{grace: 2 days}", STILL_IN), ("{reentry: never}", SHUT_OUT), ("{expires: 9 days}", NEXT)],
)
def test_who_is_in_by_the_rules_of_membership_need_not_fulfil_conditions(membership: str, second: str) -> None:
    """And who fulfils them need not be in: only without such rules is this a contradiction."""
    assert "segment_spells" in compile_spec(spec(membership, second)).sql
    for other in ("", "{on_change: carry, collapse_gap: 2 days}"):
        with pytest.raises(Refused):
            compile_spec(spec(other, second))


def test_flags_without_such_rules_are_as_they_were() -> None:
    plain, counted = (compile_spec(spec(one, "")).sql for one in ("", "{on_change: carry, collapse_gap: 2 days}"))
    assert plain["user_segments"] == counted["user_segments"]
    assert "first__holds" in compile_spec(spec("{minimum_stay: 2 days}", "")).sql["user_segments"]


@pytest.mark.parametrize("grain", ["day", "hour"])
def test_what_a_run_forgets_is_of_its_own_instant(grain: str) -> None:
    """Which without the var is the start of the run, cut to the grain: of two runs of a day the first is forgotten."""
    sql = compile_spec(f"grain: {grain}\n{spec('', '')}").sql
    assert f"segpy_forget('from_at', '{grain}')" in sql["segment_spells"]
    assert f"segpy_forget('as_of', '{grain}')" in sql["segment_sizes"]
