"""Bytes to text, and text to nodes. Any input ends in a mapping or in findings, never in an exception."""

from __future__ import annotations

import re

from segpy.diagnostics.model import Diagnostic, Span
from segpy.source.compose import compose
from segpy.source.errors import UnreadableCharacter
from segpy.source.nodes import Mapping, Source
from segpy.source.places import Places

_BYTE_ORDER_MARK = "\ufeff"

# What YAML allows in a file, turned round. A spec ends up in SQL, Markdown and terminals, where the rest does harm.
UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_bytes(path: str, data: bytes) -> Source | Diagnostic:
    """The text of a spec file, which must be UTF-8."""
    try:
        return Source(path, data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK))
    except UnicodeDecodeError as error:
        before = Source(path, data[: error.start].decode("utf-8"))
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        problem = "the file is UTF-16" if utf16 else f"the byte 0x{data[error.start]:02x} is not UTF-8"
        span = Places(before).span(len(before.text))
        return UnreadableCharacter(problem, "save the file as UTF-8", span=span)


def read_source(source: Source) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The nodes of a spec file, or everything that is wrong with its form. An empty file is an empty mapping."""
    source = Source(source.path, source.text.removeprefix(_BYTE_ORDER_MARK))
    places = Places(source)
    unreadable = UNREADABLE.search(source.text)
    if unreadable:
        return None, (_unreadable(unreadable.group(), places.span(unreadable.start())),)
    return compose(source, places)


def _unreadable(character: str, span: Span) -> Diagnostic:
    return UnreadableCharacter(f"the character U+{ord(character):04X} is not allowed in a spec", "remove it", span=span)
