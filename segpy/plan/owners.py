"""The names that dbt knows owners by."""

from __future__ import annotations

import re

from segpy.plan.model_owners import Owner
from segpy.plan.names import Names, slug
from segpy.resolve.model import Bound


def owners(bound: Bound) -> tuple[Owner, ...]:
    """Everybody who owns a segment or acts on its members, by name."""
    found = {name for segment in bound.segments for name in (segment.owner, segment.acting) if name}
    names = Names()  # to `slug` the brackets of an address would be comparisons
    prefix = f"{bound.settings.name_prefix}segpy_"
    return tuple(
        Owner(name, names.claim(f"{prefix}{slug(re.sub(r'[<>]', ' ', name)) or 'owner'}", name))
        for name in sorted(found)
    )
