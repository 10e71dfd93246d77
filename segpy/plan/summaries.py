"""What people are told of segments."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.plan.model_summaries import SegmentSummary


def summaries(plan: Plan) -> tuple[SegmentSummary, ...]:
    """Every segment, in the order of the plan."""
    return tuple(
        SegmentSummary(
            one.segment.name,
            one.segment.entity,
            one.segment.description,
            one.segment.stage,
            one.segment.owner,
            one.segment.version,
            one.content_hash,
            one.english,
            one.segment.span.file,
            entity.segments.model,
        )
        for entity in plan.entities
        if entity.segments is not None
        for one in entity.segments.segments
    )
