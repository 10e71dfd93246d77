"""The relations and columns that a spec names."""

from __future__ import annotations

from segpy.spec.model import Entity, Spec, Stream
from segpy.spec.model_inputs import Input
from segpy.spec.model_values import Name


def inputs_of(spec: Spec) -> tuple[Input, ...]:
    """The relations of streams and attributes, with all their columns."""
    streams = [Input(stream.relation, columns_of_stream(stream)) for stream in spec.streams]
    return (*streams, *(found for entity in spec.entities if (found := _of_entity(entity)) is not None))


def columns_of_stream(stream: Stream) -> tuple[Name, ...]:
    """The columns of a stream's relation."""
    return (
        *(key for _, key in stream.entities),
        stream.occurred_at,
        *(column for column in (stream.id, stream.order, stream.event, stream.loaded_at) if column),
        *(column.name for column in stream.properties),
    )


def _of_entity(entity: Entity) -> Input | None:
    said = entity.attributes
    if said is None:
        return None
    versions = [name for name in (said.valid_from, said.valid_to) if name is not None]
    return Input(said.relation, (entity.key, *versions, *(column.name for column in said.columns)))
