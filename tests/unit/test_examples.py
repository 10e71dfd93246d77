"""Examples of segments, stage by stage: what is read, what is bound, what is planned, what is rendered."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Diagnostic
from segpy.dialects import DIALECTS
from segpy.pipeline import Compiled, compile_sources
from segpy.plan.examples import build_examples
from segpy.plan.model_examples import ExamplesPlan
from segpy.plan.part import needed_segments
from segpy.render.unit_tests import literal_text
from segpy.resolve.model_examples import Example
from segpy.source.nodes import Source
from segpy.sql.build import written
from segpy.sql.examples import build_unit_tests
from segpy.sql.lower.query import lower
from tests.cases.unit_tests import failures, unit_tests
from tests.unit.stages import WORLD, bound, segments

FRAME = """\
segments:
  s:
    entity: {entity}
    all: [{{count: {event}, at_least: 1}}]
    examples:
      - name: one
        as_of: 2026-03-10
{body}
        expect: {expect}
"""


def spec(*lines: str, entity: str = "user", event: str = "login", expect: str = "member", rest: str = "") -> str:
    """A segment with one example, its events in a block."""
    body = "\n".join(f"          {line}" for line in lines)
    return FRAME.format(entity=entity, event=event, expect=expect, body=f"        events: |\n{body}{rest}")


def example(text: str) -> Example:
    (found,) = bound(text).examples
    return found


def rows(text: str) -> list[dict[str, Any]]:
    """The rows of an example, values as they are."""
    return [{name: value.value for name, value in row.values} for row in example(text).rows]


def compiled(text: str) -> Compiled:
    sources = [Source("segments/spec.yml", text), Source("segments/world.yml", WORLD)]
    return compile_sources(sources, Catalog())


def found(text: str) -> list[Diagnostic]:
    return list(compiled(text).diagnostics)


def pointed(text: str) -> list[tuple[str, str]]:
    """The codes of what is found, and what their carets point at."""
    lines = text.split("\n")
    shown = []
    for one in found(text):
        assert one.span is not None
        start = one.span.column - 1
        shown.append((one.code, lines[one.span.line - 1][start : start + one.span.length]))
    return shown


def artifacts(text: str) -> dict[str, str]:
    done = compiled(text)
    assert done.diagnostics == (), [f"{one.code} {one.label}" for one in done.diagnostics]
    return {one.path: one.text for one in done.artifacts}


# --- lines ------------------------------------------------------------------------------------------------------------


def test_a_line_is_a_row_of_its_stream() -> None:
    (row,) = rows(
        spec("2026-03-08 10:00:00.25  viewed  path=/p amount=12.5 seats=3 vip=true due_at='2026-04-01 08:00'")
    )
    assert row == {
        "user_id": "example",
        "at": "2026-03-08 10:00:00.250000",
        "event_id": "line 1",
        "name": "viewed",
        "path": "/p",
        "amount": 12.5,
        "seats": 3,
        "vip": True,
        "due_at": "2026-04-01 08:00:00",
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("path=/pricing#top", "/pricing#top"),
        ("path=two   # a comment", "two"),
        ("path='two words'", "two words"),
        ('path="two words"', "two words"),
        ("path='it''s'", "it's"),
        ("path='# none'", "# none"),
        ("path=\"a 'b' = c\"", "a 'b' = c"),
        ("path=''", ""),
        ("path=007", "007"),
        ("path=true", "true"),
        ("path='null'", "null"),
        ("path=a=b", "a=b"),
        ("path={{x}}", "{{x}}"),
    ],
)
def test_text_is_as_it_is_written(written: str, value: str) -> None:
    (row,) = rows(spec(f"2026-03-08 10:00  login  {written}"))
    assert row["path"] == value


def test_null_is_no_value() -> None:
    (row,) = rows(spec("2026-03-08 10:00  login  path=null"))
    assert "path" not in row


def test_blank_lines_and_comments_are_left_out_and_places_kept() -> None:
    text = spec("", "# only this", "  2026-03-08T10:00  login  # and this", "", "2026-03-08 10:00  lgoin")
    assert pointed(text) == [("SEG203", "lgoin")]
    assert len(rows(text.replace("lgoin", "login"))) == 2


def test_a_single_line_needs_no_block() -> None:
    text = FRAME.format(entity="user", event="login", expect="member", body="        events: 2026-03-08 10:00 login")
    assert len(rows(text)) == 1
    assert pointed(text.replace(" 10:00 login", " 10:00 logout")) == [("SEG203", "logout")]
    assert pointed(text.replace("2026-03-08 10:00 login", "'2026-03-08 10:00 logout'")) == [("SEG203", "logout")]


@pytest.mark.parametrize(
    ("line", "culprit"),
    [
        ("2026-03-08  login", "2026-03-08"),
        ("login 2026-03-08 10:00", "login"),
        ("2026-02-30 10:00  login", "2026-02-30 10:00"),
        ("2026-03-08 24:00  login", "2026-03-08 24:00"),
        ("2026-03-08 10:00", "2026-03-08 10:00"),
        ("2026-03-08 10:00+01:00  login", "2026-03-08"),
        ("2026-03-08 10:00  path=/p", "path=/p"),
        ("2026-03-08 10:00  login  path", "path"),
        ("2026-03-08 10:00  login  path=", "path="),
        ("2026-03-08 10:00  login  path='two", "path='two"),
        ("2026-03-08 10:00  login  path=/p path=/q", "path"),
        ("2026-03-08 10:00  login  'path'=/p =x", "=x"),
    ],
)
def test_what_is_no_line_is_pointed_at(line: str, culprit: str) -> None:
    assert pointed(spec(line)) == [("SEG130", culprit)]


FOLDED = ">\n          2026-03-08 10:00 login\n          2026-03-08 11:00 login"


@pytest.mark.parametrize("form", ["[2026-03-08 10:00 login]", "{a: b}", "", FOLDED])
def test_events_are_lines_of_text(form: str) -> None:
    text = FRAME.format(entity="user", event="login", expect="member", body=f"        events: {form}")
    assert [one.code for one in found(text)] == ["SEG112"]


# --- names and types --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "culprit"),
    [
        ("2026-03-08 10:00  lgoin", "SEG203", "lgoin"),
        ("2026-03-08 10:00  any", "SEG203", "any"),
        ("2026-03-08 10:00  login  paht=/p", "SEG204", "paht"),
        ("2026-03-08 10:00  login  at='2026-03-01 10:00'", "SEG204", "at"),
        ("2026-03-08 10:00  login  user_id=me", "SEG204", "user_id"),
        ("2026-03-08 10:00  login  amount=much", "SEG301", "much"),
        ("2026-03-08 10:00  login  amount='12'", "SEG301", "'12'"),
        ("2026-03-08 10:00  login  amount=nan", "SEG301", "nan"),
        ("2026-03-08 10:00  login  amount=1e999", "SEG301", "1e999"),
        ("2026-03-08 10:00  login  seats=1.5", "SEG301", "1.5"),
        ("2026-03-08 10:00  login  seats=9223372036854775808", "SEG301", "9223372036854775808"),
        ("2026-03-08 10:00  login  vip=yes", "SEG301", "yes"),
        ("2026-03-08 10:00  login  due_at=soon", "SEG301", "soon"),
        ("2026-03-08 10:00  viewed", "SEG220", "viewed"),
        ("2026-03-08 10:00  viewed  path=/about", "SEG220", "/about"),
        ("2026-03-08 10:00  viewed  path=null", "SEG220", "viewed"),
        ("2026-03-08 10:00  login  name=logout", "SEG220", "logout"),
        ("2026-03-08 10:00  big  amount=99.5", "SEG220", "99.5"),
    ],
)
def test_what_cannot_be_is_pointed_at_in_its_line(line: str, code: str, culprit: str) -> None:
    assert pointed(spec("2026-03-08 09:00  login", line)) == [(code, culprit)]


def test_an_event_of_another_entity_is_refused() -> None:
    assert pointed(spec("2026-03-08 10:00  mail", entity="team")) == [("SEG211", "mail")]


def test_the_name_of_the_event_is_filled_in_and_can_be_given() -> None:
    lines = ["2026-03-08 10:00  paid", "2026-03-08 10:00  paid  name=invoiced", "2026-03-08 10:00  anything"]
    assert [row.get("name") for row in rows(spec(*lines))] == ["charged", "invoiced", None]


def test_ids_differ_unless_they_are_given() -> None:
    lines = [*["2026-03-08 10:00  login"] * 2, "2026-03-08 10:00  login event_id=x"]
    found_ids = [row["event_id"] for row in rows(spec(*lines))]
    assert found_ids == ["line 1", "line 2", "x"]


def test_the_key_is_of_the_type_of_keys() -> None:
    (row,) = rows(spec("2026-03-08 10:00  login", entity="team"))
    assert row["team_id"] == 1


@pytest.mark.parametrize(
    ("attributes", "code", "culprit"),
    [
        ("{plna: trial}", "SEG205", "plna"),
        ("{age: old}", "SEG301", "old"),
        ("{trial: 'true'}", "SEG301", "'true'"),
        ("{born_on: 2026-13-01}", "SEG301", "2026-13-01"),
        ("{plan: [trial]}", "SEG112", "["),
        ("[trial]", "SEG112", "["),
    ],
)
def test_attributes_are_checked(attributes: str, code: str, culprit: str) -> None:
    assert pointed(spec("2026-03-08 10:00  login", rest=f"\n        attributes: {attributes}")) == [(code, culprit)]


def test_attributes_have_their_declared_types() -> None:
    rest = "\n        attributes: {plan: 007, age: 30, signed_up_at: 2026-01-01, born_on: 1990-02-03, trial: true}"
    known = {name: value.value for name, value in example(spec(rest=rest)).attributes}
    assert known == {
        "plan": "007",
        "age": 30,
        "signed_up_at": "2026-01-01 00:00:00",
        "born_on": "1990-02-03",
        "trial": True,
    }


@pytest.mark.parametrize(
    ("expect", "code", "culprit"),
    [
        ("perhaps", "SEG112", "perhaps"),
        ("{}", "SEG111", "{"),
        ("{features: {}}", "SEG112", "{"),
        ("{member: maybe}", "SEG112", "maybe"),
        ("{features: {loggins: 1}}", "SEG206", "loggins"),
        ("{features: {logins: many}}", "SEG301", "many"),
        ("{features: {quiet: 3}}", "SEG301", "3"),
        ("{features: {quiet: 1 month}}", "SEG301", "1 month"),
    ],
)
def test_expectations_are_checked(expect: str, code: str, culprit: str) -> None:
    features = "features:\n  logins: {entity: user, count: login}\n  quiet: {entity: user, recency: login}\n"
    assert pointed(features + spec("2026-03-08 10:00  login", expect=expect)) == [(code, culprit)]


def test_an_instant_between_the_grains_is_refused() -> None:
    text = spec("2026-03-08 10:00  login")
    at_two = text.replace("as_of: 2026-03-10", "as_of: 2026-03-10 14:00")
    assert pointed(at_two) == [("SEG420", "2026-03-10 14:00")]
    assert found("grain: hour\n" + at_two) == []
    assert pointed("grain: hour\n" + at_two.replace("14:00", "14:30")) == [("SEG420", "2026-03-10 14:30")]
    assert pointed(text.replace("2026-03-10", "tomorrow")) == [("SEG130", "tomorrow")]


def test_names_are_unique_in_a_segment() -> None:
    twice = "\n      - {name: one, as_of: 2026-03-10, expect: not_member}"
    assert pointed(spec("2026-03-08 10:00  login") + twice) == [("SEG116", "one")]


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = spec("2026-03-08 10:00  lgoin", "2026-03-08 10:00  login  paht=1 seats=x", expect="{features: {nothing: 1}}")
    assert [code for code, _ in pointed(text)] == ["SEG203", "SEG204", "SEG301", "SEG206"]


# --- plans ------------------------------------------------------------------------------------------------------------

DUCKDB = DIALECTS["duckdb"]
FAMILY = """
features:
  logins: {entity: user, count: login}
  mails: {count: mail}
  paid_ever: {entity: user, sum: paid.amount}
segments:
  base: {entity: user, all: [{feature: logins, at_least: 1}]}
  first: {entity: user, all: [{feature: mails, at_least: 1}]}
  second:
    entity: user
    extends: base
    all: [{attribute: plan, in: [trial]}]
    examples:
      - {name: Two Words!, as_of: 2026-03-10, expect: {member: false, features: {paid_ever: 0}}}
      - {name: two words, as_of: 2026-03-10, expect: not_member}
      - {name: 二, as_of: 2026-03-10, expect: not_member}
  third: {entity: user, all: [{not_in_segment: second}]}
  stranger: {entity: team, all: [{did: login}]}
exclusive_groups:
  order: [first, second, third]
"""


def plan() -> ExamplesPlan:
    (found_plan,) = build_examples(bound(FAMILY))
    return found_plan


def test_a_segment_is_planned_with_what_it_needs_and_nothing_else() -> None:
    assert needed_segments(bound(FAMILY), ["second"]) == {"second", "base", "first"}
    (entity,) = plan().plan.entities
    assert entity.segments is not None
    assert [one.segment.name for one in entity.segments.segments] == ["base", "first", "second"]
    assert [one.name for one in entity.features.columns] == ["logins", "mails", "paid_ever", "plan"]


def test_the_meaning_does_not_depend_on_examples() -> None:
    without = FAMILY[: FAMILY.index("    examples:")] + FAMILY[FAMILY.index("  third:") :]
    one, other = artifacts(FAMILY), artifacts(without)
    assert {path: text for path, text in one.items() if "/examples/" not in path} == other


def test_a_segment_alone_has_the_content_hash_that_it_has_among_others() -> None:
    alone = {one.segment.name: one.content_hash for one in plan().entity.segments.segments}  # type: ignore[union-attr]
    everyone = segments(plan().plan)
    assert alone == {name: everyone[name].content_hash for name in alone}


def test_unit_tests_have_readable_names_of_their_own() -> None:
    one, other, foreign = (test.name for test in plan().tests)
    assert one.startswith("second__two_words_") and other.startswith("second__two_words_") and one != other
    assert foreign.startswith("second__x_")
    (test,) = unit_tests(artifacts(spec("2026-03-08 10:00  login")))
    assert test["name"] == "s__one"


def test_the_text_of_a_query_means_its_tree() -> None:
    """In a build these texts are not read again."""
    for tests in build_unit_tests(build_examples(bound(FAMILY))):
        assert written(lower(tests.query, DUCKDB), DUCKDB) == tests.text


# --- what is rendered -------------------------------------------------------------------------------------------------


def test_without_examples_nothing_is_rendered() -> None:
    assert [path for path in artifacts(FAMILY[: FAMILY.index("  second:")]) if "examples" in path] == []


def test_the_files_of_examples() -> None:
    paths = [path for path in artifacts(FAMILY) if "examples" in path]
    assert paths == ["models/segpy/examples/_examples.yml", "models/segpy/examples/second__examples.sql"]
    prefixed = artifacts("name_prefix: x_\n" + FAMILY)
    assert "models/segpy/examples/x_second__examples.sql" in prefixed
    assert {test["model"] for test in unit_tests(prefixed)} == {"x_second__examples"}


def test_a_model_of_that_name_is_in_the_way() -> None:
    sources = [Source("segments/spec.yml", FAMILY), Source("segments/world.yml", WORLD)]
    catalog = Catalog(refs=frozenset({"users", "mails", "second__examples"}))
    assert [one.code for one in compile_sources(sources, catalog).diagnostics if one.severity.value == "error"]


def test_examples_hold_and_fail_as_they_should() -> None:
    text = spec("2026-03-08 10:00  login", expect="{member: true, features: {logins: 1, paid_ever: 0}}")
    features = "features:\n  logins: {entity: user, count: login}\n  paid_ever: {entity: user, sum: paid.amount}\n"
    assert failures(artifacts(features + text)) == {}
    wrong = text.replace("logins: 1", "logins: 2").replace("member: true", "member: false")
    assert failures(artifacts(features + wrong)) == {"s__one": {"s__member": (False, True), "logins": (2, 1)}}


def test_copies_count_once_and_equal_lines_twice() -> None:
    features = "features:\n  logins: {entity: user, count: login}\n"
    copies = spec(*["2026-03-08 10:00  login  event_id=x"] * 2, expect="{features: {logins: 1}}")
    lines = spec(*["2026-03-08 10:00  login"] * 2, expect="{features: {logins: 2}}")
    assert failures(artifacts(features + copies)) == {}
    assert failures(artifacts(features + lines)) == {}


def test_whoever_is_not_in_the_population_is_no_member() -> None:
    text = "segments:\n  s:\n    entity: team\n    all: [{did_not: login}]\n    examples:\n"
    nobody = "      - {name: nobody, as_of: 2026-03-10, expect: not_member}\n"
    seen = "      - {name: seen, as_of: 2026-03-10, events: 2026-03-08 10:00 anything, expect: member}\n"
    assert failures(artifacts(text + nobody + seen)) == {}


SHARED = """\
entities:
  shop: {key: shop_id, key_type: integer, attributes: {relation: ref('shops'), columns: {city: text}}}
  town: {key: town}
streams:
  orders: {relation: ref('all'), entity: {shop: shop_id}, occurred_at: at, properties: {amount: number, day: date}}
  visits: {relation: ref('all'), entity: {shop: SHOP_ID}, occurred_at: AT, event: kind, properties: {note: text}}
  tolls: {relation: ref('all'), entity: {town: shop_id}, occurred_at: day, properties: {amount: text}}
events:
  order: {stream: orders, where: "amount > 0"}
  visit: {stream: visits, is: visit}
  toll: {stream: tolls}
features:
  spent: {sum: order.amount}
  visits: {count: visit}
  notes: {count_distinct: visit.note}
segments:
  s:
    entity: shop
    all: [{attribute: city, in: [Graz]}, {did: order}]
    examples:
      - name: both
        as_of: 2026-03-10
        attributes: {city: Graz}
        events: |
          2026-03-08 10:00  visit  note=little
          2026-03-08 11:00  order  amount=1.5 day=2026-03-08
        expect: {member: true, features: {visits: 1, spent: 1.5, notes: 1}}
"""


def test_streams_may_share_a_relation_and_read_a_column_as_different_types() -> None:
    done = compile_sources([Source("segments/spec.yml", SHARED)], Catalog())
    assert done.diagnostics == ()
    assert failures({one.path: one.text for one in done.artifacts}) == {}


VERSIONS = """\
entities:
  shop:
    key: shop_id
    attributes: {relation: ref('shops'), columns: {city: text}, valid_from: since, valid_to: until}
streams:
  visits: {relation: ref('all'), entity: {shop: shop_id}, occurred_at: at}
events:
  visit: {stream: visits}
segments:
  s:
    entity: shop
    all: [{attribute: city, in: [Graz]}]
    examples:
      - {name: there, as_of: 2026-03-10, attributes: {city: Graz}, expect: member}
      - {name: elsewhere, as_of: 2026-03-10, attributes: {city: Wien}, expect: not_member}
"""


def test_attributes_of_an_example_hold_always() -> None:
    done = compile_sources([Source("segments/spec.yml", VERSIONS)], Catalog())
    assert done.diagnostics == ()
    assert failures({one.path: one.text for one in done.artifacts}) == {}


HARMLESS = ["plain", "it's", "{{ x }}", "{% raw %}", "{# x #}", "a\nb\n", 'q"\\{{', "}}", "{", "- a: b"]


@pytest.mark.parametrize("text", HARMLESS)
def test_text_survives_jinja(text: str) -> None:
    assert Environment(keep_trailing_newline=False).from_string(literal_text(text)).render() == text
