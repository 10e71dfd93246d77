"""`segpy lift`: from rows of arms to judgements, and what the command says of them."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from segpy.cli.lifts import paid_back_words
from segpy.measure.model import Status
from segpy.measure.model_worth import Payback
from segpy.measuring import Judgement, judgement, verdict
from segpy.resolve.model_experiments import Experiment
from segpy.warehouse.model_arms import ArmRow, Arms
from tests.unit.shop import Segpy, change
from tests.unit.stages import bound

pytest.importorskip("scipy")

SPEC = """
outcomes:
  visited: {did: login, within: 14 days}
  bought: {did: paid, within: 14 days, value: paid.amount, margin: 0.5}
segments:
  mens:
    entity: user
    all: [{did: mail}]
    experiment: {holdout: 50%, outcome: bought, guardrails: [visited], cost_per_member: 0.1}
"""
# K. Hillstrom's e-mail test of 2008: nobody written to, and those who were sent the men's version. Published are visits
# .1062 and .1828, conversions .00573 and .01253, spend .6528 and 1.4226, and of spend +.7698 [.4851, 1.0545].
ROWS = {
    "visited.converted": (
        (21_306, 0.10616727682343, 0.0949002403109789),
        (21_307, 0.182756840474961, 0.149363787815192),
    ),
    "bought.converted": (
        (21_306, 0.00572608654839, 0.00569356570950933),
        (21_307, 0.012531093068006, 0.012374645552935),
    ),
    "bought.value": ((21_306, 0.652789355111236, 134.286371853021), (21_307, 1.42261651100577, 315.211798865555)),
}


def rows(**changed: int) -> tuple[ArmRow, ...]:
    """The arms as `segment_arms` has them, in its order."""
    found = []
    for key, (control, treated) in sorted(ROWS.items()):
        outcome, metric = key.split(".")
        for arm, (people, mean, variance) in (("holdout", control), ("treatment", treated)):
            count = changed.get(arm, people)
            found.append(ArmRow("mens", outcome, metric, arm, count, count, mean, variance, None, None, None))
    return tuple(found)


def experiments() -> tuple[Experiment, ...]:
    return bound(SPEC).experiments


def judged(**changed: int) -> Judgement:
    return judgement(experiments(), Arms("2008-04-01", rows(**changed), {"mens": 0.5}), 0.95)


def test_published_figures() -> None:
    """The difference of spend and its interval; more visits are harm where visits are guarded against."""
    bought, visited = judged().outcomes
    assert bought.value is not None and bought.worth is not None
    difference = bought.value.difference
    assert difference.estimate == pytest.approx(0.7698, abs=5e-5) and difference.interval is not None
    assert (difference.interval.low, difference.interval.high) == pytest.approx((0.4851, 1.0545), abs=5e-5)
    assert verdict(bought.value, guardrail=False) == "does good"
    assert verdict(visited.conversions, guardrail=True) == "does harm"
    assert visited.worth is None and visited.value is None
    # Half of 0.7698 a person is left, and 0.1 was spent.
    assert bought.worth.roi is not None
    assert bought.worth.roi.estimate.estimate == pytest.approx(0.7698 * 0.5 / 0.1 - 1, abs=1e-3)
    naive = 1.4226165 * 0.5 / 0.1 - 1
    assert bought.worth.roi.naive == pytest.approx(naive)


def test_what_stands_against_it_withholds_every_number() -> None:
    """Arms of other sizes than planned; and nobody observed yet."""
    for one in judged(holdout=20_000).outcomes:
        assert one.conversions.difference.estimate is None
        assert verdict(one.conversions, guardrail=False).startswith("the arms are not of the sizes planned")
    waiting = tuple(ArmRow("mens", "bought", "converted", arm, 500, 0, *[None] * 5) for arm in ("holdout", "treatment"))
    found = judgement(experiments(), Arms(None, waiting, {"mens": 0.5}), 0.95)
    assert verdict(found.outcomes[0].conversions, guardrail=False) == "some people's time for the outcome is not over"


def paid_back(*gained: float, people: int = 4_000) -> Payback:
    """When it pays, where the treated bring in so much more than the others by the end of each month."""
    months = [
        ArmRow("mens", "bought", f"value_month_{month:02d}", arm, 9_000, people, mean, 0.04, None, None, None)
        for month, more in enumerate(gained, 1)
        for arm, mean in (("holdout", 1.0), ("treatment", 1.0 + more))
    ]
    found = judgement(experiments(), Arms("2008-04-01", (*rows(), *months), {"mens": 0.5}), 0.95).outcomes[0]
    assert found.payback is not None
    return found.payback


def test_when_it_pays_back() -> None:
    """Half of what is gained is left, and acting costs 0.1: 0.2 pays. Whoever ignores the others sees 1.0 at once."""
    found = paid_back(0.05, 0.15, 0.21, 0.3)
    assert (found.status, found.months, found.naive, found.observed) == (Status.READABLE, 3, 1, 4)
    # Intervals of 4,000 people a side with a standard deviation of 0.2 reach 0.0088 to either side.
    assert (found.earliest, found.latest) == (3, 3)
    assert paid_back(0.05, 0.195, 0.205).earliest == 2 and paid_back(0.05, 0.195, 0.205).latest is None
    waiting = paid_back(0.05, 0.15)
    assert (waiting.status, waiting.months, waiting.observed) == (Status.NOT_YET, None, 2)
    assert paid_back(0.05, 0.3, people=29).status is Status.TOO_FEW
    assert judged().outcomes[1].payback is None


def test_payback_in_words() -> None:
    for found, words in (
        (paid_back(0.05, 0.3), "paid back after 2 months [2 … 2], naive 1"),
        (paid_back(0.205), "paid back after 1 month [1 … not yet], naive 1"),
        (paid_back(0.05), "not paid back yet, of 1 month observed, naive 1"),
        (paid_back(0.05, people=29), "when it pays back is not told: too few people, or too few events among them"),
    ):
        assert paid_back_words(found) == words


def test_an_experiment_without_rows() -> None:
    """Nobody was ever in the segment."""
    found = judgement(experiments(), Arms(None, (), {}), 0.95)
    assert [one.conversions.difference.estimate for one in found.outcomes] == [None, None]


EXPERIMENT = """\
      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}
    experiment: {holdout: 50%, outcome: bought, cost_per_member: 0.1}
"""


@pytest.fixture
def measured(project: Path, segpy: Segpy) -> Path:
    """A project that was built, with Hillstrom's figures in place of its own few."""
    change(project, "      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}\n", EXPERIMENT)
    (project / "segments/outcomes.yml").write_text(
        "outcomes: {bought: {did: order_placed, within: 14 days}}\n", encoding="utf-8"
    )
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute("delete from segment_arms")
        for arm, (people, mean, variance) in zip(("holdout", "treatment"), ROWS["bought.converted"], strict=True):
            told = ("price_watchers", "user", "bought", "outcome", "converted", arm, people, people, mean, variance)
            connection.execute("insert into segment_arms values (?,?,?,?,?,?,?,?,?,?,null,null,null)", told)
    return project


def test_the_command(measured: Path, segpy: Segpy) -> None:
    said = segpy("lift")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Lift as of 2026-03-10 00:00:00, as assigned; intervals of 95 %")
    line = " ".join(next(one for one in said.out.splitlines() if one.strip().startswith("price_watchers ")).split())
    assert line.startswith("price_watchers bought converted 21,307 1.25 % 21,306 0.57 % +0.68 % +0.50 % … +0.86 % ")
    assert line.endswith("does good")
    assert "conversions that would not have been 144.99 [" in said.out
    assert "paid back" not in said.out and "pays back" not in said.out
    document = json.loads(segpy("lift", "price_watchers", "--json").out)
    (one,) = document["outcomes"]
    assert (one["conversions_verdict"], one["conversions"]["difference"]["status"]) == ("does good", "readable")


def test_the_table(measured: Path, segpy: Segpy) -> None:
    """What is found stands in a table; again, it is replaced; another day, it stands beside it."""

    def rows() -> list[tuple[object, ...]]:
        asked = (
            "select cast(as_of as text), segment, outcome, role, metric, treated, held_out, verdict,"
            " round(difference, 6), incremental > incremental_low, naive from segment_lift order by as_of"
        )
        with duckdb.connect(str(measured / "shop.duckdb")) as connection:
            return connection.execute(asked).fetchall()

    assert rows() == []
    said = segpy("lift", "--save")
    assert (said.code, said.err) == (0, "Saved in segment_lift.\n")
    (one,) = rows()
    assert one[:5] == ("2026-03-10 00:00:00", "price_watchers", "bought", "outcome", "converted")
    assert one[5:] == (21_307, 21_306, "does good", 0.006805, True, pytest.approx(267, abs=0.1))
    assert json.loads(segpy("lift", "--save", "--json").out)["saved"] == "segment_lift"
    assert rows() == [one]
    assert segpy("build", "--as-of", "2026-03-11", "--full-refresh").code == 0
    assert rows() == [one]


def test_the_table_is_not_rendered(measured: Path, segpy: Segpy) -> None:
    """What is found is told all the same, and what stood against saving it."""
    (measured / "models/segpy/segment_lift.sql").unlink()
    said = segpy("lift", "--save", "--json")
    found = json.loads(said.out)
    assert said.code == 1 and found["saved"] is None and len(found["outcomes"]) == 1
    assert [one["code"] for one in found["findings"]] == ["SEG610"]


def test_misuse(measured: Path, segpy: Segpy) -> None:
    said = segpy("lift", "price_watcher")
    assert said.code == 2 and "did you mean `price_watchers`?" in said.err
    said = segpy("lift", "--confidence", "95")
    assert said.code == 2
    change(measured, ", outcome: bought, cost_per_member: 0.1", "")
    said = segpy("lift")
    assert said.code == 2 and "no segment has an `experiment` with an `outcome`" in said.err


def test_what_was_not_built(project: Path, segpy: Segpy) -> None:
    """The table is not there: dbt says so, and nothing is told."""
    change(project, "      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}\n", EXPERIMENT)
    (project / "segments/outcomes.yml").write_text(
        "outcomes: {bought: {did: order_placed, within: 14 days}}\n", encoding="utf-8"
    )
    assert segpy("render").code == 0
    said = segpy("lift", "--json")
    assert said.code == 1 and json.loads(said.out)["findings"]
