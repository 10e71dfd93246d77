"""PyYAML's parser with types: its events one by one, and offsets that are always there."""

from __future__ import annotations

from typing import cast

import yaml


class Events:
    """The events of a text. Nothing is read ahead of need, so an endless `[[[[` costs nothing."""

    def __init__(self, text: str) -> None:
        self._loader = yaml.SafeLoader(text)

    def take(self) -> yaml.Event:
        """The next event, which is then past."""
        return cast(yaml.Event, self._loader.get_event())  # type: ignore[no-untyped-call]

    def peek(self) -> yaml.Event:
        """The next event, which stays the next."""
        return cast(yaml.Event, self._loader.peek_event())  # type: ignore[no-untyped-call]

    def offset(self) -> int:
        """How far the scanner has come."""
        return self._loader.get_mark().index


def start(event: yaml.Event) -> int:
    """The offset of the first character of an event; of its anchor or tag where it has one."""
    return event.start_mark.index if event.start_mark is not None else 0


def end(event: yaml.Event) -> int:
    """The offset after the last character of an event."""
    return event.end_mark.index if event.end_mark is not None else 0
