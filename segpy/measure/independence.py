"""Whether two hold-outs were drawn independently: balance of each by itself does not tell."""

from __future__ import annotations

from segpy.measure.distributions import chi2_above
from segpy.measure.model import Status
from segpy.measure.model_lift import Independence
from segpy.measure.proportions import p_of_rates


def independence(both: int, first_only: int, second_only: int, neither: int) -> Independence:
    """The 2x2 table of being in either hold-out: Pearson's chi-square test without correction, and phi.

    Where fewer than five are expected in a cell, p is of Fisher's exact test. Two hold-outs of one salt, of which the
    larger has all of the smaller, are as dependent as can be.
    """
    n = both + first_only + second_only + neither
    if min(both, first_only, second_only, neither) < 0:
        return Independence(n, Status.INVALID)
    first, second = both + first_only, both + second_only
    margins = first, n - first, second, n - second
    if min(margins) == 0:
        return Independence(n, Status.TOO_FEW)
    product = float(margins[0] * margins[1] * margins[2] * margins[3])
    phi = (both * neither - first_only * second_only) / product**0.5
    if min(first, n - first) * min(second, n - second) / n < 5:
        p = p_of_rates(both, first, second_only, n - first)
        return Independence(n, Status.READABLE, phi, p, exact=True)
    return Independence(n, Status.READABLE, phi, chi2_above(n * phi**2, 1))
