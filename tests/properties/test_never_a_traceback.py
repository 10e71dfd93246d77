"""Whatever stands in a spec, it is compiled or refused: never an exception, and never a place outside of the files.

`SEGPY_SPEC_EXAMPLES=20000` runs longer, and then on fresh examples each time.
"""

from __future__ import annotations

import os
import re

from hypothesis import HealthCheck, given, settings

from segpy.diagnostics.model import Severity, Span
from segpy.diagnostics.render import render_github, render_json, render_text
from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source
from tests.properties.empty_tables import execute
from tests.properties.mutations import mutated

WANTED = os.environ.get("SEGPY_SPEC_EXAMPLES")
_NAME = r'"[^"{}]+"'
_HOOK = r'"\{\{ segpy_\w+\([^{}"]*\) \}\}"'
_VALUE = rf"(?:{_NAME}|false|\[{_NAME}(?:, {_NAME})*\]|\[{_HOOK}(?:, {_HOOK})*\])"
_OURS = re.compile(
    r'\{\{ (?:config\(materialized="(?:table|view|ephemeral)"\)|'
    rf"ref\({_NAME}(?:, {_NAME})?\)|source\({_NAME}, {_NAME}\)|segpy_spells\({_NAME}\)|this|"
    rf'segpy_last_as_of\(\d*\)|segpy_last_look\(ref\({_NAME}\), "(?:day|hour)", \d+\)|'
    rf'var\("segpy_rows_of_[a-z]+", segpy_no_rows\(\[\s*{_NAME}(?:,\s+{_NAME})*\s*\]\)\)|'
    r'segpy_as_of\("(?:day|hour)"\)) \}\}|'
    rf"\{{\{{\n    config\(\n(?:        [a-z_]+={_VALUE},\n)+    \)\n\}}\}}|"
    r'\{% (?:(?:if|if not) segpy_continues\("(?:day|hour)"(?:, days=\d+)?\)|else|endif) %\}'
)


@settings(
    max_examples=int(WANTED or 300),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(files=mutated())
def test_a_mutated_spec_is_compiled_or_refused(files: dict[str, str]) -> None:
    """Findings have words and a place; what compiles holds no Jinja but our own, and DuckDB takes it."""
    sources = tuple(Source(f"segments/{name}", text) for name, text in files.items())
    compiled = compile_sources(sources)
    texts = {source.path: source.text for source in sources}
    for finding in compiled.diagnostics:
        assert re.fullmatch("SEG[0-9]{3}", finding.code)
        assert finding.title and finding.label and finding.help, finding
        assert finding.span is not None, finding
        for span in (finding.span, *(related.span for related in finding.related)):
            assert stands_in(span, texts), finding
    assert render_text(compiled.diagnostics, texts) or not compiled.diagnostics
    render_json(compiled.diagnostics)
    render_github(compiled.diagnostics)
    failed = any(finding.severity is Severity.ERROR for finding in compiled.diagnostics)
    assert compiled.failed == failed
    assert not (failed and compiled.artifacts)
    assert_only_our_jinja(compiled)
    if compiled.artifacts:
        execute(sources, compiled)


def stands_in(span: Span, texts: dict[str, str]) -> bool:
    """Whether a place is within a line of its file, or just behind it."""
    lines = re.split(r"\r\n|\n|\r", texts[span.file].removeprefix("\ufeff"))
    line = lines[span.line - 1] if 1 <= span.line <= len(lines) else None
    return line is not None and span.column >= 1 and span.length >= 1 and span.column + span.length <= len(line) + 2


def assert_only_our_jinja(compiled: Compiled) -> None:
    """Nothing that a spec says is ever read as Jinja."""
    for artifact in compiled.artifacts:
        if not artifact.path.startswith("macros/"):
            text = _OURS.sub("", artifact.text) if artifact.path.endswith(".sql") else artifact.text
            assert not re.search(r"\{[{%#]", text), artifact.path
