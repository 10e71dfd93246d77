"""What is made of the rows that were read: what is compared, reckoned, withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from segpy.measure.lift import lift
from segpy.measure.model import Arm, Design, Status
from segpy.measure.model_worth import Payback
from segpy.measure.worth import worth
from segpy.measuring import Judged
from segpy.plan.build import build_plan
from segpy.plan.model import Plan
from segpy.report.document import document
from segpy.report.model import Compared, Experiments, FeatureDrift, Report
from segpy.report.page import page
from segpy.report.rows import compared, looks_back
from segpy.reporting import Asked, outcome_of, report_of
from segpy.warehouse.instants import months_before
from segpy.warehouse.model_review import (
    AssignedRow,
    BacktestRow,
    CatalogRow,
    DriftFigure,
    FlowRow,
    MonitorRow,
    MoveRow,
    OverlapRow,
    Review,
    SizeRow,
    TogetherRow,
    Unread,
)
from tests.report.made import AS_OF, SINCE, drawn, instant
from tests.unit.stages import bound

pytest.importorskip("scipy")

SPEC = """
{privacy}holdouts:
  alone: {{entity: user, share: 10%, segments: [awake]}}
  other: {{entity: user, share: 20%, segments: [asleep]}}
outcomes:
  bought: {{did: paid, within: 14 days}}
segments:
  asleep: {{entity: user, all: [{{did_not: login}}]}}
  awake: {{entity: user, all: [{{did: login}}]}}
exclusive_groups:
  journey: [asleep, awake]
"""


def plan(least: int | None = None) -> Plan:
    return build_plan(bound(SPEC.format(privacy=f"privacy: {{min_cell_size: {least}}}\n" if least else "")))


def sizes(*members: tuple[datetime, int | None, int | None]) -> tuple[SizeRow, ...]:
    rows = []
    for place, name in enumerate(("asleep", "awake")):
        for at, *both in members:
            rows.append(SizeRow(name, at, both[place], 200, 5, 3, both[place] is None))
    return tuple(rows)


def found(**changed: object) -> Review:
    look = (AS_OF, "awake", "bought", SINCE, AS_OF, 4, "14 days")
    made = Review(
        as_of=AS_OF,
        since=SINCE,
        runs=(SINCE, AS_OF),
        sizes=sizes((SINCE, 80, 20), (AS_OF, 40, 60)),
        flows=(FlowRow("asleep", 4, 44), FlowRow("awake", None, 3)),
        catalog=(),
        attrition=(),
        moves=(MoveRow("journey", "asleep", "awake", 40, False),),
        assigned=(AssignedRow("alone", "user", "alone_v1", 100, 900, 100.0),),
        together=(TogetherRow("alone_v1", "other_v1", 3, 97, 180, 720),),
        audiences=(),
        overlap=(
            OverlapRow("asleep", "awake", 4, 96, 0.3, 0.1, 0.9, None, False),
            OverlapRow("asleep", "gone", 40, 96, 0.4, 0.5, 0.9, None, False),
            OverlapRow("awake", "late", None, None, None, None, None, None, True),
        ),
        backtests=(
            BacktestRow(SINCE, *look[1:], "recall", 900, 0.9, 0.8, 1.0, 0.95, "readable"),
            BacktestRow(*look, "lift", 1000, None, None, None, 0.95, "too_few"),
            BacktestRow(*look, "recall", 1000, 0.003, 0.0, 0.1, 0.95, "readable"),
            BacktestRow(*look, "stability", 1000, None, None, None, 0.95, "a_status_of_tomorrow"),
            BacktestRow(AS_OF, "gone", *look[2:], "recall", 1000, 0.5, 0.4, 0.6, 0.95, "readable"),
        ),
        compared=(
            DriftFigure(SINCE, "awake", "spent", instant(9), SINCE, "psi", 9.0),
            DriftFigure(AS_OF, "awake", "orders", SINCE, AS_OF, "psi", None),
            DriftFigure(AS_OF, "awake", "orders", SINCE, AS_OF, "psi_by_chance", None),
            DriftFigure(AS_OF, "awake", "spent", SINCE, SINCE, "psi", 8.0),
            DriftFigure(AS_OF, "awake", "spent", SINCE, AS_OF, "psi", 0.2),
            DriftFigure(AS_OF, "awake", "spent", SINCE, AS_OF, "psi_by_chance", 0.15),
            DriftFigure(AS_OF, "gone", "spent", SINCE, AS_OF, "psi", 0.2),
        ),
        unread=(Unread("segment_moves", "no such table\nat all"),),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def reported(review: Review, least: int | None = None) -> Report:
    return report_of(plan(least), review, Experiments(0.95, (), "None."), "shop", Asked(12))


def test_sizes_are_compared_and_the_mix_is_held_against_that_of_then() -> None:
    asleep, awake = reported(found()).segments
    assert asleep.before is not None and asleep.now is not None
    assert (asleep.before.members, asleep.now.members, asleep.entered, asleep.exited) == (80, 40, 4, 44)
    assert (awake.entered, awake.exited) == (None, 3)
    (group,) = reported(found()).groups
    assert group.segments == ("asleep", "awake") and not group.withheld
    assert group.drift is not None and group.drift.psi == pytest.approx(0.7167, abs=1e-4) and group.drift.alarm
    assert [(one.before, one.after, one.entities) for one in group.moves] == [("asleep", "awake", 40)]


def test_a_mix_of_which_part_is_withheld_is_no_drift() -> None:
    (group,) = reported(found(sizes=sizes((SINCE, 80, None), (AS_OF, 40, 60)))).groups
    assert group.drift is None
    assert reported(found(moves=(MoveRow("journey", None, None, None, True),))).groups[0].withheld


def test_a_segment_that_the_run_compared_with_did_not_know_is_compared_with_nothing() -> None:
    rows = tuple(one for one in found().sizes if (one.segment, one.as_of) != ("awake", SINCE))
    awake = reported(found(sizes=rows)).segments[1]
    assert awake.before is None and awake.entered is None and awake.exited is None


def test_months_to_come_take_ten_in_a_row() -> None:
    """A month without a run ends the row: what was before it is not put next to what came after."""
    runs = tuple(months_before(AS_OF, months) for months in reversed(range(14)))
    grown = sizes(*((at, 100 + place, 50) for place, at in enumerate(runs)))
    asleep = reported(found(runs=runs, sizes=grown)).segments[0]
    told = [one for one in asleep.ahead if one.estimate.readable]
    assert [one.at for one in told] == [months_before(AS_OF, -1), months_before(AS_OF, -2), months_before(AS_OF, -3)]
    assert told[0].estimate.estimate == pytest.approx(114, abs=1)
    assert {one.estimate.status for one in asleep.ahead[3:]} == {Status.TOO_FEW}  # of the season, two years
    gap = tuple(at for at in runs if at != runs[6])
    kept = tuple(one for one in grown if one.as_of in gap)
    asleep = reported(found(runs=gap, sizes=kept)).segments[0]
    assert {one.estimate.status for one in asleep.ahead} == {Status.TOO_FEW}
    assert len(asleep.sizes) == 12


def test_sizes_of_other_days_than_months_end_with_do_not_enter_forecasts() -> None:
    runs = tuple(AS_OF - timedelta(days=days) for days in reversed(range(0, 70, 7)))
    asleep = reported(found(runs=runs, sizes=sizes(*((at, 9, 9) for at in runs)))).segments[0]
    assert asleep.months == (9.0, 9.0, 9.0) and len(asleep.sizes) == 10


def test_how_segments_fared() -> None:
    """A half-life with its interval; what is withheld is not reckoned with, and who did not leave has none yet."""
    rows = (
        MonitorRow("asleep", 10, 100.0, 12, 3, False),
        MonitorRow("awake", None, None, None, None, True),
    )
    asleep, awake = reported(found(monitors=rows)).segments
    assert asleep.fared is not None and asleep.fared.half_life is not None
    assert asleep.fared.half_life.estimate == pytest.approx(6.93, abs=0.01) and asleep.fared.half_life.n == 10
    assert awake.fared is not None and awake.fared.half_life is None
    html = page(document(reported(found(monitors=rows))), drawn)
    assert "6.93 days [3.77 to 14.45], of 10 members who left in four weeks" in html
    assert "12, of whom 3 overdue" in html and "withheld: small counts" in html
    nobody = reported(found(monitors=(MonitorRow("asleep", 0, 100.0, None, None, False),)))
    assert "nobody left in four weeks" in page(document(nobody), drawn)


def test_holdouts_are_held_against_their_plans() -> None:
    alone, other = reported(found()).holdouts
    assert alone.ratio is not None and alone.ratio.observed == (100, 900)
    assert alone.ratio.expected == pytest.approx((100, 900)) and not alone.ratio.alarm
    assert not other.assigned and other.ratio is None
    alone, _ = reported(found(assigned=(AssignedRow("alone", "user", "alone_v1", 200, 800, 100.0),))).holdouts
    assert alone.ratio is not None and alone.ratio.alarm
    (pair,) = reported(found()).pairs
    assert pair.alarm and not pair.small and pair.found.n == 1000


def test_small_counts_of_holdouts_and_looks_back_are_withheld() -> None:
    report = reported(found(assigned=(AssignedRow("alone", "user", "alone_v1", 4, 900, 90.4),)), 5)
    assert report.holdouts[0].ratio is None and report.holdouts[0].assigned
    assert report.pairs[0].small
    looks = looks_back(found().backtests, {"awake"}, 5)
    assert [one.small for one in looks] == [True]  # of a thousand, three
    html = page(document(replace(report, backtests=looks)), drawn)
    assert html.count("withheld: small counts") >= 10 and "904" not in html and "0.3 %" not in html
    assert not any(one.small for one in (*reported(found()).pairs, *looks_back(found().backtests, {"awake"}, None)))


def test_the_last_look_back_counts_and_a_status_that_is_not_known_tells_nothing() -> None:
    (look,) = looks_back(found().backtests, {"awake"}, None)
    assert look.as_of == AS_OF and look.figure("recall") is not None
    told = {name: (one.estimate, one.status) for name, one in look.figures}
    assert told["recall"] == (0.003, Status.READABLE)
    assert told["lift"] == (None, Status.TOO_FEW) and told["stability"] == (None, Status.INVALID)


def test_tables_that_are_kept_tell_of_segments_that_are_gone_and_the_page_does_not() -> None:
    report = reported(found())
    assert [(one.first, one.second) for one in report.overlaps or ()] == [("asleep", "awake")]
    assert "segment-gone" not in page(document(report), drawn)
    assert [(one.model, one.why) for one in report.missing] == [("segment_moves", "no such table")]


def test_what_is_known_of_an_outcome_is_told() -> None:
    """When it had paid too; of few people the page is told that they are few."""
    assigned = Arm(400, 0.2, 0.1604), Arm(100, 0.1, 0.0909)
    (conversions, value) = (
        lift("awake", name, *assigned, Design(0.2), binary=binary)
        for name, binary in (("bought.converted", True), ("bought.value", False))
    )
    paid = Payback(500, Status.NOT_YET, 2, earliest=1)
    brought = worth(conversions, value, 0.1)
    judged = Judged("awake", "bought", False, conversions, value, brought, paid)
    told = outcome_of(judged, None)
    assert (told.payback, told.worth, told.value, told.conversions) == (paid, brought, value, conversions)
    assert not told.small and outcome_of(judged, 11).small  # ten of a hundred bought


def test_a_definition_is_as_it_was_built() -> None:
    (one, _) = plan().entities[0].segments.segments  # type: ignore[union-attr]
    same = (CatalogRow("asleep", one.content_hash, "as built"),)
    asleep, awake = reported(found(catalog=same)).segments
    assert not asleep.stale and asleep.english[0] == "a user" and awake.stale
    asleep, _ = reported(found(catalog=(CatalogRow("asleep", "another", "as built"),))).segments
    assert asleep.stale and asleep.english == ("as built",)


def test_the_last_comparison_of_members_counts_by_its_last_instant() -> None:
    """Beyond the limit and beyond chance; what is withheld has not drifted."""
    told = (FeatureDrift("orders", None, None, False), FeatureDrift("spent", 0.2, 0.15, True))
    assert compared(found().compared, {"awake"}, None) == (Compared("awake", SINCE, AS_OF, told),)
    for limit, drifted in ((0.2, False), (0.19, True), (0.0, True)):
        ((*_, spent),) = (one.features for one in compared(found().compared, {"awake"}, limit))
        assert spent.drifted is drifted
    by_chance = [replace(one, estimate=0.2) if one.figure == "psi_by_chance" else one for one in found().compared]
    assert not any(one.drifted for one in compared(by_chance, {"awake"}, 0.0)[0].features)
