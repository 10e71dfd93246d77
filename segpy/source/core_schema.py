"""The meaning of an unquoted scalar under the YAML 1.2 core schema.

Unlike YAML 1.1, which PyYAML resolves, `no`, `on`, `2026-01-01` and `12:30` are text. `.inf` and `.nan` are left as
text too: no number in a spec may be either, and whoever expects a number there says so in the right place.
"""

from __future__ import annotations

import math
import re

from segpy.source.nodes import Value

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

_LARGEST = 2**63 - 1
_MOST_DIGITS = 4000  # Python refuses to read a longer decimal


class OutOfRange(Exception):
    """The number does not fit in 64 bits."""


def resolve(text: str) -> Value:
    """The value that an unquoted `text` stands for."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _DECIMAL.fullmatch(text):
        return _integer(text, 10)
    if _OCTAL.fullmatch(text):
        return _integer(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return _integer(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    return text


def _integer(digits: str, base: int) -> int:
    if len(digits) > _MOST_DIGITS:
        raise OutOfRange
    number = int(digits, base)
    if not -_LARGEST - 1 <= number <= _LARGEST:
        raise OutOfRange
    return number


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise OutOfRange
    return number
