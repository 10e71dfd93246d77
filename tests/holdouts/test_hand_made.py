"""Hold-outs as a person works them out. The buckets are `md5sum`'s and a shell's, not this package's:

printf '%s' keen_v1-ann | md5sum | cut -c1-8     # the first 32 bits, modulo 10,000
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import Warehouse, opened

BUCKETS = {
    "keen_v1": {"ann": 2760, "bob": 2684, "cat": 5203, "dan": 7671, "eve": 2325, "fay": 5746},
    "keen_v2": {"ann": 6568, "bob": 5720, "cat": 7676, "dan": 6816, "eve": 429, "fay": 2084},
    "rich_v1": {"ann": 4225, "bob": 9647, "cat": 6804, "dan": 2888, "eve": 1953, "fay": 5450},
    "everyone_v1": {"ann": 8824, "bob": 2398, "cat": 5332, "dan": 3587, "eve": 3453, "fay": 3451},
}
TAXONOMY = """
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {keen: boolean, rich: boolean, plan: text}}
"""
KEEN = "  keen: {{entity: user, all: [{{attribute: keen, exactly: true}}], experiment: {{holdout: {0}}}}}\n"
RICH = "  rich: {{entity: user, all: [{{attribute: rich, exactly: true}}]{0}}}\n"


def users(line: str) -> Table:
    """`ann:keen,rich@trial` on a line: what is true of whom, and their plan."""
    rows = []
    for word in line.split():
        name, _, rest = word.partition(":")
        true, _, plan = rest.partition("@")
        held = set(true.split(","))
        rows.append((name, str("keen" in held).lower(), str("rich" in held).lower(), plan or None))
    columns = {"user_id": "text", "keen": "boolean", "rich": "boolean", "plan": "text"}
    return Table("users", columns, tuple(rows))


@contextmanager
def after(*runs: tuple[str, str, str]) -> Iterator[Warehouse]:
    """A warehouse after runs: the day, the segments and hold-outs, and who exists with what."""
    with opened() as found:
        for day, spec, people in runs:
            found.fill([users(people)])
            found.run(compile_spec(TAXONOMY + spec), datetime.fromisoformat(f"2026-{day}"))
        yield found


def told(found: Warehouse, model: str, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of a model, days short, in order."""
    rows = (tuple(row[one] for one in columns) for row in found.rows(model))
    short = (tuple(str(v)[5:10] if str(v).endswith("00:00:00") else v for v in row) for row in rows)
    return sorted(short, key=str)


def test_whoever_was_assigned_once_stays_in_that_arm() -> None:
    """Leaving and coming back, another share and another meaning change nothing; another version draws anew."""
    tenth = "segments:\n" + KEEN.format("27%")
    larger = "segments:\n" + KEEN.format("58%")
    narrower = larger.replace("exactly: true}]", "exactly: true}, {attribute: rich, exactly: false}]")
    anew = "segments:\n" + KEEN.format("{share: 27%, version: 2}")
    runs = (
        ("03-01", tenth, "ann:keen bob:keen cat:"),
        ("03-02", tenth, "ann:keen bob: cat:keen"),
        ("03-03", tenth, "ann:keen bob:keen cat:keen eve:keen"),
        ("03-04", larger, "ann:keen bob:keen cat: dan:keen eve:keen fay:keen"),
        ("03-05", narrower, "ann:keen bob:keen cat:keen dan:keen eve:keen fay:keen"),
    )
    first = [
        ("keen_v1", "ann", 2760, 2700, "treatment", "03-01"),
        ("keen_v1", "bob", 2684, 2700, "holdout", "03-01"),
        ("keen_v1", "cat", 5203, 2700, "treatment", "03-02"),
        ("keen_v1", "dan", 7671, 5800, "treatment", "03-04"),
        ("keen_v1", "eve", 2325, 2700, "holdout", "03-03"),
        ("keen_v1", "fay", 5746, 5800, "holdout", "03-04"),
    ]
    columns = ("salt", "entity_key", "bucket", "held_out_below", "arm", "assigned_at")
    with after(*runs) as found:
        assert told(found, "segment_assignments", *columns) == first
        assert told(found, "segment_activation", "entity_key", "arm") == [
            (one, "treatment") for one in ("ann", "cat", "dan")
        ]
        found.run(compile_spec(TAXONOMY + anew), datetime(2026, 3, 6))
        second = [("keen_v2", name, bucket, 2700, "holdout" if bucket < 2700 else "treatment", "03-06")
                  for name, bucket in BUCKETS["keen_v2"].items()]  # fmt: skip
        assert told(found, "segment_assignments", *columns) == sorted([*first, *second])
        assert told(found, "segment_members", "entity_key", "holdout", "salt", "bucket", "arm") == [
            (name, "keen", "keen_v2", bucket, arm) for _, name, bucket, _, arm, _ in sorted(second)
        ]


def test_of_several_hold_outs_one_that_holds_out_decides() -> None:
    """Else the segment's own; where none is of a segment there is no arm, and everybody is acted upon."""
    spec = (
        "holdouts: {everyone: {entity: user, share: 35%, segments: [keen, rich]}}\nsegments:\n"
        "  keen: {entity: user, all: [{attribute: keen, exactly: true}]}\n"
        "  other: {entity: user, all: [{attribute: keen, exactly: true}]}\n"
        + RICH.format(", experiment: {holdout: 30%}")
    )
    with after(("03-01", spec, "ann:keen,rich bob:keen,rich dan:rich eve:rich fay:keen")) as found:
        columns = ("segment", "entity_key", "holdout", "salt", "bucket", "arm")
        assert told(found, "segment_members", *columns) == [
            ("keen", "ann", "everyone", "everyone_v1", 8824, "treatment"),
            ("keen", "bob", "everyone", "everyone_v1", 2398, "holdout"),
            ("keen", "fay", "everyone", "everyone_v1", 3451, "holdout"),
            ("other", "ann", None, None, None, None),
            ("other", "bob", None, None, None, None),
            ("other", "fay", None, None, None, None),
            ("rich", "ann", "rich", "rich_v1", 4225, "treatment"),
            ("rich", "bob", "everyone", "everyone_v1", 2398, "holdout"),
            ("rich", "dan", "rich", "rich_v1", 2888, "holdout"),
            ("rich", "eve", "rich", "rich_v1", 1953, "holdout"),
        ]
        assert told(found, "segment_membership", *columns) == told(found, "segment_members", *columns)
        entered = [one for one in told(found, "segment_members", *columns) if one[-1] != "holdout"]
        assert told(found, "segment_changes", *columns) == entered
        acted_upon = [("keen", "ann"), ("other", "ann"), ("other", "bob"), ("other", "fay"), ("rich", "ann")]
        assert told(found, "segment_activation", "segment", "entity_key") == acted_upon
        assert told(found, "activation_memberships", "audience", "entity_key") == acted_upon
        assert told(found, "segment_sizes", "segment", "members") == [("keen", 3), ("other", 3), ("rich", 4)]


def test_strata() -> None:
    """The first of a stratum gets its bucket (3016 trial, 1340 paid, 9047 unknown), each other 6181 further on.

    Those of one run come in the order of their own buckets; who changes strata stays what they were drawn as.
    """
    spec = "segments:\n" + KEEN.format("{share: 30%, stratify_by: [plan]}")
    runs = (
        ("03-01", spec, "ann:keen@trial bob:keen@trial cat:keen@paid dan:keen"),
        ("03-02", spec, "ann:keen@paid bob:keen@trial cat:keen@paid dan:keen eve:keen@trial fay:keen@trial"),
    )
    with after(*runs) as found:
        assert told(found, "segment_assignments", "entity_key", "stratum", "bucket", "arm", "assigned_at") == [
            ("ann", "plan=trial", 9197, "treatment", "03-01"),
            ("bob", "plan=trial", 3016, "treatment", "03-01"),
            ("cat", "plan=paid", 1340, "holdout", "03-01"),
            ("dan", "plan unknown", 9047, "treatment", "03-01"),
            ("eve", "plan=trial", 5378, "treatment", "03-02"),
            ("fay", "plan=trial", 1559, "holdout", "03-02"),
        ]


def test_strata_of_several_values() -> None:
    """Texts, booleans and whole numbers, in the order in which they are named."""
    spec = "segments:\n" + KEEN.format("{share: 30%, stratify_by: [rich, plan, orders]}")
    orders = """
streams:
  app: {relation: ref('events'), entity: {user: user_id}, occurred_at: at}
events:
  order: {stream: app}
features:
  orders: {entity: user, count: order}
"""
    events = Table("events", {"user_id": "text", "at": "timestamp"}, (("ann", "2026-02-01"), ("ann", "2026-02-02")))
    with opened() as found:
        found.fill([users("ann:keen,rich@trial bob:keen"), events])
        found.run(compile_spec(TAXONOMY + orders + spec), datetime(2026, 3, 1))
        assert told(found, "segment_assignments", "entity_key", "stratum") == [
            ("ann", "rich=true, plan=trial, orders=2"),
            ("bob", "rich=false, plan unknown, orders=0"),
        ]


def test_who_is_not_assigned_yet_is_not_acted_upon() -> None:
    """A run that was cut short, or built but a part: better nothing is done than what cannot be taken back."""
    spec = "segments:\n" + KEEN.format("27%")
    with after(("03-01", spec, "ann:keen")) as found:
        models = compile_spec(TAXONOMY + spec)
        found.fill([users("ann:keen cat:keen")])
        found.begin()
        for name in ("user_features", "user_segments", "segment_catalog", "segment_spells", "segment_members"):
            found.build(models, name, datetime(2026, 3, 2))
        assert told(found, "segment_members", "entity_key", "arm") == [("ann", "treatment"), ("cat", None)]
        assert told(found, "segment_activation", "entity_key") == [("ann",)]


@pytest.mark.parametrize("share", ["0.01%", "99.99%"])
def test_the_smallest_and_the_largest_share(share: str) -> None:
    """Of the 10,000 buckets all but one are in the same arm."""
    spec = "segments:\n" + KEEN.format(share)
    with after(("03-01", spec, "ann:keen bob:keen cat:keen")) as found:
        arms = {arm for (arm,) in told(found, "segment_members", "arm")}
    assert arms == {"treatment" if share == "0.01%" else "holdout"}


@pytest.mark.parametrize(("share", "arm"), [("26.84%", "treatment"), ("26.85%", "holdout")])
def test_the_share_is_below_its_bucket(share: str, arm: str) -> None:
    """Bob's is 2684: buckets below 2684 are the first 26.84 percent."""
    with after(("03-01", "segments:\n" + KEEN.format(share), "bob:keen")) as found:
        assert told(found, "segment_members", "arm") == [(arm,)]


def test_changes_tell_of_no_entry_of_who_is_held_out() -> None:
    """And of exits: of whoever was held out by a hold-out that came later, a tool was told that they entered."""
    before = "segments:\n  keen: {entity: user, all: [{attribute: keen, exactly: true}]}\n"
    held = "segments:\n" + KEEN.format("27%")
    runs = (
        ("03-01", before, "ann:keen bob:keen"),
        ("03-02", held, "ann:keen bob:keen eve:keen"),
        ("03-03", held, "ann:"),
    )
    with after(*runs) as found:
        assert told(found, "segment_changes", "entity_key", "changed_at", "change", "arm") == [
            ("ann", "03-01", "entered", "treatment"),
            ("ann", "03-03", "exited", "treatment"),
            ("bob", "03-03", "exited", "holdout"),
            ("eve", "03-03", "exited", "holdout"),
        ]
        assert told(found, "segment_sizes", "as_of", "entered", "exited") == [
            ("03-01", 2, 0),
            ("03-02", 1, 0),
            ("03-03", 0, 3),
        ]
