"""Names as words, and words as names of the language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LONGEST = 50
_PLURALS = {"people": "person", "companies": "company", "purchases": "purchase", "invoices": "invoice"}
_LAYERS = frozenset({"stg", "src", "raw", "base", "int", "fct", "fact", "dim", "tbl", "vw", "dbt"})
_TRUTH = frozenset({"true", "false", "null"})  # no text without quotes
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,49}")


def words(name: str) -> tuple[str, ...]:
    """`CustomerID`, `customer id` and `customer_id` are all customer, id."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    return tuple(word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word)


def snake(name: str) -> str:
    """A name in small letters and underscores."""
    return "_".join(words(name))


def singular(word: str) -> str:
    """One of them, as far as English is regular."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def subject(table: str) -> tuple[str, ...]:
    """What a table is about: its name without the layer that it belongs to, as in `stg_shop__orders`."""
    found = words(table.rpartition("__")[2] or table)
    while len(found) > 1 and found[0] in _LAYERS:
        found = found[1:]
    return found


def defined(text: str, taken: Collection[str], fallback: str) -> str:
    """A name that the language allows for what is called `text`, and that is not taken."""
    plain = re.sub(r"_+", "_", snake(text).strip("_"))
    if not plain or not plain[0].isalpha() or plain in _TRUTH:
        plain = f"{fallback}_{plain}".strip("_")
    plain = plain[:_LONGEST].rstrip("_")
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain[: _LONGEST - 4]}_{number}"
    return found


def nameable(column: str) -> bool:
    """Whether a column can be a property or an attribute under its own name."""
    return _COLUMN.fullmatch(column) is not None and not column.startswith("property__")
