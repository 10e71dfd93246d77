"""How quantity responds to price, in a panel of products by periods."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log
from typing import Any
from warnings import catch_warnings, simplefilter

from segpy.measure.interval import symmetric
from segpy.measure.model import Estimate, Method, Status, withheld
from segpy.measure.model_price import PriceResponse, Sales

CLUSTERS = 10
"""With fewer products, errors are taken as independent from period to period: clusters must be many to be averaged."""


def price_response(sales: Sequence[Sales], *, randomised: bool = False, confidence: float = 0.95) -> PriceResponse:
    """The elasticity of quantity by Poisson regression with effects of products and periods, zero weeks included.

    J. M. C. Santos Silva, S. Tenreyro, "The log of gravity", Review of Economics and Statistics 88 (2006): quantity
    need not be a Poisson variable, its mean must be exp(effects + elasticity log price). Effects of products keep a
    dear product from passing for a price that rose, effects of periods a season for a discount. Errors are robust, by
    products where there are many.
    """
    found = _poisson(sales, confidence)
    return PriceResponse(found, len({one.product for one in sales}), len({one.period for one in sales}), randomised)


def _poisson(whole: Sequence[Sales], confidence: float) -> Estimate:
    n = len(whole)
    if not all(isfinite(one.price) and isfinite(one.quantity) and one.quantity >= 0 for one in whole):
        return withheld(n, Status.INVALID)
    if any(one.price <= 0 for one in whole):
        return withheld(n, Status.NO_LOGARITHM)
    sales = _open(whole)
    products, periods = _named(sales)
    if len(sales) <= len(products) + len(periods):
        return withheld(n, Status.TOO_FEW)
    effects, prices = _design(sales, products, periods)
    if _is_spanned(effects, prices):
        return withheld(n, Status.NO_VARIANCE)
    import numpy as np
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    quantity = np.array([one.quantity for one in sales])
    design, model = np.column_stack([prices, effects]), Poisson()
    with catch_warnings():
        simplefilter("ignore")  # of quantities that are foretold to the last piece, which is no mistake
        fitted = GLM(quantity, design, family=model).fit(maxiter=200)
    if not fitted.converged:
        return withheld(n, Status.INVALID)
    places = {product: at for at, product in enumerate(products)}
    groups = np.array([places[one.product] for one in sales]) if len(products) >= CLUSTERS else None
    variance = _variance(design, quantity, fitted.mu, groups)
    free = len(sales) - len(products) - len(periods) if groups is None else len(products) - 1
    return symmetric(n, float(fitted.params[0]), variance, free, confidence, Method.POISSON)


def _variance(design: Any, quantity: Any, mean: Any, groups: Any | None) -> float:
    """Of the elasticity, robust: by groups, or of each cell alone and then by its leverage.

    Without its leverage (HC2 of J. G. MacKinnon, H. White, 1985) a cell that has much of a say is taken for one that
    was foretold well, and of 4 products in 8 periods no more than 84 of 100 intervals hold the truth.
    """
    import numpy as np

    bread = np.linalg.pinv(design.T @ (design * mean[:, None]))
    off = quantity - mean
    if groups is None:
        leverage = mean * np.einsum("ij,jk,ik->i", design, bread, design)
        scores = design * (off / np.sqrt(np.maximum(1 - leverage, 1e-6)))[:, None]
        return float((bread @ (scores.T @ scores) @ bread)[0, 0])
    count, (n, k) = int(groups.max()) + 1, design.shape
    scores = np.zeros((count, k))
    np.add.at(scores, groups, design * off[:, None])
    few = count / (count - 1) * (n - 1) / (n - k)  # as statsmodels has it
    return float(few * (bread @ (scores.T @ scores) @ bread)[0, 0])


def _sold(sales: Sequence[Sales]) -> Sequence[Sales]:
    """Without products and periods of which nothing was sold: their effects have no lower limit, and explain it all."""
    while True:
        products = {one.product for one in sales if one.quantity}
        periods = {one.period for one in sales if one.quantity}
        kept = [one for one in sales if one.product in products and one.period in periods]
        if len(kept) == len(sales):
            return kept
        sales = kept


def _named(sales: Sequence[Sales]) -> tuple[list[str], list[int]]:
    """The products and periods that there are."""
    return sorted({one.product for one in sales}), sorted({one.period for one in sales})


def _open(whole: Sequence[Sales]) -> Sequence[Sales]:
    """Without cells that effects and prices together foretell to be 0, whatever the others are.

    Of these the mean is 0 for some effects or elasticity without a limit, and the fit would stop somewhere on the way
    there, very sure of it. They tell nothing of the rest. Where a price takes part in it, prices are told by effects
    among what is left, and nothing can be said of them.
    S. Correia, P. Guimarães, T. Zylkin, "Verifying the existence of maximum likelihood estimates for generalized linear
    models" (2019).
    """
    import numpy as np

    sales = _sold(whole)
    while sales:
        effects, prices = _design(sales, *_named(sales))
        foretold = _foretold(np.column_stack([prices - np.mean(prices), effects]), [one.quantity > 0 for one in sales])
        if not any(foretold):
            break
        sales = _sold([one for one, is_so in zip(sales, foretold, strict=True) if not is_so])
    return sales


def _foretold(design: Any, sold: list[bool]) -> list[bool]:
    """The rows that are not sold and that some combination of columns tells from all that are, or at least a part."""
    import numpy as np
    from scipy.linalg import null_space
    from scipy.optimize import linprog

    mask = np.array(sold)
    free = null_space(np.linalg.qr(design[mask], mode="r"), rcond=1e-9)
    ways = design[~mask] @ free
    ways[np.abs(ways) < 1e-9] = 0.0
    if not ways.any():
        return [False] * len(sold)
    least, most = np.zeros(len(ways)), np.ones(len(ways))
    found = linprog(ways.sum(axis=0), np.vstack([ways, -ways]), np.concatenate([least, most]), bounds=(None, None))
    told: Any = np.zeros(len(sold), dtype=bool)
    told[~mask] = ways @ found.x < -1e-6
    return [bool(one) for one in told]


def _design(sales: Sequence[Sales], products: list[str], periods: list[int]) -> tuple[Any, Any]:
    """A column for each product, and for each period but the first; and logarithms of prices."""
    import numpy as np

    rows = np.arange(len(sales))
    of_product = {product: at for at, product in enumerate(products)}
    of_period = {period: len(products) + at - 1 for at, period in enumerate(periods)}
    effects = np.zeros((len(sales), len(products) + len(periods) - 1))
    effects[rows, [of_product[one.product] for one in sales]] = 1
    late = np.array([one.period != periods[0] for one in sales])
    effects[rows[late], [of_period[one.period] for one in sales if one.period != periods[0]]] = 1
    return effects, np.log([one.price for one in sales])


def _is_spanned(effects: Any, prices: Any) -> bool:
    """Whether effects tell all prices, so that nothing is left of them."""
    import numpy as np

    told = effects @ np.linalg.lstsq(effects, prices, rcond=None)[0]
    return bool(np.abs(prices - told).max() < 1e-9 * max(1.0, float(np.abs(prices).max())))


def carried_forward(sold: Sequence[Sales], periods: int) -> list[Sales]:
    """Every product in each of so many periods, from 0 on, since it was first sold, in the order of both.

    In a period in which nobody bought it nobody knows its price either: it is the last one that was, and none was sold.
    """
    known = {(one.product, one.period): one for one in sold}
    found: list[Sales] = []
    for product in sorted({one.product for one in sold}):
        last: Sales | None = None
        for period in range(periods):
            there = known.get((product, period))
            if there is not None:
                found.append(there)
            elif last is not None:
                found.append(Sales(product, period, last.price, 0.0, carried=True))
            last = there or last
    return found


def log_log(sales: Sequence[Sales], confidence: float = 0.95) -> Estimate:
    """The elasticity of one product: the slope of log quantity on log price, by least squares.

    Several products are refused: dear ones sell less than cheap ones whatever their prices do. So are periods without
    sales, which have no logarithm.
    """
    n = len(sales)
    if len({one.product for one in sales}) > 1:
        return withheld(n, Status.SEVERAL_PRODUCTS)
    if not all(isfinite(one.price) and isfinite(one.quantity) for one in sales):
        return withheld(n, Status.INVALID)
    if any(one.price <= 0 or one.quantity <= 0 for one in sales):
        return withheld(n, Status.NO_LOGARITHM)
    if n < 3:
        return withheld(n, Status.TOO_FEW)
    if len({one.price for one in sales}) < 2:
        return withheld(n, Status.NO_VARIANCE)
    from scipy.stats import linregress

    line = linregress([log(one.price) for one in sales], [log(one.quantity) for one in sales])
    return symmetric(n, float(line.slope), float(line.stderr) ** 2, n - 2, confidence, Method.LOG_LOG)
