"""The workload in segpy's language, as a team would write it down."""

from __future__ import annotations

from benchmarks.workload import FEATURES, SEQUENCES, SLICES, Feature, Segment, Sequence, Step, segments

FILES = ("events.yml", "features.yml", "segments.yml", "sequences.yml")


def project(
    *,
    with_features: bool = True,
    sequences: tuple[Sequence, ...] = SEQUENCES,
    segment_count: int = 50,
    key_type: str = "integer",
) -> dict[str, str]:
    """The texts of the spec files, by name."""
    files = {"events.yml": _events(key_type, sequences, with_features=with_features)}
    if with_features:
        files["features.yml"] = _features()
        files["segments.yml"] = _segments(segments(segment_count))
    if sequences:
        files["sequences.yml"] = _sequences(sequences)
    return files


def _events(key_type: str, sequences: tuple[Sequence, ...], *, with_features: bool) -> str:
    used = {one.slice.name for one in FEATURES} if with_features else set()
    steps = [step for sequence in sequences for step in sequence.steps]
    used |= {step.slice.name for step in steps} | {step.without.name for step in steps if step.without}
    lines = [
        "# What there is: people, their events, and which of these have a name.",
        "version: 1",
        "dialect: duckdb",
        "entities:",
        f"  user: {{key: user_id, key_type: {key_type}}}",
        "streams:",
        "  app:",
        "    relation: source('app', 'events')",
        "    entity: {user: user_id}",
        "    occurred_at: occurred_at",
        "    event: event",
        "    properties: {amount: number, product_id: integer, plan: text, device: text, page: text}",
        "events:",
    ]
    for one in SLICES.values():
        if one.name in used:
            where = f', where: "{one.where}"' if one.where else ""
            lines.append(f"  {one.name}: {{stream: app, is: {one.event}{where}}}")
    return "\n".join(lines) + "\n"


def _features() -> str:
    """Features that differ by their window only are written as one with several windows."""
    families: dict[tuple[str, str, str | None], list[Feature]] = {}
    for one in FEATURES:
        families.setdefault((one.kind, one.slice.name, one.prop), []).append(one)
    lines = ["# What is measured of people.", "features:"]
    for (kind, name, prop), members in sorted(families.items()):
        operand = f"{name}.{prop}" if prop else name
        days = sorted(one.days for one in members)
        windows = ", ".join(f"{one} days" for one in days)
        column = "_".join(part for part in (name, prop, kind) if part)
        lines.append(f"  {column}: {{{kind}: {operand}, in_the_last: [{windows}]}}")
    return "\n".join(lines) + "\n"


def _segments(wanted: tuple[Segment, ...]) -> str:
    lines = ["# Who is in which segment.", "segments:"]
    for one in wanted:
        lines += [f"  {one.name}:", "    entity: user", "    all:"]
        for condition in one.conditions:
            bound = str(condition.bound)
            if not condition.least:
                bound = f"{condition.bound // 86_400} days"
            key = "at_least" if condition.least else "less_than"
            lines.append(f"      - {{feature: {condition.feature.name}, {key}: {bound}}}")
    return "\n".join(lines) + "\n"


def _sequences(sequences: tuple[Sequence, ...]) -> str:
    lines = ["# What people do in which order.", "features:"]
    for one in sequences:
        lines += [f"  {one.name}:", "    entity: user", "    sequence:", "      steps:"]
        lines += [f"        - {_step(step)}" for step in one.steps]
        if one.complete_within is not None:
            lines.append(f"      complete_within: {one.complete_within}")
        lines += _asked(one)
    return "\n".join(lines) + "\n"


def _asked(sequence: Sequence) -> list[str]:
    return [] if sequence.every_output else ["      measure: step"]


def _step(step: Step) -> str:
    parts = [f"event: {step.slice.name}"]
    if step.times > 1:
        parts.append(f"times: {step.times}")
    if step.within:
        parts.append(f"within: {step.within}")
    if step.without:
        parts.append(f"without: {step.without.name}")
    return step.slice.name if len(parts) == 1 else "{" + ", ".join(parts) + "}"
