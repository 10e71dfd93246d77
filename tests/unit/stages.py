"""Each stage on the text of a spec, the stages before it run for real."""

from __future__ import annotations

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Diagnostic
from segpy.plan.build import build_plan
from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.resolve.model_measures import Measure
from segpy.source.nodes import Mapping, Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.spec.model import Spec
from segpy.sql.build import models_in_sql
from segpy.sql.read import read_expression

# One entity with attributes and one with events only; a stream with named events and one without.
WORLD = """
entities:
  user:
    key: user_id
    attributes:
      relation: ref('users')
      columns: {plan: text, age: integer, signed_up_at: timestamp, born_on: date, trial: boolean}
    start: signed_up_at
    population: both
  team: {key: team_id, key_type: integer}
streams:
  app:
    relation: source('raw', 'events')
    entity: {user: user_id, team: team_id}
    occurred_at: at
    id: event_id
    event: name
    properties: {amount: number, path: text, seats: integer, vip: boolean, due_at: timestamp}
  mails: {relation: ref('mails'), entity: {user: reader}, occurred_at: sent_at}
events:
  login: {stream: app, is: login}
  paid: {stream: app, is: [charged, invoiced]}
  viewed: {stream: app, is: viewed, where: "path like '/p%'"}
  big: {stream: app, where: "amount >= 100"}
  anything: {stream: app}
  mail: {stream: mails}
"""


def nodes(text: str, path: str = "segments/spec.yml") -> Mapping:
    """The nodes of a file without findings."""
    file, found = read_source(Source(path, text))
    assert file is not None, found
    return file


def decoded(*texts: str) -> Spec:
    """The spec that these files make, the first called `a.yml`."""
    spec, found = decode([nodes(text, f"{chr(ord('a') + i)}.yml") for i, text in enumerate(texts)])
    assert spec is not None, said(found)
    return spec


def refused(text: str) -> list[str]:
    """What decoding says of a text: code, label and place of each finding."""
    spec, found = decode([nodes(text)])
    assert spec is None
    return said(found)


def bound(*texts: str) -> Bound:
    """A spec over the world, bound."""
    result, found = bind(decoded(WORLD, *texts), Catalog(), read_expression)
    assert result is not None, said(found)
    return result


def unbound(*texts: str) -> list[str]:
    """What binding says of a spec over the world."""
    result, found = bind(decoded(WORLD, *texts), Catalog(), read_expression)
    assert result is None
    return said(found)


def said(found: tuple[Diagnostic, ...]) -> list[str]:
    """Findings as one line each."""
    return [f"{one.code} {one.label}" for one in found]


def measure(yaml: str, entity: str = "user") -> Measure:
    """A measure of the world, written as a feature."""
    (feature,) = bound(f"features:\n  f: {{entity: {entity}, {yaml}}}\n").features
    return feature.measure


def planned(*texts: str) -> Plan:
    """The plan of a spec over the world."""
    return build_plan(bound(*texts))


def entity_plan(*texts: str) -> EntityPlan:
    """What is planned for a user."""
    return next(one for one in planned(*texts).entities if one.entity.name == "user")


def segments(plan: Plan) -> dict[str, SegmentPlan]:
    """The planned segments of all entities by name."""
    return {one.segment.name: one for entity in plan.entities if entity.segments for one in entity.segments.segments}


def sql_of(*texts: str) -> dict[str, str]:
    """The generated SQL of a spec over the world, by model."""
    return {model.name: model.written[0].text for model in models_in_sql(planned(*texts))}
