"""Which constructs of the language a spec uses: the rows of the documentation's table of engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from segpy.spec.measures import DETAILS, MEASURES
from segpy.spec.segments import COMPARISONS, LOGIC
from segpy.spec.sequences import GROUP_STEP, SEQUENCE, STEP
from segpy.spec.windows import CALENDAR, WINDOWS

_CONDITIONS = {*LOGIC, *COMPARISONS, "in_segment", "not_in_segment", "or_never", "extends", "eligible"}
_WINDOWS = {*WINDOWS, *CALENDAR}


def used(spec: str) -> dict[str, list[str]]:
    """The measures, operators of sequences, windows and keys of conditions in the features and segments of a spec."""
    written: dict[str, Any] = yaml.load(spec, Loader=yaml.BaseLoader)
    found: dict[str, set[str]] = {"measures": set(), "sequences": set(), "windows": set(), "conditions": set()}
    for one in written.get("features", {}).values():
        _measure(one, found)
    for one in written.get("segments", {}).values():
        _condition(one, found)
    if "exclusive_groups" in written:
        found["conditions"].add("exclusive_groups")
    return {kind: sorted(names) for kind, names in found.items()}


def _condition(written: Any, found: dict[str, set[str]]) -> None:
    for mapping in _mappings(written):
        found["conditions"] |= mapping.keys() & _CONDITIONS
        if mapping.keys() & MEASURES.keys():
            _measure(mapping, found)
        if "completed" in mapping:
            found["sequences"].add("completed")


def _measure(written: Mapping[str, Any], found: dict[str, set[str]]) -> None:
    for key in written.keys() & MEASURES.keys():
        found["measures"].add(key)
        if key == "sequence":
            _sequence(written[key], found)
        else:  # of a ratio or a change
            for inner in _mappings(written[key]):
                if inner.keys() & MEASURES.keys():
                    _measure(inner, found)
    if "sequence" not in written:
        found["windows"] |= written.keys() & _WINDOWS
        details = written.keys() & DETAILS.keys() - {"recent", "baseline", "per", "half_life"}
        found["measures"] |= {f"{key}: {written[key]}" for key in details if isinstance(written[key], str)}


def _sequence(written: Mapping[str, Any], found: dict[str, set[str]]) -> None:
    found["sequences"] |= {key for key in written if key in SEQUENCE and key != "ties"}
    if "ties" in written:
        found["sequences"].add(f"ties: {written['ties']}")
    for step in written["steps"]:
        if isinstance(step, Mapping):
            found["sequences"] |= (step.keys() & {*STEP, *GROUP_STEP}) - {"event"}


def _mappings(written: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping, but none inside a measure."""
    match written:
        case dict():
            yield written
            if not written.keys() & MEASURES.keys():
                for inner in written.values():
                    yield from _mappings(inner)
        case list():
            for inner in written:
                yield from _mappings(inner)
