"""A project of any number of segments, such as several teams might have written over the years.

Two entities, three streams, sixty events, some two hundred features; the segments are of ten shapes in turn, from a
count in a window to sequences, waterfalls and segments of segments. No two mean the same, and every fifth has examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

_STREAMS = ("app", "shop", "mail")
_EVENTS_A_STREAM = 20
_A_FILE = 25
_VERBS = ("opened", "viewed", "added", "removed", "shared", "saved", "ordered", "searched", "rated", "closed")
_THINGS = ("report", "product")
_PLANS = ("trial", "free", "basic", "pro", "team", "enterprise")
_OWNERS = ("growth", "lifecycle", "sales", "support")
_STAGES = ("awareness", "consideration", "intent", "conversion", "retention", "advocacy")

_SETTINGS = """\
version: 1
dialect: duckdb
timezone: Europe/Berlin
retention: 400 days
portfolio: {max_segments: 100000, require: [description, owner]}
"""
_ENTITIES = """\
entities:
  user:
    key: user_id
    attributes:
      relation: source('crm', 'users')
      columns: {plan: text, country: text, seats: integer, signed_up_at: timestamp, account_id: text, mailed: boolean}
    start: signed_up_at
    population: both
    consent: mailed
  account:
    key: account_id
    attributes:
      relation: source('crm', 'accounts')
      columns: {size: integer, sector: text}
    members: {entity: user, by: account_id}
streams:
"""
_SOURCES = """\
sources:
  - name: crm
    tables: [{name: users}, {name: accounts}]
  - name: raw
    tables: [{name: app_events}, {name: shop_events}, {name: mail_events}]
"""
_STREAM = """\
  {name}:
    relation: source('raw', '{name}_events')
    entity: {{user: user_id}}
    occurred_at: occurred_at
    id: event_id
    event: event_name
    properties: {{amount: number, label: text, path: text, item_id: text}}
"""


def write(folder: Path, segments: int) -> None:
    """A dbt project with this many segments, ready to be checked."""
    (folder / "segments").mkdir(parents=True)
    (folder / "models").mkdir()
    for name, text in files(segments).items():
        (folder / name).write_text(text, encoding="utf-8")


def files(segments: int) -> dict[str, str]:
    """The project's files by path."""
    found = {
        "dbt_project.yml": "name: large\nversion: 1.0.0\nprofile: large\n",
        "profiles.yml": "large: {target: dev, outputs: {dev: {type: duckdb, path: large.duckdb}}}\n",
        "models/sources.yml": _SOURCES,
        "segments/segpy.yml": _SETTINGS,
        "segments/taxonomy.yml": _taxonomy(),
        "segments/features.yml": "features:\n" + "".join(_features()),
    }
    for first in range(0, segments, _A_FILE):
        written = (_segment(number) for number in range(first, min(first + _A_FILE, segments)))
        found[f"segments/team_{first // _A_FILE:03}.yml"] = "segments:\n" + "".join(written)
    return found


def event(number: int) -> str:
    """The name of an event; numbers beyond the last begin again."""
    stream, place = divmod(number % (len(_STREAMS) * _EVENTS_A_STREAM), _EVENTS_A_STREAM)
    thing, verb = divmod(place, len(_VERBS))
    return f"{_STREAMS[stream]}_{_THINGS[thing]}_{_VERBS[verb]}"


def _events() -> list[str]:
    return [event(number) for number in range(len(_STREAMS) * _EVENTS_A_STREAM)]


def _taxonomy() -> str:
    lines = [_ENTITIES, *(_STREAM.format(name=name) for name in _STREAMS), "events:\n"]
    for number, name in enumerate(_events()):
        stream = name.partition("_")[0]
        where = f", where: \"path like '/{name}/%' and amount > {number}\"" if number % 4 == 3 else ""
        lines.append(f"  {name}: {{stream: {stream}, is: {name}{where}, description: A {name.replace('_', ' ')}}}\n")
    return "".join(lines)


def _features() -> Iterator[str]:
    for number, name in enumerate(_events()):
        yield f"  {name}s: {{entity: user, count: {name}, in_the_last: [1 day, 7 days, 28 days]}}\n"
        if number % 3 == 0:
            yield f"  {name}_amount: {{entity: user, sum: {name}.amount, in_the_last: 90 days}}\n"
            yield f"  {name}_usual: {{entity: user, most_frequent: {name}.label}}\n"
        if number % 3 == 1:
            yield f"  since_{name}: {{entity: user, recency: {name}}}\n"
        if number % 6 == 2:
            following, last = event(number + 1), event(number + 2)
            spoilt = f"{{event: {last}, without: [{event(number + 9)}]}}"
            steps = f"[{name}, {{event: {following}, within: 2 days}}, {spoilt}]"
            yield f"  way_of_{name}: {{entity: user, sequence: {{steps: {steps}, complete_within: 14 days}}}}\n"
            yield f'  trend_of_{name}: {{entity: user, expression: "{name}s_7d / {name}s_28d * 4"}}\n'


def _name(number: int) -> str:
    shape = _SHAPES[number % len(_SHAPES)].__name__.strip("_")
    return f"{shape}_{number:03}"


def _segment(number: int) -> str:
    entity = "account" if _SHAPES[number % len(_SHAPES)] is _teams else "user"
    head = [
        f"  {_name(number)}:",
        f"    entity: {entity}",
        f"    description: People of kind {number}, as {_OWNERS[number % len(_OWNERS)]} wants them",
        f"    stage: {_STAGES[number % len(_STAGES)]}",
        f"    owner: {_OWNERS[number % len(_OWNERS)]}",
    ]
    return "\n".join([*head, *_SHAPES[number % len(_SHAPES)](number), *_examples(number, entity)]) + "\n"


def _days(number: int) -> int:
    """A length that is another for each segment of a shape."""
    return 1 + number * 7 % 389


def _counted(number: int) -> Iterator[str]:
    yield "    all:"
    yield f"      - {{count: {event(number)}, in_the_last: {_days(number)} days, at_least: {2 + number % 4}}}"
    yield f"      - {{attribute: plan, in: [{_PLANS[number % 6]}, {_PLANS[(number + 1) % 6]}]}}"


def _lapsed(number: int) -> Iterator[str]:
    yield "    all:"
    yield f"      - {{did: {event(number)}, in_the_last: {_days(number)} days}}"
    yield f"      - {{did_not: {event(number + 5)}, in_the_last: {_days(number + 3)} days}}"


def _journey(number: int) -> Iterator[str]:
    yield "    all:"
    yield "      - sequence:"
    yield "          steps:"
    yield f"            - {event(number)}"
    without = f"without: [{event(number + 23)}]"
    yield f"            - {{event: {event(number + 11)}, within: {1 + number % 5} days, {without}}}"
    yield f"            - {{event: {event(number + 31)}, times: {1 + number % 3}}}"
    yield f"          in_the_last: {_days(number) + 7} days"


def _compared(number: int) -> Iterator[str]:
    one, other = event(number), event(number + 13)
    yield "    all:"
    yield f'      - {{expression: "{one}s_7d > {2 + number % 7} * {other}s_28d + {number}"}}'
    yield f"      - {{attribute: country, in: [de, at, ch, c{number}]}}"


def _extended(number: int) -> Iterator[str]:
    yield f"    extends: {_name(number - 4)}"
    yield "    all:"
    yield f"      - {{recency: {event(number)}, less_than: {_days(number)} days}}"
    yield f"      - {{attribute: country, exactly: c{number}}}"


def _either(number: int) -> Iterator[str]:
    yield "    any:"
    yield f"      - {{count: {event(number)}, in_the_last: {_days(number)} days, at_least: {3 + number % 3}}}"
    yield f"      - {{sum: {event(number + 1)}.amount, in_the_last: {_days(number)} days, more_than: {100 + number}}}"
    yield f"      - {{did: {event(number + 2)}, where: \"label = 'l{number}' and hour >= 18\", in_the_last: 30 days}}"


def _apart(number: int) -> Iterator[str]:
    yield "    all:"
    yield f"      - {{feature: {event(number)}s_28d, at_least: {1 + number % 9}}}"
    yield f"      - {{attribute: seats, between: [{number}, {number + 50}]}}"
    yield f"      - not_in_segment: {_name(number - 5)}"


def _some_of(number: int) -> Iterator[str]:
    yield "    at_least_of:"
    yield "      n: 2"
    yield "      of:"
    for place in range(4):
        lately = f"in_the_last: {_days(number + place)} days"
        yield f'        - {{did: {event(number + 3 * place)}, {lately}, where: "amount > {number}"}}'


def _teams(number: int) -> Iterator[str]:
    yield "    all:"
    yield f"      - {{members_in: {_name(number - 8)}, at_least: {2 + number % 4}}}"
    yield f"      - {{count_distinct: {event(number)}.user_id, in_the_last: {_days(number)} days, at_least: 3}}"


def _steady(number: int) -> Iterator[str]:
    yield "    all:"
    yield f"      - {{active_days: {event(number)}, in_the_last: {_days(number) + 9} days, at_least: {3 + number % 5}}}"
    yield f"      - {{streak: {event(number + 1)}, kind: longest, at_least: {2 + number % 6}}}"


def _examples(number: int, entity: str) -> Iterator[str]:
    if number % 5 or entity != "user":
        return
    row = f"{event(number)}  path=/{event(number)}/x  amount=61"
    yield "    examples:"
    yield "      - name: one event long ago"
    yield "        as_of: 2026-03-10"
    yield f"        events: 2025-03-01 10:00  {row}"
    yield "        expect: not_member"
    yield "      - name: two events, and nothing else"
    yield "        as_of: 2026-03-10"
    yield "        events: |"
    yield f"          2026-03-08 10:00  {row}"
    yield f"          2026-03-09 10:00  {row}"
    yield "        attributes: {plan: none, seats: 0}"
    yield "        expect: not_member"


_SHAPES: tuple[Callable[[int], Iterator[str]], ...] = (
    _counted,
    _lapsed,
    _journey,
    _compared,
    _extended,
    _either,
    _apart,
    _some_of,
    _teams,
    _steady,
)
