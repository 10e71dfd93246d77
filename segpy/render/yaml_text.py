"""Properties files, as people write YAML."""

from __future__ import annotations

import re
from typing import Any

import yaml

_WIDTH = 110


def yaml_text(contents: dict[str, Any]) -> str:
    """The text of a properties file."""
    return yaml.dump(contents, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)


def plain_text(text: str) -> str:
    """Text that dbt will read as Jinja, made harmless."""
    return re.sub(r"\{(?=[{%#])", "{ ", text)


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, lists indented: as people write YAML."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
