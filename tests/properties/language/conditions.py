"""Random conditions: measures compared, flags of other segments, and logic over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.properties.language import measures, sequences
from tests.properties.language.measures import Drawn
from tests.properties.language.taxonomies import Taxonomy

_RELOPS = ("at_least", "at_most", "more_than", "less_than", "exactly")
_COUNTS = (0, 1, 1, 2, 2, 3)
_NUMBERS = ("0.3", "0.7", "1.1", "2.2", "5", "9.5", "10", "17")
_LENGTHS = ("12 hours", "1 day", "2 days", "3 days", "90 hours", "4 days")
_TEXTS = ("tea", "cup", "pro", "trial", "Tea", "gold")


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions and expressions of an entity may refer to: columns of features by type, and segments."""

    taxonomy: Taxonomy
    entity: str
    columns: Mapping[str, str]
    owners: Mapping[str, str]
    segments: tuple[str, ...]
    members_segments: tuple[str, ...] = ()


def comparisons(draw: st.DrawFn, type_: str, taxonomy: Taxonomy) -> str:
    """Comparison keys that go with a type, each behind a comma; none for a boolean that stands for itself."""
    if draw(st.sampled_from([False] * 9 + [True])):
        return f", is_null: {draw(st.sampled_from(['true', 'false']))}"
    match type_:
        case "boolean":
            return draw(st.sampled_from(["", "", ", exactly: true", ", exactly: false"]))
        case "text":
            one, two = draw(st.sampled_from(_TEXTS)), draw(st.sampled_from(_TEXTS))
            return draw(st.sampled_from([f", exactly: {one}", f", in: [{one}, {two}]"]))
        case "integer":
            values = sorted(draw(st.sampled_from(_COUNTS)) for _ in range(2))
        case "number":
            values = sorted((draw(st.sampled_from(_NUMBERS)) for _ in range(2)), key=float)
        case "duration":
            values = draw(st.sampled_from([_LENGTHS[:2], _LENGTHS[1:3], _LENGTHS[2:4], _LENGTHS[3:5], _LENGTHS[4:]]))
        case _:
            first = taxonomy.as_of - timedelta(days=draw(st.integers(1, 8)))
            values = [f"{one:%Y-%m-%d}" for one in (first, first + timedelta(days=draw(st.integers(1, 3))))]
    kind = draw(st.sampled_from(["one"] * 6 + ["between", "in", "two"]))
    if kind == "between":
        return f", between: [{values[0]}, {values[1]}]"
    if kind == "in":
        return f", in: [{values[0]}, {values[1]}]"
    if kind == "two":
        return f", at_least: {values[0]}, less_than: {values[1]}"
    return f", {draw(st.sampled_from(_RELOPS))}: {values[0]}"


def condition(draw: st.DrawFn, known: Known, depth: int = 0) -> Drawn:
    """A condition; its type is left empty."""
    kinds = ["measure"] * 4 + ["feature"] * 3 + ["did", "did_not", "sequence", "expression"]
    kinds += ["segment"] * 2 if known.segments else []
    kinds += ["members"] * 3 if known.members_segments else []
    kinds += ["group"] * 3 if depth < 2 else []
    match draw(st.sampled_from(kinds)):
        case "group":
            return group(draw, known, depth + 1)
        case "segment":
            key, name = draw(st.sampled_from(["in_segment", "not_in_segment"])), draw(st.sampled_from(known.segments))
            return Drawn(f"{key}: {name}", "", frozenset({name}), frozenset({key}))
        case "members":
            return of_members(draw, known)
        case "did":
            return did(draw, known, "did")
        case "did_not":
            return did(draw, known, "did_not")
        case "sequence":
            return of_sequence(draw, known)
        case "expression":
            found = expression(draw, known, boolean=True)
        case "feature" if known.columns:
            name = draw(st.sampled_from(list(known.columns)))
            found = Drawn(f"feature: {name}", known.columns[name], frozenset({known.owners[name]}))
        case _:
            found = measures.simple(draw, known.taxonomy, known.entity)
    return compared(draw, found, known.taxonomy)


def compared(draw: st.DrawFn, found: Drawn, taxonomy: Taxonomy) -> Drawn:
    """A measure compared."""
    text = comparisons(draw, found.type, taxonomy)
    never = draw(st.sampled_from([False] * 5 + [True])) and "is_null" not in text
    made = found.made_of | {key.split(":")[0].strip() for key in text.split(",") if ":" in key}
    made |= {"or_never"} if never else set()
    return Drawn(found.keys + text + (", or_never: true" if never else ""), "", found.needs, frozenset(made))


def group(draw: st.DrawFn, known: Known, depth: int) -> Drawn:
    """Conditions under a logic key."""
    parts = [condition(draw, known, depth) for _ in range(draw(st.integers(1, 3)))]
    text = ", ".join(f"{{{part.keys}}}" for part in parts)
    logic = draw(st.sampled_from(["all", "any", "none", "at_least_of"]))
    keys = f"{logic}: [{text}]"
    if logic == "at_least_of":
        keys = f"at_least_of: {{n: {draw(st.integers(1, len(parts)))}, of: [{text}]}}"
    needs = frozenset().union(*(part.needs for part in parts))
    return Drawn(keys, "", needs, frozenset().union(*(part.made_of for part in parts)) | {logic})


def did(draw: st.DrawFn, known: Known, key: str) -> Drawn:
    """At least once, or never."""
    found = measures.of_events(draw, known.taxonomy, known.entity, ("count",))
    return Drawn(found.keys.replace("count:", f"{key}:", 1), "", made_of=found.made_of - {"count"} | {key})


def of_members(draw: st.DrawFn, known: Known) -> Drawn:
    """How many members are in a segment of theirs."""
    segment = draw(st.sampled_from(known.members_segments))
    key = draw(st.sampled_from(["members_in", "any_member_in", "no_member_in", "all_members_in"]))
    tail = comparisons(draw, "integer", known.taxonomy) if key == "members_in" else ""
    return Drawn(f"{key}: {segment}{tail}", "", frozenset({segment}), frozenset({key}))


def of_sequence(draw: st.DrawFn, known: Known) -> Drawn:
    """A sequence completed, so many times, or one of its other measures compared."""
    text, made, length = sequences.sequence(draw, known.taxonomy, known.entity)
    kind = draw(st.sampled_from(["plain", "plain", "matches", "matches", "measure"]))
    if kind == "matches":
        count = draw(st.sampled_from(["at_least: 2", "exactly: 1", "at_most: 1", "more_than: 0", "between: [2, 3]"]))
        return Drawn(f"sequence: {{{text}}}, completed: {{{count}}}", "", made_of=frozenset(made | {"completed: n"}))
    if kind == "measure":
        output = draw(st.sampled_from(list(sequences.OUTPUTS)[: 8 if length > 1 else 7]))
        made.add(f"measure {output}")
        found = Drawn(f"sequence: {{{text}, measure: {output}}}", sequences.OUTPUTS[output], made_of=frozenset(made))
        return compared(draw, found, known.taxonomy)
    return Drawn(f"sequence: {{{text}}}", "", made_of=frozenset(made))


def expression(draw: st.DrawFn, known: Known, *, boolean: bool) -> Drawn:
    """SQL over features and attributes."""
    attributes = {name: name for name in known.taxonomy.attributes(known.entity)}
    types = {**known.columns, **known.taxonomy.attributes(known.entity)}
    numbers = [name for name, kind in types.items() if kind in ("integer", "number")] or ["1"]
    texts = [name for name, kind in types.items() if kind == "text"] or ["'tea'"]
    instants = [name for name, kind in types.items() if kind in ("timestamp", "date")]
    n, m, t, i = (draw(st.sampled_from(choices)) for choices in (numbers, numbers, texts, instants or [""]))
    forms = [f"{n} > {m}", f"{n} >= 2 or {m} is null", f"not ({n} < 1 and {t} <> 'tea')", f"{t} in ('tea', 'pro')"]
    forms += [f"coalesce({n}, 0) between 1 and 3", f"{n} / {m} > 0.7", f"case when {n} > 1 then {m} > 1 end"]
    forms += [f"{i} < '{known.taxonomy.as_of - timedelta(days=3):%Y-%m-%d}'"] if i else []
    kind = "boolean"
    if not boolean:
        forms = [f"{n} + {m}", f"{n} / {m}", f"coalesce({n}, -1) * 2 - {m}", f"greatest({n}, {m}, 0)"]
        forms += [f"case when {t} is null then 0 else {n} end", f"nullif({n}, 1) / 4"]
        kind = "number"
    text = draw(st.sampled_from(forms))
    words = set(re.findall(r"\w+", text))
    used = {name for name in (n, m, t, i) if name in words & known.owners.keys() and name not in attributes}
    return Drawn(
        f'expression: "{text}"', kind, frozenset(known.owners[name] for name in used), frozenset({"expression"})
    )
