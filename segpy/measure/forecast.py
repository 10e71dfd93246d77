"""Months to come, each with its interval."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import isfinite

from segpy.measure.distributions import critical
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.model_price import Forecast


def seasonal_naive(series: Sequence[float], ahead: int, season: int = 12, confidence: float = 0.95) -> Forecast:
    """Each month as the same month was last: what any other forecast has to beat.

    Its errors are differences between a month and the one a season before; k seasons ahead their variance is k-fold
    (R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., 5.5). It takes two seasons.
    """
    n = len(series)
    if n < 2 * season:
        return Forecast((withheld(n, Status.TOO_FEW),) * ahead)
    if not all(isfinite(one) for one in series):
        return Forecast((withheld(n, Status.INVALID),) * ahead)
    errors = [now - before for now, before in zip(series[season:], series, strict=False)]
    sd = (sum(error**2 for error in errors) / len(errors)) ** 0.5
    found = []
    for step in range(1, ahead + 1):
        value, se = series[n - season + (step - 1) % season], sd * ((step - 1) // season + 1) ** 0.5
        found.append(_around(n, value, se, confidence))
    return Forecast(tuple(found))


def _around(n: int, value: float, se: float, confidence: float) -> Estimate:
    reach = critical(confidence, None) * se
    interval = Interval(value - reach, value + reach)
    return Estimate(n, Status.READABLE, Method.SEASONAL_NAIVE, value, interval, se=se, confidence=confidence)


def smoothed(series: Sequence[float], ahead: int, season: int = 12, confidence: float = 0.95) -> Forecast:
    """Exponential smoothing with additive errors, a damped trend, and an additive season where two seasons were seen.

    By statsmodels' state space form, whose intervals are exact for it (R. J. Hyndman, A. Koehler, K. Ord, R. Snyder,
    "Forecasting with Exponential Smoothing", 2008). It takes
    ten months. What the parameters are in truth is not known, and intervals do not tell: they are rather too narrow.
    """
    n = len(series)
    if n < 10:
        return Forecast((withheld(n, Status.TOO_FEW),) * ahead)
    if not all(isfinite(one) for one in series):
        return Forecast((withheld(n, Status.INVALID),) * ahead)
    if len(set(series)) == 1:
        return Forecast((withheld(n, Status.NO_VARIANCE),) * ahead)
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    seasonal = {"seasonal": "add", "seasonal_periods": season} if n >= 2 * season + 2 else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parameters at their bounds, which is no finding
        model = ETSModel(pd.Series(series, dtype=float), error="add", trend="add", damped_trend=True, **seasonal)
        told = model.fit(disp=False, maxiter=500).get_prediction(start=n, end=n + ahead - 1)
        rows = told.summary_frame(alpha=1 - confidence).to_numpy(dtype=float).tolist()
    if not all(isfinite(one) for row in rows for one in row[:3]):
        return Forecast((withheld(n, Status.INVALID),) * ahead)
    return Forecast(
        tuple(
            Estimate(
                n,
                Status.READABLE,
                Method.EXPONENTIAL_SMOOTHING,
                mean,
                Interval(low, high),
                confidence=confidence,
            )
            for mean, low, high in (row[:3] for row in rows)
        )
    )
