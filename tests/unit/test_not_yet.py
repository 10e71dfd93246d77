"""Every construct of the language that this version cannot compile is refused as such, never overlooked.

The table follows the sections of the language. Each line is a construct and the smallest spec that uses it.
"""

from __future__ import annotations

from textwrap import indent

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
    "several dialects": "dialect: [duckdb, postgres]",
    "another time zone": "timezone: Europe/Berlin",
    "lateness": "lateness: 3 days",
    "overlap": "portfolio: {max_overlap: 0.9}",
    "privacy": "privacy: {min_cell_size: 10}",
    "outcomes": "outcomes: {paid: {did: order}}",
}
ENTITIES = {
    "consent": "key: id\nconsent: agreed",
    "members": "key: id\nmembers: {entity: user, by: account_id}",
    "valid_from": "key: id\nattributes: {relation: ref('x'), valid_from: since}",
    "valid_to": "key: id\nattributes: {relation: ref('x'), valid_to: until}",
}
STREAMS = {"loaded_at": "loaded_at: ingested_at", "order": "order: event_number"}
FILTERS = {"hour": "hour >= 21", "weekday": "weekday = 7", "both": "path = '/' and hour < 3"}
MEASURES = {
    **{key: f"{key}: order.amount" for key in ("median", "stddev", "first_value", "last_value", "most_frequent")},
    "active_weeks": "active_weeks: login",
    "active_months": "active_months: login",
    "gap": "gap: login, statistic: avg",
    "streak": "streak: login, unit: day, kind: current, allow_gap: 1",
    "burst": "burst: login, per: 48 hours",
    "ratio": "ratio: [{count: login}, {count: page}]",
    "change": "change: {count: login}, recent: 7 days, baseline: 60 days, as: ratio",
    "decayed": "decayed: order.amount, half_life: 14 days",
    "percentile": "percentile: logins",
    "several events": "count: [login, page]",
    "several properties": "sum: [order.amount, page.amount]",
    "any event": "count: any",
    "any event's recency": "recency: any",
    "from": "count: login, from: 2026-01-01",
    "to": "count: login, to: 2026-04-01",
    "from and to": "count: login, from: 2026-01-01, to: 2026-04-01",
    "calendar": "count: login, in_the_last: 7 days, calendar: true",
}
FEATURES = {"several windows": "count: login, in_the_last: [1 day, 7 days, 30 days]"}
CONDITIONS = {
    "did any of several": "did: [login, page]",
    "did anything": "did: any",
    "did nothing": "did_not: any, in_the_last: 7 days",
    "after several events": "did: login, after: {event: [page, order]}",
    "before anything": "did: login, before: {event: any}",
    "completed": "sequence: {steps: [login, order]}, completed: {at_least: 2}",
}
SEQUENCES = {
    **{key: f"steps: [login, {{event: order, {key}: {value}}}]" for key, value in
       {"after": "5 minutes", "directly": "true"}.items()},
    "any_order": "steps: [login, {any_order: [page, order], within: 48 hours}]",
    "any_order alone": "steps: [{any_order: [page, order]}, login]",
    "a step of several events": "steps: [login, {event: [page, order]}]",
    "a step of any event": "steps: [login, any]",
    "without any event": "steps: [login, {event: order, without: [any]}]",
    "then_without": "steps: [login, page], then_without: {event: order, for: 2 hours}",
    "same": "steps: [login, page], same: [product_id]",
    "ignore": "steps: [login, page], ignore: [page]",
    "start": "steps: [login, page], start: first",
    "ties": "steps: [login, page], ties: strict",
    "measure": "steps: [login, page], measure: completed",
    "completed": "steps: [login, page], completed: {at_least: 2}",
    "a filter on the hour": 'steps: [login, {event: page, where: "hour = 3"}]',
}  # fmt: skip
SEGMENTS = {
    "eligible": "eligible: {min_tenure: 3 days}",
    "membership": "membership: {minimum_stay: 1 day, grace: 12 hours, expires: 30 days, reentry: allowed}",
    "experiment": "experiment: {holdout: 10%}",
    "examples": "examples: [{name: one, as_of: 2026-03-10, expect: member}]",
}


def specs() -> dict[str, str]:
    """Every construct in a spec that is right but for it."""
    segment = "segments:\n  s:\n    entity: user\n"
    table = {f"setting: {name}": text for name, text in SETTINGS.items()}
    table |= {f"entity: {name}": f"entities:\n  one:\n{indent(text, '    ')}" for name, text in ENTITIES.items()}
    stream = "{relation: ref('x'), entity: {user: user_id}, occurred_at: at, "
    table |= {f"stream: {name}": f"streams:\n  one: {stream}{text}}}" for name, text in STREAMS.items()}
    table |= {f"event: {name}": f'events:\n  one: {{stream: app, where: "{text}"}}' for name, text in FILTERS.items()}
    table |= {f"feature: {name}": f"features:\n  f: {{{text}}}" for name, text in {**MEASURES, **FEATURES}.items()}
    table |= {f"feature: filter on {name}": f'features:\n  f: {{count: login, where: "{text}"}}'
              for name, text in FILTERS.items()}  # fmt: skip
    compared = {name: f"{text}, at_least: 1" for name, text in MEASURES.items()}
    for name, text in {**compared, **CONDITIONS}.items():
        table[f"condition: {name}"] = f"{segment}    all:\n      - {{{text}}}"
    for name, text in SEQUENCES.items():
        table[f"sequence: {name}"] = f"{segment}    any:\n      - sequence: {{{text}}}"
        table[f"sequence of a feature: {name}"] = f"features:\n  f:\n    sequence: {{{text}}}"
    table |= {f"segment: {name}": f"{segment}    {text}\n    all: [{{did: login}}]" for name, text in SEGMENTS.items()}
    return table


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
