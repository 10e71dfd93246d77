"""Two versions of the specs: what changed in meaning, and who is in and out for it."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from segpy.dialects import DIALECTS
from segpy.plan.build import build_plan
from segpy.plan.compare import compare
from segpy.plan.model_compare import Change, Comparison, HoldoutChange, SegmentChange
from segpy.resolve.model import Bound
from segpy.sql.differences import members_queries
from segpy.warehouse.differences import differing
from segpy.warehouse.model_differences import MembersDiffer
from tests.cases.runner import rendered
from tests.cases.tables import Table, create
from tests.unit.stages import bound

BEFORE = """
features:
  logins: {entity: user, count: login, in_the_last: 7 days}
  mails: {entity: user, count: mail}
segments:
  keen: {entity: user, description: Comes often, all: [{feature: logins, at_least: 2}]}
  loyal: {entity: user, all: [{in_segment: keen}, {attribute: plan, in: [paid]}]}
  other: {entity: user, all: [{did: mail}]}
"""


def changed(*replacements: tuple[str, str]) -> Comparison:
    text = BEFORE
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return compare(build_plan(bound(BEFORE)), build_plan(bound(text)))


def only(found: Comparison) -> SegmentChange:
    (one,) = found.segments
    return one


def test_what_only_looks_different_is_the_same() -> None:
    found = changed(
        ("[{in_segment: keen}, {attribute: plan, in: [paid]}]", "[{attribute: plan, in: [paid]}, {in_segment: keen}]"),
        ("  mails: {entity: user, count: mail}\n", ""),
        ("features:\n", "features:\n  mails: {entity: user, count: mail}  # moved\n"),
    )
    assert found == Comparison((), (), 3)


def test_a_changed_condition_and_what_follows_from_it() -> None:
    found = changed(("at_least: 2", "at_least: 3"))
    keen, loyal = found.segments
    assert (keen.segment, keen.change, keen.because, keen.version_kept) == ("keen", Change.CHANGED, (), True)
    assert keen.before is not None and "2" in keen.before[-1]
    assert keen.after is not None and "3" in keen.after[-1] and keen.after[:-1] == keen.before[:-1]
    assert (loyal.segment, loyal.change, loyal.because, loyal.version_kept) == (
        "loyal",
        Change.FOLLOWS,
        ("keen",),
        False,
    )
    assert found.same == 1 and found.features == ()


def test_what_follows_may_have_its_conditions_in_another_order() -> None:
    found = changed(
        ("at_least: 2", "at_least: 3"),
        ("[{in_segment: keen}, {attribute: plan, in: [paid]}]", "[{attribute: plan, in: [paid]}, {in_segment: keen}]"),
    )
    told = [(one.segment, one.change) for one in found.segments]
    assert told == [("keen", Change.CHANGED), ("loyal", Change.FOLLOWS)]


def test_a_changed_version_is_told_apart() -> None:
    keen, _ = changed(("at_least: 2}]", "at_least: 3}], version: 2")).segments
    assert (keen.change, keen.version_kept) == (Change.CHANGED, False)
    reworded = only(changed(("description: Comes often", "description: Comes again, owner: growth, version: 2")))
    assert (reworded.change, reworded.because, reworded.affects_members) == (
        Change.REWORDED,
        ("description", "owner", "version"),
        False,
    )


def test_added_and_removed() -> None:
    found = changed(
        ("  other: {entity: user, all: [{did: mail}]}\n", "  fresh: {entity: user, all: [{did: login}]}\n"),
        ("  mails: {entity: user, count: mail}\n", "  visits: {entity: user, count: viewed}\n"),
    )
    assert [(one.segment, one.change, one.before is None, one.after is None) for one in found.segments] == [
        ("fresh", Change.ADDED, True, False),
        ("other", Change.REMOVED, False, True),
    ]
    assert [(one.feature, one.change) for one in found.features] == [
        ("mails", Change.REMOVED),
        ("visits", Change.ADDED),
    ]
    assert found.same == 2


HELD = """
holdouts:
  all_of_it: {entity: user, share: 5%}
segments:
  keen:
    entity: user
    playbook: {channel: mail, message: Hello}
    all: [{did: login}]
    experiment: {holdout: {share: 10%, stratify_by: [plan]}}
  other: {entity: user, all: [{did: mail}]}
"""


def held(*replacements: tuple[str, str]) -> Comparison:
    text = HELD
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return compare(build_plan(bound(HELD)), build_plan(bound(text)))


def test_a_hold_out_that_differs() -> None:
    """Its share may grow in the same version, and its strata may not: who was drawn already was drawn by others."""
    assert held(("5%", "5.00%")) == Comparison((), (), 2)
    before = "10 % of the members of keen, in strata of plan, drawn as keen_v1"
    assert held(("share: 10%", "share: 12.5%")).holdouts == (
        HoldoutChange("keen", "user", Change.CHANGED, before, before.replace("10", "12.5"), ("share",)),
    )
    (strata,) = held((", stratify_by: [plan]", "")).holdouts
    assert (strata.because, strata.version_kept) == (("stratify_by",), True)
    (drawn_anew,) = held((", stratify_by: [plan]", ", version: 2")).holdouts
    assert (drawn_anew.because, drawn_anew.version_kept) == (("stratify_by", "version"), False)
    (removed,) = held(("holdouts:\n  all_of_it: {entity: user, share: 5%}", "")).holdouts
    assert removed == HoldoutChange(
        "all_of_it", "user", Change.REMOVED, "5 % of the members of keen, other, drawn as all_of_it_v1", None
    )
    (fewer,) = held(("share: 5%", "share: 5%, segments: [keen]")).holdouts
    assert fewer.because == ("segments",)


def test_whom_a_changed_segment_reaches() -> None:
    """Its hold-outs and its playbook; of one that is only reworded nobody is reached."""
    keen = only(held(("[{did: login}]", "[{count: login, at_least: 2}]")))
    assert (keen.holdouts, keen.playbook) == (("all_of_it", "keen"), "channel: mail; message: Hello")
    reworded = only(held(("Hello", "Hi")))
    assert (reworded.change, reworded.holdouts, reworded.playbook) == (Change.REWORDED, (), "")


def test_a_changed_feature_changes_who_asks_about_it() -> None:
    found = changed(("in_the_last: 7 days", "in_the_last: 8 days"))
    assert [(one.feature, one.change) for one in found.features] == [("logins", Change.CHANGED)]
    assert "7" in (found.features[0].before or "") and "8" in (found.features[0].after or "")
    assert [(one.segment, one.change) for one in found.segments] == [
        ("keen", Change.CHANGED),
        ("loyal", Change.FOLLOWS),
    ]


def test_rules_of_membership_and_the_population() -> None:
    assert only(changed(("[{did: mail}]", "[{did: mail}], membership: {grace: 1 day}"))).because == ("membership",)
    compared = compare(build_plan(bound("retention: 100 days\n" + BEFORE)), build_plan(bound(BEFORE)))
    assert {one.segment: (one.change, one.because) for one in compared.segments} == {
        "keen": (Change.CHANGED, ("population",)),
        "loyal": (Change.FOLLOWS, ("keen",)),
        "other": (Change.CHANGED, ("population",)),
    }


# --- members --------------------------------------------------------------------------------------------------------

AS_OF = datetime(2026, 3, 10)
USERS = {"user_id": "text", "plan": "text", "age": "integer", "signed_up_at": "timestamp", "born_on": "date"}
EVENTS = {"event_id": "text", "user_id": "text", "team_id": "integer", "at": "timestamp", "name": "text"}
PROPERTIES = {"amount": "number", "path": "text", "seats": "integer", "vip": "boolean", "due_at": "timestamp"}
PLANS = {"ann": "paid", "bob": "free", "cleo": "paid"}
LOGINS = (("ann", 5), ("ann", 6), ("ann", 7), ("bob", 8), ("bob", 9), ("dora", 9))
NOTHING = (None,) * len(PROPERTIES)
TABLES = (
    Table("users", {**USERS, "trial": "boolean"}, tuple((*plan, None, None, None, None) for plan in PLANS.items())),
    Table(
        "raw.events",
        {**EVENTS, **PROPERTIES},
        tuple(
            (str(i), user, None, f"2026-03-0{day} 10:00:00", "login", *NOTHING) for i, (user, day) in enumerate(LOGINS)
        ),
    ),
    Table("mails", {"reader": "text", "sent_at": "timestamp"}, (("cleo", "2026-03-01 00:00:00"),)),
)


def members(before: Bound, after: Bound, *segments: str) -> dict[str, MembersDiffer]:
    """What the query says on an engine; sources stand in schemas."""
    queries = members_queries(build_plan(before), build_plan(after), frozenset(segments), None)
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        for table in TABLES:
            create(connection, table)
        rows = [connection.execute(rendered(query.text, AS_OF)).fetchall() for query in queries]
    found = {one.segment: one for query, (row,) in zip(queries, rows, strict=True) for one in differing(query, row)}
    assert {one.as_of for one in found.values()} == {str(AS_OF)}
    return found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # (before, after, staying, entering, leaving) of keen and loyal
        ("at_least: 2", "at_least: 3", [(2, 1, 1, 0, 1), (1, 1, 1, 0, 0)]),
        ("at_least: 2", "exactly: 1", [(2, 1, 0, 1, 2), (1, 0, 0, 0, 1)]),
        ("[paid]", "[free]", [(2, 2, 2, 0, 0), (1, 1, 0, 1, 1)]),
    ],
)
def test_members(old: str, new: str, expected: list[tuple[int, ...]]) -> None:
    assert old in BEFORE
    found = members(bound(BEFORE), bound(BEFORE.replace(old, new)), "keen", "loyal")
    told = [(one.before, one.after, one.staying, one.entering, one.leaving) for one in found.values()]
    assert [*found] == ["keen", "loyal"] and told == expected
    assert {(one.population_before, one.population_after) for one in found.values()} == {(4, 4)}  # dora has events only


def test_members_of_what_is_there_on_one_side_only() -> None:
    without = BEFORE[: BEFORE.index("  loyal:")]
    found = members(bound(without), bound(BEFORE), "loyal", "other")
    assert {name: (one.before, one.after, one.jaccard) for name, one in found.items()} == {
        "loyal": (0, 1, 0.0),
        "other": (0, 1, 0.0),
    }
    nobody = bound(BEFORE.replace("[paid]", "[none]"))
    assert members(nobody, nobody, "loyal")["loyal"].jaccard is None
    (features, _) = BEFORE.split("segments:")
    gone = members(bound(BEFORE), bound(features), "keen")["keen"]
    assert (gone.before, gone.after, gone.leaving, gone.population_after) == (2, 0, 2, 0)


def test_the_rules_that_are_to_blame() -> None:
    stricter = BEFORE.replace(
        "[{feature: logins, at_least: 2}]", "[{feature: logins, at_least: 3}, {attribute: plan, in: [free]}]"
    )
    keen = members(bound(BEFORE), bound(stricter), "keen")["keen"]
    # ann has three logins and has paid; bob has two and has not
    both = (("at least 3 login in the last 7 days", 1), ("plan is 'free'", 1))
    assert keen.leaving_for == both
    assert (keen.leaving, keen.entering_for) == (2, ())
    keen = members(bound(stricter), bound(BEFORE), "keen")["keen"]
    assert (keen.entering_for, keen.leaving_for) == (both, ())
    loyal = members(bound(BEFORE), bound(stricter), "loyal")["loyal"]
    assert loyal.leaving_for == (("in segment keen", 1),)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_can_write_it(dialect: str) -> None:
    """Each text is read again and compared with the tree that it was written from."""
    before, after = (f"dialect: {dialect}\n{text}" for text in (BEFORE, BEFORE.replace("at_least: 2", "at_least: 3")))
    (query,) = members_queries(
        build_plan(bound(before)), build_plan(bound(after)), frozenset({"keen"}), DIALECTS[dialect].adapter
    )
    assert "keen" in query.text and len(query.reasons) == 2
