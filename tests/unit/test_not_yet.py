"""Every construct of the language that this version cannot compile is refused as such, never overlooked.

The table follows the sections of the language. Each line is a construct and the smallest spec that uses it.
"""

from __future__ import annotations

import pytest

from segpy.pipeline import compile_sources
from segpy.source.nodes import Source

TAXONOMY = """\
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {plan: text, agreed: boolean, signed_up_at: timestamp}}
    start: signed_up_at
streams:
  app:
    relation: ref('app_events')
    entity: {user: user_id}
    occurred_at: event_time
    event: event_name
    properties: {path: text, amount: number, product_id: text}
events:
  login: {stream: app, is: login}
  page: {stream: app, is: [page, screen]}
  order: {stream: app, is: order}
"""
SETTINGS = {
    "drift": "portfolio: {max_drift: 0.1}",
}


def specs() -> dict[str, str]:
    """Every construct in a spec that is right but for it."""
    return {f"setting: {name}": text for name, text in SETTINGS.items()}


@pytest.mark.parametrize("construct", specs())
def test_it_is_refused_for_what_it_is_with_a_way_out(construct: str) -> None:
    sources = [Source("segments/spec.yml", specs()[construct] + "\n"), Source("segments/taxonomy.yml", TAXONOMY)]
    findings = compile_sources(sources).diagnostics
    assert {finding.code for finding in findings} == {"SEG190"}
    for finding in findings:
        assert finding.span is not None and finding.span.file == "segments/spec.yml"
        assert finding.label.endswith("is not supported yet")
        assert finding.help


def test_without_the_construct_each_frame_is_right() -> None:
    """So the table fails for the constructs alone."""
    spec = """\
timezone: UTC
dialect: duckdb
portfolio: {max_segments: 3}
features:
  f: {count: login, where: "path = '/'", in_the_last: 7 days}
  g: {sequence: {steps: [login, {event: order, within: 48 hours, without: [page]}], in_the_last: 7 days}}
segments:
  s:
    entity: user
    all:
      - {did: login, after: {event: page}}
      - {sequence: {steps: [login, page]}}
      - {sum: order.amount, at_least: 1}
"""
    sources = [Source("segments/spec.yml", spec), Source("segments/taxonomy.yml", TAXONOMY)]
    assert compile_sources(sources).diagnostics == ()
