"""Quantiles and tails of the distributions, by scipy; the only module that most of the others have them from."""

from __future__ import annotations


def normal_quantile(part: float) -> float:
    """Where the standard normal distribution has so much of itself below."""
    from scipy.special import ndtri

    return float(ndtri(part))


def normal_below(z: float) -> float:
    """How much of the standard normal distribution is below z."""
    from scipy.special import ndtr

    return float(ndtr(z))


def two_sided(statistic: float, dof: float | None) -> float:
    """How likely a value at least as far from 0 is, by Student's t (the normal distribution where `dof` is None)."""
    from scipy.special import ndtr, stdtr

    return float(2 * (ndtr(-abs(statistic)) if dof is None else stdtr(dof, -abs(statistic))))


def critical(confidence: float, dof: float | None) -> float:
    """How many standard errors a two-sided interval reaches to either side."""
    from scipy.special import ndtri, stdtrit

    part = (1 + confidence) / 2
    return float(ndtri(part) if dof is None else stdtrit(dof, part))


def chi2_above(value: float, dof: float) -> float:
    """How much of the chi-square distribution is above a value."""
    from scipy.special import chdtrc

    return float(chdtrc(dof, value))


def chi2_quantile(part: float, dof: float) -> float:
    """Where the chi-square distribution has so much of itself below."""
    from scipy.special import chdtri

    return float(chdtri(dof, 1 - part))
