"""Columns that say who somebody is, and those of them that generated tables may hold."""

from __future__ import annotations

from segpy.resolve.model_events import Property
from segpy.resolve.privacy_errors import NothingPersonal
from segpy.resolve.scope import Findings
from segpy.spec.model import Spec
from segpy.spec.model_values import Column, Name


def properties(of: Name, columns: tuple[Column, ...], published: frozenset[str]) -> tuple[Property, ...]:
    """The columns of an entity or of a stream; a personal one is withheld unless it is published."""
    return tuple(
        Property(one.name.text, one.type, one.personal, one.personal and f"{of.text}.{one.name.text}" not in published)
        for one in columns
    )


def published_columns(spec: Spec, findings: Findings) -> frozenset[str]:
    """The personal columns that may be published, as `entity.column`; one that nothing personal is called is refused.

    Where an entity and a stream are called alike, it is the column of both.
    """
    known = {one.name.text: one.attributes.columns for one in spec.entities if one.attributes}
    every = [*known.items(), *((one.name.text, one.properties) for one in spec.streams)]
    personal = {f"{of}.{column.name.text}" for of, columns in every for column in columns if column.personal}
    plain = {f"{of}.{column.name.text}" for of, columns in every for column in columns}
    for name in spec.settings.privacy.publish:
        if name.text not in personal:
            known_as = tuple(sorted(personal))
            findings.fail(NothingPersonal(span=name.span, name=name.text, known=known_as, plain=name.text in plain))
    return frozenset(name.text for name in spec.settings.privacy.publish)
