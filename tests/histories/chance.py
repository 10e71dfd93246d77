"""Random histories: specs that change, people who come and go, runs that are skipped, repeated and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.histories.history import Run, spec_text

ATTRIBUTES = ("a", "b", "c")
SEGMENTS = ("north", "south", "east", "west", "hub")
START = datetime(2026, 3, 1)
_PEOPLE = 24


@dataclass(frozen=True, slots=True)
class Drawn:
    """Specs by name, and the runs."""

    specs: Mapping[str, str]
    runs: tuple[Run, ...]


def drawn(seed: int) -> Drawn:
    """A random history, the same for the same seed."""
    chance = Random(seed)
    hourly = chance.random() < 0.2
    parts = some_parts(chance, hourly=hourly)
    specs = {
        f"spec_{number}": spec_text(one, ATTRIBUTES, "hour" if hourly else "day") for number, one in enumerate(parts)
    }
    return Drawn(specs, tuple(_runs(chance, list(specs), timedelta(hours=1) if hourly else timedelta(days=1))))


def some_parts(chance: Random, *, hourly: bool) -> list[dict[str, Any]]:
    """The segments of a spec, and of those that come after it."""
    parts = [_parts(chance, hourly=hourly)]
    return parts + [_changed(chance, parts[0], hourly=hourly) for _ in range(chance.randrange(3))]


def _parts(chance: Random, *, hourly: bool) -> dict[str, Any]:
    names = chance.sample(SEGMENTS, chance.randint(2, len(SEGMENTS)))
    grouped = chance.sample(names, chance.choice((0, 0, 2, min(3, len(names)))))
    segments: dict[str, Any] = {}
    for name in names:
        # None looks at one of a group, as its place there is a need of its own: no circle comes of that.
        known = [one for one in segments if one not in grouped]
        segments[name] = _segment(chance, known, hourly=hourly)
    return {"segments": segments, **({"exclusive_groups": {"compass": grouped}} if len(grouped) > 1 else {})}


def _segment(chance: Random, known: list[str], *, hourly: bool) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [{"attribute": chance.choice(ATTRIBUTES), "exactly": True}]
    if known and chance.random() < 0.4:
        conditions.append({chance.choice(("in_segment", "not_in_segment")): chance.choice(known)})
    if chance.random() < 0.3:
        conditions.append({"attribute": chance.choice(ATTRIBUTES), "exactly": chance.random() < 0.5})
    found: dict[str, Any] = {"entity": "user", chance.choice(("all", "any")): conditions}
    if known and chance.random() < 0.2:
        found["extends"] = chance.choice(known)
    if chance.random() < 0.75:
        found["membership"] = _membership(chance, hourly=hourly)
    return found


def _membership(chance: Random, *, hourly: bool) -> dict[str, str]:
    unit = "hours" if hourly else "days"
    stay = chance.randint(1, 4)
    lengths = {
        "minimum_stay": f"{stay} {unit}",
        "grace": f"{chance.randint(1, 4)} {unit}",
        "expires": f"{stay + chance.randint(1, 5)} {unit}",
        "collapse_gap": f"{chance.randint(1, 3)} {unit}",
    }
    found = {key: length for key, length in lengths.items() if chance.random() < 0.4}
    choices = {"reentry": ("allowed", "never"), "on_change": ("restart", "carry")}
    return found | {key: chance.choice(values) for key, values in choices.items() if chance.random() < 0.5}


def _changed(chance: Random, parts: dict[str, Any], *, hourly: bool) -> dict[str, Any]:
    """Some definitions, rules or versions changed, some segments gone."""
    segments = dict(parts["segments"])
    needed = {name for said in segments.values() for name in _looked_at(said)}
    for name, said in list(segments.items()):
        match chance.randrange(5):
            case 0:
                kept = {key: value for key, value in said.items() if key in ("entity", "membership", "extends")}
                segments[name] = {**kept, "all": [{"attribute": chance.choice(ATTRIBUTES), "exactly": True}]}
            case 1:
                segments[name] = {**said, "membership": _membership(chance, hourly=hourly)}
            case 2:
                segments[name] = {**said, "version": chance.randint(2, 9)}
            case 3 if name not in needed and len(segments) > 1:
                del segments[name]
    groups = {group: [one for one in names if one in segments] for group, names in _groups(parts)}
    groups = {group: names for group, names in groups.items() if len(names) > 1}
    return {"segments": segments, **({"exclusive_groups": groups} if groups else {})}


def _groups(parts: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return list(parts.get("exclusive_groups", {}).items())


def _looked_at(said: dict[str, Any]) -> list[str]:
    conditions = [*said.get("all", ()), *said.get("any", ())]
    looked_at = [one.get("in_segment") or one.get("not_in_segment") for one in conditions]
    return [one for one in (*looked_at, said.get("extends")) if one]


def _runs(chance: Random, specs: list[str], step: timedelta) -> list[Run]:
    at, spec, found = START, specs[0], []
    people: dict[str, set[str]] = {}
    for _ in range(chance.randint(5, 10)):
        for number in range(_PEOPLE):
            _turn(chance, people, f"u{number}")
        spec = chance.choice(specs) if chance.random() < 0.25 else spec
        users = {name: frozenset(true) for name, true in people.items()}
        back = chance.random() < 0.08 and at > START + step
        at = at - step * chance.randint(1, 2) if back else at + step * chance.choice((0, 1, 1, 1, 1, 2, 3))
        found.append(Run(at, spec, users, rewrite=back, refused=False))
    return found


def _turn(chance: Random, people: dict[str, set[str]], name: str) -> None:
    """What becomes of somebody between two runs."""
    if chance.random() < (0.1 if name in people else 0.5):
        if name in people:
            del people[name]
        else:
            people[name] = {one for one in ATTRIBUTES if chance.random() < 0.5}
    elif name in people:
        people[name] ^= {one for one in ATTRIBUTES if chance.random() < 0.25}
