"""Segments to the text of a spec file, one condition a line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from segpy.evolve.model import Bounds, Described, EvolvedFile, Feature, Place, Row, Unit, Written
from segpy.evolve.names import MOST_LETTERS, counted

_DAY = 86_400
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{MOST_LETTERS - 1}}}")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says besides: comments at its top, whose segments they are, and keys that all of them have.

    Of segments of fewer than `least` people no figures are told.
    """

    comments: tuple[str, ...]
    entity: str
    group: str
    keys: tuple[tuple[str, str], ...]
    least: int


def group_name(path: str, entity: str) -> str:
    """The exclusive group of the segments in a file: called like the file, where that can be a name."""
    stem = PurePosixPath(path).stem
    return stem if _NAME.fullmatch(stem) and "__" not in stem else f"evolved_{entity}"[:MOST_LETTERS].rstrip("_")


def spec_text(described: Described, segments: Sequence[Written], heading: Heading) -> EvolvedFile:
    """The file: the segments, and the group that they are in."""
    features = described.description.features
    lines = [*(f"# {line}" if line else "#" for line in heading.comments), "", "segments:"]
    places: list[Place] = []
    for number, segment in enumerate(segments):
        lines += [
            f"  {segment.name}:",
            f"    entity: {heading.entity}",
            f"    description: {json.dumps(_description(described, segment, heading.least), ensure_ascii=False)}",
            *([f"    extends: {segment.extends}"] if segment.extends else []),
            *(f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in heading.keys),
        ]
        several = len(segment.ways) > 1
        lines.append("    any:" if several else "    all:")
        for place, way in enumerate(segment.ways):
            if several:
                lines.append("      - all:")
            for condition, bounds in enumerate(way):
                indent = " " * (10 if several else 6)
                lines.append(f"{indent}- {condition_text(bounds, features[bounds.feature])}")
                places.append(Place(len(lines), number, place, condition))
        lines.append("")
    lines += ["exclusive_groups:", f"  {heading.group}:"]
    lines += [f"    - {segment.name}" for segment in segments]
    return EvolvedFile("\n".join(lines) + "\n", tuple(places))


def condition_text(bounds: Bounds, feature: Feature) -> str:
    """What is demanded of a feature, as a condition of the language."""
    if bounds.at_least is None and bounds.less_than is None:
        return f"{{feature: {feature.name}, is_null: {json.dumps(bounds.unknown)}}}"
    parts = [f"feature: {feature.name}"]
    if bounds.at_least is not None:
        parts.append(f"at_least: {value_text(bounds.at_least, feature.unit)}")
    if bounds.less_than is not None:
        parts.append(f"less_than: {value_text(bounds.less_than, feature.unit)}")
    if feature.nullable:
        parts.append(f"or_never: {json.dumps(bounds.unknown)}")
    return f"{{{', '.join(parts)}}}"


def value_text(number: Decimal, unit: Unit) -> str:
    """A number as specs write it: `0.5`, `120 days`."""
    if unit is Unit.SECONDS:
        amount, noun = counted(number)
        return f"{amount} {noun}{'' if amount == 1 else 's'}"
    return format(number, "f")


def _description(described: Described, segment: Written, least: int) -> str:
    """`Cluster 2 of 5, 31.6 % of all; in the middle: recency 30 days, orders 4`."""
    people, everybody = described.counts[segment.cluster], sum(described.counts)
    told = f"Cluster {segment.cluster + 1} of {len(described.description.centers)}"
    if people < least:
        return told
    features = described.description.features
    middles = ", ".join(_middles(features, described.medians[segment.cluster]))
    return f"{told}, {100 * people / everybody:.1f} % of all; in the middle: {middles}"


def _middles(features: Sequence[Feature], medians: Row) -> list[str]:
    found = []
    for feature, value in zip(features, medians, strict=True):
        if value is None:
            found.append(f"no {feature.name}")
        elif feature.unit is Unit.SECONDS:
            found.append(f"{feature.name} {_short(value / _DAY)} days")
        else:
            found.append(f"{feature.name} {_short(value)}")
    return found


def _short(number: float) -> str:
    """Three digits at least, and no more than it takes: `1,370`, `0.0123`."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    short = f"{number:.3g}"
    return short if "e" not in short else f"{number:.0f}" if abs(number) >= 1 else short
