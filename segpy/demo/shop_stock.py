"""What the shop sells, and the weather where it delivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from segpy.demo.clock import AS_OF

CITIES = ("Hamburg", "Munich", "Oslo", "Lisbon", "Rome", "Vienna")
# On the morning of the demonstration, in degrees Celsius; Vienna's station had failed.
_MORNING = {"Hamburg": "3.0", "Munich": "1.5", "Oslo": "-4.0", "Lisbon": "14.5", "Rome": "11.0", "Vienna": ""}
_CATEGORIES = ("shoes", "knitwear", "outdoor")
_THEMES = ("pirate", "space", "plain", "alpine")


@dataclass(frozen=True, slots=True)
class Product:
    """Something on sale. Prices are whole or half, so that no sum is ever rounded.

    A look is one piece of each category that go together.
    """

    id: str
    category: str
    theme: str
    look: str
    price: float


def _products() -> dict[str, Product]:
    rng = Random("stock")
    places = ((category, theme, nth) for category in _CATEGORIES for theme in _THEMES for nth in range(3))
    found = {}
    for number, (category, theme, nth) in enumerate(places, start=1):
        price = 20 + 12 * nth + rng.randint(0, 19) / 2
        found[f"p{number:02d}"] = Product(f"p{number:02d}", category, theme, f"{theme}_{nth + 1}", price)
    return found


# p01 to p12 are shoes, p13 to p24 knitwear, p25 to p36 outdoor; each three pirate, space, plain, alpine.
# p01, p13 and p25 are one look, p02, p14 and p26 the next.
PRODUCTS = _products()


def weather(rng: Random) -> list[tuple[str, str, str]]:
    """City, day and temperature of the last fortnight."""
    rows = []
    for city in CITIES:
        for day in range(14, 0, -1):
            date = (AS_OF - timedelta(days=day)).date().isoformat()
            mild = 13 if city in ("Lisbon", "Rome") else 3
            rows.append((city, date, _MORNING[city] if day == 1 else f"{mild + rng.randint(-10, 10) / 2:.1f}"))
    return rows
