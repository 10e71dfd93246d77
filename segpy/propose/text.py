"""A proposal as spec files, with comments that say why, and what else could be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from segpy.propose.model import (
    MOST_ROWS,
    Measured,
    Property,
    Proposal,
    ProposedEntity,
    ProposedEvent,
    ProposedStream,
    SpecFile,
    Surroundings,
)
from segpy.spec.expression import Type

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_MOST_UNUSED = 40
_YOURS = "# Written once by `segpy init`. It is yours: change it, and let `segpy check` find the errors."


def spec_files(proposal: Proposal, around: Surroundings) -> tuple[SpecFile, ...]:
    """The files that a proposal is written as."""
    return (
        SpecFile("segments/segpy.yml", _joined(_settings(around))),
        SpecFile("segments/taxonomy.yml", _joined(_taxonomy(proposal))),
        SpecFile("segments/first_segments.yml", _joined(_segments(proposal))),
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _settings(around: Surroundings) -> Iterator[str]:
    yield _YOURS
    yield "# The settings of the project; each key can be left out."
    yield "version: 1"
    yield f"dialect: {around.dialect}    # that of dbt's target; several can be listed, as in [duckdb, snowflake]"
    yield "timezone: UTC    # whose calendar days, weeks and hours are meant"
    if around.model_folder == "models":
        yield "# models_path: models/segpy    # where generated models go"
    else:
        yield f"models_path: {quoted(around.model_folder + '/segpy')}    # in the project's first folder of models"
    if around.name_prefix:
        yield f"name_prefix: {around.name_prefix}    # as the project has models of its own under names that segpy uses"
    else:
        yield "# name_prefix: segpy_    # put before the name of every generated model"
    yield "# lateness: 3 days    # how late an event may come: then a run reads only what may be new since the last"


def _taxonomy(proposal: Proposal) -> Iterator[str]:
    yield _YOURS
    yield "# What there is: entities, the relations with their events, and the kinds of events."
    yield ""
    yield "entities:"
    for entity in proposal.entities:
        yield from _entity(entity)
    yield ""
    yield "streams:"
    for stream in proposal.streams:
        yield from _stream(stream)
    yield ""
    yield "events:"
    bounded = {stream.name: stream.measured.bounded for stream in proposal.streams}
    for event in proposal.events:
        yield f"  {_event(event, bounded[event.stream])}"
    if proposal.rare:
        yield "  # Rarer ones:"
        for event in proposal.rare:
            yield f"  # {_event(event, bounded[event.stream])}"
    if proposal.unused:
        yield ""
        yield "# Not used:"
        for one in proposal.unused[:_MOST_UNUSED]:
            yield f"# * {_told(one.name)}: {_told(one.reason)}"
        if len(proposal.unused) > _MOST_UNUSED:
            yield f"# * and {len(proposal.unused) - _MOST_UNUSED} more: `segpy init --dry-run --json` lists them"


def _entity(entity: ProposedEntity) -> Iterator[str]:
    yield f"  # {_told(entity.reason)}."
    yield f"  {entity.name}:"
    yield f"    key: {quoted(entity.key)}"
    if entity.key_type is not Type.TEXT:
        yield f"    key_type: {entity.key_type.value}"
    if entity.members is not None:
        yield f"    members: {{entity: {entity.members[0]}, by: {entity.members[1]}}}"
    if entity.attributes is None:
        yield "    # A relation with one row for each would go here:"
        yield "    # attributes: {relation: ref('…'), columns: {plan: text}}"
    else:
        yield from _attributes(entity, entity.attributes)
    for note in entity.notes:
        yield f"    # {_told(note)}"


def _attributes(entity: ProposedEntity, attributes: Measured) -> Iterator[str]:
    yield f"    attributes:    # one row for each: {_rows(attributes)}"
    yield f"      relation: {attributes.table.relation}"
    yield from _columns("columns", entity.columns, "      ")
    if entity.start is not None:
        yield f"    start: {quoted(entity.start)}    # its own beginning, for `within_first`"
    if entity.members is None:
        yield "    population: both    # who has a row or an event; `attributes`: only who has a row"


def _stream(stream: ProposedStream) -> Iterator[str]:
    measured = stream.measured
    latest = f", the latest event on {stream.latest}" if stream.latest is not None else ""
    yield f"  # {_rows(measured)}{latest}."
    yield f"  {stream.name}:"
    yield f"    relation: {measured.table.relation}"
    yield "    entity:"
    for entity, column in stream.keys:
        unknown = measured.rows - measured.counts[column].known
        yield f"      {entity}: {quoted(column)}" + (f"    # unknown in {_counted(unknown)}" if unknown else "")
    for entity, column in stream.other_keys:
        yield f"      # {entity}: {quoted(column)}    # could be an entity too: declare it above"
    others = f"    # or: {', '.join(map(_told, stream.other_times))}" if stream.other_times else ""
    yield f"    occurred_at: {quoted(stream.time)}{others}"
    if stream.loaded_at is not None:
        yield f"    # loaded_at: {quoted(stream.loaded_at)}    # when it was loaded; of use with `lateness`"
    if stream.id is not None:
        count = measured.counts[stream.id]
        again = count.known - count.distinct
        twice = f"    # {_counted(again)} of a value that was there: the first counts" if again else ""
        yield f"    id: {quoted(stream.id)}{twice}"
    if stream.event is not None:
        yield f"    event: {quoted(stream.event)}    # {measured.counts[stream.event].distinct:,} different names"
    if stream.properties:
        yield from _columns("properties", stream.properties, "    ")
    if measured.bounded and stream.event is not None:
        yield "    # In the rows that were not looked at there may be more names."
    for note in stream.notes:
        yield f"    # {_told(note)}"


def _rows(measured: Measured) -> str:
    if measured.bounded:
        return f"{MOST_ROWS:,} rows or more, of which so many were looked at"
    return _counted(measured.rows)


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _columns(key: str, columns: Iterable[Property], indent: str) -> Iterator[str]:
    yield f"{indent}{key}:"
    for column in columns:
        yield f"{indent}  {quoted(column.name)}: {column.type.value}"


def _event(event: ProposedEvent, bounded: bool) -> str:
    rows = _counted(event.rows) + (" of those looked at" if bounded else "")
    if not event.values:
        return f"{event.name}: {{stream: {event.stream}}}    # every row" + ("" if bounded else f": {rows}")
    values = ", ".join(map(quoted, event.values))
    values = values if len(event.values) == 1 else f"[{values}]"
    return f"{event.name}: {{stream: {event.stream}, is: {values}}}    # {rows}"


def _segments(proposal: Proposal) -> Iterator[str]:
    yield _YOURS
    yield "# Two segments to begin with. `segpy build` builds them, `segpy describe` says in English who is in them."
    yield ""
    yield "segments:"
    for segment in proposal.segments:
        yield f"  {segment.name}:"
        yield f"    entity: {segment.entity}"
        yield f"    description: {quoted(segment.description)}"
        yield "    all:"
        for condition in segment.conditions:
            yield f"      - {condition}"
    if proposal.others:
        yield ""
        yield "  # Others that are possible:"
    for segment in proposal.others:
        conditions = ", ".join(segment.conditions)
        said = f"entity: {segment.entity}, description: {json.dumps(segment.description)}, all: [{conditions}]"
        yield f"  # {segment.name}: {{{said}}}"


def quoted(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def _told(text: str) -> str:
    """A text in a comment, on its one line."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
