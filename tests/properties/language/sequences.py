"""Random sequences over the whole of section 5 of the language."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.properties.language.measures import DAYS, Drawn
from tests.properties.language.taxonomies import APP_EVENTS, Taxonomy
from tests.properties.language.wheres import wheres

GAPS = ("0 days", "12 hours", "1 day", "2 days", "3 days")
TOTALS = ("1 day", "2 days", "3 days", "4 days")
OUTPUTS = {
    "completed": "boolean",
    "step": "integer",
    "completions": "integer",
    "first_at": "timestamp",
    "last_at": "timestamp",
    "seconds": "duration",
    "fastest_seconds": "duration",
    "step_2_seconds": "duration",
}


def event(draw: st.DrawFn, taxonomy: Taxonomy, pool: list[str], *, lists: bool = True) -> tuple[str, bool]:
    """An event, a list, or any; and whether all of them are of `app`."""
    shape = draw(st.sampled_from(["one"] * 10 + (["list", "any"] if lists else [])))
    if shape == "any":
        return "any", False
    count = 1 if shape == "one" else 2
    names = draw(st.lists(st.sampled_from(pool), min_size=count, max_size=count, unique=True))
    return (names[0] if count == 1 else f"[{', '.join(names)}]"), all(name in APP_EVENTS for name in names)


def mapping(draw: st.DrawFn, taxonomy: Taxonomy, pool: list[str]) -> str:
    """An event with what narrows it, without its braces."""
    name, app_only = event(draw, taxonomy, pool)
    text = f"event: {name}"
    if draw(st.sampled_from([False] * 6 + [True])):
        text += f", where: {wheres(draw, taxonomy, app_only=app_only)}"
    return text


def step(draw: st.DrawFn, taxonomy: Taxonomy, pool: list[str], number: int) -> tuple[str, set[str]]:
    """One step, and what it is made of."""
    made: set[str] = set()
    if draw(st.sampled_from([False] * 7 + [True])):
        items = [f"{{{mapping(draw, taxonomy, pool)}}}" for _ in range(draw(st.sampled_from([2, 2, 3])))]
        keys = [f"any_order: [{', '.join(items)}]"]
        made.add("any_order")
    else:
        keys = [mapping(draw, taxonomy, pool)]
        if draw(st.sampled_from([False] * 5 + [True])):
            keys.append(f"times: {draw(st.sampled_from([2, 2, 3]))}")
            made.add("times")
    if number and draw(st.sampled_from([False, False, True])):
        between = draw(st.sampled_from([(None, 2), (None, 3), (None, 4), (1, None), (2, None), (1, 3), (2, 4), (0, 0)]))
        for key, place in zip(("after", "within"), between, strict=True):
            if place is not None:
                keys.append(f"{key}: {GAPS[place]}")
                made.add(key)
    if draw(st.sampled_from([False, False, False, True])):
        bars = [f"{{{mapping(draw, taxonomy, pool)}}}" for _ in range(draw(st.sampled_from([1, 1, 2])))]
        keys.append(f"without: [{', '.join(bars)}]")
        made.add("without" if number else "without on the first step")
    if number and draw(st.sampled_from([False] * 7 + [True])):
        keys.append("directly: true")
        made.add("directly")
    return "{" + ", ".join(keys) + "}", made


def few(steps: list[tuple[str, set[str]]], most: int) -> list[tuple[str, set[str]]]:
    """The first steps, as long as a match has so few events that every choice of them can be tried."""
    kept: list[tuple[str, set[str]]] = []
    for text, made in steps:
        most -= int(text.partition("times: ")[2][:1] or 1) if "times: " in text else max(text.count("{event:"), 1)
        if kept and most < 0:
            break
        kept.append((text, made))
    return kept


def sequence(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> tuple[str, set[str], int]:
    """A sequence without its braces, what it is made of, and how many steps it has."""
    known = taxonomy.events(entity)
    pool = draw(st.sampled_from([["a", "b", "c", "x"], ["a", "b", "c", "x"], ["a", "b", "a_or_b"], known]))
    length = draw(st.sampled_from([2, 2, 2, 3, 3, 1] + ([4] if entity == "user" else [])))
    steps = few([step(draw, taxonomy, pool, number) for number in range(length)], 5 if entity == "user" else 4)
    length = len(steps)
    made = set().union(*(one for _, one in steps), {"sequence", f"steps {length}"})
    keys = [f"steps: [{', '.join(text for text, _ in steps)}]"]
    extras = {
        "then_without": f"{{{mapping(draw, taxonomy, pool)}, for: {draw(st.sampled_from(TOTALS[:2]))}}}",
        "complete_within": draw(st.sampled_from(TOTALS)),
        "in_the_last": draw(st.sampled_from(DAYS[3:])),
        "same": draw(st.sampled_from(["product", "[v, product]", "v"])),
        "start": draw(st.sampled_from(["first", "last"])),
        "ties": draw(st.sampled_from(["any", "strict", "strict", "ordered"])),
        "ignore": draw(st.sampled_from(["[c]", "[x, c]", "[[a, b]]"])),
    }
    for key, value in extras.items():
        if key == "ignore" and "directly" not in made:
            continue
        if key == "start" and ("times:" in steps[0][0] or "any_order:" in steps[0][0]):
            continue
        if draw(st.sampled_from([False] * 5 + [True])):
            keys.append(f"{key}: {value}")
            made.add(f"ties {value}" if key == "ties" else f"start {value}" if key == "start" else f"sequence {key}")
    return ", ".join(keys), made, length


def feature(draw: st.DrawFn, taxonomy: Taxonomy, entity: str, name: str) -> tuple[Drawn, dict[str, str]]:
    """A sequence as a feature, and the types of its columns."""
    text, made, length = sequence(draw, taxonomy, entity)
    if draw(st.sampled_from([False] * 5 + [True])):
        output = draw(st.sampled_from(list(OUTPUTS)[: 8 if length > 1 else 7]))
        made.add(f"measure {output}")
        drawn = Drawn(f"sequence: {{{text}, measure: {output}}}", OUTPUTS[output], made_of=frozenset(made))
        return drawn, {name: OUTPUTS[output]}
    columns = {f"{name}_{output}": kind for output, kind in OUTPUTS.items() if output != "step_2_seconds" or length > 1}
    return Drawn(f"sequence: {{{text}}}", "sequence", made_of=frozenset(made)), columns
