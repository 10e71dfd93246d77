"""Specs that somebody got wrong: real ones, with keys and values deleted, doubled, swapped and replaced by junk."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from hypothesis import strategies as st

Files: TypeAlias = dict[str, Any]
ROOT = Path(__file__).parents[2]

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 2**62, 2**63, -(2**63), 0.5, -0.0, 1e308, float("inf"), float("nan")),
    *("", " ", "x", "X", "a b", "-", "_", "__", "x__y", "null", "any", "0", "é", "ﬁ", "日本", "\u202e", "🦜", "a" * 51),
    *("a" * 5000, "{{ 1/0 }}", "{% raw %}", "{# #}", "{", "}}", "'", '"', "\\", "`", ";", "--", "/*", "$$", "%", "\n"),
    *("'; drop table users; --", "x' or 'a' = 'a", "1); select (1", "__as_of__", "__app_events__", "{{ ref('x') }}"),
    *("7 days", "0 days", "-7 days", "1 month", "40 years", "365001 days", "999999999 seconds", "1e9 days", "7"),
    *("2026-03-01", "2026-03-01 12:00", "2026-03-01T12:00:00+01:00", "0001-01-01", "9999-12-31", "12:00"),
    *("a.b", "a.b.c", ".", "a.", ".a", "ref('x')", "ref('a', 'b')", "source('a')", "source('a', 'b')", "ref(\"x\")"),
    *("(" * 30, "(" * 70 + "1" + ")" * 70, "select 1", "1; drop table x"),
    *([], {}, [[]], [{}], [None], {"": None}, {"a": {"b": [1, {"c": []}]}}, [[[["x"]]]], ["x"] * 200),
)  # fmt: skip
EXPRESSIONS = (
    *("@ > 1", "@ = 'x'", "@ like '%{{%'", "@ = '{% raw %}'", "not not @ is null", "@ in ()", "1 / 0 = @"),
    *("@", "@ and "),
    *("-9223372036854775809 < @", "1e999 > @", "@ -- y", "@ = 1 /* {{ */", "@ || @ = @", "@ = @ = @", "(@ = 1"),
    *("case when @ = 'a' then 1 end > 0", "max(@) > 1", "@ between 'a' and 1", "round(@, @) > 1", "round(@, 1) > 1"),
    *("@ between 3 and 1", "@ in (1, null, 2)", "@ not in ('a', null)", "@ is not null or null", "null", "true", "'x'"),
    *("coalesce(@, 1) > 1", "coalesce(@, 'a') = 'a'", "greatest(@, 1, null) > 0", "nullif(@, 0) > 0", "length(@) > 1"),
    *("lower(trim(@)) ilike '%''%'", "abs(@) + ceil(@) - floor(@) * @ / @ >= 0", "-@ < - - 1", "@ = -0.0", "@ > 1e308"),
    *("@ > '2026-01-01'", "@ >= date '2026-01-01'", "@ < timestamp '2026-01-01 12:00'", "@ = 'not a date'", "@ <> @"),
    *("occurred_at > '2026-01-01'", "occurred_at = date '2026-01-01'", "hour = 1", "@ and @", "not (@ or @)", "@ = ?"),
    *("@ = 99999999999999999999", "@ = '\\'", "@ = 'é🦜'", '"@" > 1', "@.@ = 1", "@::int = 1", "cast(@ as int) = 1"),
    *("{{ @ }}", "@ = :a", "case @ when 1 then true end", "case when @ then 1 else 'a' end = 1", "@ is true"),
)  # fmt: skip


@cache
def originals() -> tuple[Files, ...]:
    """Specs that compile: those of the cases, and the repository's own."""
    cases = sorted(ROOT.glob("tests/cases/*/spec.yml"))
    own = sorted(ROOT.glob("segments/*.yml"))
    loaded = [{path.name: yaml.safe_load(path.read_text(encoding="utf-8"))} for path in cases]
    return (*loaded, {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in own})


@cache
def written() -> dict[str, list[Any]]:
    """Every value that some spec gives to a key."""
    found: dict[str, list[Any]] = {}
    for files in originals():
        for holder, key in places(files):
            if isinstance(key, str) and holder[key] not in found.setdefault(key, []):
                found[key].append(holder[key])
    return found


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every mapping with each of its keys and every list with each of its positions, from the outside in."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


def delete(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Take something out."""
    del holder[key]


def replace(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Put junk in its place."""
    holder[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))


def rename(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Call it something else: junk, or another key of the language."""
    if isinstance(holder, dict):
        names = [name for name in JUNK if isinstance(name, str | int | float)]
        holder[draw(st.sampled_from([*written(), *names]))] = holder.pop(key)


def add(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Put a key of the language beside it, with a value that it has elsewhere, or once more what stands there."""
    if isinstance(holder, dict):
        other = draw(st.sampled_from(sorted(written())))
        holder[other] = copy.deepcopy(draw(st.sampled_from(written()[other])))
    else:
        holder.append(copy.deepcopy(holder[key]))


def exchange(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Give it a value that the same key has elsewhere."""
    if isinstance(key, str) and key in written():
        holder[key] = copy.deepcopy(draw(st.sampled_from(written()[key])))


def wrap(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Put it into a list or a mapping, or take it out of one."""
    value = holder[key]
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    holder[key] = draw(st.sampled_from([[value], {"all": value}, {"x": value}, *inner[:3]]))


def lengthen(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Put junk behind a text."""
    texts = [junk for junk in JUNK if isinstance(junk, str)]
    if isinstance(holder[key], str):
        holder[key] += draw(st.sampled_from(texts))


def phrase(holder: Any, key: Any, draw: Callable[[Any], Any]) -> None:
    """Write another expression where one stands, over a name that some spec has."""
    if key in ("where", "expression"):
        names = sorted({str(name) for columns in written()["properties"] for name in columns} | set(FEATURES))
        holder[key] = draw(st.sampled_from(EXPRESSIONS)).replace("@", draw(st.sampled_from(names)))


FEATURES = ("logins", "plan", "age", "occurred_at", "n")
MUTATIONS = (delete, replace, replace, rename, add, exchange, exchange, wrap, lengthen, phrase, phrase)


def mutate(files: Files, draw: Callable[[Any], Any]) -> None:
    """Change one place: where texts are expressions, mostly one of these; else mostly one far inside."""
    mutation = draw(st.sampled_from(MUTATIONS))
    targets = list(places(files))[len(files) :]
    inner = [(holder, key) for holder, key in targets if not isinstance(holder[key], dict | list)]
    expressions = [(holder, key) for holder, key in inner if key in ("where", "expression")]
    wanted = expressions if mutation is phrase else inner if draw(st.booleans()) else targets
    if wanted:
        holder, key = wanted[draw(st.integers(0, len(wanted) - 1))]
        mutation(holder, key, draw)


@st.composite
def mutated(draw: Any) -> dict[str, str]:
    """The files of a spec, by name, after one to four mutations of their values and at most one of their letters."""
    known = originals()
    files = copy.deepcopy(known[draw(st.integers(0, len(known) * 8 - 1)) % len(known)])
    if len(files) > 1 and draw(st.integers(0, 4)):  # the repository's own are many: mostly one of the others
        files = copy.deepcopy(known[draw(st.integers(0, len(known) - 2))])
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        mutate(files, draw)
    return {name: _letters(draw, _dumped(contents)) for name, contents in files.items()}


def _dumped(contents: Any) -> str:
    text: str = yaml.dump(contents, allow_unicode=True, sort_keys=False, width=2000)
    return text


def _letters(draw: Any, text: str) -> str:
    """Now and then a few letters are gone, or something stands between them."""
    if draw(st.integers(0, 9)):
        return text
    at = draw(st.integers(0, len(text)))
    gone = draw(st.integers(0, 5))
    texts = [junk for junk in JUNK if isinstance(junk, str)]
    return (
        text[:at]
        + draw(st.sampled_from([*texts, "\t", "\x00", "\ud800", "&a ", "*a", "!!x ", "---\n"]))
        + text[at + gone :]
    )
