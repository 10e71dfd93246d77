"""What the segments of an entity are worth: a feature of it."""

from __future__ import annotations

from segpy.resolve.errors import TwoValues, ValueWithheld
from segpy.resolve.features import FeatureBinder
from segpy.resolve.model import Feature
from segpy.resolve.model_measures import type_of
from segpy.resolve.scope import Findings
from segpy.resolve.type_errors import TypeClash
from segpy.resolve.typing import words
from segpy.spec.model import Spec
from segpy.spec.model_values import Name


def bind_values(spec: Spec, features: FeatureBinder, findings: Findings) -> tuple[Feature, ...]:
    """The features that tell what somebody is worth, one of an entity."""
    named, first = spec.settings.portfolio.value, dict[str, Name]()

    def each(name: Name) -> Feature:
        feature = _value(name, features, findings)
        before = first.setdefault(feature.entity, name)
        if before is not name:
            raise findings.fail(TwoValues(span=name.span, entity=feature.entity, before=before.text, first=before.span))
        return feature

    found = findings.each([lambda name=name: each(name) for name in named])  # type: ignore[misc]
    if named and spec.settings.privacy.min_cell_size is not None:
        findings.fail(ValueWithheld(span=named[0].span))
    return tuple(found)


def _value(name: Name, features: FeatureBinder, findings: Findings) -> Feature:
    feature = features.declared(name)
    type_ = type_of(feature.measure)
    if not type_.numeric:
        message = f"`{name.text}` is {words(type_)}, and what somebody is worth is a number"
        raise findings.fail(TypeClash(span=name.span, message=message, way_out="name a feature that is a number"))
    return feature
