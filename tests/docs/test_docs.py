"""The language reference: its examples compile, its claims are true, and it leaves no key of the grammar out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType

import pytest

from segpy.diagnostics.model import Diagnostic
from segpy.spec import examples as told
from segpy.spec import experiments, measures, membership, operands, segments, sequences, taxonomy, windows
from segpy.spec.expression import Function, Operator
from segpy.spec.shapes import Key
from tests.cases.unit_tests import failures, unit_tests
from tests.docs import examples
from tests.docs.pages import Block, read, section, spans, tables

RUNNING = [block for block in examples.examples() if "refused" not in block.mark]
REFUSED = [block for block in examples.examples() if "refused" in block.mark]

# Where each mapping of the grammar is described.
DESCRIBED: dict[str, Mapping[str, Key]] = {
    "Files": {**taxonomy.TAXONOMY, **segments.PORTFOLIO_KEYS},
    "Settings": taxonomy.SETTINGS,
    "Portfolio": taxonomy._PORTFOLIO,
    "Entities": taxonomy._ENTITY,
    "Attributes": taxonomy._ATTRIBUTES,
    "Streams": taxonomy._STREAM,
    "Events": taxonomy._EVENT,
    "Measures": measures.MEASURES,
    "Features": {key: segments._FEATURE[key] for key in ("entity", "description")},
    "Windows": {**windows.WINDOWS, **windows.CALENDAR},
    "Keys of single measures": measures.DETAILS,
    "Anchors": windows._ANCHOR,
    "Conditions": {key: one for key, one in segments._TEST.items() if key not in measures.MEASURE},
    "Segments": segments._SEGMENT,
    "Logic": segments._AT_LEAST_OF,
    "Membership": segments._MEMBERSHIP,
    "Size": membership.SIZE_KEYS,
    "Playbook": membership.PLAYBOOK_KEYS,
    "Examples": told.EXAMPLE,
    "Expectations": told.EXPECTATION,
    "Sequences": sequences.SEQUENCE,
    "Steps": sequences.STEP,
    "Without": operands.NARROWED_KEYS,
    "Groups": sequences.GROUP_STEP,
    "Then without": sequences._THEN_WITHOUT,
    "Members": taxonomy._MEMBERS,
    "Eligible": membership.ELIGIBLE_KEYS,
    "Episodes": membership.MEMBERSHIP_KEYS,
    "Hold-outs": experiments._SHARED,
    "Arms that somebody else drew": experiments._DRAWN_ELSEWHERE,
    "Experiments": {**experiments.EXPERIMENT_KEYS, **experiments._OUTCOME},
}
OF_ONE_MEASURE = {"where"}  # said in the prose of "Measures"


def at(block: Block) -> str:
    return f"line {block.line}"


def marked(block: Block) -> dict[int, str]:
    """The lines of a refused example that carry its reason, with that reason."""
    lines = enumerate(block.text.splitlines(), 1)
    found = ((number, re.search(r"# (not yet|SEG\d{3})$", line)) for number, line in lines)
    return {number: match[1] for number, match in found if match}


def found_in(block: Block) -> list[tuple[int, Diagnostic]]:
    """What is found in an example, by line."""
    return [(one.span.line if one.span else 0, one) for one in examples.compiled(block).diagnostics]


@pytest.mark.parametrize("block", RUNNING, ids=at)
def test_an_example_runs(block: Block) -> None:
    compiled = examples.compiled(block)
    assert {found.code for found in compiled.diagnostics} == set(re.findall(r"SEG\d{3}", block.text)), "say which"
    assert not compiled.failed
    if "alone" in block.mark:  # of other people, so it has nobody to run on
        assert compiled.artifacts
    elif compiled.segments or "features:" in block.text:
        tables = examples.result(compiled)
        assert [said for claim in examples.claims(block) if (said := examples.differs(claim, tables))] == []


def test_the_examples_of_a_segment_hold() -> None:
    artifacts = [{one.path: one.text for one in examples.compiled(block).artifacts} for block in RUNNING]
    assert [failed for one in artifacts if (failed := failures(one))] == []
    assert sum(len(unit_tests(one)) for one in artifacts) >= 4


def test_every_feature_and_segment_of_an_example_makes_a_claim() -> None:
    silent = []
    for block in RUNNING:
        if "alone" not in block.mark:
            claimed = {claim.column for claim in examples.claims(block)}
            silent += [name for name in _defined(block) if not any(one.startswith(name) for one in claimed)]
    assert silent == ["spent"]  # there to be used by others; its claim stands under "Measures"


def _defined(block: Block) -> list[str]:
    """The names two below `features:` and `segments:`."""
    parts = re.split(r"^(\w+):.*$", block.text, flags=re.MULTILINE)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))
    return [
        name for key in ("features", "segments") for name in re.findall(r"^  (\w+):", bodies.get(key, ""), re.MULTILINE)
    ]


def test_a_wrong_claim_is_noticed() -> None:
    text = """\
features:
  views: {count: pricing_viewed}    # → ann 4, bob 0, cat 1, dan 0, eve 1
segments:
  watchers: {entity: user, all: [{did: pricing_viewed}]}    # → ann, bob
  # nobody_there → ann
"""
    block = Block("yaml", "", text, 1)
    tables = examples.result(examples.compiled(block))
    assert [examples.differs(claim, tables) for claim in examples.claims(block)] == [
        "views: ann 3, bob 0, cat 1, dan 0, eve 1",
        "watchers: ann, cat, eve",
        "user_segments has no column `nobody_there`",
    ]


@pytest.mark.parametrize("block", REFUSED, ids=at)
def test_what_is_refused_is_refused(block: Block) -> None:
    said, found = marked(block), found_in(block)
    assert said
    assert [(line, one.label) for line, one in found if line not in said] == [], "found where nothing is marked"
    for line, reason in said.items():
        known = {one.title for at, one in found if at == line} | {one.code for at, one in found if at == line}
        assert reason in known, f"line {block.line + line}: {sorted(known)}"


def _grammar() -> list[Mapping[str, Key]]:
    """Every mapping of keys that the spec stage declares."""
    return [
        table
        for module in (taxonomy, operands, windows, sequences, measures, membership, experiments, told, segments)
        for table in _tables(module)
    ]


def _tables(module: ModuleType) -> list[Mapping[str, Key]]:
    found = [value for value in vars(module).values() if isinstance(value, dict)]
    return [one for one in found if one and all(isinstance(value, Key) for value in one.values())]


@pytest.mark.parametrize("heading", DESCRIBED)
def test_each_key_is_described(heading: str) -> None:
    known = DESCRIBED[heading]
    rows = [row for table in tables(_own(section(read(examples.PAGE), heading))) for row in table]
    described = {row[0].strip("`").removesuffix("` (required)"): row for row in rows if row[0].startswith("`")}
    extra = set(described) - set(known) - _values(heading)
    assert (sorted(set(known) - set(described)), sorted(extra)) == ([], [])
    for name, key in known.items():
        assert described[name][1].startswith(key.doc), f"{name}: the grammar says `{key.doc}`"
        assert ("(required)" in described[name][0]) is key.required, name


def _own(text: str) -> str:
    """What stands directly below a heading, up to the next of any level."""
    return re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0]


def _values(heading: str) -> set[str]:
    """What is a value or a column, not a key, in the tables of a section."""
    return {"Attributes": {"attributes", "events", "both"}}.get(heading, set())


def test_the_whole_grammar_is_described() -> None:
    described = {id(key) for keys in DESCRIBED.values() for key in keys.values()}
    left_out = {key.name for keys in _grammar() for key in keys.values() if id(key) not in described}
    assert left_out <= OF_ONE_MEASURE


def test_the_closed_set_of_sql_is_described() -> None:
    (rows,) = tables(section(read(examples.PAGE), "SQL in specs"))
    said = {row[0]: spans(row[1]) for row in rows}
    assert said["functions"] == [function.value for function in Function]
    written = {span.replace("\\|", "|") for kind in ("comparisons", "logic", "text", "numbers") for span in said[kind]}
    assert {operator.value for operator in Operator} <= written


def test_the_outputs_of_a_sequence_are_described() -> None:
    (block,) = (block for block in RUNNING if "activation:" in block.text)
    columns = {claim.column for claim in examples.claims(block) if claim.values is not None}
    rows = tables(section(read(examples.PAGE), "Results"))[-1]
    assert {row[0].split("`")[1] for row in rows} == columns
    known = examples.result(examples.compiled(block))["user_features"][0]
    assert {column for column in known if column.startswith("activation_")} == columns
