"""Other people's YAML: read where it can be, unknown where it cannot."""

from __future__ import annotations

from pathlib import Path

import yaml

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it


class Unknown:
    """Stands for what could not be read."""


UNKNOWN = Unknown()


def load_yaml(path: Path) -> object:
    """The contents of a file, or `UNKNOWN` where it cannot be read or is no YAML."""
    try:
        return parse_yaml(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return UNKNOWN


def parse_yaml(text: str) -> object:
    """The contents of a text, or `UNKNOWN` where it is no YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # one of the two safe ones
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        # Beside syntax: dates that do not exist, and keys that cannot be keys.
        return UNKNOWN


def entry(mapping: object, key: str, default: object = None) -> object:
    """The value under `key`, where `mapping` is a mapping that has it."""
    return mapping.get(key, default) if isinstance(mapping, dict) else default


def items(value: object) -> list[object]:
    """The items of a list; nothing where it is no list."""
    return value if isinstance(value, list) else []
