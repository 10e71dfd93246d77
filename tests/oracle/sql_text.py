"""The text of a `where` or an `expression`, read by recursive descent into a function of the names in it.

Each rule of the grammar is one method and yields a function from a look-up of names to a value.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from tests.oracle.cells import Cell
from tests.oracle.truth import (
    among,
    both,
    compared,
    divided,
    either,
    extreme,
    like,
    negated,
    read_instant,
    rounded,
)

Look: TypeAlias = Callable[[str], Cell]
Meaning: TypeAlias = Callable[[Look], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_]\w*)"
    r'|"(?P<name>[^"]+)"|(?P<sign><>|!=|<=|>=|\|\||[-+*/=<>(),]))'
)
_RELATIONS = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS = frozenset(
    ("and", "or", "not", "in", "is", "null", "between", "like", "ilike", "case", "when", "then", "else", "end")
) | {"true", "false"}


@cache
def meaning(text: str) -> Meaning:
    """What a text means."""
    reader = Reader(tokens(text))
    found = reader.disjunction()
    assert reader.at_end, f"more than an expression: {text}"
    return found


def tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token; words of the grammar are lower-case signs."""
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None and match.lastgroup is not None, f"not SQL at {text[at:]!r}"
        kind, written = match.lastgroup, match[match.lastgroup]
        if kind == "word" and written.lower() in _WORDS:
            kind, written = "sign", written.lower()
        found.append((kind, written))
        at = match.end()
    return found


def constant(value: Cell) -> Meaning:
    """Always this value."""
    return lambda look: value


def lifted(function: Callable[..., Any], *parts: Meaning) -> Meaning:
    """A function of values as one of meanings; it sees None where a part is unknown."""
    return lambda look: function(*(part(look) for part in parts))


def known(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is unknown where any argument is."""
    return lambda *values: None if any(value is None for value in values) else function(*values)


def coalesced(*values: Cell) -> Cell:
    """The first that is known."""
    return next((value for value in values if value is not None), None)


def null_if(value: Cell, other: Cell) -> Cell:
    """Unknown where the two are equal."""
    return None if compared(operator.eq, value, other) else value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": known(abs),
    "ceil": known(math.ceil),
    "floor": known(math.floor),
    "round": rounded,
    "length": known(len),
    "lower": known(str.lower),
    "upper": known(str.upper),
    "trim": known(lambda text: text.strip(" ")),
    "coalesce": coalesced,
    "nullif": null_if,
    "greatest": lambda *values: extreme(max, values),
    "least": lambda *values: extreme(min, values),
}


class Reader:
    """Reads a list of tokens from the left."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.tokens = found
        self.at = 0

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.at == len(self.tokens)

    def ahead(self, *signs: str) -> bool:
        """Whether the next token is one of these."""
        return not self.at_end and self.tokens[self.at] in {("sign", sign) for sign in signs}

    def take(self, *signs: str) -> bool:
        """The next token, if it is one of these."""
        if self.ahead(*signs):
            self.at += 1
            return True
        return False

    def want(self, sign: str) -> None:
        """The next token, which must be this."""
        assert self.take(sign), f"wanted {sign} at {self.tokens[self.at :]}"

    def next(self) -> tuple[str, str]:
        """The next token, whatever it is."""
        self.at += 1
        return self.tokens[self.at - 1]

    def disjunction(self) -> Meaning:
        """a or b"""
        left = self.conjunction()
        while self.take("or"):
            left = lifted(either, left, self.conjunction())
        return left

    def conjunction(self) -> Meaning:
        """a and b"""
        left = self.negation()
        while self.take("and"):
            left = lifted(both, left, self.negation())
        return left

    def negation(self) -> Meaning:
        """not a"""
        return lifted(negated, self.negation()) if self.take("not") else self.comparison()

    def comparison(self) -> Meaning:
        """a < b, a is null, a in (b, c), a between b and c, a like b"""
        left = self.joined()
        while True:
            if self.ahead(*_RELATIONS):
                relation = _RELATIONS[self.next()[1]]
                left = lifted(lambda one, other, relation=relation: compared(relation, one, other), left, self.joined())
            elif self.take("is"):
                turned = self.take("not")
                self.want("null")
                left = lifted(lambda value, turned=turned: (value is None) != turned, left)
            elif self.ahead("not", "in", "between", "like", "ilike"):
                turned = self.take("not")
                found = self.predicate(left)
                left = lifted(negated, found) if turned else found
            else:
                return left

    def predicate(self, left: Meaning) -> Meaning:
        """What stands behind a value, and perhaps behind a `not`."""
        if self.take("in"):
            self.want("(")
            return lifted(lambda value, *options: among(value, options), left, *self.listed())
        if self.take("between"):
            low = self.joined()
            self.want("and")
            high = self.joined()
            least = lifted(lambda value, edge: compared(operator.ge, value, edge), left, low)
            return lifted(both, least, lifted(lambda value, edge: compared(operator.le, value, edge), left, high))
        any_case = self.next()[1] == "ilike"
        return lifted(lambda value, pattern: like(value, pattern, any_case=any_case), left, self.joined())

    def listed(self) -> list[Meaning]:
        """a, b, c)"""
        found = [self.disjunction()]
        while self.take(","):
            found.append(self.disjunction())
        self.want(")")
        return found

    def joined(self) -> Meaning:
        """a || b"""
        left = self.total()
        while self.take("||"):
            left = lifted(known(operator.add), left, self.total())
        return left

    def total(self) -> Meaning:
        """a + b - c"""
        left = self.product()
        while self.ahead("+", "-"):
            operation = operator.add if self.next()[1] == "+" else operator.sub
            left = lifted(known(operation), left, self.product())
        return left

    def product(self) -> Meaning:
        """a * b / c"""
        left = self.signed()
        while self.ahead("*", "/"):
            operation = known(operator.mul) if self.next()[1] == "*" else divided
            left = lifted(operation, left, self.signed())
        return left

    def signed(self) -> Meaning:
        """-a"""
        return lifted(known(operator.neg), self.signed()) if self.take("-") else self.single()

    def single(self) -> Meaning:
        """A constant, a name, a function, a case, or something in brackets."""
        if self.take("("):
            inner = self.disjunction()
            self.want(")")
            return inner
        if self.take("case"):
            return self.case()
        kind, text = self.next()
        match kind:
            case "number":
                return constant(int(text) if text.isdigit() else float(text))
            case "text":
                return constant(text[1:-1].replace("''", "'"))
            case "sign":
                return constant({"true": True, "false": False, "null": None}[text])
        if kind == "word" and text.lower() in ("date", "timestamp") and self.text_ahead:
            return constant(read_instant(self.next()[1][1:-1]))
        if kind == "word" and text.lower() in FUNCTIONS and self.take("("):
            return lifted(FUNCTIONS[text.lower()], *self.listed())
        return lambda look: look(text)

    @property
    def text_ahead(self) -> bool:
        """Whether the next token is text in quotes."""
        return not self.at_end and self.tokens[self.at][0] == "text"

    def case(self) -> Meaning:
        """when a then b else c end"""
        branches, otherwise = [], constant(None)
        while self.take("when"):
            test = self.disjunction()
            self.want("then")
            branches.append((test, self.disjunction()))
        if self.take("else"):
            otherwise = self.disjunction()
        self.want("end")
        return lambda look: next((value for test, value in branches if test(look) is True), otherwise)(look)
