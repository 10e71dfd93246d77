"""Membership over time: runs, one after the other, and what history keeps of them. A plain state machine.

Every fact is a spell, from the run at which it began until that at which it had ended: `member` (is in the segment),
`lapse` (is in it although the conditions do not hold), `barred` (may not enter).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from segpy.spec import model
from segpy.spec.model import Membership, OnChange, Reentry
from segpy.spec.model_values import Length
from tests.oracle.cells import Row
from tests.oracle.clock import length
from tests.oracle.log import Key
from tests.oracle.world import World, earlier


@dataclass(frozen=True, slots=True)
class Spell:
    """From the run at `start` until the run at `end`; `since` is when a membership began that definitions share."""

    kind: str
    segment: str
    entity: str
    key: str
    start: datetime
    end: datetime | None
    since: datetime
    reason: str | None
    version: int
    meaning: str


class GoesBack(Exception):
    """A run before the last one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of somebody at a run. `ended` is why a membership ended at it, `since` goes with one that is."""

    member: bool
    holds: bool
    since: datetime | None = None
    ended: str | None = None


Memory = Mapping[tuple[str, str, str], Spell]
"""What was open before a run: by kind, segment and key."""


class Remembering(World):
    """Everybody at one run, given what was known before it."""

    def __init__(
        self,
        spec: model.Spec,
        tables: Mapping[str, Sequence[Row]],
        as_of: datetime,
        memory: Memory,
        meanings: Mapping[str, str],
    ) -> None:
        super().__init__(spec, tables, as_of)
        self.memory, self.meanings = memory, meanings
        self.decide = cache(self._decide)

    def _is_member(self, segment: str, key: Key) -> bool:
        return self.decide(segment, key).member

    def _decide(self, segment: str, key: Key) -> Decision:
        rules, was = self.rules(segment), self.memory.get(("member", segment, str(key)))
        ahead = any(self.is_member(one, key) for group in self.spec.groups for one in earlier(group, segment))
        holds = self.qualifies(self.segments[segment], key) and not ahead
        ended = None
        if was is not None and was.meaning != self.meanings[segment] and rules.on_change is OnChange.RESTART:
            ended, was = "definition_changed", None
        if was is None:
            enters = holds and self.may_enter(segment, key)
            return Decision(enters, holds, self.as_of if enters else None, ended)
        why = self.why_out(segment, key, was, holds=holds, ahead=ahead)
        return Decision(why is None, holds, was.since if why is None else None, why)

    def why_out(self, segment: str, key: Key, was: Spell, *, holds: bool, ahead: bool) -> str | None:
        """Why a membership ends at this run, if it does."""
        rules, lapse = self.rules(segment), self.memory.get(("lapse", segment, str(key)))
        if rules.expires is not None and self.as_of >= was.since + time(rules.expires):
            return "expired"
        if holds:
            return None
        if ahead:
            return "displaced"
        if rules.minimum_stay is not None and self.as_of < was.since + time(rules.minimum_stay):
            return None
        lapsed = lapse.start if lapse is not None else self.as_of
        if rules.grace is not None and self.as_of < lapsed + time(rules.grace):
            return None
        return "conditions_failed"

    def may_enter(self, segment: str, key: Key) -> bool:
        """Whether somebody who is not in may come in."""
        rules, bar = self.rules(segment), self.memory.get(("barred", segment, str(key)))
        if bar is None or (rules.reentry is Reentry.ALLOWED and rules.expires is None):
            return True
        gap, left = rules.collapse_gap, bar.reason != "expired"
        return rules.reentry is Reentry.NEVER and left and gap is not None and self.as_of <= bar.start + time(gap)

    def rules(self, segment: str) -> Membership:
        """What a segment says of membership."""
        said = self.segments[segment].membership
        if said is not None:
            return said
        return Membership(None, None, None, None, Reentry.ALLOWED, OnChange.RESTART, self.segments[segment].name.span)


def time(written: Length) -> timedelta:
    """An exact duration that is written in a spec."""
    return length(written.duration)


class History:
    """What is kept of all runs so far."""

    def __init__(self) -> None:
        self.spells: list[Spell] = []
        self.last: datetime | None = None

    def run(
        self,
        spec: model.Spec,
        tables: Mapping[str, Sequence[Row]],
        as_of: datetime,
        meanings: Mapping[str, str],
        *,
        rewrite: bool = False,
    ) -> Remembering:
        """One run, and everybody as they are then. `meanings` tell definitions apart."""
        if self.last is not None and as_of < self.last and not rewrite:
            raise GoesBack
        self.last = as_of
        before = [one for one in self.spells if one.start < as_of]
        self.spells = [one for one in before if one.end is not None and one.end < as_of]
        still = [replace(one, end=None, reason=one.reason if one.kind == "barred" else None)
                 for one in before if one.end is None or one.end >= as_of]  # fmt: skip
        owners = {segment.name.text: segment.entity.text for segment in spec.segments}
        memory = {(one.kind, one.segment, one.key): one for one in still if owners.get(one.segment) == one.entity}
        world = Remembering(spec, tables, as_of, memory, meanings)
        here = {(one, entity, str(key)) for one, entity in owners.items() for key in world.log.population(entity)}
        for segment, entity in owners.items():
            for key in world.log.population(entity):
                self.spells += _after(world, segment, entity, key)
        for one in still:
            if (one.segment, one.entity, one.key) not in here:
                self.spells += _gone(one, world, known=owners.get(one.segment) == one.entity)
        return world

    def members(self, segment: str) -> set[str]:
        """Who is in a segment after the last run."""
        return {one.key for one in self.spells if (one.kind, one.segment, one.end) == ("member", segment, None)}


def _after(world: Remembering, segment: str, entity: str, key: Key) -> list[Spell]:
    """The spells of one who exists, in a segment that does: those that were open, and those that begin."""
    rules, decision, now = world.rules(segment), world.decide(segment, key), world.as_of
    was, lapse, bar = (world.memory.get((kind, segment, str(key))) for kind in ("member", "lapse", "barred"))
    fresh = Spell("", segment, entity, str(key), now, None, now, None,
                  world.segments[segment].version, world.meanings[segment])  # fmt: skip
    found: list[Spell] = []
    ended = decision.ended
    if was is not None and not ended and was.meaning != fresh.meaning:
        found.append(replace(was, end=now, reason="definition_carried"))
    elif was is not None:
        found.append(replace(was, end=now if ended else None, reason=ended))
    if decision.member and (was is None or ended or was.meaning != fresh.meaning):
        assert decision.since is not None
        found.append(replace(fresh, kind="member", since=decision.since))
    lapses = decision.member and not decision.holds
    if lapse is not None:
        found.append(lapse if lapses else replace(lapse, end=now))
    elif lapses:
        found.append(replace(fresh, kind="lapse"))
    if bar is not None:
        stays = not decision.member and (
            rules.reentry is Reentry.NEVER or (rules.expires is not None and decision.holds)
        )
        found.append(bar if stays else replace(bar, end=now))
    elif _bars(rules, ended, holds=decision.holds):
        found.append(replace(fresh, kind="barred", reason=ended))
    return found


def _bars(rules: Membership, ended: str | None, *, holds: bool) -> bool:
    """Whether the end of a membership bars from coming back."""
    if ended in (None, "definition_changed"):
        return False
    return rules.reentry is Reentry.NEVER or (ended == "expired" and holds)


def _gone(one: Spell, world: Remembering, *, known: bool) -> list[Spell]:
    """What becomes of the spell of one who exists no more, or in a segment that does not."""
    if one.kind == "barred":
        keeps = not known or world.rules(one.segment).reentry is Reentry.NEVER
        return [one if keeps else replace(one, end=world.as_of)]
    why = "left_population" if known else "segment_removed"
    found = [replace(one, end=world.as_of, reason=why if one.kind == "member" else None)]
    if one.kind == "member" and known and _bars(world.rules(one.segment), why, holds=False):
        version, meaning = world.segments[one.segment].version, world.meanings[one.segment]
        found.append(replace(one, kind="barred", start=world.as_of, end=None, since=world.as_of, reason=why,
                             version=version, meaning=meaning))  # fmt: skip
    return found
