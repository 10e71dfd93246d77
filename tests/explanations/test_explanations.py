"""What is said of somebody, worked out by hand; each spec by the oracle too."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from textwrap import dedent

import pytest

from tests.cases.runner import Models, compile_spec, run
from tests.cases.tables import Row, Table
from tests.explanations.told import counts, differing, explanations
from tests.oracle.ask import world

AS_OF = datetime(2026, 3, 10)
WORLD = """
version: 1
entities:
  user:
    key: user_id
    attributes:
      relation: ref('users')
      columns: {plan: text, seats: integer, trial: boolean, signed_up_at: timestamp, born_on: date, a: boolean,
                b: boolean, c: boolean, d: boolean, e: boolean}
    start: signed_up_at
"""
COLUMNS = {"user_id": "text", "plan": "text", "seats": "integer", "trial": "boolean", "signed_up_at": "timestamp",
           "born_on": "date", **dict.fromkeys("abcde", "boolean")}  # fmt: skip


def people(*lines: str) -> Table:
    """`ann pro 12 true 2026-03-01 1990-01-01 abd`: a `-` is not known, and of the letters those given are true."""
    rows = []
    for line in lines:
        *cells, letters = line.split()
        true = ("true" if one in letters else None if one.upper() in letters else "false" for one in "abcde")
        rows.append((*(None if cell == "-" else cell for cell in cells), *true))
    return Table("users", COLUMNS, tuple(rows))


@cache
def compiled(spec: str, head: str = WORLD) -> Models:
    """The models of a spec."""
    return compile_spec(head + dedent(spec))


def told(spec: str, *lines: str) -> dict[str, list[Row]]:
    """The rows of every model, after the oracle said the same."""
    users = people(*lines)
    answer = run(compiled(spec), [users], AS_OF)
    truth = world(WORLD + dedent(spec), [users], AS_OF)
    assert not [*differing(explanations(truth), answer["segment_explanations"])]
    assert not [*differing(counts(truth), answer["segment_attrition"])]
    return answer


def lines_of(answer: dict[str, list[Row]], segment: str, key: str) -> list[Row]:
    """What is said of one person and segment, in order."""
    rows = [row for row in answer["segment_explanations"] if (row["segment"], row["entity_key"]) == (segment, key)]
    return sorted(rows, key=lambda row: int(str(row["position"])))


def verdicts(answer: dict[str, list[Row]], segment: str) -> dict[str, str]:
    """By key: `+` for each condition passed and `-` for each other, how many are missed, and whether a member."""
    found = {}
    for key in dict.fromkeys(str(row["entity_key"]) for row in answer["segment_explanations"]):
        rows = lines_of(answer, segment, key)
        (missed,), (member,) = ({row[name] for row in rows} for name in ("conditions_missed", "is_member"))
        found[key] = f"{''.join('+' if row['passed'] else '-' for row in rows)} {missed} {'in' if member else 'out'}"
    return found


def remains(answer: dict[str, list[Row]], segment: str) -> list[tuple[object, ...]]:
    """The rules of a segment: name, remaining, passing, failing only that."""
    rows = [row for row in answer["segment_attrition"] if row["segment"] == segment]
    rows.sort(key=lambda row: int(str(row["position"])))
    return [tuple(row[name] for name in ("condition", "remaining", "passing", "failing_only")) for row in rows]


CHOSEN = """
segments:
  trials: {entity: user, all: [{attribute: trial}]}
  chosen:
    entity: user
    extends: trials
    eligible: {min_tenure: 3 days}
    all:
      - {attribute: plan, in: [free, pro], name: good_plan}
      - any: [{attribute: a}, {attribute: b}]
    none:
      - {attribute: seats, at_least: 10}
      - {attribute: c}
"""


def test_everything_that_keeps_somebody_out_is_a_condition() -> None:
    answer = told(
        CHOSEN,
        "ann pro 2 true 2026-03-01 - a",
        "bob pro 2 true 2026-03-08 - b",  # two days
        "cat gold 12 false 2026-03-01 - ab",  # another plan, too large, no trial
        "dan - - true - - c",  # unknown plan, seats and beginning
        "eve free 9 true 2026-03-07 - C",  # three days; neither a nor b, and of c nothing is known
    )
    assert verdicts(answer, "chosen") == {
        #       eligible, trials, plan, a, b, seats, c
        "ann": "++++-++ 0 in",
        "bob": "-++-+++ 1 out",
        "cat": "+--++-+ 3 out",
        "dan": "-+----- 5 out",  # one of a and b would do
        "eve": "+++--+- 2 out",
    }
    assert [row["rule"] for row in lines_of(answer, "chosen", "ann")] == [1, 2, 3, 4, 4, 5, 6]
    assert remains(answer, "chosen") == [
        ("population", 5, 5, 0),
        ("eligible", 3, 3, 1),  # ann, cat, eve; only bob is kept out by it alone
        ("in_trials", 2, 4, 0),
        ("good_plan", 2, 3, 0),
        ("any_of_a_or_b", 1, 3, 0),
        ("not_seats_at_least_10", 1, 3, 0),
        ("not_c", 1, 3, 0),
    ]


def test_words_names_values_and_thresholds() -> None:
    answer = told(CHOSEN, "ann pro 2 true 2026-03-01 - a")
    columns = ("condition", "description", "value_number", "value_text", "value_at", "threshold")
    assert [tuple(row[name] for name in columns) for row in lines_of(answer, "chosen", "ann")] == [
        ("eligible", "time since signed_up_at is at least 3 days", 9 * 86_400.0, None, None, "at least 3 days"),
        ("in_trials", "in segment trials", None, "true", None, "true"),
        ("good_plan", "plan is one of 'free', 'pro'", None, "pro", None, "one of 'free', 'pro'"),
        ("a", "a", None, "true", None, "true"),
        ("b", "b", None, "false", None, "true"),
        ("not_seats_at_least_10", "not: seats is at least 10", 2.0, None, None, "not at least 10"),
        ("not_c", "not: c", None, "false", None, "not true"),
    ]


def test_instants_have_a_column_of_their_own() -> None:
    spec = """
        segments:
          old:
            entity: user
            all:
              - {attribute: signed_up_at, less_than: 2026-01-01}
              - {attribute: born_on, at_most: 1990-06-01, or_never: true}
              - {attribute: born_on, is_null: false}
    """
    answer = told(spec, "ann pro 2 true 2025-12-31 1990-01-02 a", "bob pro 2 true - - a")
    columns = ("value_at", "threshold", "passed")
    assert [tuple(row[name] for name in columns) for row in lines_of(answer, "old", "ann")] == [
        ("2025-12-31 00:00:00", "less than '2026-01-01'", True),
        ("1990-01-02 00:00:00", "at most '1990-06-01', or never", True),
        ("1990-01-02 00:00:00", "known", True),
    ]
    assert verdicts(answer, "old") == {"ann": "+++ 0 in", "bob": "-+- 2 out"}


def test_of_at_least_some_the_nearest_count() -> None:
    """a; b and c; any of d and e: two of these three. Its opposite is missed where two hold."""
    three = "{attribute: a}, {all: [{attribute: b}, {attribute: c}]}, {any: [{attribute: d}, {attribute: e}]}"
    spec = f"""
        segments:
          two: {{entity: user, at_least_of: {{n: 2, of: [{three}]}}}}
          not_two: {{entity: user, none: [{{at_least_of: {{n: 2, of: [{three}]}}}}]}}
          two_far: {{entity: user, at_least_of: {{n: 2, of: [{three.replace("any", "all")}]}}}}
    """
    answer = told(
        spec,
        "ann - - - - - a",
        "bob - - - - - abcde",
        "cat - - - - - .",
        "dan - - - - - b",
        "eve - - - - - bcd",
        "fay - - - - - ad",
    )
    assert verdicts(answer, "two") == {
        "ann": "+---- 1 out",  # d or e
        "bob": "+++++ 0 in",
        "cat": "----- 2 out",  # a, and d or e
        "dan": "-+--- 2 out",
        "eve": "-+++- 0 in",
        "fay": "+--+- 0 in",
    }
    assert verdicts(answer, "not_two") == {
        "ann": "-++++ 0 in",
        "bob": "----- 2 out",  # a, and b or c
        "cat": "+++++ 0 in",
        "dan": "+-+++ 0 in",
        "eve": "+---+ 1 out",
        "fay": "-++-+ 1 out",
    }
    assert verdicts(answer, "two_far") == {  # d and e, not one of them
        "ann": "+---- 2 out",
        "bob": "+++++ 0 in",
        "cat": "----- 3 out",  # a, and one of the pairs
        "dan": "-+--- 2 out",
        "eve": "-+++- 1 out",
        "fay": "+--+- 1 out",
    }
    assert remains(answer, "two") == [
        ("population", 6, 6, 0),
        ("at_least_2_of_a_or_all_of_b_or_c_or_any_of_d_or_e", 3, 3, 3),
    ]


def test_nothing_known_speaks_for_nobody() -> None:
    """Not by a condition, and not by its opposite."""
    spec = """
        segments:
          yes: {entity: user, all: [{attribute: a}]}
          no: {entity: user, none: [{attribute: a}]}
          yes_after_all: {entity: user, none: [{none: [{attribute: a}]}]}
    """
    answer = told(spec, "ann - - - - - a", "bob - - - - - .", "cat - - - - - A")
    assert verdicts(answer, "yes") == {"ann": "+ 0 in", "bob": "- 1 out", "cat": "- 1 out"}
    assert verdicts(answer, "no") == {"ann": "- 1 out", "bob": "+ 0 in", "cat": "- 1 out"}
    assert verdicts(answer, "yes_after_all") == verdicts(answer, "yes")
    assert [row["condition"] for row in lines_of(answer, "yes_after_all", "ann")] == ["a"]


def test_whoever_is_taken_by_a_segment_ahead_sees_by_which() -> None:
    spec = """
        exclusive_groups: {tiers: [gold, silver, bronze]}
        segments:
          gold: {entity: user, all: [{attribute: a}]}
          silver: {entity: user, all: [{attribute: b}]}
          bronze: {entity: user, all: [{attribute: c}]}
    """
    answer = told(spec, "ann - - - - - abc", "bob - - - - - bc", "cat - - - - - c", "dan - - - - - b")
    assert verdicts(answer, "bronze") == {
        "ann": "+-+ 1 out",  # by gold, although silver would have taken her else
        "bob": "++- 1 out",
        "cat": "+++ 0 in",
        "dan": "-+- 2 out",
    }
    assert remains(answer, "bronze") == [
        ("population", 4, 4, 0),
        ("c", 3, 3, 0),
        ("not_in_gold", 2, 3, 1),
        ("not_in_silver", 1, 2, 1),
    ]
    last = lines_of(answer, "bronze", "bob")[-1]
    assert (last["description"], last["value_text"], last["threshold"]) == (
        "not already in silver (group tiers)", "true", "false",
    )  # fmt: skip


def test_a_condition_written_twice_has_two_positions() -> None:
    spec = """
        segments:
          either:
            entity: user
            any:
              - all: [{attribute: a}, {attribute: b}]
              - all: [{attribute: a}, {attribute: c, name: third}, {attribute: plan, exactly: pro}]
    """
    answer = told(spec, "ann free - - - - c")
    assert [row["condition"] for row in lines_of(answer, "either", "ann")] == [
        "a",
        "b",
        "a",
        "third",
        "plan_exactly_pro",
    ]
    assert verdicts(answer, "either") == {"ann": "---+- 2 out"}


def test_nobody_at_all() -> None:
    answer = told(CHOSEN)
    assert answer["segment_explanations"] == []
    assert {row[1:] for row in remains(answer, "chosen")} == {(0, 0, 0)}


OURS = ("is_member", "position", "condition", "passed", "found", "said", "a_exactly_true", "segment")


@pytest.mark.parametrize("name", OURS)
def test_a_name_of_ours_is_not_in_the_way_of_another(name: str) -> None:
    spec = f"""
        features:
          {name}: {{entity: user, attribute: seats}}
        segments:
          {name if name != "segment" else "segments"}:
            entity: user
            all: [{{feature: {name}, at_least: 2}}, {{attribute: a, exactly: true}}]
    """
    answer = told(spec, "ann - 2 - - - a", "bob - 1 - - - a")
    segment = name if name != "segment" else "segments"
    assert verdicts(answer, segment) == {"ann": "++ 0 in", "bob": "-+ 1 out"}


@pytest.mark.parametrize(
    ("setting", "how"), [("", "view"), ("explanations: view", "view"), ("explanations: table", "table")]
)
def test_how_they_are_made(setting: str, how: str) -> None:
    models = compiled(CHOSEN, f"{WORLD}\nname_prefix: x_\n{setting}\n")
    assert f'config(materialized="{how}")' in models.sql["x_segment_explanations"]
    assert 'config(materialized="table")' in models.sql["x_segment_attrition"]


def test_they_need_not_be_made() -> None:
    models = compiled(CHOSEN, f"{WORLD}\nexplanations: none\n")
    assert "segment_explanations" not in models.sql
    assert "segment_attrition" in models.sql
    (properties,) = (text for path, text in models.artifacts.items() if path.endswith("_segpy.yml"))
    assert "explanations" not in properties


def test_many_segments_are_parted_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment more changes one part of them."""
    lines = [f"  s_{i:03}: {{entity: user, all: [{{attribute: seats, at_least: {i}}}]}}" for i in range(1, 47)]
    few, many, more = (compiled("\n".join(["segments:", *lines[:count]])) for count in (40, 45, 46))
    assert "user__counted as (" in few.sql["segment_attrition"]

    def counted(models: Models) -> set[tuple[str, str]]:
        return set(re.findall(r"(user__\w__counted) as \((.*?)\n\)", models.sql["segment_attrition"], re.DOTALL))

    assert len(counted(many)) > 10
    assert len(counted(more) - counted(many)) == 1
    assert len(counted(more)) - len(counted(many)) in (0, 1)
    told("\n".join(["segments:", *lines[:45]]), "ann - 7 - - - a", "bob - 50 - - - b")
    monkeypatch.setattr("segpy.sql.explanations._IN_A_ROW", 10)
    compiled.cache_clear()
    answer = told("\n".join(["segments:", *lines[:45]]), "ann - 7 - - - a", "bob - 50 - - - b")
    assert [row["passed"] for row in answer["segment_explanations"]].count(True) == 7 + 45
    assert (
        "s_001__found as (\n        select"
        in compiled("\n".join(["segments:", *lines[:45]])).sql["segment_explanations"]
    )
