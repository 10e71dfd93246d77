"""Two plans to what differs between them: in meaning, whatever their files look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from segpy.plan.compare_holdouts import holdouts_differ
from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.plan.model_compare import Change, Comparison, FeatureChange, SegmentChange
from segpy.plan.segments import own_meaning
from segpy.resolve.model import Feature, Segment

_TOLD = ("description", "stage", "owner", "playbook", "size", "version")
"""What is said of a segment beside who is in it."""


def compare(before: Plan, after: Plan) -> Comparison:
    """What became of every segment and feature."""
    old, new = _segments(before), _segments(after)
    changes = [one for name in sorted(old.keys() | new.keys()) if (one := _segment(name, old, new)) is not None]
    changes = [_reaching(one, before, after) for one in changes]
    kept = old.keys() & new.keys() - {one.segment for one in changes if one.affects_members}
    return Comparison(
        tuple(changes), tuple(_features(before, after)), len(kept), holdouts_differ(before.bound, after.bound)
    )


def _reaching(change: SegmentChange, before: Plan, after: Plan) -> SegmentChange:
    """A change of who is in a segment, with whom that reaches."""
    if not change.affects_members:
        return change
    plans = (after, before)
    known = [one for plan in plans for one in plan.bound.segments if one.name == change.segment]
    holdouts = {one.name for plan in plans for one in plan.bound.holdouts if change.segment in one.segments}
    return replace(change, holdouts=tuple(sorted(holdouts)), playbook=known[0].played)


def _segments(plan: Plan) -> Mapping[str, tuple[EntityPlan, SegmentPlan]]:
    return {
        one.segment.name: (entity, one)
        for entity in plan.entities
        if entity.segments is not None
        for one in entity.segments.segments
    }


_Segments = Mapping[str, tuple[EntityPlan, SegmentPlan]]


def _segment(name: str, old: _Segments, new: _Segments) -> SegmentChange | None:
    if name not in old:
        entity, after = new[name]
        return SegmentChange(name, entity.entity.name, Change.ADDED, None, after.english)
    if name not in new:
        entity, before = old[name]
        return SegmentChange(name, entity.entity.name, Change.REMOVED, before.english, None)
    (_, before), (entity, after) = old[name], new[name]
    mine, theirs = before.segment, after.segment
    same_rules = mine.membership == theirs.membership
    if before.content_hash == after.content_hash and same_rules:
        told = tuple(key for key in _TOLD if getattr(mine, key) != getattr(theirs, key))
        change, because = Change.REWORDED, told
        if not told:
            return None
    elif _says_the_same(mine, theirs) and before.uses == after.uses and same_rules:
        because = tuple(one for one in after.uses if _hash(one, old) != _hash(one, new))
        change = Change.FOLLOWS if because else Change.CHANGED
        because = because or ("population",)
    else:
        change, because = Change.CHANGED, () if same_rules else ("membership",)
    kept = change is Change.CHANGED and mine.version == theirs.version
    return SegmentChange(name, entity.entity.name, change, before.english, after.english, because, kept)


def _says_the_same(mine: Segment, theirs: Segment) -> bool:
    said = ((one.entity, one.extends, own_meaning(one)) for one in (mine, theirs))
    return len(set(said)) == 1


def _hash(name: str, segments: _Segments) -> str | None:
    return segments[name][1].content_hash if name in segments else None


def _features(before: Plan, after: Plan) -> Iterator[FeatureChange]:
    old, new = _declared(before), _declared(after)
    said, says = _descriptions(before), _descriptions(after)
    for key in sorted(old.keys() | new.keys()):
        entity, name = key
        if key not in old:
            yield FeatureChange(name, entity, Change.ADDED, None, says[key])
        elif key not in new:
            yield FeatureChange(name, entity, Change.REMOVED, said[key], None)
        elif old[key].measure != new[key].measure:
            yield FeatureChange(name, entity, Change.CHANGED, said[key], says[key])


def _declared(plan: Plan) -> dict[tuple[str, str], Feature]:
    return {(one.entity, one.name): one for one in plan.bound.features}


def _descriptions(plan: Plan) -> dict[tuple[str, str], str]:
    return {
        (entity.entity.name, column.name): column.description
        for entity in plan.entities
        for column in entity.features.columns
    }
