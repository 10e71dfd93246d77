"""Pieces of JSON Schema, draft 7: what a shape says of itself to editors.

A piece may hold a `Defined` wherever JSON Schema has a schema; `segpy/spec/schema.py` puts them under `definitions` and
a `$ref` in their place. `patternErrorMessage` and `errorMessage` are words for people, known to the YAML servers of
editors; validators pass over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any, TypeAlias

from segpy.spec.duration import MOST_DIGITS, UNITS

Fragment: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Defined:
    """A schema with a name of its own, so that many can point at it, itself among them."""

    name: str
    make: Callable[[], Fragment | Defined]


Schema: TypeAlias = Fragment | Defined

SPACE = r"[\s\x85]"  # a space to Python; the language of patterns lacks U+0085
WORD = r"(?:[\w.\-]|[^\x00-\x7f])"  # that language has no letters outside of ASCII, so all that is outside may stand
SCALAR: Fragment = {"type": ["string", "number", "boolean"]}


def pattern(written: str, words: str) -> Fragment:
    """A text of which the whole fits a pattern; `words` follow `expected`."""
    return {"type": "string", "pattern": f"^{written}$", "patternErrorMessage": f"expected {words}"}


_NO_JINJA = r"(?![\s\S]*(?:\{[{%#]|[}%#]\}))"
COLUMN_TEXT: Fragment = {**SCALAR, "pattern": rf"^(?={SPACE}*[^\s\x85]){_NO_JINJA}[^\x00-\x1f]+$"}
_ONE, _TWO, _THREE, _FOUR = (rf"{SPACE}*(['\"]){WORD}+\{group}{SPACE}*" for group in (1, 2, 3, 4))
RELATION_TEXT = pattern(
    rf"{SPACE}*(?:ref\({_ONE}(?:,{_TWO})?|source\({_THREE},{_FOUR})\){SPACE}*",
    "`ref('model')` or `source('source', 'table')`",
)


def duration_text(words: str, *, units: Iterable[str] = UNITS, zero: Iterable[str] = ()) -> Fragment:
    """Lengths above zero in these units, and no time at all in those of `zero`. How long is too long cannot be said."""
    above = rf"(?!0+{SPACE})[0-9]{{1,{MOST_DIGITS}}}{SPACE}+(?:{'|'.join(units)})s?"
    nothing = "|".join(zero)
    lengths = f"(?:{above}|0{{1,{MOST_DIGITS}}}{SPACE}+(?:{nothing})s?)" if nothing else above
    return pattern(f"{SPACE}*{lengths}{SPACE}*", words)


def either(*schemas: Schema) -> Fragment:
    """What fits at least one of these."""
    return {"anyOf": list(schemas)}


def items(each: Schema, least: int = 1, most: int | None = None, *, distinct: bool = False) -> Fragment:
    """A list."""
    found: Fragment = {"type": "array", "items": each, "minItems": least}
    if most is not None:
        found["maxItems"] = most
    return {**found, "uniqueItems": True} if distinct else found


def or_list(one: Schema, many: Fragment) -> Fragment:
    """A single value or a list: what is said of the one does not touch the other."""
    assert not isinstance(one, Defined)
    types = [one["type"]] if isinstance(one["type"], str) else one["type"]
    return {**one, **many, "type": [*types, "array"]}


def mapping(properties: Dict[str, Schema], required: Iterable[str] = (), rules: Iterable[Schema] = ()) -> Fragment:
    """A mapping with these keys and no others."""
    found: Fragment = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if needed := list(required):
        found["required"] = needed
    if told := list(rules):
        found["allOf"] = told
    return found


def mapping_from(name: Schema, value: Schema, least: int = 0) -> Fragment:
    """A mapping from names to values of one kind."""
    found: Fragment = {"type": "object", "propertyNames": name, "additionalProperties": value}
    return {**found, "minProperties": least} if least else found


def told_by(kinds: Dict[str, Fragment]) -> Fragment:
    """A mapping of one of several kinds, told by one of its keys.

    Alternatives would say the same, but an editor can only guess which of them is meant. Here it knows by the key: it
    first offers these keys, then those that can stand beside the one that was chosen.
    """
    offered = {key: kind["properties"][key] for key, kind in kinds.items()}
    keys_of = {id(kind): [key for key, other in kinds.items() if other is kind] for kind in kinds.values()}
    told = [{"if": some(keys_of.pop(id(kind))), "then": kind} for kind in kinds.values() if id(kind) in keys_of]
    return {
        "type": "object",
        "if": {"type": "object", **some(kinds)},  # while nothing is written there, it is no mapping yet
        "then": {"allOf": told},
        "else": {"properties": offered, **some(kinds)},
    }


# --- rules: what holds between the keys of one mapping ----------------------------------------------------------------


def some(keys: Iterable[str]) -> Fragment:
    """At least one of these keys."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def at_most_one(keys: Iterable[str], together: frozenset[str] = frozenset()) -> list[Fragment]:
    """No two of these keys but those that belong together."""
    listed = list(keys)
    return [
        without(key, others)
        for place, key in enumerate(listed)
        if (others := [other for other in listed[place + 1 :] if not {key, other} <= together])
    ]


def beside(needs: Dict[str, Iterable[str]]) -> Fragment:
    """Keys that ask for others beside them."""
    return {"dependencies": {key: list(others) for key, others in needs.items()}}


def without(key: str, others: Iterable[str]) -> Fragment:
    """Where the key stands, none of the others may."""
    return {"if": {"required": [key]}, "then": {"properties": dict.fromkeys(others, False)}}


def where(key: str, values: Iterable[Any], then: Fragment) -> Fragment:
    """What follows where a key has one of these values."""
    return {"if": {"required": [key], "properties": {key: {"enum": list(values)}}}, "then": then}
