"""The commands that the README gives to a newcomer."""

from __future__ import annotations

import re

_BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s)#.*$")


def commands(text: str) -> list[str]:
    """Each line of the README's shell blocks, in order, without prompts and comments."""
    lines = "\n".join(_BLOCK.findall(text)).replace("\\\n", " ").splitlines()
    bare = (_COMMENT.sub("", line).strip().removeprefix("$ ") for line in lines)
    return [line for line in bare if line]
