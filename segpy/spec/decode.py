"""Files of located nodes to one `Spec`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from segpy.diagnostics.model import Diagnostic
from segpy.source.nodes import Mapping
from segpy.spec.errors import DefinedTwice
from segpy.spec.model import Spec
from segpy.spec.model_values import Name
from segpy.spec.segments import PORTFOLIO_KEYS
from segpy.spec.shapes import Refused, fields
from segpy.spec.taxonomy import SETTINGS, TAXONOMY, settings_from

FILE = {**SETTINGS, **TAXONOMY, **PORTFOLIO_KEYS}
_KINDS = {
    "entities": "entity",
    "streams": "stream",
    "events": "event",
    "features": "feature",
    "segments": "segment",
    "exclusive_groups": "group",
    "holdouts": "hold-out",
    "outcomes": "outcome",
}
T = TypeVar("T")


def decode(files: Sequence[Mapping]) -> tuple[Spec | None, tuple[Diagnostic, ...]]:
    """The spec that the files make together, in the order of their names; None where anything is refused."""
    findings: list[Diagnostic] = []
    read: list[dict[str, Any]] = []
    for file in sorted(files, key=lambda node: node.span.file):
        try:
            read.append(fields(file, FILE, "a spec file"))
        except Refused as refused:
            findings.extend(refused.findings)
    findings += _settings_twice(files)
    parts = {key: tuple(item for values in read for item in values.get(key, ())) for key in _KINDS}
    for key, items in parts.items():
        findings += _twice(_KINDS[key], (item.name for item in items))
    if findings:
        return None, tuple(findings)
    settings = settings_from({key: value for values in read for key, value in values.items() if key in SETTINGS})
    return (
        Spec(
            settings,
            *(tuple(sorted(parts[key], key=lambda item: item.name.text)) for key in _KINDS),
        ),
        (),
    )


def _twice(kind: str, names: Iterable[Name]) -> list[Diagnostic]:
    first: dict[str, Name] = {}
    findings: list[Diagnostic] = []
    for name in names:
        before = first.setdefault(name.text, name)
        if before is not name:
            findings.append(DefinedTwice(span=name.span, kind=kind, name=name.text, first=before.span))
    return findings


def _settings_twice(files: Sequence[Mapping]) -> list[Diagnostic]:
    written = (
        Name(pair.key.text, pair.key.span)
        for file in sorted(files, key=lambda node: node.span.file)
        for pair in file.pairs
        if pair.key.text in SETTINGS and pair.key.text != "version"
    )
    return _twice("setting", written)
