"""Who is left after each period."""

from __future__ import annotations

from math import exp, inf, log

from segpy.measure.distributions import critical
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.wilson import wilson


class Survivors:
    """The product of what each period leaves (E. L. Kaplan, P. Meier, JASA 53, 1958), asked for period after period.

    The variance is Greenwood's (M. Greenwood, 1926), the interval is made on log(-log S) and so stays within 0 and 1
    (J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data", 1980). Before the first event
    it is Wilson's, of none among the fewest at risk so far.
    """

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence
        self.left = 1.0
        self.greenwood = 0.0
        self.fewest = inf
        self.broken = False

    def after(self, at_risk: int, events: int, *, more: bool) -> Estimate:
        """Survival to the end of the next period. `more` says that others come under observation later.

        Where nobody is at risk, or all who are have the event while others are yet to come, nothing can be said from
        there on.
        """
        self.broken = self.broken or at_risk == 0 or (events == at_risk and more)
        if self.broken:
            return withheld(at_risk, Status.TOO_FEW)
        before = self.left
        self.left *= 1 - events / at_risk
        self.fewest = min(self.fewest, at_risk)
        if events < at_risk:
            self.greenwood += events / (at_risk * (at_risk - events))
        interval = self._interval(before, at_risk)
        se = self.left * self.greenwood**0.5
        return Estimate(
            at_risk, Status.READABLE, Method.GREENWOOD, self.left, interval, se=se, confidence=self.confidence
        )

    def _interval(self, before: float, at_risk: int) -> Interval:
        if 0 < self.left < 1:
            reach = critical(self.confidence, None) * self.greenwood**0.5 / -log(self.left)
            return Interval(self.left ** exp(min(reach, 700.0)), self.left ** exp(-reach))
        n = int(self.fewest) if self.left else at_risk
        none = wilson(0, n, self.confidence)
        share = none.high if none is not None and none.high is not None else 1.0
        return Interval(1 - share, 1.0) if self.left else Interval(0.0, before * share)
