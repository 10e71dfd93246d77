"""Random specs: a taxonomy, features, segments. Each feature and each segment stands on a line of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yaml
from hypothesis import strategies as st

from tests.properties.language import conditions, measures, sequences
from tests.properties.language.conditions import Known
from tests.properties.language.measures import Drawn
from tests.properties.language.taxonomies import Taxonomy, taxonomies


@dataclass(frozen=True, slots=True)
class Item:
    """A feature or a segment: its line, and the names of those that it needs."""

    section: str
    name: str
    entity: str
    text: str
    needs: frozenset[str]
    made_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class RandomSpec:
    """A spec in parts. An exclusive group is left out where its segments are."""

    taxonomy: Taxonomy
    items: tuple[Item, ...]
    group: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The spec as it is written."""
        lines = list(self.taxonomy.lines())
        for section in ("features", "segments"):
            found = [f"  {item.name}: {{{item.text}}}" for item in self.items if item.section == section]
            lines += [f"{section}:", *found] if found else []
        names = {item.name for item in self.items}
        group = [name for name in self.group if name in names]
        lines += ["exclusive_groups:", f"  waterfall: [{', '.join(group)}]"] if len(group) > 1 else []
        return "\n".join(lines) + "\n"

    @property
    def made_of(self) -> Counter[str]:
        """In how many features and segments each construct stands."""
        return Counter(part for item in self.items for part in item.made_of)

    def without(self, names: frozenset[str]) -> RandomSpec:
        """The spec without some features and segments, and without those that need them."""
        gone = set(names)
        while more := {item.name for item in self.items if item.needs & gone} - gone:
            gone |= more
        return replace(self, items=tuple(item for item in self.items if item.name not in gone))

    def only(self, names: frozenset[str]) -> RandomSpec:
        """The spec with only some features and segments, and those that they need."""
        kept = set(names)
        while more := {need for item in self.items if item.name in kept for need in item.needs} - kept:
            kept |= more
        return replace(self, items=tuple(item for item in self.items if item.name in kept))

    def shorter(self) -> Iterator[RandomSpec]:
        """The spec without one feature or segment, or without one key or list item of one of them."""
        for item in self.items:
            yield self.without(frozenset({item.name}))
        for place, item in enumerate(self.items):
            for text in cut(item.text):
                yield replace(self, items=(*self.items[:place], replace(item, text=text), *self.items[place + 1 :]))

    def on_lines(self, lines: frozenset[int]) -> frozenset[str]:
        """The names of the features and segments that stand on some lines, counted from 1."""
        written = self.text.splitlines()
        starts = {f"  {item.name}: {{{item.text}}}": item.name for item in self.items}
        return frozenset(starts[written[line - 1]] for line in lines if written[line - 1] in starts)


def cut(text: str) -> Iterator[str]:
    """The keys of a mapping, with one of them, or of those inside, left out."""
    tree = yaml.compose(f"{{{text}}}")
    for node in nodes(tree):
        for place in range(len(node.value)):
            gone = node.value.pop(place)
            yield yaml.serialize(tree, width=1_000_000, allow_unicode=True).strip()[1:-1]
            node.value.insert(place, gone)


def nodes(node: yaml.Node) -> Iterator[yaml.CollectionNode]:
    """Every mapping and list, the outer ones first."""
    if isinstance(node, yaml.CollectionNode):
        yield node
        for part in node.value:
            for inner in part if isinstance(part, tuple) else (part,):
                yield from nodes(inner)


@dataclass(slots=True)
class Draft:
    """A spec in the making."""

    draw: st.DrawFn
    taxonomy: Taxonomy
    items: list[Item] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    ranked: dict[str, list[str]] = field(default_factory=dict)
    segments: dict[str, list[str]] = field(default_factory=dict)

    def known(self, entity: str) -> Known:
        """What may be referred to."""
        members = self.taxonomy.account in ("members", "both") and entity == "account"
        return Known(
            self.taxonomy,
            entity,
            self.columns.get(entity, {}),
            self.owners,
            tuple(self.segments.get(entity, ())),
            tuple(self.segments.get("user", ())) if members else (),
        )

    def feature(self, entity: str, number: int) -> None:
        """Add a feature."""
        draw, name = self.draw, f"{'f' if entity == 'user' else 'g'}{number}"
        kinds = ["measure"] * 6 + ["sequence"] * 3 + ["list", "expression", "expression", "percentile", "again"]
        kinds += ["members"] * 2 if self.known(entity).members_segments else []
        kind = draw(st.sampled_from(kinds))
        columns: dict[str, str] | None = None
        if kind == "sequence":
            found, columns = sequences.feature(draw, self.taxonomy, entity, name)
        elif kind == "list":
            found, columns = self.several(entity, name)
        else:
            found = self.single(entity, kind)
        columns = {name: found.type} if columns is None else columns
        self.items.append(Item("features", name, entity, f"entity: {entity}, {found.keys}", found.needs, found.made_of))
        self.columns.setdefault(entity, {}).update(columns)
        self.owners.update(dict.fromkeys(columns, name))
        if found.exact:
            ranked = [one for one, kind in columns.items() if kind not in ("text", "boolean")]
            self.ranked.setdefault(entity, []).extend(ranked)

    def single(self, entity: str, kind: str) -> Drawn:
        """The measure of a feature with one column."""
        draw, known = self.draw, self.known(entity)
        if kind == "expression":
            return replace(conditions.expression(draw, known, boolean=draw(st.booleans())), exact=False)
        if kind == "percentile" and self.ranked.get(entity):
            name = draw(st.sampled_from(self.ranked[entity]))
            return Drawn(f"percentile: {name}", "number", frozenset({self.owners[name]}), frozenset({"percentile"}))
        if kind == "again" and known.columns:
            name = draw(st.sampled_from(list(known.columns)))
            exact = name in self.ranked.get(entity, [])
            return Drawn(f"feature: {name}", known.columns[name], frozenset({self.owners[name]}), exact=exact)
        if kind == "members":
            segment = draw(st.sampled_from(known.members_segments))
            return Drawn(f"members_in: {segment}", "integer", frozenset({segment}), frozenset({"members_in"}))
        return measures.simple(draw, self.taxonomy, entity)

    def several(self, entity: str, name: str) -> tuple[Drawn, dict[str, str]]:
        """A feature with several windows."""
        key = self.draw(st.sampled_from(["count", "active_days", "recency"]))
        events, _, _ = measures.operand(self.draw, self.taxonomy, entity)
        drawn = Drawn(
            f"{key}: {events}, in_the_last: [1 day, 48 hours, 1 week, 1 month]",
            "duration" if key == "recency" else "integer",
            made_of=frozenset({key, "window list"}),
        )
        return drawn, {f"{name}_{label}": drawn.type for label in ("1d", "2d", "7d", "1mo")}

    def segment(self, entity: str, number: int) -> None:
        """Add a segment."""
        draw, known = self.draw, self.known(entity)
        parts = [conditions.group(draw, known, 1)]
        keys, made = [f"entity: {entity}"], set()
        needs = set(parts[0].needs)
        if known.segments and draw(st.sampled_from([False] * 5 + [True])):
            base = draw(st.sampled_from(known.segments))
            keys.append(f"extends: {base}")
            needs.add(base)
            made.add("extends")
        if self.taxonomy.attributes(entity) and draw(st.sampled_from([False] * 5 + [True])):
            keys.append(f"eligible: {{min_tenure: {draw(st.sampled_from(measures.DAYS))}}}")
            made.add("eligible")
        made = made.union(*(part.made_of for part in parts))
        name = f"{'s' if entity == 'user' else 't'}{number}"
        text = ", ".join([*keys, *(part.keys for part in parts)])
        self.items.append(Item("segments", name, entity, text, frozenset(needs), frozenset(made)))
        self.segments.setdefault(entity, []).append(name)


@st.composite
def specs(draw: st.DrawFn) -> RandomSpec:
    """A spec. Users come first, as accounts may ask for the segments of their members."""
    draft = Draft(draw, draw(taxonomies()))
    for entity in draft.taxonomy.entities:
        for number in range(draw(st.integers(1, 7))):
            draft.feature(entity, number)
        for number in range(draw(st.integers(1, 4))):
            draft.segment(entity, number)
    users = draft.segments["user"]
    grouped = draw(st.sampled_from([False, False, True])) and len(users) > 2
    group = tuple(sorted(draw(st.permutations(users))[:2])) if grouped else ()
    return RandomSpec(draft.taxonomy, tuple(draft.items), group)
