"""Ours beside every figure of reference in tests/golden/stat_anchors.json, under the same path."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from typing import Any

from segpy.measure import cuped, discoveries, proportions, shrinkage
from segpy.measure.always_valid import always_valid
from segpy.measure.distributions import critical, two_sided
from segpy.measure.drift import psi
from segpy.measure.hazard import life_table
from segpy.measure.model import Arm, Estimate
from segpy.measure.model_price import Sales
from segpy.measure.model_time import Stay
from segpy.measure.overlap import overlap
from segpy.measure.price import log_log
from segpy.measure.ratio import linearised
from segpy.measure.relative import relative
from segpy.measure.sample_ratio import sample_ratio
from segpy.measure.welch import difference
from tests.measure.arms import ANCHORS, TOY, arm_of, ends, rate_arm, ratio_arm

# What goes in, and what is no figure.
INPUTS = (
    *("note", "toy_inputs", "prop/sequential_abs/tuning", "cuped/rel_gbstats_denominator", "fdr/p"),
    *("psi/counts_base", "psi/counts_cur", "hazard/T", "hazard/E", "hazard/late_entry/T", "hazard/late_entry/E"),
    *("hazard/late_entry/entry", "elasticity/p", "elasticity/q", "overlap/A", "overlap/B", "overlap/C", "overlap/N"),
)
# What segpy does not offer: made from what it does, to show where the difference lies.
NOT_OFFERED = {
    "prop/rel_delta": "first-order delta method: reaches below -1",
    "mean/rel_delta": "first-order delta method: reaches below -1",
    "prop/ratio_log_ci": "by the normal distribution; segpy has Student's",
    "fdr/holm_reject": "by statsmodels: guards against a single wrong one",
    "fdr/bonferroni_reject": "by statsmodels: guards against a single wrong one",
    "fdr/by_reject": "by statsmodels: holds for any dependence, and finds less",
    "hazard/late_entry/at_risk_lifelines_t3": "counts who enters in the period; one more than segpy's",
}
Found = Iterator[tuple[str, Any]]


def told() -> dict[str, Any]:
    """The figures of reference by path; a list of numbers is one figure."""
    return {path: value for path, value in _leaves(ANCHORS, "") if path not in INPUTS and "toy_inputs/" not in path}


def _leaves(node: Any, path: str) -> Found:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{path}/{key}".lstrip("/"))
    else:
        yield path, node


def ours() -> dict[str, Any]:
    """What segpy says, by the same paths."""
    return dict([*_rates(), *_means(), *_many(), *_time(), *_prices()])


def _seen(path: str, one: Estimate) -> Found:
    yield from ((f"{path}/diff", one.estimate), (f"{path}/ci", ends(one.interval)), (f"{path}/p", one.p))


def _first_order(path: str, treated: Arm, control: Arm) -> Iterator[tuple[str, Any]]:
    """The relative lift as gbstats has it: its standard error is ours times the ratio, its freedom the difference's."""
    own, plain = relative(treated, control), difference(treated, control)
    lift, se = own.estimate or 0.0, (1 + (own.estimate or 0.0)) * (own.se or 0.0)
    reach = critical(0.95, plain.dof) * se
    yield from ((f"{path}/lift", lift), (f"{path}/ci", [lift - reach, lift + reach]))
    yield from ((f"{path}/p", two_sided(lift / se, plain.dof)), (f"{path}/se", se))


def _rates() -> Found:
    # gbstats takes p (1 - p) for the variance of a rate, not the sample variance: 0.1 % less at n = 1000.
    control, treated = (rate_arm(*TOY["prop"][arm], sample=False) for arm in ("a", "b"))
    (a, n), (b, m) = TOY["prop"]["a"], TOY["prop"]["b"]
    plain, by_score = difference(treated, control), proportions.newcombe(b, m, a, n)
    yield from _seen("prop/abs", plain)
    yield "prop/abs/se", plain.se
    first = dict(_first_order("prop/rel_delta", treated, control))
    yield from first.items()
    yield "prop/pooled_z/z", proportions.score(b, m, a, n)
    yield "prop/pooled_z/p", by_score.p
    yield "prop/newcombe_ci", ends(by_score.interval)
    katz = critical(0.95, None) * (relative(treated, control).se or 0.0)
    yield "prop/ratio_log_ci", [1.2 * exp(-katz), 1.2 * exp(katz)]
    peeked = always_valid(plain, tuned_at=ANCHORS["prop"]["sequential_abs"]["tuning"])
    yield from (("prop/sequential_abs/ci", ends(peeked.interval)), ("prop/sequential_abs/p", peeked.p))
    flat, path = shrinkage.posterior(first["prop/rel_delta/lift"], first["prop/rel_delta/se"]), "prop/bayes_flat_rel"
    yield from ((f"{path}/p_beat", flat.above_zero), (f"{path}/risk", [flat.loss_if_left, flat.loss_if_taken]))
    drawn = shrinkage.posterior(first["prop/rel_delta/lift"], first["prop/rel_delta/se"], (0.0, 0.3))
    path = "prop/bayes_prior_N0_0.3_rel"
    yield from (
        (f"{path}/mean", drawn.mean),
        (f"{path}/ci", ends(drawn.interval)),
        (f"{path}/p_beat", drawn.above_zero),
    )


def _means() -> Found:
    control, treated = arm_of(TOY["control"], TOY["pre_control"]), arm_of(TOY["treatment"], TOY["pre_treatment"])
    plain, by_covariate = difference(treated, control), cuped.adjusted(treated, control)
    yield from _seen("mean/abs", plain)
    yield from (("mean/abs/t", (plain.estimate or 0.0) / (plain.se or 1.0)), ("mean/abs/dof", plain.dof))
    yield from (one for one in _first_order("mean/rel_delta", treated, control) if not one[0].endswith("/se"))
    yield "mean/rel_log_teatasting/ci", ends(relative(treated, control).interval)
    yield from _seen("cuped", by_covariate.difference)
    yield from (("cuped/theta", by_covariate.theta), ("cuped/rel_teatasting", by_covariate.relative.estimate))
    over = {arm: linearised(ratio_arm(TOY[arm], TOY[f"den_{arm}"])) for arm in ("treatment", "control")}
    yield from _seen("ratio", difference(over["treatment"], over["control"]))
    for name, arm in (("a", over["control"]), ("b", over["treatment"])):
        yield from ((f"ratio/{name}", arm.mean), (f"ratio/var_{name}", arm.var))


def _many() -> Found:
    for name in ANCHORS["srm"]:
        observed = [int(size) for size in name.split("_") if size.isdigit()]
        yield f"srm/{name}", sample_ratio(observed, [1] * len(observed)).p
    ps = ANCHORS["fdr"]["p"]
    found = [p for p in discoveries.adjusted(ps) if p is not None]
    yield from (("fdr/bh_adj", found), ("fdr/bh_reject_05", sum(p <= 0.05 for p in found)))
    from statsmodels.stats.multitest import multipletests

    for method, name in (("holm", "holm"), ("bonferroni", "bonferroni"), ("fdr_by", "by")):
        yield f"fdr/{name}_reject", int(multipletests(ps, method=method)[0].sum())
    yield "psi/psi", psi(ANCHORS["psi"]["counts_base"], ANCHORS["psi"]["counts_cur"]).psi
    yield "psi/shares_0.25x4_vs_.4.3.2.1", psi([25] * 4, [40, 30, 20, 10]).psi
    for pair, counts in (("AB", (10, 10, 5)), ("AC", (10, 5, 5)), ("BC", (10, 5, 0))):
        one = overlap(*counts, ANCHORS["overlap"]["N"])
        yield from ((f"overlap/{pair}/jaccard", one.jaccard), (f"overlap/{pair}/overlap", one.containment))
        yield f"overlap/{pair}/lift", one.lift


def _time() -> Found:
    data, late = ANCHORS["hazard"], ANCHORS["hazard"]["late_entry"]
    table = life_table([Stay(0, left, bool(event)) for left, event in zip(data["T"], data["E"], strict=True)])
    yield "hazard/at_risk", [one.at_risk for one in table.periods]
    yield "hazard/events", [one.events for one in table.periods]
    yield "hazard/h", [one.hazard.estimate for one in table.periods]
    yield "hazard/S", [one.survival.estimate for one in table.periods]
    yield "hazard/pooled/events", sum(one.events for one in table.periods)
    yield "hazard/pooled/person_periods", sum(one.at_risk for one in table.periods)
    yield "hazard/pooled/rate", table.rate.estimate
    rows = zip(late["entry"], late["T"], late["E"], strict=True)
    third = life_table([Stay(entered, left, bool(event)) for entered, left, event in rows]).periods[2].at_risk
    yield "hazard/late_entry/at_risk_if_strict_entry_lt_t_t3", third
    yield "hazard/late_entry/at_risk_lifelines_t3", third + late["entry"].count(3)


def _prices() -> Found:
    pairs = list(zip(ANCHORS["elasticity"]["p"], ANCHORS["elasticity"]["q"], strict=True))
    line = log_log([Sales("a", at, price, quantity) for at, (price, quantity) in enumerate(pairs)])
    xs, ys = [log(price) for price, _ in pairs], [log(quantity) for _, quantity in pairs]
    yield from (("elasticity/slope", line.estimate), ("elasticity/se", line.se))
    yield "elasticity/intercept", (sum(ys) - (line.estimate or 0.0) * sum(xs)) / len(xs)
    yield from (("elasticity/sums/n", len(xs)), ("elasticity/sums/sx", sum(xs)), ("elasticity/sums/sy", sum(ys)))
    for name, one, other in (("sxx", xs, xs), ("sxy", xs, ys), ("syy", ys, ys)):
        yield f"elasticity/sums/{name}", sum(a * b for a, b in zip(one, other, strict=True))
