"""PyYAML's parsers with types: their events one by one, and offsets that are always there.

Where PyYAML was built with libyaml there are two of them, and that of libyaml is ten times as fast. The other, which is
always there, has the last word on what a file means and where it says so: the quick one is believed only of files that
are sound, and that hold nothing which it is known to read in another way.
"""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

_QUICK: Any = getattr(yaml, "CSafeLoader", None)
# Tabs, other line breaks than those of all files, marks of byte order, `?` of keys and comments behind `|` and `>`.
_READ_OTHERWISE = re.compile("[\t?\ufeff\x85\u2028\u2029]|[|>][-+0-9]*#")


class Otherwise(Exception):
    """The quick parser puts this in another place."""


class Events:
    """The events of a text. Nothing is read ahead of need, so an endless `[[[[` costs nothing."""

    def __init__(self, text: str, *, quick: bool = False) -> None:
        self._quick = quick
        self._loader = _QUICK(text) if quick else yaml.SafeLoader(text)

    def take(self) -> yaml.Event:
        """The next event, which is then past."""
        event = cast(yaml.Event, self._loader.get_event())
        if self._quick and isinstance(event, yaml.ScalarEvent) and not (event.value or event.style):
            raise Otherwise  # nothing is there, and each has its own place for that
        return event

    def peek(self) -> yaml.Event:
        """The next event, which stays the next."""
        return cast(yaml.Event, self._loader.peek_event())

    def offset(self) -> int:
        """How far the scanner has come. The quick one does not tell."""
        return cast(int, self._loader.get_mark().index)


def can_be_quick(text: str) -> bool:
    """Whether there is a quick parser, and nothing in a text that it is known to read in another way."""
    return _QUICK is not None and _READ_OTHERWISE.search(text) is None


def start(event: yaml.Event) -> int:
    """The offset of the first character of an event; of its anchor or tag where it has one."""
    return event.start_mark.index if event.start_mark is not None else 0


def end(event: yaml.Event) -> int:
    """The offset after the last character of an event."""
    return event.end_mark.index if event.end_mark is not None else 0
