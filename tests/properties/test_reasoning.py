"""Nothing is claimed of segments that some life could refute.

`SEGPY_REASONING_EXAMPLES=20000` looks for one longer, and then at fresh specs and lives each time.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from segpy.catalog.model import Catalog
from segpy.check.world import World
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.spec.decode import decode
from segpy.sql.read import read_expression
from tests.cases.case import load, names
from tests.properties.lives import Life, matches, member, random_life
from tests.unit.stages import bound, nodes

WANTED = os.environ.get("SEGPY_REASONING_EXAMPLES")
SPECS = int(WANTED or 250)
LIVES = 60
NAMES = ("login", "charged", "invoiced", "viewed")
EVENTS = ("login", "paid", "big", "anything", "[login, paid]")
WINDOWS = (
    *("", ", in_the_last: 7 days", ", in_the_last: 14 days", ", in_the_last: 30 days", ", in_the_last: 1 month"),
    *(", in_the_last: 2 months", ", in_the_last: 60 days", ", between_ago: [14 days, 7 days]"),
    *(", between_ago: [2 months, 1 month]", ", between_ago: [60 days, 7 days]", ", between_ago: [7 days, 0 days]"),
    *(", in_the_last: 7 days, calendar: true", ", in_the_last: 1 month, calendar: true", ", from: 2026-02-01"),
    *(", between_ago: [4 weeks, 1 week], calendar: true", ", from: 2025-12-24, to: 2026-03-01 12:00"),
    *(", within_first: 3 days", ", within_first: 7 days", ", after: {event: login}", ", after: {event: login, nth: 2}"),
    *(", before: {event: paid, nth: last, within: 7 days}", ", before: {event: paid, nth: last}"),
)
NUMBERS = ("0", "1", "2", "3", "7", "8", "2.5", "-1")
LENGTHS = ("6 hours", "3 days", "7 days", "8 days", "14 days", "30 days", "60 days", "90 days", "300 days")
RELOPS = ("at_least", "at_most", "more_than", "less_than", "exactly")
SEQUENCES = (
    "sequence: {steps: [login, paid]}",
    "sequence: {steps: [login, {event: login, within: 7 days}], in_the_last: 30 days}",
    "sequence: {steps: [{event: paid, times: 2}, login], complete_within: 7 days}",
    "sequence: {steps: [{event: paid, without: [login]}, {event: anything, where: 'amount > 3'}]}",
    "sequence: {steps: [login, {any_order: [paid, login], after: 3 days}], in_the_last: 30 days}",
    "sequence: {steps: [login, {event: paid, after: 3 days}], start: first, then_without: {event: login, for: 7 days}}",
    "sequence: {steps: [anything, {event: anything, directly: true}], same: [seats], ties: strict}",
)


def random_bounds(random: Random, values: tuple[str, ...]) -> str:
    """One comparison, or two."""
    if random.random() < 0.15:
        low, high = sorted(random.sample(range(len(values)), 2))
        if values is LENGTHS:
            return f", between: [{values[low]}, {values[high]}]"
        first, second = sorted((values[low], values[high]), key=float)
        return f", between: [{first}, {second}]"
    chosen = random.sample(RELOPS, 2 if random.random() < 0.15 else 1)
    text = "".join(f", {relop}: {random.choice(values)}" for relop in chosen)
    return text + random.choice(["", "", "", ", is_null: false"]) if random.random() < 0.2 else text


def random_test(random: Random, features: list[str]) -> str:
    """A condition on one measure; `or_never: true` does not go with `is_null`."""
    text = any_test(random, features)
    return text.replace(", or_never: true", "") if "is_null" in text else text


def any_test(random: Random, features: list[str]) -> str:
    """A condition on one measure, whatever stands beside what."""
    event, window = random.choice(EVENTS), random.choice(WINDOWS)
    where = random.choice(["", "", "", ', where: "amount > 3"', ', where: "amount > 3 and seats >= 1"'])
    never = random.choice(["", "", ", or_never: true", ", or_never: false"])
    tail = window + where
    match random.randrange(13):
        case 0 | 1:
            return f"{random.choice(['did', 'did_not'])}: {event}{tail}"
        case 2:
            return f"count: {event}{tail}{random_bounds(random, NUMBERS)}"
        case 3:
            return f"active_days: {event}{tail}{random_bounds(random, NUMBERS)}"
        case 4:
            prop = random.choice(["amount", "seats"])
            key = random.choice(["count_distinct", "sum", "avg", "min", "max"])
            operand = f"[login.{prop}, paid.{prop}]" if event.startswith("[") else f"{event}.{prop}"
            return f"{key}: {operand}{tail}{random_bounds(random, NUMBERS)}{never}"
        case 11:
            event = random.choice(["login", "paid", "anything"])
            return random.choice(
                [
                    f"active_weeks: {event}{tail}{random_bounds(random, NUMBERS)}",
                    f"active_months: {event}{tail}{random_bounds(random, NUMBERS)}",
                    f"streak: {event}{tail}{random_bounds(random, NUMBERS)}",
                    f"burst: {event}, per: 8 days{tail}{random_bounds(random, NUMBERS)}",
                    f"decayed: {event}, half_life: 7 days{tail}{random_bounds(random, NUMBERS)}",
                    f"gap: {event}, statistic: {random.choice(['avg', 'max', 'last', 'stddev'])}"
                    f"{tail}{random_bounds(random, LENGTHS)}{never}",
                ]
            )
        case 12:
            key = random.choice(["median", "stddev", "first_value", "last_value", "most_frequent"])
            return random.choice(
                [
                    f"{key}: {random.choice(['paid', 'login'])}.amount{tail}{random_bounds(random, NUMBERS)}{never}",
                    f"ratio: [{{count: login{window}}}, {{sum: paid.amount}}]{random_bounds(random, NUMBERS)}{never}",
                    f"ratio: [{{count: paid}}, {{count: login{window}}}]{random_bounds(random, NUMBERS)}{never}",
                    f"change: {{count: login}}, recent: 1 day, baseline: 28 days{random_bounds(random, NUMBERS)}",
                ]
            )
        case 5 | 6:
            key = random.choice(["recency", "recency", "tenure"])
            return f"{key}: {event}{tail}{random_bounds(random, LENGTHS)}{never}"
        case 7:
            plans = ", ".join(random.sample("abc", random.choice([1, 2, 3])))
            return "attribute: plan, " + random.choice([f"in: [{plans}]", "is_null: true", "exactly: a"]) + never
        case 8:
            return f"attribute: age{random_bounds(random, NUMBERS)}{never}"
        case 9:
            return random.choice(
                [
                    f"attribute: trial{never}",
                    f"tenure: signed_up_at{random_bounds(random, LENGTHS)}{never}",
                    "attribute: signed_up_at, is_null: true",
                    f'expression: "age > 3"{never}',
                ]
            )
        case _:
            if random.random() < 0.5:
                counted = random.choice(["", "", ", completed: {at_least: 1}", ", completed: {at_most: 1}"])
                return random.choice(SEQUENCES) + counted
            feature = random.choice(features)
            if feature.endswith("completed"):
                return f"feature: {feature}"
            values = LENGTHS if feature.endswith("seconds") else NUMBERS
            return f"feature: {feature}{random_bounds(random, values)}{never}"


def random_condition(random: Random, pool: list[str], segments: list[str], depth: int) -> str:
    """A condition; those of one spec are taken from a small pool, so that they have to do with each other."""
    if depth == 0 or random.random() < 0.6:
        if segments and random.random() < 0.2:
            return f"{random.choice(['in_segment', 'not_in_segment'])}: {random.choice(segments)}"
        return random.choice(pool)
    count = random.choice([1, 2, 2, 3])
    parts = ", ".join("{" + random_condition(random, pool, segments, depth - 1) + "}" for _ in range(count))
    logic = random.choice(["all", "any", "none", "at_least_of"])
    if logic == "at_least_of":
        return f"at_least_of: {{n: {random.randint(1, count)}, of: [{parts}]}}"
    return f"{logic}: [{parts}]"


def random_spec(random: Random) -> str:
    """Features of a sequence, four segments over a few conditions, two of them in a waterfall."""
    features = [f"trip{end}" for end in ("_completed", "_step", "_completions", "_seconds", "_step_2_seconds")]
    pool = [random_test(random, features) for _ in range(random.choice([2, 3, 4]))]
    lines = ["features:", "  trip: {entity: user, " + random.choice(SEQUENCES) + "}", "segments:"]
    if random.random() < 0.3:
        lines.insert(0, "retention: " + random.choice(["40 days", "60 days", "200 days"]))
    if random.random() < 0.3:
        lines.insert(0, "timezone: " + random.choice(["Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu"]))
    names: list[str] = []
    for name in ("one", "two", "three", "four"):
        extends = f", extends: {random.choice(names)}" if names and random.random() < 0.3 else ""
        count = random.choice([1, 1, 2, 3])
        parts = ", ".join("{" + random_condition(random, pool, names, 2) + "}" for _ in range(count))
        lines.append(f"  {name}: {{entity: user{extends}, {random.choice(['all', 'all', 'any'])}: [{parts}]}}")
        names.append(name)
    if random.random() < 0.5:
        lines.append("exclusive_groups: {g: [one, three]}")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_no_life_refutes_a_claim() -> None:
    """Who can be in a segment, who is always, and whose members are members of another."""
    claims: Counter[str] = Counter()
    seed = Random().randrange(2**32) if WANTED else 0
    for number in range(SPECS):
        random = Random(seed + number)
        spec = random_spec(random)
        found = bound(spec)
        lives = [random_life(random, NAMES) for _ in range(LIVES)]
        claims.update(refuted(found, lives, f"seed {seed + number}\n{spec}"))
    assert all(claims[kind] > SPECS / 20 for kind in ("never", "always", "implied")), claims


def refuted(found: Bound, lives: list[Life], said: str) -> Counter[str]:
    """The number of claims of each kind, after a look for lives that refute one."""
    world = World(found, found.entity("user"))
    names = list(world.segments)
    matching = {name: [matches(name, found, life) for life in lives] for name in names}
    members = {name: [member(name, found, life) for life in lives] for name in names}
    claims: Counter[str] = Counter()
    for name in names:
        for kind, formula, who in (
            ("match", world.matches(world.segments[name]), matching[name]),
            ("member", world.definition(name), members[name]),
        ):
            if not world.possible(formula):
                claims["never"] += 1
                assert not any(who), f"{said}{name}: nobody is a {kind}, it is said: {lives[who.index(True)]}"
            if world.certain(formula):
                claims["always"] += 1
                assert all(who), f"{said}{name}: everybody is a {kind}, it is said: {lives[who.index(False)]}"
        for other in names:
            formulas = world.matches(world.segments[name]), world.matches(world.segments[other])
            if name != other and world.implies([formulas[0]], formulas[1]):
                claims["implied"] += 1
                for life, one, two in zip(lives, matching[name], matching[other], strict=True):
                    assert two or not one, f"{said}who matches {name} matches {other}, it is said: {life}"
    return claims


@pytest.mark.parametrize("name", names())
def test_no_case_worked_out_by_hand_refutes_a_claim(name: str) -> None:
    """The members that somebody wrote down by hand are as contained in each other as is claimed."""
    case = load(name)
    spec, _ = decode([nodes(case.spec)])
    assert spec is not None
    found, _ = bind(spec, Catalog(), read_expression)
    assert found is not None
    members = {segment: set(keys) for segment, keys in case.expect.get("segments", {}).items()}
    for entity in found.entities:
        world = World(found, entity)
        own = [segment for segment in world.segments if segment in members]
        for one in own:
            assert world.possible(world.definition(one)) or not members[one], one
            for other in own:
                if world.implies([world.definition(one)], world.definition(other)):
                    assert members[one] <= members[other], f"{one}, {other}"
