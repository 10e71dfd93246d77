"""What the decoder refuses and a JSON Schema cannot: the whole list, each with a spec that shows it.

The other way round there is no exception: the schema refuses nothing that the decoder takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from segpy.diagnostics.model import Diagnostic
from segpy.source.nodes import Mapping
from segpy.spec.errors import BadDuration, BadRelation, DefinedTwice, NotHere, WrongForm
from segpy.spec.example_errors import BadEventLine
from tests.schema.values import keys_of


@dataclass(frozen=True)
class Unsayable:
    """A kind of finding: why JSON Schema has no words for it, how it is told, and a spec that has it."""

    why: str
    told: Callable[[Diagnostic, Mapping], bool]
    example: str


def _duration(reason: str) -> Callable[[Diagnostic, Mapping], bool]:
    return lambda finding, _: isinstance(finding, BadDuration) and reason in finding.reason


def _not_here(key: str, reason: str) -> Callable[[Diagnostic, Mapping], bool]:
    return lambda finding, _: (
        isinstance(finding, NotHere)
        and re.fullmatch(key, finding.key) is not None
        and re.match(reason, finding.reason) is not None
    )


def _whole_as_fraction(finding: Diagnostic, _: Mapping) -> bool:
    written = finding.found.strip("`") if isinstance(finding, WrongForm) else ""
    asked = isinstance(finding, WrongForm) and re.search("number", finding.expected) is not None
    return asked and re.fullmatch(r"[-+\d.]+(e[-+]?\d+)?", written, re.I) is not None and float(written).is_integer()


def _unknown_zone(finding: Diagnostic, _: Mapping) -> bool:
    written = finding.found.removeprefix("the text ").strip("`") if isinstance(finding, WrongForm) else ""
    asked = isinstance(finding, WrongForm) and finding.expected == "a time zone"
    return asked and re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*…?", written) is not None


def _letters(finding: Diagnostic, _: Mapping) -> bool:
    if isinstance(finding, BadRelation):
        return not finding.text.isascii()
    return isinstance(finding, WrongForm) and finding.expected.startswith("a folder") and not finding.found.isascii()


def _key_without_quotes(finding: Diagnostic, file: Mapping) -> bool:
    keys = [key for key in keys_of(file) if not isinstance(key.value, str)]
    return isinstance(finding, WrongForm) and any(key.span == finding.span for key in keys)


def _no_such_day(finding: Diagnostic, _: Mapping) -> bool:
    return isinstance(finding, BadEventLine) and finding.reason == "this is no instant"


def _line(finding: Diagnostic, file: Mapping) -> bool:
    return isinstance(finding, BadEventLine) and not _no_such_day(finding, file)


def _several_lines(finding: Diagnostic, _: Mapping) -> bool:
    return isinstance(finding, WrongForm) and finding.expected == "text, one event a line" and "text" in finding.found


def _two_examples(finding: Diagnostic, _: Mapping) -> bool:
    return isinstance(finding, DefinedTwice) and finding.kind == "example"


def _with_examples(*examples: str) -> str:
    listed = "".join(f"      - {{{example}}}\n" for example in examples)
    return f"segments:\n  s:\n    entity: user\n    all: [{{did: a}}]\n    examples:\n{listed}"


UNSAYABLE = {
    "the farther edge second": Unsayable(
        "two values of one list are compared",
        _duration("nothing lies between"),
        "features: {f: {count: a, between_ago: [30 days, 60 days]}}",
    ),
    "one length in two words": Unsayable(
        "a list of distinct texts is told, not of distinct meanings",
        _duration("is in the list already"),
        "features: {f: {count: a, in_the_last: [7 days, 1 week]}}",
    ),
    "longer than a thousand years": Unsayable(
        "a number in a text has no size",
        _duration("is longer than a thousand years"),
        "features: {f: {count: a, in_the_last: 400000 days}}",
    ),
    "a whole number with a fraction of nothing": Unsayable(
        "JSON has one kind of number: 2.0 is 2",
        _whole_as_fraction,
        "segments: {s: {entity: user, version: 2.0, all: [{did: a}]}}",
    ),
    "more conditions asked for than there are": Unsayable(
        "a number is compared with the length of a list",
        _not_here("n", r"\d+ of \d+ conditions"),
        "segments: {s: {entity: user, at_least_of: {n: 2, of: [{did: a}]}}}",
    ),
    "after beyond within": Unsayable(
        "two durations are compared",
        _not_here("after", "nothing is at least"),
        "features: {f: {sequence: {steps: [a, {event: b, within: 1 day, after: 2 days}]}}}",
    ),
    "a step that is not there": Unsayable(
        "a number in a text is compared with the length of a list",
        _not_here(r"step_\d+_seconds", "times are told of|there is no second"),
        "features: {f: {sequence: {steps: [a, b], measure: step_3_seconds}}}",
    ),
    "the smallest size above the largest": Unsayable(
        "two values are compared",
        _not_here("size", ""),
        "segments: {s: {entity: user, all: [{did: a}], size: {at_least: 5, at_most: 4}}}",
    ),
    "events without a property in common": Unsayable(
        "parts of texts are compared",
        _not_here(".*", "the others are"),
        "features: {f: {sum: [a.x, b.y]}}",
    ),
    "a worth of other events": Unsayable(
        "parts of texts are compared",
        _not_here("value", "an outcome is worth"),
        "outcomes: {paid: {did: a, within: 1 day, value: b.x}}",
    ),
    "one event with two properties": Unsayable(
        "parts of texts are compared",
        _not_here(".*", "it is listed already"),
        "features: {f: {sum: [a.x, a.y]}}",
    ),
    "a time zone that nobody knows": Unsayable(
        "the zones are those of the machine",
        _unknown_zone,
        "timezone: Mars/Olympus_Mons",
    ),
    "signs outside of ASCII that are no letters": Unsayable(
        "the patterns of JSON Schema know the letters of ASCII only",
        _letters,
        "models_path: models/→",
    ),
    "a name as key that is another value without quotes": Unsayable(
        "in JSON every key is a text",
        _key_without_quotes,
        "features: {null: {count: a}}",
    ),
    "a line of events that cannot be read": Unsayable(
        "a text with a grammar of its own",
        _line,
        _with_examples("name: n, as_of: 2026-03-10, events: yesterday login, expect: member"),
    ),
    "several lines of events without a block": Unsayable(
        "in JSON nothing is left of how a text is written",
        _several_lines,
        _with_examples('name: n, as_of: 2026-03-10, events: "2026-03-08 10:00 a\\n2026-03-09 10:00 a", expect: member'),
    ),
    "a day that no calendar has": Unsayable(
        "a pattern knows no calendar",
        _no_such_day,
        _with_examples("name: n, as_of: 2026-02-30, expect: member"),
    ),
    "two examples of one name": Unsayable(
        "items of a list are compared by one of their keys",
        _two_examples,
        _with_examples("name: n, as_of: 2026-03-10, expect: member", "name: n, as_of: 2026-03-11, expect: member"),
    ),
}
ACROSS_FILES = DefinedTwice
"""What stands in two files is beyond any schema, which sees one."""


def excuses(finding: Diagnostic, file: Mapping) -> str | None:
    """The name of the exception that a finding is, if it is one."""
    return next((name for name, one in UNSAYABLE.items() if one.told(finding, file)), None)
