"""The hold-outs of two versions of the specs to what differs between them."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.plan.model_compare import Change, HoldoutChange
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import Holdout


def holdouts_differ(before: Bound, after: Bound) -> tuple[HoldoutChange, ...]:
    """What became of every hold-out, by name."""
    old, new = ({one.name: one for one in bound.holdouts} for bound in (before, after))
    found = (_change(old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys()))
    return tuple(one for one in found if one is not None)


def _change(before: Holdout | None, after: Holdout | None) -> HoldoutChange | None:
    if before is None:
        assert after is not None
        return HoldoutChange(after.name, after.entity, Change.ADDED, None, holdout_words(after))
    if after is None:
        return HoldoutChange(before.name, before.entity, Change.REMOVED, holdout_words(before), None)
    because = tuple(_differing(before, after))
    if not because:
        return None
    kept = bool({"stratify_by", "drawn_by"} & set(because)) and "version" not in because
    said, says = holdout_words(before), holdout_words(after)
    return HoldoutChange(after.name, after.entity, Change.CHANGED, said, says, because, kept)


def _differing(before: Holdout, after: Holdout) -> Iterator[str]:
    """The keys under which two hold-outs of one name say something else."""
    pairs = {
        "entity": (before.entity, after.entity),
        "share": (before.buckets, after.buckets),
        "segments": (before.segments, after.segments),
        "stratify_by": (before.strata, after.strata),
        "drawn_by": (before.elsewhere, after.elsewhere),
        "version": (before.version, after.version),
    }
    return (key for key, (said, says) in pairs.items() if said != says)


def holdout_words(holdout: Holdout) -> str:
    """Who is held out, in English."""
    share = f"{holdout.buckets / 100:g} % of the members of {', '.join(holdout.segments)}"
    strata = f", in strata of {' and '.join(one.name for one in holdout.strata)}" if holdout.strata else ""
    if holdout.elsewhere is not None:
        values = " or ".join(str(one.value) for one in holdout.elsewhere.control)
        return f"{share}, those whose {holdout.elsewhere.name} is {values}, as {holdout.salt}"
    return f"{share}{strata}, drawn as {holdout.salt}"
