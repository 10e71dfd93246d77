"""What can be wrong with the meaning of a spec whose form, names and types are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Severity, Span
from segpy.diagnostics.nearest import listed
from segpy.spec.duration import Duration


@dataclass(frozen=True, slots=True)
class LongerThanRetention(Diagnostic):
    """A window that reaches back beyond what is ever read."""

    window: Duration
    retention: Duration
    code: ClassVar[str] = "SEG401"
    title: ClassVar[str] = "window longer than retention"

    @property
    def label(self) -> str:
        return f"this reaches back {self.window}, and no event older than {self.retention} is read"

    @property
    def help(self) -> str:
        return "shorten the window or lengthen `retention`"


@dataclass(frozen=True, slots=True)
class BeyondRetention(Diagnostic):
    """A length that events which are read cannot have: between two of them, or since one."""

    length: Duration
    retention: Duration
    code: ClassVar[str] = "SEG410"
    title: ClassVar[str] = "length beyond retention"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"{self.length} is more than `retention`: no event older than {self.retention} is read"

    @property
    def help(self) -> str:
        return "leave it out, shorten it, or lengthen `retention`"


@dataclass(frozen=True, slots=True)
class FinerThanGrain(Diagnostic):
    """A window shorter than the steps in which `as_of` moves."""

    window: Duration
    grain: str
    code: ClassVar[str] = "SEG402"
    title: ClassVar[str] = "window finer than the grain"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"this covers {self.window}, and `as_of` only moves by the {self.grain}: what lies between is never seen"

    @property
    def help(self) -> str:
        return "set `grain: hour`, or lengthen the window"


@dataclass(frozen=True, slots=True)
class GapBeyondTotal(Diagnostic):
    """A length within a sequence that another length leaves no use for."""

    key: str
    length: Duration
    reason: str
    code: ClassVar[str] = "SEG403"
    title: ClassVar[str] = "gap longer than the whole"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"{self.key} {self.length} says nothing: {self.reason}"

    @property
    def help(self) -> str:
        return f"leave `{self.key}` out, or shorten it"


@dataclass(frozen=True, slots=True)
class NeverComplete(Diagnostic):
    """Steps that must lie further apart than the whole sequence may last."""

    least: Duration
    whole: str
    first: Span | None
    code: ClassVar[str] = "SEG342"
    title: ClassVar[str] = "can never be complete"

    @property
    def label(self) -> str:
        return f"the steps lie at least {self.least} apart, and {self.whole}"

    @property
    def help(self) -> str:
        return "shorten `after`, or lengthen the whole"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "the whole"),) if self.first else ()


@dataclass(frozen=True, slots=True)
class ExpiresTooSoon(Diagnostic):
    """An episode that would have to end before its member may leave."""

    expires: Duration
    stay: Duration
    code: ClassVar[str] = "SEG406"
    title: ClassVar[str] = "expires within the minimum stay"

    @property
    def label(self) -> str:
        return f"an episode ends after {self.expires} at the latest, and a member stays at least {self.stay}"

    @property
    def help(self) -> str:
        return "lengthen `expires`, or shorten `minimum_stay`"


@dataclass(frozen=True, slots=True)
class FinerThanRuns(Diagnostic):
    """A length of membership that is over before anybody looks again."""

    length: Duration
    grain: str
    code: ClassVar[str] = "SEG407"
    title: ClassVar[str] = "membership finer than the runs"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"this is {self.length}, and who is in is only found out by the {self.grain}"

    @property
    def help(self) -> str:
        return "set `grain: hour` and run every hour, or lengthen it"


@dataclass(frozen=True, slots=True)
class UnknownDialect(Diagnostic):
    """An engine that SQL cannot be written for."""

    dialect: str
    known: tuple[str, ...]
    code: ClassVar[str] = "SEG501"
    title: ClassVar[str] = "dialect not supported yet"

    @property
    def label(self) -> str:
        return f"no SQL can be written for `{self.dialect}`"

    @property
    def help(self) -> str:
        return f"dialects: {listed(self.known, len(self.known))}; set `dialect:` in segments/segpy.yml"


@dataclass(frozen=True, slots=True)
class SameAdapter(Diagnostic):
    """Two dialects that dbt cannot tell apart: all it knows of a target is the adapter."""

    dialect: str
    other: str
    adapter: str
    code: ClassVar[str] = "SEG504"
    title: ClassVar[str] = "dialects of the same adapter"

    @property
    def label(self) -> str:
        return f"dbt cannot tell `{self.dialect}` from `{self.other}`: both are targets of type `{self.adapter}`"

    @property
    def help(self) -> str:
        return "keep one of the two, or render each in a dbt project of its own"


@dataclass(frozen=True, slots=True)
class TooLongAName(Diagnostic):
    """A name of a column or a model that an engine would cut off, and then take for another."""

    name: str
    dialect: str
    longest: int
    code: ClassVar[str] = "SEG503"
    title: ClassVar[str] = "name too long for the engine"

    @property
    def label(self) -> str:
        return f"`{self.name}` is needed, and names in {self.dialect} have at most {self.longest} bytes"

    @property
    def help(self) -> str:
        return "choose a shorter name"


@dataclass(frozen=True, slots=True)
class NotExact(Diagnostic):
    """A sequence that cannot be compiled exactly. It is refused, never approximated."""

    reason: str
    way_out: str
    code: ClassVar[str] = "SEG502"
    title: ClassVar[str] = "cannot be compiled exactly"

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class TooManySegments(Diagnostic):
    """More segments than the portfolio allows."""

    found: int
    most: int
    code: ClassVar[str] = "SEG701"
    title: ClassVar[str] = "too many segments"

    @property
    def label(self) -> str:
        return f"{self.found} segments, and the portfolio allows {self.most}"

    @property
    def help(self) -> str:
        return "retire segments that nobody acts on, or raise `max_segments`"


@dataclass(frozen=True, slots=True)
class Required(Diagnostic):
    """A segment without a key that the portfolio requires."""

    segment: str
    key: str
    code: ClassVar[str] = "SEG702"
    title: ClassVar[str] = "required key missing"

    @property
    def label(self) -> str:
        return f"segment `{self.segment}` has no `{self.key}`, which the portfolio requires"

    @property
    def help(self) -> str:
        return f"add `{self.key}:`, or take it out of `portfolio.require`"


@dataclass(frozen=True, slots=True)
class TooSoon(Diagnostic):
    """An answer that is due before anybody can know that it is."""

    within: Duration
    grain: str
    code: ClassVar[str] = "SEG703"
    title: ClassVar[str] = "answer due before the next run"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"due within {self.within}, and who enters is only found out by the {self.grain}"

    @property
    def help(self) -> str:
        finer = ", or set `grain: hour` and run hourly" if self.grain == "day" else ""
        return f"allow at least one {self.grain}{finer}"


@dataclass(frozen=True, slots=True)
class ModelTaken(Diagnostic):
    """A generated model under a name that the dbt project already has."""

    model: str
    code: ClassVar[str] = "SEG612"
    title: ClassVar[str] = "model name taken"

    @property
    def label(self) -> str:
        return f"`{self.model}` would be generated, and this dbt project already has a model or seed of that name"

    @property
    def help(self) -> str:
        return "set `name_prefix:` in segments/segpy.yml, or rename the other one"


@dataclass(frozen=True, slots=True)
class NoTimeSpine(Diagnostic):
    """Metrics in a project without the calendar that dbt's semantic layer wants: dbt would refuse the whole project."""

    code: ClassVar[str] = "SEG621"
    title: ClassVar[str] = "no time spine"
    label: ClassVar[str] = "dbt wants a time spine of days or finer beside metrics, and this project has none"
    help: ClassVar[str] = (
        "write `metrics_and_time_spine`, or give a calendar of yours a `time_spine:` in its properties"
    )


@dataclass(frozen=True, slots=True)
class TwoTimeSpines(Diagnostic):
    """A second time spine, of which the semantic layer would take either without saying so."""

    model: str
    code: ClassVar[str] = "SEG622"
    title: ClassVar[str] = "two time spines"
    help: ClassVar[str] = "write `metrics`, which uses that one"

    @property
    def label(self) -> str:
        return f"this project has a time spine, `{self.model}`, and queries of yours could go to another unnoticed"


@dataclass(frozen=True, slots=True)
class WouldPublish(Diagnostic):
    """A personal column that would reach a generated table, and is not listed."""

    columns: tuple[str, ...]
    how: str
    asked: bool
    code: ClassVar[str] = "SEG640"
    title: ClassVar[str] = "personal column would be published"

    @property
    def label(self) -> str:
        named = listed(self.columns)
        return f"{named} {'is' if len(self.columns) == 1 else 'are'} personal, and {self.how}"

    @property
    def help(self) -> str:
        instead = "ask about it in a condition" if self.asked else "ask about it in a `where`"
        return f"{instead}, or list it: `privacy: {{publish: [{', '.join(self.columns)}]}}`"
