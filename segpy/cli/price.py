"""`segpy price`: how much less members buy where prices are higher."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from segpy import pipeline, pricing
from segpy.cli import options
from segpy.cli.answers import progress, tell
from segpy.cli.prices import as_json_data, print_prices
from segpy.cli.spans import instant, length_of_time, of_grain
from segpy.spec.duration import Duration


@click.command()
@click.argument("segments", nargs=-1, required=True, metavar="SEGMENT...")
@click.option("--event", required=True, help="The event that is a purchase, by its name in the specs.")
@click.option("--product", required=True, help="Its property that tells which product.")
@click.option("--price", required=True, help="Its property that tells the price of one piece.")
@click.option("--quantity", help="Its property that tells how many pieces. Default: each event is one piece.")
@click.option(
    "--from", "first", callback=instant, help="When the first period begins. Default: 26 periods before --to."
)
@click.option("--to", "last", callback=instant, help="When the last one ends. Default: up to when events are known.")
@click.option("--every", default="1 week", show_default=True, callback=length_of_time, help="How long a period is.")
@click.option(
    "--products",
    type=click.IntRange(1, 200),
    default=50,
    show_default=True,
    help="How many products are looked at: those most was sold of.",
)
@click.option("--randomised", is_flag=True, help="Say that prices were drawn by lot: only then are they called causes.")
@click.option(
    "--confidence", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True, help="How sure intervals are."
)
@click.option("--save", is_flag=True, help="Put what is found into the table segment_statistics, by dbt.")
@options.variables
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def price(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    event: str,
    product: str,
    price: str,
    quantity: str | None,
    first: datetime | None,
    last: datetime | None,
    every: Duration,
    products: int,
    randomised: bool,
    confidence: float,
    save: bool,
    variables: dict[str, object],
    as_json: bool,
) -> int:
    """Say how quantities go with prices.

    What the members of a segment bought, product by product and period by period, beside what it cost. Members are
    those at the start of each period, prices those of everybody. Builds nothing. Needs pip install
    'dbt-segpy[measure]'.
    """
    purchase = (event, product, price, quantity)
    names, lasting = tuple(dict.fromkeys(segments)), (first, last, every)
    asked = pricing.Asked(names, *purchase, *lasting, products, randomised, confidence, variables, save)
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    compiled, found = pricing.prices(
        project_dir,
        profiles_dir,
        target,
        where,
        asked,
        lambda grain: of_grain(grain, *lasting),
        progress(as_json=as_json),
    )
    return tell(
        compiled, found, print_prices, as_json_data, project_dir, form, as_json=as_json, nothing={"segments": []}
    )
