"""People made up by chance, the same at every run."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from segpy.evolve.describe import describe
from segpy.evolve.model import Described, Feature, People, Row, Unit, Wanted

DAY = 86_400.0
NUMBER = Feature("spent", Unit.NUMBER, nullable=False)
COUNT = Feature("visits", Unit.INTEGER, nullable=False)
SINCE = Feature("since_visit", Unit.SECONDS, nullable=True)


def people(features: Sequence[Feature], rows: Sequence[Row]) -> People:
    return People(tuple(features), tuple(f"p{i:05}" for i in range(len(rows))), tuple(rows))


def blobs(count: int, centers: Sequence[tuple[float, ...]], spread: float = 1.0, seed: int = 1) -> list[Row]:
    """So many people about each of some centres."""
    chance = Random(seed)
    rows = [tuple(chance.gauss(x, spread) for x in center) for center in centers for _ in range(count)]
    chance.shuffle(rows)
    return [tuple(row) for row in rows]


def customers(count: int = 600, seed: int = 2) -> People:
    """Money with a heavy tail, visits, and the time since the last one, which a tenth never had."""
    chance = Random(seed)
    rows: list[Row] = []
    for _ in range(count):
        kind = chance.random()
        visits = float(int(chance.expovariate(0.08 if kind > 0.7 else 0.5)))
        since = None if kind < 0.1 else chance.uniform(0, 40 if kind > 0.5 else 300) * DAY
        rows.append((round(chance.lognormvariate(2 + 2 * (kind > 0.6), 1), 2), visits, since))
    return people((NUMBER, COUNT, SINCE), rows)


def described(of: People, clusters: int | None = None, questions: int = 5, seed: int = 0) -> Described:
    found = describe(of, Wanted(clusters, questions, seed))
    assert isinstance(found, Described), found
    return found
