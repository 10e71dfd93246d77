"""The hash of a segment's meaning: the same however it is written, another for any other meaning."""

from __future__ import annotations

import pytest

from segpy.catalog.model import Catalog
from segpy.plan.build import build_plan
from segpy.plan.fingerprint import canonical, fingerprint
from segpy.resolve.bind import bind
from segpy.sql.read import read_expression
from tests.unit.stages import WORLD, bound, decoded, entity_plan, measure, segments

SPEC = """
features:
  spend: {entity: user, sum: paid.amount, in_the_last: 30 days, description: What was paid}
segments:
  base:
    entity: user
    description: The base
    owner: growth
    all:
      - {count: viewed, where: "amount > 5", in_the_last: 7 days, at_least: 2}
      - {attribute: plan, in: [pro]}
  upon: {entity: user, extends: base, all: [{feature: spend, at_least: 100}]}
  beside: {entity: user, none: [{in_segment: upon}], any: [{did: login}, {sequence: {steps: [login, paid]}}]}
  apart: {entity: user, all: [{recency: mail, at_least: 3 days}]}
  other: {entity: team, all: [{did: login}]}
  first: {entity: user, all: [{attribute: trial}]}
exclusive_groups:
  journey: [first, apart]
"""
ALL = {"base", "upon", "beside", "apart", "other", "first"}
USERS = ALL - {"other"}
OF_APP = {"base", "upon", "beside"}


def hashes(*texts: str) -> dict[str, str]:
    """The content hash of each segment that these files define."""
    spec, found = bind(decoded(*texts), Catalog(), read_expression)
    assert spec is not None, found
    return {name: segment.content_hash for name, segment in segments(build_plan(spec)).items()}


BEFORE = hashes(WORLD, SPEC)


def changed(old: str, new: str) -> set[str]:
    """The segments whose hash is another once a piece of the spec is rewritten."""
    world, spec = WORLD.replace(old, new), SPEC.replace(old, new)
    assert (world, spec) != (WORLD, SPEC), f"no {old!r}"
    after = hashes(world, spec)
    return {name for name in BEFORE.keys() | after.keys() if BEFORE.get(name) != after.get(name)}


def test_every_segment_has_its_own() -> None:
    assert BEFORE.keys() == ALL
    assert len(set(BEFORE.values())) == len(ALL)
    assert all(len(digits) == 12 and int(digits, 16) >= 0 for digits in BEFORE.values())


# --- the same -------------------------------------------------------------------------------------------------------

INDENTED = "\n".join(line.replace("  ", "     ") if line.startswith(" ") else line for line in SPEC.splitlines())


@pytest.mark.parametrize(
    "files",
    [
        (SPEC, WORLD),
        (WORLD + SPEC,),
        (WORLD, INDENTED),
        (WORLD, SPEC.replace("\n", "   # said by the way\n")),
        (WORLD, SPEC.replace("\n", "\r\n")),
        (WORLD, *SPEC.partition("exclusive_groups:")[:1], "exclusive_groups: {journey: [first, apart]}\n"),
    ],
    ids=["files in another order", "one file", "indented", "commented", "line ends", "three files"],
)
def test_layout_is_no_meaning(files: tuple[str, ...]) -> None:
    assert hashes(*files) == BEFORE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("description: The base", "description: Another text"),
        ("owner: growth", "owner: sales\n    stage: intent\n    version: 7\n    size: {at_least: 1}"),
        ("owner: growth", "owner: growth\n    playbook: {channel: email}"),
        ("description: What was paid", "description: Paid"),
        ("in_the_last: 7 days", "in_the_last: 168 hours"),
        ("in_the_last: 7 days", "in_the_last: 1 week"),
        ('"amount > 5"', "'amount   >  5'"),
        ("at_least: 100", "at_least: 100.0"),
        ("[charged, invoiced]", "[invoiced, charged]"),
        (
            "any: [{did: login}, {sequence: {steps: [login, paid]}}]",
            "any: [{sequence: {steps: [login, paid]}}, {did: login}]",
        ),
        ("{did: login}", "{count: login, at_least: 1, ever: true}"),
        ("{did: login}", "{did: login, name: logged_in}"),
        ("{feature: spend, at_least: 100}", "{sum: paid.amount, in_the_last: 30 days, at_least: 100}"),
        ("vip: boolean", "vip: boolean, unused: text"),
        ("plan: text", "plan: text, unused: text"),
        ("features:\n", "features:\n  more: {entity: user, count: login}\n"),
        ("  apart:", "  aaa: {entity: user, all: [{did: paid}]}\n  apart:"),
        ("journey:", "voyage:"),
    ],
)
def test_what_is_no_meaning(old: str, new: str) -> None:
    assert changed(old, new) <= {"aaa"}


@pytest.mark.parametrize("event", ["viewed", "paid", "login", "mail"])
def test_the_name_of_an_event_is_no_meaning(event: str) -> None:
    renamed = [text.replace(f"{event}: {{stream", "renamed: {stream") for text in (WORLD, SPEC)]
    for place in (f"count: {event}", f"did: {event}", f"sum: {event}.", f"recency: {event}", f"login, {event}]"):
        renamed = [text.replace(place, place.replace(event, "renamed")) for text in renamed]
    renamed[1] = renamed[1].replace("steps: [login", "steps: [renamed") if event == "login" else renamed[1]
    assert renamed != [WORLD, SPEC]
    assert hashes(*renamed) == BEFORE


def test_the_name_of_a_segment_is_no_meaning() -> None:
    after = hashes(WORLD, SPEC.replace("base", "ground").replace("upon", "above"))
    assert (after["ground"], after["above"], after["beside"]) == (BEFORE["base"], BEFORE["upon"], BEFORE["beside"])


# --- another --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "of"),
    [
        ("at_least: 2", "at_least: 3", {"base", "upon", "beside"}),
        ("at_least: 2", "more_than: 2", {"base", "upon", "beside"}),
        ("at_least: 2", "at_least: 2, or_never: true", {"base", "upon", "beside"}),
        ("in_the_last: 7 days", "in_the_last: 8 days", {"base", "upon", "beside"}),
        ("amount > 5", "amount >= 5", {"base", "upon", "beside"}),
        ("in: [pro]", "in: [Pro]", {"base", "upon", "beside"}),
        ("path like '/p%'", "path like '/q%'", {"base", "upon", "beside"}),
        ("stream: app, is: viewed", "stream: app, is: seen", {"base", "upon", "beside"}),
        ("amount: number", "amount: integer", {"base", "upon", "beside"}),
        ("[charged, invoiced]", "[charged]", {"upon", "beside"}),
        ("in_the_last: 30 days", "in_the_last: 1 month", {"upon", "beside"}),
        ("sum: paid", "avg: paid", {"upon", "beside"}),
        ("extends: base, ", "", {"upon", "beside"}),
        ("none: [{in_segment", "none: [{not_in_segment", {"beside"}),
        ("none: [{in_segment: upon}]", "none: [{in_segment: base}]", {"beside"}),
        ("none: [{in_segment: upon}]", "at_least_of: {n: 1, of: [{in_segment: upon}]}", {"beside"}),
        ("steps: [login, paid]", "steps: [paid, login]", {"beside"}),
        ("steps: [login, paid]", "steps: [login, paid], complete_within: 1 day", {"beside"}),
        ("[first, apart]", "[apart, first]", {"first", "apart"}),
        ("exclusive_groups:\n  journey: [first, apart]\n", "", {"apart"}),
        ("{attribute: trial}", "{attribute: trial, exactly: false}", {"first", "apart"}),
        ("occurred_at: sent_at", "occurred_at: opened_at", USERS),
        ("id: event_id", "id: other_id", OF_APP | {"other"}),
        ("relation: ref('mails')", "relation: ref('letters')", USERS),
        ("relation: ref('users')", "relation: ref('people')", USERS),
        ("user: reader", "user: writer", USERS),
        ("key: user_id", "key: uid", USERS),
        ("population: both", "population: attributes", USERS),
        ("key_type: integer", "key_type: text", {"other"}),
        ("features:\n", "retention: 90 days\nfeatures:\n", ALL),
    ],
)
def test_what_is_meaning(old: str, new: str, of: set[str]) -> None:
    assert changed(old, new) == of


DETAILS = (
    *("gap: login", "gap: login, statistic: stddev", "gap: login, statistic: max", "gap: login, statistic: last"),
    *("streak: login", "streak: login, unit: week", "streak: login, kind: current", "streak: login, allow_gap: 1"),
    *("burst: login, per: 1 hour", "burst: login, per: 2 hours", "decayed: login, half_life: 1 hour"),
    *("active_days: login", "active_weeks: login", "active_months: login", "decayed: paid.amount, half_life: 1 hour"),
    *("ratio: [{count: login}, {count: paid}]", "ratio: [{count: paid}, {count: login}]"),
    "change: {count: login}, recent: 1 day, baseline: 4 days",
    "change: {count: login}, recent: 2 days, baseline: 4 days",
    "change: {count: login}, recent: 1 day, baseline: 5 days",
    "change: {active_days: login}, recent: 1 day, baseline: 4 days",
    "change: {count: login}, recent: 1 day, baseline: 4 days, as: zscore",
    "change: {count: login}, recent: 1 day, baseline: 5 days, as: zscore",
    "change: {count: login}, recent: 2 days, baseline: 4 days, as: zscore",
    "change: {active_days: login}, recent: 1 day, baseline: 4 days, as: zscore",
)


def test_every_detail_of_a_measure_is_meaning() -> None:
    assert len({fingerprint(measure(yaml)) for yaml in DETAILS}) == len(DETAILS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gap: login", "gap: login, statistic: avg"),
        ("streak: login", "streak: login, unit: day, kind: longest, allow_gap: 0"),
        ("burst: login, per: 48 hours", "burst: login, per: 2 days"),
        (
            "change: {count: login}, recent: 1 week, baseline: 4 weeks",
            "change: {count: login}, recent: 7 days, baseline: 28 days, as: ratio",
        ),
    ],
)
def test_what_is_left_out_means_the_default(one: str, other: str) -> None:
    assert measure(one) == measure(other)
    assert fingerprint(measure(one)) == fingerprint(measure(other))


def test_a_rank_means_what_it_ranks_by() -> None:
    spec = "features:\n  a: {{entity: user, {}}}\n  b: {{percentile: a}}\n"
    sums = [fingerprint(bound(spec.format(one)).features[1].measure) for one in ("count: login", "count: paid")]
    assert sums[0] != sums[1]
    renamed = spec.format("count: login").replace("  a:", "  c:").replace("percentile: a", "percentile: c")
    ranks = [one.measure for one in bound(renamed).features if one.name == "b"]
    assert [fingerprint(one) for one in ranks] == sums[:1]


def test_a_stream_beside_is_no_meaning_where_attributes_say_who_exists() -> None:
    world = WORLD.replace("population: both", "population: attributes")
    before = hashes(world, SPEC)
    more = "streams:\n  calls: {relation: ref('calls'), entity: {user: caller}, occurred_at: called_at}\n"
    assert hashes(world, SPEC, more) == before
    assert hashes(WORLD, SPEC, more) != BEFORE  # here the callers join the population


def test_the_table_has_a_hash_of_all() -> None:
    def spec_hash(text: str) -> str:
        plan = entity_plan(text).segments
        assert plan is not None
        return plan.spec_hash

    assert spec_hash(SPEC) == spec_hash(INDENTED)
    assert spec_hash(SPEC) != spec_hash(SPEC.replace("at_least: 2", "at_least: 3"))
    assert spec_hash(SPEC) != spec_hash(SPEC.replace("  first:", "  foremost:").replace("[first,", "[foremost,"))


# --- canonical text -------------------------------------------------------------------------------------------------


def test_canonical_text_tells_types_apart() -> None:
    values = (None, True, 1, "1", (), ("1",), (("1",),), "", ("", ""), ("',''",), 1.5)
    assert len({canonical(value) for value in values}) == len(values)
    assert canonical(2.0) == canonical(2)


def test_what_has_no_canonical_text_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical([1])


def test_a_fingerprint_is_as_long_as_wanted() -> None:
    assert fingerprint(("a", 1), 6) == fingerprint(("a", 1))[:6]
