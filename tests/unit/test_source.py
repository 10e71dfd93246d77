"""The reader: every form of YAML a spec may take, every finding, and no exception for any input."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segpy.diagnostics.lines import split_lines
from segpy.diagnostics.model import Diagnostic, Span
from segpy.diagnostics.render import render_github, render_json, render_text
from segpy.source.compose import DEEPEST, MOST_NODES
from segpy.source.nodes import Mapping, Node, Scalar, Sequence, Source, Value
from segpy.source.read import read_bytes, read_source

FILE = "segments/intent.yml"

SPEC = """\
# intent
segments:
  payment_gravity:
    entity: user
    description: >-
      Circling the price,
      close to paying
    all:
      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}
      - {did: shipping_calculator_opened, where: "hour >= 21", in_the_last: 3 days}
      - {recency: login, less_than: &short 14 days, or_never: false}
      - sequence:
          steps:
            - feature_compared
            - {event: pricing_viewed, within: *short, without: [subscription_cancelled]}
    size: {at_least: 200, at_most: 20%}
"""


def read(text: str) -> Mapping:
    mapping, findings = read_source(Source(FILE, text))
    assert findings == ()
    assert mapping is not None
    return mapping


def refused(text: str) -> tuple[Diagnostic, ...]:
    mapping, findings = read_source(Source(FILE, text))
    assert mapping is None
    assert findings
    return findings


def place(span: Span | None) -> tuple[int, int, int]:
    assert span is not None
    assert span.file == FILE
    return span.line, span.column, span.length


def scalar(node: Node | None) -> Scalar:
    assert isinstance(node, Scalar)
    return node


# --- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n# nothing\n...\n", "\ufeff"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert read(text) == Mapping((), Span(FILE, 1, 1))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("+7", 7),
        ("007", 7),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1e3", -1000.0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        # text in YAML 1.2, something else in YAML 1.1
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("2026-01-01", "2026-01-01"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("=", "="),
        # text by our own choice: no number of a spec is infinite
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("20%", "20%"),
        ("7 days", "7 days"),
        ("nullable", "nullable"),
    ],
)
def test_unquoted_scalars_follow_the_core_schema_of_yaml_1_2(written: str, value: Value) -> None:
    found = scalar(read(f"a: {written}\n").get("a"))
    assert (found.value, type(found.value), found.text, found.quoted) == (value, type(value), written, False)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'1'", "1"),
        ('"no"', "no"),
        ("''", ""),
        ('"a\\tb"', "a\tb"),
        ("|\n  1\n  2\n", "1\n2\n"),
        (">-\n  x\n  y\n", "x y"),
    ],
)
def test_quoted_and_block_scalars_are_text(written: str, value: str) -> None:
    found = scalar(read(f"a: {written}").get("a"))
    assert (found.value, found.text, found.quoted) == (value, value, True)


def test_a_whole_spec_keeps_its_order_and_places() -> None:
    segments = read(SPEC).get("segments")
    assert isinstance(segments, Mapping)
    assert place(segments.span) == (3, 3, 15)
    gravity = segments.get("payment_gravity")
    assert isinstance(gravity, Mapping)
    assert [pair.key.text for pair in gravity.pairs] == ["entity", "description", "all", "size"]
    assert place(scalar(gravity.get("description")).span) == (5, 18, 2)
    conditions = gravity.get("all")
    assert isinstance(conditions, Sequence)
    assert place(conditions.span) == (9, 7, 1)
    first = conditions.items[0]
    assert isinstance(first, Mapping)
    assert place(first.span) == (9, 9, 1)
    assert place(first.pairs[0].key.span) == (9, 10, 5)
    assert place(scalar(first.get("count")).span) == (9, 17, 14)
    second = conditions.items[1]
    assert isinstance(second, Mapping)
    assert place(scalar(second.get("where")).span) == (10, 50, 12)


def test_an_alias_repeats_its_value_at_the_place_where_it_was_written() -> None:
    mapping = read("a: &short\n  b: 14 days\nc: *short\nd: &n 5\ne: [&n 6, *n]\n*n : last\n")
    assert mapping.get("c") is mapping.get("a")
    assert place(scalar(mapping.get("d")).span) == (4, 7, 1)
    both = mapping.get("e")
    assert isinstance(both, Sequence)
    assert [scalar(item).value for item in both.items] == [6, 6]
    assert place(mapping.pairs[-1].key.span) == (6, 1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 'x\n  y'\n", (1, 4, 2)),
        ("a: x\n  y\n", (1, 4, 1)),
        ("a:\n", (1, 3, 1)),
        ("a: &n\nb: 1\n", (1, 4, 2)),
        ("a: &n # why\n  x\n", (2, 3, 1)),
        ("a: 日本\n", (1, 4, 2)),
        ("a: x # y\r\nb: 1\r\n", (1, 4, 1)),
        ("# a\x85# b\u2028# c\na: x", (2, 4, 1)),  # line breaks to PyYAML and YAML 1.1, not to YAML 1.2 or an editor
    ],
)
def test_places_of_values(text: str, expected: tuple[int, int, int]) -> None:
    assert place(scalar(read(text).get("a")).span) == expected


def test_lines_end_with_cr_lf_or_both() -> None:
    assert [place(pair.key.span)[0] for pair in read("a: 1\r\nb: 2\rc: 3\nd: 4").pairs] == [1, 2, 3, 4]


# --- what is refused ------------------------------------------------------------------------------------------------

FINDINGS: list[tuple[str, str, tuple[int, int, int], str]] = [
    ("a: 1\n---\nb: 2\n", "SEG100", (2, 1, 1), "a second document begins here; a spec file holds one"),
    ("a: b: c\n", "SEG101", (1, 5, 1), "a `:` cannot stand here"),
    ("a: [1, 2\n", "SEG101", (1, 4, 1), "this `[` is never closed"),
    ("a: {b: 1\n", "SEG101", (1, 4, 1), "this `{` is never closed"),
    ("a: [\n", "SEG101", (1, 5, 1), "the file ends inside brackets"),
    ("a: [b }\n", "SEG101", (1, 7, 1), "expected `,` or `]` here"),
    ("a: {b: 1\nc: 2}\n", "SEG101", (2, 2, 1), "expected `,` or `}` here"),
    ("a: [1,, 2]\n", "SEG101", (1, 7, 1), "a value is missing before this"),
    ("a: 'x\nb: 1\n", "SEG101", (1, 4, 1), "this quote is never closed"),
    ('a: "x\n---\n', "SEG101", (1, 4, 1), "this quote is never closed"),
    ("a: 'it's'\n", "SEG101", (1, 8, 1), "this follows a finished value"),
    ('a: "\\q"\n', "SEG101", (1, 6, 1), "`\\q` is no escape"),
    ('a: "\\xg"\n', "SEG101", (1, 7, 1), "this escape needs 2 hexadecimal digits"),
    ('a: "\\UFFFFFFFF"\n', "SEG101", (1, 7, 1), "this number is out of range"),
    ("a:\n\tb: 1\n", "SEG101", (2, 1, 1), "a tab cannot be used for indentation"),
    ("a: @x\n", "SEG101", (1, 4, 1), "no text without quotes begins with this character"),
    ("a: * \n", "SEG101", (1, 5, 1), "`*` must be followed by the name of an anchor"),
    ("a: & \n", "SEG101", (1, 5, 1), "`&` must be followed by the name of an anchor"),
    ("a: *b\n", "SEG101", (1, 4, 2), "no anchor `&b` comes before this alias"),
    ("a: - b\n", "SEG101", (1, 4, 1), "a list item cannot begin here"),
    ("a: ? b\n", "SEG101", (1, 4, 1), "a `?` key cannot begin here"),
    ("a: |x\n  b\n", "SEG101", (1, 5, 1), "`|` and `>` take only `+`, `-` and a digit from 1 to 9"),
    ("a:\n  b: 1\n c: 2\n", "SEG101", (3, 2, 1), "this does not line up with the mapping above"),
    ("- a\n - b\n- c: 1\n  - d\n", "SEG101", (4, 3, 1), "a list item stands among the keys of a mapping"),
    ("- a\nb: 1\n", "SEG101", (2, 1, 1), "this does not line up with the list above"),
    ("  a: 1\nb: 2\n", "SEG101", (2, 1, 1), "this follows the end of the top level"),
    ("a: x\nb\n", "SEG101", (2, 1, 1), "no `:` follows this key"),
    (": 1\n", "SEG101", (1, 1, 1), "no key stands before this `:`"),
    ("%YAML 2.0\n---\na: 1\n", "SEG101", (1, 1, 1), "a line that begins with `%` is a YAML directive"),
    ("%YAML\n", "SEG101", (1, 6, 1), "a line that begins with `%` is a YAML directive"),
    ("%X\n", "SEG101", (1, 3, 1), "the file ends after a line that begins with `%`"),
    ("a: !<x\n", "SEG101", (1, 7, 1), "`!` begins a YAML tag, and this is none"),
    ("a: 1\nb: 2\na: 3\n", "SEG102", (3, 1, 1), "`a` is already a key of this mapping"),
    ("{a: 1, 'a': 2}\n", "SEG102", (1, 8, 3), "`a` is already a key of this mapping"),
    ("? [a, b]\n: 1\n", "SEG103", (1, 3, 1), "this key is a list"),
    ("{{a: 1}: 2}\n", "SEG103", (1, 2, 1), "this key is a mapping"),
    ("? \n: 1\n", "SEG103", (1, 2, 1), "this key is empty"),
    ("'': 1\n", "SEG103", (1, 1, 2), "this key is empty"),
    ("- a\n", "SEG104", (1, 1, 1), "the top level of this file is a list"),
    ("hello\n", "SEG104", (1, 1, 5), "the top level of this file is a single value"),
    ("a: !!str 5\n", "SEG107", (1, 4, 5), "`!!str` is a YAML tag"),
    ("a: !!python/object:os.system {}\n", "SEG107", (1, 4, 25), "`!!python/object:os.system` is a YAML tag"),
    ("a: &n !custom [1]\n", "SEG107", (1, 7, 7), "`!custom` is a YAML tag"),
    ("a: !e!x 1\n", "SEG107", (1, 4, 1), "`!e!` is a YAML tag"),
    ("a: ! 1\n", "SEG107", (1, 4, 1), "`!` is a YAML tag"),
    ("a: 1\nb: \x07\n", "SEG108", (2, 4, 1), "the character U+0007 is not allowed in a spec"),
    ("a: \ud800\n", "SEG108", (1, 4, 1), "the character U+D800 is not allowed in a spec"),
    ('a: "\\0"\n', "SEG108", (1, 4, 4), "an escape stands for U+0000, which is not allowed in a spec"),
    ('a: "\\uD83D"\n', "SEG108", (1, 4, 8), "an escape stands for U+D83D, which is not allowed in a spec"),
    ("a: &b {c: 1}\nd:\n  <<: *b\n", "SEG109", (3, 3, 2), "`<<` would merge another mapping into this one"),
    ("a: &b [*b]\n", "SEG106", (1, 8, 2), "`*b` stands inside the value that it repeats"),
    ("a: &b {c: &b [*b]}\n", "SEG106", (1, 15, 2), "`*b` stands inside the value that it repeats"),
    ("a: 9223372036854775808\n", "SEG106", (1, 4, 19), "this number does not fit in 64 bits"),
    ("a: 1e999\n", "SEG106", (1, 4, 5), "this number does not fit in 64 bits"),
    (f"a: {'1' * 5000}\n", "SEG106", (1, 4, 5000), "this number does not fit in 64 bits"),
]


@pytest.mark.parametrize(("text", "code", "where", "label"), FINDINGS)
def test_each_finding_has_its_code_place_and_words(
    text: str, code: str, where: tuple[int, int, int], label: str
) -> None:
    (finding,) = refused(text)
    assert (finding.code, place(finding.span), finding.label) == (code, where, label)


def test_a_duplicate_points_at_the_first() -> None:
    (finding,) = refused("a: 1\nb: 2\na: 3\n")
    assert [(place(related.span), related.label) for related in finding.related] == [((1, 1, 1), "first written here")]


def test_a_problem_in_brackets_points_at_where_they_open() -> None:
    (finding,) = refused("a: [b }\n")
    assert [(place(related.span), related.label) for related in finding.related] == [((1, 4, 1), "opened here")]


def test_all_findings_of_a_file_are_shown_at_once() -> None:
    codes = [finding.code for finding in refused("a: 1\na: !x 2\n<<: {}\n[b]: 1\n---\nc: 1\n")]
    assert codes == ["SEG107", "SEG102", "SEG109", "SEG103", "SEG100"]


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert [finding.code for finding in refused("a: 1\na: 2\nb: [\n")] == ["SEG102", "SEG101"]


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "- - ", "[{a: "])
def test_endless_nesting_is_refused_before_the_stack_ends(opening: str) -> None:
    assert [finding.code for finding in refused(opening * 100_000)] == ["SEG105"]


def test_nesting_to_the_limit_is_read() -> None:
    read("a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1))
    assert [finding.code for finding in refused("a: " + "[" * DEEPEST + "]" * DEEPEST)] == ["SEG105"]


def test_nesting_through_aliases_counts() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, DEEPEST + 1))
    (finding,) = refused(chain)
    assert finding.code == "SEG105"
    # The file's mapping, DEEPEST - 2 lists and `x` are DEEPEST levels.
    assert place(finding.span)[0] == DEEPEST - 1
    read("".join(chain.splitlines(keepends=True)[: DEEPEST - 2]))


def test_a_billion_laughs_are_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    (finding,) = refused(bomb)
    assert finding.code == "SEG106"
    assert finding.label == "with this the file holds more than 200,000 values"
    assert f"{MOST_NODES:,}" == "200,000"


# --- bytes ----------------------------------------------------------------------------------------------------------


def test_bytes_are_utf_8_with_or_without_a_byte_order_mark() -> None:
    assert read_bytes(FILE, "a: é".encode()) == Source(FILE, "a: é")
    assert read_bytes(FILE, "a: é".encode("utf-8-sig")) == Source(FILE, "a: é")


@pytest.mark.parametrize(
    ("data", "where", "label"),
    [
        (b"a: 1\nb: \xff", (2, 4, 1), "the byte 0xff is not UTF-8"),
        ("a: é".encode("latin-1"), (1, 4, 1), "the byte 0xe9 is not UTF-8"),
        ("a: 1".encode("utf-16"), (1, 1, 1), "the file is UTF-16"),
    ],
)
def test_other_bytes_are_refused(data: bytes, where: tuple[int, int, int], label: str) -> None:
    finding = read_bytes(FILE, data)
    assert isinstance(finding, Diagnostic)
    assert (finding.code, place(finding.span), finding.label) == ("SEG108", where, label)


# --- any input ------------------------------------------------------------------------------------------------------

PIECES = [
    *"abc019 \n\t\r:-?,[]{}&*!|>'\"%@`#\\.~<=_e",
    *(
        "\n  ",
        "\n    ",
        ": ",
        "- ",
        "---\n",
        "...\n",
        "<<: ",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "%YAML 1.1\n",
        "%TAG ! x\n",
    ),
    *("\\x41", "\\U0010FFFF", "\\UFFFFFFFF", "\\ud800", "\x00", "\x85", "\u2028", "\ufeff", "\ud800"),
    *("日", "\u0301", "😀", "\u202e"),
]

yamlish = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@st.composite
def mutated_specs(draw: st.DrawFn) -> str:
    """A real spec with a few pieces cut out, copied or put in."""
    text = SPEC
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        source = draw(st.integers(0, len(text)))
        piece = draw(st.one_of(st.just(""), st.sampled_from(PIECES), st.just(text[source : source + 20])))
        text = text[:start] + piece + text[end:]
    return text


def spans(node: Node) -> list[Span]:
    match node:
        case Scalar():
            return [node.span]
        case Sequence():
            return [node.span, *(span for item in node.items for span in spans(item))]
        case Mapping():
            return [node.span, *(span for pair in node.pairs for span in (pair.key.span, *spans(pair.value)))]


def check(text: str) -> None:
    """Nodes or findings, all of them at places that exist, and findings that can be shown."""
    mapping, findings = read_source(Source(FILE, text))
    assert (mapping is None) == bool(findings)
    lines = split_lines(text.removeprefix("\ufeff"))
    found = [finding.span for finding in findings] if mapping is None else spans(mapping)
    for span in found:
        assert span is not None
        assert 1 <= span.line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert 1 <= span.length <= max(1, len(lines[span.line - 1]) - span.column + 1)
    for shown in (render_text(findings, {FILE: text}), render_json(findings), render_github(findings)):
        shown.encode()  # a lone surrogate would break the terminal's pipe


@settings(max_examples=400, deadline=None)
@given(yamlish | st.text(max_size=40))
@example("a: !\x00")
@example("%YAML 1." + "1" * 5000 + "\n---\na: 1")
def test_no_text_makes_the_reader_fail(text: str) -> None:
    check(text)


@settings(max_examples=300, deadline=None)
@given(mutated_specs())
def test_no_change_to_a_spec_makes_the_reader_fail(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    source = read_bytes(FILE, data)
    if isinstance(source, Source):
        check(source.text)
    else:
        assert source.code == "SEG108"
