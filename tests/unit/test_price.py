"""`segpy price`: which periods, what is refused, and what the command says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from segpy.asking import Misused
from segpy.pricing import Asked, edges_of, purchase_of
from segpy.spec.duration import parse_duration
from tests.backtests.ask import bound_of
from tests.prices.ask import asked
from tests.unit.shop import PROJECT, Segpy, change

pytest.importorskip("statsmodels")

PROPERTIES = "product: text, price: number, pieces: integer, card: {type: text, personal: true}"
PRICES = {"tea": (4, 5, 4, 2.5, 4, 5), "jam": (8, 8, 10, 8, 5, 8), "oil": (20, 16, 20, 20, 20, 25)}
BEGIN = datetime(2026, 1, 5)


def events() -> str:
    """Ada buys about twice as much of what costs a third less; of rye no price is known, and it is taken back."""
    rows = ["user_id,event_name,event_time,product,price,pieces,card"]
    rows += [f"{who},order,{BEGIN - timedelta(days=1)},tea,4,1,c1" for who in ("ada", "bob")]
    for product, told in PRICES.items():
        for week, price in enumerate(told):
            at = BEGIN + timedelta(days=7 * week + 1)
            pieces = round(12 * (told[0] / price) ** 1.5) + (week + len(product)) % 2
            rows.append(f"ada,order,{at},{product},{price},{pieces},c1")
            if week % 2:
                rows.append(f"cid,order,{at},{product},{price},{week},c1")
    rows.append(f"ada,order,{BEGIN + timedelta(days=9)},rye,,1,c1")
    rows.append(f"ada,order,{BEGIN + timedelta(days=9)},rye,3,-2,c1")
    rows.append(f"bob,order,{BEGIN + timedelta(days=41)},rye,0,1,c1")
    return "\n".join(rows) + "\n"


TYPES = "{event_time: timestamp, price: 'decimal(12,2)', pieces: bigint}"


def changed(files: Mapping[str, str]) -> dict[str, str]:
    """The files of the shop that are others here."""
    specs, settings = files["segments/users.yml"], files["dbt_project.yml"]
    return {
        "segments/users.yml": specs.replace("event_name}", f"event_name, properties: {{{PROPERTIES}}}}}"),
        "dbt_project.yml": settings.replace("{event_time: timestamp}", TYPES),
        "seeds/app_events.csv": events(),
    }


@pytest.fixture
def shop(project: Path) -> Path:
    for path, text in changed(PROJECT).items():
        (project / path).write_text(text, encoding="utf-8")
    return project


ASKED = ("--event", "order_placed", "--product", "product", "--price", "price", "--quantity", "pieces")
SPAN = ("--from", "2026-01-05", "--vars", "{segpy_as_of: 2026-02-16}")


def test_the_command(shop: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-02-16").code == 0
    said = segpy("price", "buyers", *ASKED, *SPAN)
    assert (said.code, said.err.count("\n")) == (0, 2), said
    lines = [" ".join(line.split()) for line in said.out.splitlines() if line.strip()]
    assert lines[0] == (
        "buyers: order_placed in 6 periods of 7 days from 2026-01-05 00:00:00 to 2026-02-16 00:00:00; intervals of 95 %"
    )
    assert lines[1] == "events are known until 2026-02-16 00:00:00"
    assert lines[2] == (
        "3 of 30 purchases left out: 1 without a price, 1 with a price that is not above 0, 1 with a quantity that is "
        "not above 0, such as returns"
    )
    assert lines[3] == "members at the start of a period: 2 to 3"
    assert lines[-3].startswith("members bought 3 6 18 0 0 -1.")
    assert lines[-2].startswith("1 % more price goes with 1.") and lines[-2].endswith(" % less quantity.")
    assert lines[-1].startswith("This is what prices and quantities did together, no cause")
    # Only where somebody says that prices were drawn by lot, they are causes.
    said = segpy("price", "buyers", *ASKED, *SPAN, "--randomised")
    assert "no cause" not in said.out and "Prices were drawn by lot, as you say: so this is what they did." in said.out
    # Nobody looked at the price list twice in a week: those members bought nothing.
    said = segpy("price", "price_watchers", *ASKED, *SPAN, "--products", "2")
    assert said.code == 0 and "withheld" in said.out and "Withheld: members bought too few products" in said.out
    assert "the 2 products most sold of 3, whoever bought them" in said.out
    assert "members at the start of a period: 0 to 0" in said.out


def test_the_table(shop: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-02-16").code == 0
    said = segpy("price", "buyers", *ASKED, *SPAN, "--save", "--json")
    found = json.loads(said.out)
    assert (said.code, said.err, found["saved"], found["findings"]) == (0, "", "segment_statistics", [])
    (one,) = found["segments"]
    assert [each["members"] for each in one["periods"]] == [2, 2, 3, 3, 3, 3]
    assert one["purchases_left_out"] == {"no_price": 1, "price_not_above_0": 1, "quantity_not_above_0": 1}
    tea = [each for each in one["cells"] if each["product"] == "tea"]
    # In the second week Cid bought the first time, and was no member yet.
    assert [(each["price"], each["quantity"]) for each in tea[:2]] == [(4.0, 13.0), (5.0, 9.0)]
    told = {figure["figure"]: figure for figure in one["figures"]}
    assert told["elasticity"]["low"] < told["elasticity"]["estimate"] < told["elasticity"]["high"] < -1
    assert one["causal"] is False
    assert (told["products"]["estimate"], told["cells"]["estimate"], told["cells_carried"]["estimate"]) == (3, 18, 0)
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        rows = connection.execute("select figure, n, estimate, estimate_low from segment_statistics").fetchall()
        kept = connection.execute(
            "select distinct cast(as_of as text), command, segment, entity, about, place, cast(first_at as text), "
            "cast(last_at as text) from segment_statistics"
        )
        assert kept.fetchall() == [
            (
                "2026-02-16 00:00:00",
                "price",
                "buyers",
                "user",
                "order_placed",
                "all",
                *_span("2026-01-05", "2026-02-16"),
            )
        ]
    assert sorted(rows) == sorted((name, f["n"], f["estimate"], f["low"]) for name, f in told.items())


def _span(*days: str) -> tuple[str, ...]:
    return tuple(f"{day} 00:00:00" for day in days)


def test_misuse(shop: Path, segpy: Segpy) -> None:
    named = dict(zip(ASKED[::2], ASKED[1::2], strict=True))

    def asked_with(**changed: str) -> tuple[str, ...]:
        told = {**named, **{f"--{name}": value for name, value in changed.items()}}
        return ("buyers", *(word for pair in told.items() for word in pair))

    for arguments, words in (
        (("buyer", *ASKED), "no segment is called `buyer`: did you mean `buyers`?"),
        (asked_with(event="order_place"), "no event is called `order_place`: did you mean `order_placed`?"),
        (
            asked_with(product="produkt"),
            "stream `app` has no property `produkt` for --product: did you mean `product`?",
        ),
        (asked_with(price="cost"), "stream `app` has no property `cost` for --price: there are `card`, `pieces`"),
        (asked_with(price="product"), "--price takes a number, and `product` is a text"),
        (asked_with(quantity="card"), "--quantity takes a number, and `card` is a text"),
        (asked_with(product="price"), "--product takes a text, an integer or a uuid, and `price` is a number"),
        (asked_with(product="card"), "`card` is personal, and what is shown names each product"),
        (asked_with(quantity="price"), "--quantity names `price` once more: it cannot be two things"),
        ((*asked_with(), "--every", "0 days"), "no time at all is not a length"),
        ((*asked_with(), "--every", "5 hours"), "the grain of this project is the day"),
        ((*asked_with(), "--to", "yesterday"), "`yesterday` is not an instant"),
        ((*asked_with(), "--products", "0"), "--products"),
        (("buyers",), "Missing option '--event'"),
        (ASKED, "Missing argument"),
    ):
        said = segpy("price", *arguments)
        assert said.code == 2 and words in said.err, said
    assert segpy("build", "--as-of", "2026-02-16").code == 0
    said = segpy("price", *asked_with(), *SPAN[2:], "--from", "2026-02-12")
    assert said.code == 2 and "no period is over: events are known until 2026-02-16 00:00:00, and the first" in said.err
    (shop / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    said = segpy("price", "buyers", *ASKED, "--save")
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err
    # What is retained no longer is not taken for nothing.
    (shop / "segments/privacy.yml").write_text("retention: 30 days\n", encoding="utf-8")
    said = segpy("price", "buyers", *ASKED, *SPAN)
    assert said.code == 2 and "events before 2026-01-17 00:00:00 are retained no longer" in said.err


def test_specs_that_do_not_hold(shop: Path, segpy: Segpy) -> None:
    change(shop, "did: order_placed}", "did: order_place}")
    said = segpy("price", "buyers", *ASKED, "--json")
    assert said.code == 1 and json.loads(said.out)["segments"] == [] and json.loads(said.out)["findings"]


# --- which periods ------------------------------------------------------------------------------------------------


def day(number: int, month: int = 3) -> datetime:
    return datetime(2026, month, number)


def over(first: datetime | None, last: datetime | None, every: str = "1 week") -> Asked:
    length = parse_duration(every)
    assert length is not None
    return replace(asked("active"), first=first, last=last, every=length)


def test_periods_that_are_over() -> None:
    known = day(24)
    assert edges_of(over(day(2), None), "day", known) == ((day(2), day(9), day(16), day(23)), 0)
    assert edges_of(over(day(2), day(16)), "day", known) == ((day(2), day(9), day(16)), 0)
    assert edges_of(over(day(2), day(17)), "day", known) == ((day(2), day(9), day(16)), 0)
    assert edges_of(over(day(3), day(7, 4)), "day", known) == ((day(3), day(10), day(17), day(24)), 2)
    found = edges_of(over(day(3), datetime(9999, 12, 31)), "day", known)
    assert not isinstance(found, Misused) and found[0][-1] == day(24) and found[1] > 400_000


def test_by_default_there_are_as_many_weeks_as_in_half_a_year() -> None:
    found = edges_of(over(None, None), "day", datetime(2026, 3, 24, 5))
    assert not isinstance(found, Misused)
    assert (len(found[0]), found[0][0], found[0][-1]) == (27, datetime(2025, 9, 23), day(24))
    months = edges_of(over(None, None, "1 month"), "day", day(30))
    assert not isinstance(months, Misused) and (len(months[0]), months[0][-1]) == (27, day(30))


def test_months_end_where_the_next_begin() -> None:
    found = edges_of(over(datetime(2025, 12, 31), None, "1 month"), "day", day(31))
    assert found == ((datetime(2025, 12, 31), day(31, 1), day(28, 2), day(31)), 0)


@pytest.mark.parametrize(
    ("first", "last", "every", "words"),
    [
        (
            day(20),
            None,
            "1 week",
            "no period is over: events are known until 2026-03-24 00:00:00, and the first one ends",
        ),
        (day(3), day(2), "1 week", "--to is before --from"),
        (datetime(2020, 1, 1), None, "1 day", "these are 2,274 periods, and 200 can be looked at"),
        (None, None, "90000 days", "periods of 90000 days do not fit into the calendar"),
    ],
)
def test_no_periods(first: datetime | None, last: datetime | None, every: str, words: str) -> None:
    found = edges_of(over(first, last, every), "day", day(24))
    assert isinstance(found, Misused) and words in found.words


OF_A_STORE = """
entities: {user: {key: user_id, population: events}, store: {key: store_id, population: events}}
streams:
  app: {relation: ref('events'), entity: {user: user_id}, occurred_at: at}
  shelf: {relation: ref('shelves'), entity: {store: store_id}, occurred_at: at}
events: {login: {stream: app}, bought: {stream: shelf}}
segments: {active: {entity: user, all: [{did: login}]}, open: {entity: store, all: [{did: bought}]}}
"""


def test_an_event_of_somebody_else() -> None:
    bound = bound_of(OF_A_STORE)
    found = purchase_of(bound, bound.entity("user"), asked("active"))
    assert isinstance(found, Misused) and found.words == "`bought` is no event of a user: there are `login`"
