"""What differs between two versions of the specs, told to people and to programs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from segpy.cli.output import as_data, counted
from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import MembersDiffer
from segpy.plan.model_compare import Change, Comparison, FeatureChange, HoldoutChange, SegmentChange

_MARKS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.FOLLOWS: "~", Change.REWORDED: "="}
_HEADINGS = ("segment", "as of", "before", "after", "entering", "leaving", "staying", "Jaccard")


@dataclass(frozen=True, slots=True)
class Told:
    """All there is to tell: with what the specs were compared, what came of it, and what --check does not let pass.

    Where others read it, counts below `least` are withheld.
    """

    against: str
    comparison: Comparison
    members: tuple[MembersDiffer, ...]
    broken: tuple[str, ...]
    least: int | None = None


def as_text(told: Told) -> str:
    """For a terminal."""
    lines = [_summary(told)]
    for segment in told.comparison.segments:
        lines += ["", f"{_MARKS[segment.change]} segment {segment.segment} ({segment.entity}): {_words(segment)}"]
        lines += [f"    {line}" for line in [*_definition(segment), *_reach(segment)]]
    if told.comparison.holdouts:
        lines.append("")
        for holdout in told.comparison.holdouts:
            lines += [f"{_MARKS[holdout.change]} hold-out {holdout.holdout} ({holdout.entity}): {_drawn(holdout)}"]
            lines += [f"    {line}" for line in _measure(holdout)]
    if told.comparison.features:
        lines.append("")
        for one in told.comparison.features:
            lines += [f"{_MARKS[one.change]} feature {one.feature} ({one.entity}): {one.change.value}"]
            lines += [f"    {line}" for line in _measure(one)]
    if told.members:
        rows = [_HEADINGS, *(tuple(map(str, _row(one))) for one in told.members)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADINGS))]
        lines += ["", *("  ".join(_padded(row, widths)).rstrip() for row in rows)]
        lines += ["", *reasons] if (reasons := [line for one in told.members for line in _reasons(one)]) else []
    lines += ["", *(f"not let pass: {one}" for one in told.broken)] if told.broken else []
    return "\n".join(lines)


def as_markdown(told: Told) -> str:
    """For a comment on a pull request, which others read: what is told of few is withheld."""
    lines = [f"### Segments: {_summary(told)}"]
    if told.members:
        lines += ["", _markdown_row(_HEADINGS), "| --- | --- |" + " ---: |" * 6]
        lines += [_markdown_row(_row(one, told.least)) for one in told.members]
        reasons = [line for one in told.members for line in _reasons(one, told.least)]
        lines += ["", *(f"* {_escaped(line)}" for line in reasons)] if reasons else []
    for segment in told.comparison.segments:
        lines += ["", f"**`{segment.segment}`** ({segment.entity}): {_escaped(_words(segment))}"]
        if definition := _definition(segment):
            lines += ["", "```diff", *definition, "```"]
        lines += [part for line in _reach(segment) for part in ("", _escaped(line))]
    for holdout in told.comparison.holdouts:
        lines += ["", f"Hold-out **`{holdout.holdout}`** ({holdout.entity}): {_escaped(_drawn(holdout))}"]
        lines += ["", "```diff", *_measure(holdout), "```"]
    for feature in told.comparison.features:
        lines += ["", f"Feature **`{feature.feature}`** ({feature.entity}): {feature.change.value}"]
        lines += ["", "```diff", *_measure(feature), "```"]
    if told.broken:
        lines += ["", "**Not let pass**", "", *(f"* {_escaped(one)}" for one in told.broken)]
    return "\n".join(lines)


def as_json_data(told: Told | None, problems: Sequence[Diagnostic]) -> dict[str, Any]:
    """For programs."""
    findings = as_data(problems)
    if told is None:
        nothing: dict[str, Any] = {"segments": [], "features": [], "holdouts": [], "members": [], "broken": []}
        return {"against": None, **nothing, "findings": findings}
    return {
        "against": told.against,
        "segments": [{**asdict(one), "change": one.change.value} for one in told.comparison.segments],
        "features": [{**asdict(one), "change": one.change.value} for one in told.comparison.features],
        "holdouts": [{**asdict(one), "change": one.change.value} for one in told.comparison.holdouts],
        "members": [
            {**asdict(one), "entering": one.entering, "leaving": one.leaving, "jaccard": one.jaccard}
            for one in told.members
        ],
        "broken": list(told.broken),
        "findings": findings,
    }


def _summary(told: Told) -> str:
    changes = [one.change for one in told.comparison.segments]
    counts = [f"{changes.count(change)} {change.value}" for change in Change if change in changes]
    rest = f"{counted(told.comparison.same, 'segment')} of the same meaning"
    features = f"; {counted(len(told.comparison.features), 'feature')} differ" if told.comparison.features else ""
    holdouts = f"; {counted(len(told.comparison.holdouts), 'hold-out')} differ" if told.comparison.holdouts else ""
    return f"compared with {told.against}: {', '.join([*counts, rest])}{features}{holdouts}"


def _words(one: SegmentChange) -> str:
    listed = ", ".join(one.because)
    match one.change:
        case Change.FOLLOWS:
            return f"follows from {listed}"
        case Change.REWORDED:
            return f"the same meaning, another {listed}"
        case Change.CHANGED if one.because:
            said = f"changed in its {listed}"
        case Change.CHANGED if one.before == one.after:
            said = "changed: an event or property that it reads means something else"
        case _:
            said = one.change.value
    return f"{said}, in the same version" if one.version_kept else said


def _definition(one: SegmentChange) -> list[str]:
    """The English definition, with the lines that differ marked as in a diff."""
    if not one.affects_members or one.before == one.after:
        return []
    return _diffed(one.before or (), one.after or ())


def _reach(one: SegmentChange) -> list[str]:
    """Whom it reaches that others are members: hold-outs, and who acts on members."""
    held = [f"hold-outs: {', '.join(one.holdouts)}"] if one.holdouts else []
    return held + ([f"acted upon: {one.playbook}"] if one.playbook and one.affects_members else [])


def _drawn(one: HoldoutChange) -> str:
    said = f"another {', '.join(one.because)}" if one.because else one.change.value
    return f"{said}, in the same version" if one.version_kept else said


def _measure(one: FeatureChange | HoldoutChange) -> list[str]:
    return _diffed(*((said,) if said is not None else () for said in (one.before, one.after)))


def _diffed(before: Iterable[str], after: Iterable[str]) -> list[str]:
    lines = difflib.ndiff(list(before), list(after), charjunk=None)
    return [line.rstrip() for line in lines if not line.startswith("?")]


def _withheld(one: MembersDiffer, least: int | None) -> bool:
    """Whether a number of a row is small: each is a sum or a difference of others, so all of them go."""
    numbers = (one.before, one.after, one.entering, one.leaving, one.staying)
    return least is not None and any(0 < number < least for number in numbers)


def _row(one: MembersDiffer, least: int | None = None) -> tuple[str, ...]:
    if _withheld(one, least):
        return (one.segment, _day(one), *("withheld",) * 5, "–")
    jaccard = "–" if one.jaccard is None else f"{one.jaccard:.2f}"
    numbers = (one.before, one.after, one.entering, one.leaving, one.staying)
    return (one.segment, _day(one), *(f"{number:,}" for number in numbers), jaccard)


def _reasons(one: MembersDiffer, least: int | None = None) -> list[str]:
    """Which rules those who enter failed before, and which those who leave fail after."""
    if _withheld(one, least):
        return []
    lines = []
    for verb, number, rules in (("enter", one.entering, one.entering_for), ("leave", one.leaving, one.leaving_for)):
        told = [
            (words, count)
            for words, count in rules
            if least is None or not (0 < count < least or 0 < number - count < least)
        ]
        listed = "; ".join(f"{words} ({count:,})" for words, count in sorted(told, key=lambda rule: -rule[1]))
        if listed:
            failed = "failed before" if verb == "enter" else "now fail"
            lines.append(f"{one.segment} as of {_day(one)}: {number:,} {verb}, who {failed}: {listed}")
    return lines


def _day(one: MembersDiffer) -> str:
    return one.as_of.removesuffix(" 00:00:00")


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if i < 2 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    """Text in Markdown: nothing that an author wrote can make a table, a link or HTML of it."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#!" else letter for letter in " ".join(text.split()))
