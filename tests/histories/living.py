"""Random histories over tables that are kept: specs with rules of membership, on streams that come as they like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import yaml

from tests.cases.tables import Table
from tests.histories.chance import ATTRIBUTES, some_parts
from tests.kept.arrivals import DAY, HOUR
from tests.kept.schedules import START, Source, random_promise, random_source, with_lateness
from tests.properties import measures

LATER = (timedelta(), HOUR, 7 * HOUR, DAY, DAY, DAY, DAY, 2 * DAY, 3 * DAY, 9 * DAY)
SEQUENCE = "sequence: {{steps: [{first}, {{event: {then}, within: {within}}}], in_the_last: {window}}}"
DURATIONS = ("recency", "gap")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: as of when, when it happens, by which spec, and what is the matter with it.

    It comes to `part` of its models and is killed, unless that is 1. `back` in time it makes everything anew.
    """

    as_of: datetime
    now: datetime
    spec: int
    part: float
    back: bool


@dataclass(frozen=True, slots=True)
class Living:
    """Specs, each with the same about `features` instead of events; what comes of whom; and runs."""

    specs: Sequence[str]
    plain: Sequence[str]
    source: Source
    absent: Mapping[str, tuple[datetime, datetime]]
    runs: Sequence[Run]

    def tables(self, now: datetime) -> Iterator[Table]:
        """What a run sees: people come and go."""
        for table in self.source.tables(now):
            kept = tuple(row for row in table.rows if table.name != "people" or not self._absent(str(row[0]), now))
            yield Table(table.name, table.columns, kept)

    def _absent(self, user: str, now: datetime) -> bool:
        since, until = self.absent.get(user, (now, now))
        return since <= now < until


def living(chance: Random) -> Living:
    """A random history, the same for the same chance."""
    promise, hourly = random_promise(chance), chance.random() < 0.2
    order, zone = "    order: n" if chance.random() < 0.5 else "", chance.choice(measures.ZONES)
    features = dict(_features(chance))
    specs, plain = [], []
    settings = Random(chance.random())  # the same promise for all, and the same ids
    state = settings.getstate()
    for parts in some_parts(chance, hourly=hourly):
        if specs and chance.random() < 0.4:
            features[chance.choice(list(features))] = dict(_features(chance))["n0"]
        lines = "".join(f"  {name}: {{entity: user, {one}}}\n" for name, one in features.items())
        columns = {_column(name, one): _kind(one) for name, one in features.items()}
        tests = {name: _test(chance, columns) for name in ATTRIBUTES}
        settings.setstate(state)
        taxonomy = measures.TAXONOMY.format(zone=zone, order=order) + lines
        specs.append(with_lateness(taxonomy, settings, promise) + _written(parts, tests, "feature"))
        plain.append(_about_features(columns) + _written(parts, tests, "attribute"))
    return Living(specs, plain, random_source(chance, promise), _absent(chance), tuple(_runs(chance, len(specs))))


def _features(chance: Random) -> Iterator[tuple[str, str]]:
    """Few: each is a reason more to look at somebody again."""
    for number in range(chance.choice((1, 2, 3))):
        yield f"n{number}", measures.numeric(chance, depth=1)
    first, then = chance.sample(("a", "ab", "big", "c"), 2)
    within, window = chance.choice(("1 day", "3 days")), chance.choice(("5 days", "2 weeks"))
    yield "q", SEQUENCE.format(first=first, then=then, within=within, window=window)


def _column(name: str, measure: str) -> str:
    return f"{name}_completed" if _kind(measure) == "boolean" else name


def _kind(measure: str) -> str:
    return "boolean" if measure.startswith("sequence") else "duration" if measure.startswith(DURATIONS) else "number"


def _test(chance: Random, columns: Mapping[str, str]) -> dict[str, Any]:
    """A condition on a feature, with a bound that no value comes to by adding up in another order."""
    name = chance.choice(list(columns))
    if columns[name] == "boolean":
        return {"of": name, "exactly": True}
    bounds = ("30 hours", "4 days", "9 days") if columns[name] == "duration" else (0.37, 0.93, 1.57, 2.71)
    return {"of": name, chance.choice(("more_than", "less_than")): chance.choice(bounds)}


def _written(parts: Mapping[str, Any], tests: Mapping[str, Mapping[str, Any]], key: str) -> str:
    """Segments with these tests in place of their conditions: on features, or on attributes of the same names."""

    def condition(said: Mapping[str, Any]) -> dict[str, Any]:
        if "attribute" not in said:
            return dict(said)
        test = dict(tests[said["attribute"]])
        meant = {key: test.pop("of"), **test}
        return meant if said["exactly"] else {"none": [meant]}

    return yaml.safe_dump(_each(parts, condition), sort_keys=False)


def _each(parts: Mapping[str, Any], change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    segments = {
        name: {key: [change(one) for one in value] if key in ("all", "any") else value for key, value in said.items()}
        for name, said in parts["segments"].items()
    }
    return {**parts, "segments": segments}


def _about_features(columns: Mapping[str, str]) -> str:
    kinds = {name: "boolean" if kind == "boolean" else "number" for name, kind in columns.items()}
    entity = {"key": "user_id", "attributes": {"relation": "ref('features')", "columns": kinds}}
    return yaml.safe_dump({"version": 1, "grain": "hour", "entities": {"user": entity}}, sort_keys=False)


def _absent(chance: Random) -> dict[str, tuple[datetime, datetime]]:
    """From when to when some are not among the people."""
    found = {}
    for number in range(8):
        if chance.random() < 0.4:
            since = START + chance.randrange(20, 60) * DAY
            found[f"u{number}"] = since, since + chance.choice((1, 3, 30)) * DAY
    return found


def _runs(chance: Random, specs: int) -> Iterator[Run]:
    as_of, now, spec = START + chance.randrange(20, 40) * DAY, START, 0
    for number in range(chance.randint(6, 10)):
        back = number > 1 and chance.random() < 0.06
        as_of += -chance.choice((1, 3)) * DAY if back else chance.choice(LATER) if number else timedelta()
        now = max(now, as_of + chance.choice((0, 0, 1, 5)) * HOUR)
        spec = chance.randrange(specs) if chance.random() < 0.25 else spec
        killed = chance.random() < 0.2
        if killed:
            yield Run(as_of, now, spec, chance.random(), back)
        if back or not killed or chance.random() < 0.5:  # who goes back gets there, or nobody could tell where they are
            yield Run(as_of, now, spec, 1, back)
