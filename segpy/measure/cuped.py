"""The difference of means with what people were like before taken out of it."""

from __future__ import annotations

from segpy.measure.interval import LARGEST, unreadable
from segpy.measure.model import Arm, Covariate, Status, withheld
from segpy.measure.model_lift import Adjusted
from segpy.measure.relative import relative
from segpy.measure.welch import difference


def adjusted(treated: Arm, control: Arm, confidence: float = 0.95) -> Adjusted:
    """The difference and the relative lift, each person's value less theta times how far off the mean they were before.

    theta is the covariance of metric and covariate over the covariate's variance, over the people of both arms as one
    (A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing
    pre-experiment data", WSDM 2013). What exposure may have changed would take the effect out with it: a covariate
    that does not end strictly before exposure is refused.
    """
    n = treated.n + control.n
    pair = treated.covariate, control.covariate
    status = unreadable(treated, control) or _refused(*pair)
    if status is not None or pair[0] is None or pair[1] is None:
        nothing = withheld(n, status or Status.NO_COVARIATE)
        return Adjusted(nothing, nothing)
    theta = _theta(treated, pair[0], control, pair[1])
    if theta is None:
        nothing = withheld(n, Status.NO_VARIANCE)
        return Adjusted(nothing, nothing)
    before = (treated.n * pair[0].mean + control.n * pair[1].mean) / n
    arms = _less(treated, pair[0], theta, before), _less(control, pair[1], theta, before)
    raw, own = difference(treated, control, confidence), difference(*arms, confidence)
    if raw.se is None or own.se is None:
        return Adjusted(own, withheld(n, own.status) if not own.readable else relative(*arms, confidence))
    return Adjusted(own, relative(*arms, confidence), theta, 1 - (own.se / raw.se) ** 2)


def _refused(treated: Covariate | None, control: Covariate | None) -> Status | None:
    if treated is None or control is None:
        return Status.NO_COVARIATE
    if not (treated.before_exposure and control.before_exposure):
        return Status.COVARIATE_AFTER_EXPOSURE
    numbers = (treated.mean, treated.var, treated.covar, control.mean, control.var, control.covar)
    if not all(abs(one) < LARGEST for one in numbers) or min(treated.var, control.var) < 0:
        return Status.INVALID
    return None


def _theta(treated: Arm, before_t: Covariate, control: Arm, before_c: Covariate) -> float | None:
    """The slope over both arms as one: what is within them, and what is between their means."""
    between = treated.n * control.n / (treated.n + control.n)
    apart = before_t.mean - before_c.mean
    shared = (treated.n - 1) * before_t.covar + (control.n - 1) * before_c.covar
    shared += between * apart * ((treated.mean or 0.0) - (control.mean or 0.0))
    own = (treated.n - 1) * before_t.var + (control.n - 1) * before_c.var + between * apart**2
    return shared / own if own > 1 / LARGEST else None


def _less(arm: Arm, before: Covariate, theta: float, mean_before: float) -> Arm:
    spread = (arm.var or 0.0) + theta * theta * before.var - 2 * theta * before.covar
    return Arm(arm.n, (arm.mean or 0.0) - theta * (before.mean - mean_before), max(0.0, spread))
