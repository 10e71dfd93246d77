"""Random SQL for `where`: about one event, with unknown values in the way."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from tests.properties.language.taxonomies import Taxonomy

SHARED = (
    "v > 0",
    "v is null",
    "v <> 1",
    "product = 'tea'",
    "product <> 'tea'",
    "product like 't%'",
    "product ilike '%U_'",
    "not (product = 'tea')",
    "product in ('tea', 'cup')",
    "product not in ('tea', null)",
    "v in (1, null)",
    "v between 1 and 2",
    "v not between 0 and 1",
    "coalesce(v, 0) < 2",
    "v + 1 > 2 or product is null",
    "case when v > 1 then product = 'tea' when v = 0 then null else true end",
    "hour >= 12",
    "hour between 1 and 4",
    "weekday in (6, 7)",
    "weekday < 3 and hour < 12",
    "length(trim(product)) = 3",
    "upper(product) || '!' = 'TEA!'",
    "v / 2 >= 0.5",
    "1 / v > 0.4",
    "nullif(v, 1) is null",
    "greatest(v, 1) = 1",
    "least(v, null, 1) < 1",
    "-v < 0",
)
APP_ONLY = (
    "amount >= 10",
    "amount > v",
    "amount - 10 * v <= 0",
    "paid",
    "not paid",
    "paid is null",
    "paid = (v > 0)",
    "due < occurred_at",
    "due >= day",
    "abs(amount - 10) < 5",
    "round(amount) = 10",
    "floor(amount / 4) = ceil(v)",
    "name = 'a'",
    "name <> 'b' and amount is not null",
)


def wheres(draw: st.DrawFn, taxonomy: Taxonomy, *, app_only: bool) -> str:
    """A condition on an event of both streams, or of `app` only, in the quotes that YAML wants."""
    one = plain(draw, taxonomy, app_only=app_only)
    shape = draw(st.sampled_from(["one", "one", "one", "and", "or", "not"]))
    if shape in ("and", "or"):
        one = f"({one}) {shape} ({plain(draw, taxonomy, app_only=app_only)})"
    return f'"not ({one})"' if shape == "not" else f'"{one}"'


def plain(draw: st.DrawFn, taxonomy: Taxonomy, *, app_only: bool) -> str:
    """One condition."""
    since = taxonomy.as_of - timedelta(days=draw(st.integers(0, 6)))
    dated = (f"occurred_at >= '{since}'", f"occurred_at < date '{since:%Y-%m-%d}'")
    on_a_day = (f"day >= '{since:%Y-%m-%d}'", f"due between '{since}' and timestamp '2028-05-01 12:00'")
    choices = (*SHARED, *dated, *(APP_ONLY + on_a_day if app_only else ()))
    return draw(st.sampled_from(choices))
