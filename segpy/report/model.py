"""What a monthly review tells: counts as published, statistics as reckoned, and why what is missing is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from segpy.measure.model import Estimate, Method
from segpy.measure.model_lift import Independence, Lift, SampleRatio
from segpy.measure.model_portfolio import Drift
from segpy.measure.model_worth import Payback, Worth


@dataclass(frozen=True, slots=True)
class Size:
    """A segment at a run; a count is None where it is withheld, or nobody told it."""

    as_of: datetime
    members: int | None
    population: int | None
    entered: int | None = None
    exited: int | None = None
    withheld: bool = False

    @property
    def share(self) -> float | None:
        """Members as a part of the population, from 0 to 1."""
        return self.members / self.population if self.members is not None and self.population else None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a segment, and how many it leaves; position 0 is the whole population."""

    position: int
    description: str
    remaining: int | None
    passing: int | None
    failing_only: int | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A forecast of the size at an instant to come, by a method, of the sizes since the run of `since`; None without.

    Where it could tell nothing, `estimate` says why.
    """

    at: datetime
    method: Method
    since: datetime | None
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Fared:
    """How a segment fared in the last four weeks: after how many days half of its members have left at that rate.

    Of `due` members who are to be answered by some time it is over for `overdue`; None where that is withheld.
    """

    half_life: Estimate | None
    due: int | None
    overdue: int | None


class Level(IntEnum):
    """How pressing something is."""

    ACT = 1
    LOOK = 2
    NOTE = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a segment needs attention: in a word or two, and in a sentence."""

    level: Level
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment. `english` is its definition in lines, or one line as it was built where the specs say another by now.

    `sizes` are in order of time, the last of the last run; `before` is that of the run compared with. `entered` and
    `exited` are since then. `months` is the size month by month, the last as of now, None where no run was or its size
    is withheld; `ahead` are the next months by each method that could tell.
    """

    name: str
    entity: str
    description: str
    english: tuple[str, ...]
    stage: str | None
    owner: str | None
    acting: str | None
    playbook: tuple[tuple[str, str], ...]
    group: str | None
    uses: tuple[str, ...]
    version: int
    spec_file: str
    stale: bool
    sizes: tuple[Size, ...]
    before: Size | None
    entered: int | None
    exited: int | None
    months: tuple[float | None, ...]
    ahead: tuple[Ahead, ...]
    rules: tuple[Rule, ...]
    reachable: int | None
    measured: bool
    fared: Fared | None = None

    @property
    def now(self) -> Size | None:
        """Its size as of the last run; None where no run knew it."""
        return self.sizes[-1] if self.sizes else None


@dataclass(frozen=True, slots=True)
class Move:
    """How many moved between two segments of a group; None is outside of it."""

    before: str | None
    after: str | None
    entities: int


@dataclass(frozen=True, slots=True)
class Group:
    """An exclusive group: its segments in order, how many moved since the run compared with, and how its mix drifts.

    `withheld` where the moves of some run are. `drift` is of the members by segment, then and now; None without then.
    """

    name: str
    entity: str
    segments: tuple[str, ...]
    moves: tuple[Move, ...]
    withheld: bool
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class Holdout:
    """A hold-out: the share planned, and whether it held out as many as that. None where counts are small."""

    name: str
    entity: str
    salt: str
    segments: tuple[str, ...]
    share: float
    ratio: SampleRatio | None
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """Two hold-outs, and whether one tells of the other. `small` where a count in it is: then only alarms are told."""

    first: str
    second: str
    found: Independence
    alarm: bool
    small: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome of an experiment with its verdicts in words. `small` where its counts may not be told.

    `payback` is None where acting costs nothing, or the outcome has no value or is a guardrail.
    """

    segment: str
    name: str
    guardrail: bool
    conversions: Lift
    verdict: str
    value: Lift | None
    value_verdict: str | None
    worth: Worth | None
    small: bool
    payback: Payback | None = None

    @property
    def harmful(self) -> bool:
        """Whether something in it says that acting does harm."""
        return "does harm" in (self.verdict, self.value_verdict)


@dataclass(frozen=True, slots=True)
class Experiments:
    """What experiments say, at which confidence; or in a sentence why they say nothing."""

    confidence: float
    outcomes: tuple[Outcome, ...]
    silent: str | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two segments that share many people. `nested` where the rules of one ask for the other."""

    first: str
    second: str
    in_both: int
    in_either: int
    jaccard: float
    containment: float
    lift: float | None
    nested: bool


@dataclass(frozen=True, slots=True)
class Worthy:
    """What the members of a segment are worth by a feature, and what it and all before it carry of the whole.

    `kings` are the fewest members who make four fifths of its value; of those of everybody so many are in it.
    """

    entity: str
    feature: str
    segment: str
    members: int
    value: float
    share: float | None
    cumulative: float | None
    kings: int
    all_kings_inside: int
    all_kings: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A segment to be merged or pruned, by the name of the reason in `segment_candidates`, and the reason in words."""

    segment: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """How a segment would have done, looked back at from so many instants: figures by name, each with its interval.

    `small` where its counts may not be told.
    """

    segment: str
    outcome: str
    as_of: datetime
    first_at: datetime
    last_at: datetime
    instants: int
    horizon: str
    figures: tuple[tuple[str, Estimate], ...]
    small: bool

    def figure(self, name: str) -> Estimate | None:
        """The figure of that name."""
        return dict(self.figures).get(name)


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How far a feature of members is from what it was, and how far chance reaches; None where that is withheld."""

    feature: str
    psi: float | None
    by_chance: float | None
    drifted: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The members of a segment at two instants, feature by feature."""

    segment: str
    first_at: datetime
    last_at: datetime
    features: tuple[FeatureDrift, ...]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A figure that the review reckoned itself: of a segment or a group, from `first_at` on, None of an instant alone.

    `place` is a month to come, or all.
    """

    segment: str
    entity: str
    figure: str
    place: str
    first_at: datetime | None
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Missing:
    """A table that could not be read."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page tells. `since` is the run that sizes are compared with; None of a single run.

    `overlaps`, `backtests`, `worthy` (in the order of their places) and `compared` are None where the project has no
    such table.
    """

    project: str
    as_of: datetime
    since: datetime | None
    first: datetime
    runs: int
    months: int
    least: int | None
    segments: tuple[Segment, ...]
    groups: tuple[Group, ...]
    holdouts: tuple[Holdout, ...]
    pairs: tuple[Pair, ...]
    experiments: Experiments
    missing: tuple[Missing, ...] = ()
    overlaps: tuple[Overlap, ...] | None = None
    backtests: tuple[Backtest, ...] | None = None
    worthy: tuple[Worthy, ...] | None = None
    candidates: tuple[Candidate, ...] = ()
    compared: tuple[Compared, ...] | None = None
