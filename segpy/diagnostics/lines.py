"""What a line is. The reader counts lines and the renderer shows them, so both ask here.

YAML 1.2 breaks lines at LF, CR LF and CR only. `str.splitlines` also breaks at form feeds and Unicode separators.
"""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines of a text, without their ends. There is always at least one."""
    return _BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins."""
    return [0, *(match.end() for match in _BREAK.finditer(text))]
