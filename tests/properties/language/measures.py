"""Random measures and the types of their values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.properties.language.taxonomies import APP, APP_EVENTS, MAIL, MAIL_EVENTS, Taxonomy
from tests.properties.language.wheres import wheres

DAYS = ("1 day", "2 days", "3 days", "5 days", "7 days", "1 week", "36 hours")
SHORT = ("12 hours", "1 day", "2 days", "3 days")
NUMERIC = ("v", "amount")
ORDERED = ("v", "amount", "product", "due", "day")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of a spec: its keys, the type of its value, the features that it needs, and what it is made of.

    `exact` says that two ways to compute it cannot differ in the last digits, so that it can be ranked.
    """

    keys: str
    type: str
    needs: frozenset[str] = frozenset()
    made_of: frozenset[str] = frozenset()
    exact: bool = True


def operand(draw: st.DrawFn, taxonomy: Taxonomy, entity: str, prop: str | None = None) -> tuple[str, bool, str]:
    """One event, several, or any; whether they are all of `app`; and which of the three it is."""
    names = [one for one in taxonomy.events(entity) if prop is None or prop in properties(one)]
    shape = draw(st.sampled_from(["one"] * 6 + ["list", "list", "any"]))
    tail = f".{prop}" if prop else ""
    if shape == "any":
        every = "mail" not in taxonomy.streams(entity) or (prop is not None and prop not in MAIL)
        return f"any{tail}", every, "any"
    count = 1 if shape == "one" else draw(st.integers(2, 3))
    usual = [name for name in names if name in ("a", "b", "c", "opened")] * 2
    chosen = draw(st.lists(st.sampled_from(usual + names), min_size=count, max_size=count, unique=True))
    app_only = all(name in APP_EVENTS for name in chosen)
    text = ", ".join(name + tail for name in chosen)
    return (f"[{text}]" if len(chosen) > 1 else text), app_only, shape


def properties(event: str) -> dict[str, str]:
    """The properties of an event's stream."""
    return MAIL if event in MAIL_EVENTS else APP


def window(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> tuple[str, set[str]]:
    """A window's keys, each behind a comma, and what it is made of."""
    kinds = ["ever"] * 3 + ["in_the_last"] * 3 + ["between_ago", "from_to", "after", "before", "months", "calendar"]
    if taxonomy.attributes(entity):
        kinds.append("within_first")
    kind = draw(st.sampled_from(kinds))
    match kind:
        case "in_the_last":
            text = f", in_the_last: {draw(st.sampled_from(DAYS))}"
        case "months":
            text = f", in_the_last: {draw(st.sampled_from(['1 month', '2 months', '1 year']))}"
        case "between_ago":
            far, near = draw(st.sampled_from([(3, 1), (5, 2), (7, 0), (2, 1)]))
            text = f", between_ago: [{far} days, {near} days]"
        case "calendar":
            text = calendar(draw)
        case "from_to":
            text = fixed(draw, taxonomy)
        case "within_first":
            text = f", within_first: {draw(st.sampled_from(DAYS))}"
        case "after" | "before":
            text = f", {kind}: {{{anchor(draw, taxonomy, entity)}}}"
        case _:
            text = ""
    return text, {f"window {kind}"}


def calendar(draw: st.DrawFn) -> str:
    """A window on the calendar, in any unit."""
    if draw(st.booleans()):
        lengths = ("1 day", "2 days", "7 days", "1 week", "2 weeks", "1 month", "1 year", "24 hours", "48 hours")
        return f", in_the_last: {draw(st.sampled_from(lengths))}, calendar: true"
    edges = ("[3 days, 0 days]", "[1 month, 0 days]", "[2 weeks, 1 day]", "[2 months, 1 month]", "[2 weeks, 1 week]")
    return f", between_ago: {draw(st.sampled_from(edges))}, calendar: true"


def fixed(draw: st.DrawFn, taxonomy: Taxonomy) -> str:
    """A window between fixed edges, which may lie beyond `as_of`."""
    since = taxonomy.as_of - timedelta(days=draw(st.integers(1, 7)))
    until = since + timedelta(days=draw(st.integers(1, 9)))
    written = draw(st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:%M"]))
    edges = [f", from: {since:{written}}", f", to: {until:{written}}"]
    return "".join(draw(st.sampled_from([edges, edges, edges[:1], edges[1:]])))


def anchor(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> str:
    """What a window is anchored on."""
    event, app_only, _ = operand(draw, taxonomy, entity)
    text = f"event: {event}"
    nth = draw(st.sampled_from([None, "first", "last", "2", "3"]))
    text += f", nth: {nth}" if nth else ""
    within = draw(st.sampled_from([None, *SHORT]))
    text += f", within: {within}" if within else ""
    if draw(st.sampled_from([False, False, True])):
        text += f", where: {wheres(draw, taxonomy, app_only=app_only)}"
    return text


def narrowed(draw: st.DrawFn, taxonomy: Taxonomy, *, app_only: bool) -> tuple[str, set[str]]:
    """A `where` behind a comma, or none."""
    if draw(st.sampled_from([False, False, True])):
        return f", where: {wheres(draw, taxonomy, app_only=app_only)}", {"where"}
    return "", set()


_OF_EVENTS = {
    "count": ("integer", ""),
    "active_days": ("integer", ""),
    "active_weeks": ("integer", ""),
    "active_months": ("integer", ""),
    "recency": ("duration", ""),
    "tenure": ("duration", ""),
    "gap": ("duration", "statistic"),
    "streak": ("integer", "streak"),
    "burst": ("integer", "burst"),
    "decayed": ("number", "decayed"),
}
_OF_PROPERTIES = {
    "sum": NUMERIC,
    "avg": NUMERIC,
    "median": NUMERIC,
    "stddev": NUMERIC,
    "min": ORDERED,
    "max": ORDERED,
    "count_distinct": tuple(APP),
    "first_value": tuple(APP),
    "last_value": tuple(APP),
    "most_frequent": tuple(APP),
    "decayed": NUMERIC,
}
_KEPT = ("min", "max", "first_value", "last_value", "most_frequent")
INEXACT = ("avg", "stddev", "median", "decayed", "gap")


def of_events(draw: st.DrawFn, taxonomy: Taxonomy, entity: str, keys: tuple[str, ...] = tuple(_OF_EVENTS)) -> Drawn:
    """A measure of events."""
    key = draw(st.sampled_from(keys))
    type_, extra = _OF_EVENTS[key]
    events, app_only, shape = operand(draw, taxonomy, entity)
    detail, made_of = details(draw, extra)
    span, windows = window(draw, taxonomy, entity)
    where, filters = narrowed(draw, taxonomy, app_only=app_only)
    made = frozenset({key, f"operand {shape}", *made_of, *windows, *filters})
    return Drawn(f"{key}: {events}{detail}{span}{where}", type_, made_of=made, exact=key not in INEXACT)


def details(draw: st.DrawFn, extra: str) -> tuple[str, set[str]]:
    """The keys that only some measures have."""
    match extra:
        case "statistic":
            statistic = draw(st.sampled_from(["avg", "stddev", "max", "last"]))
            return f", statistic: {statistic}", {f"gap {statistic}"}
        case "streak":
            unit, kind = (
                draw(st.sampled_from(["day", "day", "week", "month"])),
                draw(st.sampled_from(["longest", "current"])),
            )
            allowed = draw(st.integers(0, 2))
            made = (
                {f"streak {unit}", f"streak {kind}", "streak allow_gap"}
                if allowed
                else {f"streak {unit}", f"streak {kind}"}
            )
            return f", unit: {unit}, kind: {kind}" + (f", allow_gap: {allowed}" if allowed else ""), made
        case "burst":
            return f", per: {draw(st.sampled_from(SHORT))}", set()
        case "decayed":
            return f", half_life: {draw(st.sampled_from(SHORT))}", set()
    return "", set()


def of_properties(
    draw: st.DrawFn, taxonomy: Taxonomy, entity: str, keys: tuple[str, ...] = tuple(_OF_PROPERTIES)
) -> Drawn:
    """A measure of a property of events."""
    key = draw(st.sampled_from(keys))
    prop = draw(st.sampled_from(_OF_PROPERTIES[key]))
    events, app_only, shape = operand(draw, taxonomy, entity, prop)
    detail, _ = details(draw, "decayed" if key == "decayed" else "")
    span, windows = window(draw, taxonomy, entity)
    where, filters = narrowed(draw, taxonomy, app_only=app_only)
    type_ = APP[prop] if key in _KEPT else "integer" if key == "count_distinct" else "number"
    if key == "sum" and prop == "v":
        type_ = "integer"
    made = frozenset({key, f"{key} of {APP[prop]}", f"operand {shape}", *windows, *filters})
    return Drawn(f"{key}: {events}{detail}{span}{where}", type_, made_of=made, exact=key not in INEXACT)


def of_attributes(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> Drawn:
    """An attribute, or the time since it."""
    known = dict(taxonomy.attributes(entity))
    if draw(st.sampled_from([False, False, True])):
        dated = [name for name, kind in known.items() if kind in ("timestamp", "date")]
        return Drawn(f"tenure: {draw(st.sampled_from(dated))}", "duration", made_of=frozenset({"tenure of attribute"}))
    name = draw(st.sampled_from(list(known)))
    return Drawn(f"attribute: {name}", known[name], made_of=frozenset({"attribute", f"attribute {known[name]}"}))


def of_two(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> Drawn:
    """A ratio of two measures."""
    parts = [simple(draw, taxonomy, entity, numeric=True) for _ in range(2)]
    text = ", ".join(f"{{{part.keys}}}" for part in parts)
    return Drawn(f"ratio: [{text}]", "number", made_of=parts[0].made_of | parts[1].made_of | {"ratio"}, exact=False)


def change(draw: st.DrawFn, taxonomy: Taxonomy, entity: str) -> Drawn:
    """A recent rate against the time before."""
    key = draw(st.sampled_from(["count", "sum", "active_days"]))
    prop = draw(st.sampled_from(NUMERIC)) if key == "sum" else None
    events, app_only, _ = operand(draw, taxonomy, entity, prop)
    where, _ = narrowed(draw, taxonomy, app_only=app_only)
    kind = draw(st.sampled_from(["ratio", "zscore"]))
    recent, baseline = draw(st.sampled_from([("1 day", "3 days"), ("2 days", "4 days"), ("36 hours", "6 days")]))
    if kind == "ratio":
        baseline = draw(st.sampled_from([baseline, "5 days"]))
    text = f"change: {{{key}: {events}{where}}}, recent: {recent}, baseline: {baseline}, as: {kind}"
    return Drawn(text, "number", made_of=frozenset({f"change {kind}", f"change of {key}"}), exact=False)


def simple(draw: st.DrawFn, taxonomy: Taxonomy, entity: str, *, numeric: bool = False) -> Drawn:
    """A measure that stands by itself, of a number where that is wanted."""
    if numeric:
        keys = ("sum", "avg", "count_distinct", "median", "stddev")
        return of_events(draw, taxonomy, entity) if draw(st.booleans()) else of_properties(draw, taxonomy, entity, keys)
    choices = [of_events] * 5 + [of_properties] * 5 + [of_two, change]
    if taxonomy.attributes(entity):
        choices += [of_attributes] * 2
    return draw(st.sampled_from(choices))(draw, taxonomy, entity)
