"""What is bound and planned of a sequence: how its ties are read, what bars it, its method, its words and its hash."""

from __future__ import annotations

import pytest

from segpy.plan.fingerprint import fingerprint
from segpy.plan.model import SequencePlan
from segpy.resolve.atoms import named
from segpy.resolve.methods import Method, method_of
from segpy.resolve.model_measures import Sequence, SequenceMeasure
from segpy.spec.model_measures import Ties
from tests.unit.stages import bound, entity_plan, measure, sql_of, unbound

ORDERED = """
streams:
  clicks: {relation: ref('clicks'), entity: {user: reader}, occurred_at: at, event: name, order: seq}
events:
  click: {stream: clicks, is: click}
  tap: {stream: clicks, is: [tap, swipe]}
"""


def sequence(written: str, *more: str) -> Sequence:
    """A sequence over the world."""
    feature = f"features:\n  f: {{entity: user, sequence: {{{written}, measure: step}}}}\n"
    (found,) = bound(feature, *more).features
    assert isinstance(found.measure, SequenceMeasure)
    return found.measure.sequence


def plan_of(written: str) -> SequencePlan:
    """A sequence over the world, planned."""
    plan = entity_plan(f"features:\n  f: {{entity: user, sequence: {{{written}, measure: step}}}}\n").sequences
    assert plan is not None
    return plan.sequences[0]


@pytest.mark.parametrize(
    ("written", "ties"),
    [
        ("steps: [click, tap]", Ties.ORDERED),
        ("steps: [click, tap], ties: ordered", Ties.ORDERED),
        ("steps: [click, tap], ties: any", Ties.ANY),
        ("steps: [click, tap], ties: strict", Ties.STRICT),
        ("steps: [click, login]", Ties.ANY),
        ("steps: [{event: click, without: login}, tap]", Ties.ANY),
        ("steps: [click, tap], then_without: {event: login, for: 1 day}", Ties.ANY),
        ("steps: [click, {event: tap, directly: true}]", Ties.ANY),
        ("steps: [click, {event: tap, directly: true}], ignore: [login, paid, viewed, big, anything, mail]", Ties.ANY),
    ],
)
def test_ties_go_by_the_order_of_the_one_stream_that_has_one(written: str, ties: Ties) -> None:
    assert sequence(written, ORDERED).ties is ties


def test_no_order_is_made_up() -> None:
    text = "features:\n  f: {entity: user, sequence: {steps: [click, {event: tap, directly: true}], ties: ordered}}\n"
    assert [one[:6] for one in unbound(text, ORDERED)] == ["SEG341"]


def test_directly_bars_every_event_of_the_entity_that_is_not_ignored() -> None:
    every = sequence("steps: [login, {event: paid, directly: true}]").steps[1].directly
    assert every is not None and every.every and named(every) == "any event"
    some = sequence("steps: [login, {event: paid, directly: true}], ignore: viewed").steps[1].directly
    assert some is not None and "viewed" not in [event.name for event in some.events]
    assert [event.name for event in some.but] == ["viewed"], "a row of `big` or `anything` may be one of them"
    nothing = "steps: [login, {event: paid, directly: true}], ignore: any"
    assert sequence(nothing).steps[1].directly is None


@pytest.mark.parametrize(
    ("written", "method"),
    [
        ("steps: [login, {event: paid, after: 1 day}]", Method.CHAINS),
        ("steps: [login, {event: paid, times: 2, directly: true}]", Method.CHAINS),
        ("steps: [login, {any_order: [paid, mail]}], start: first, same: amount", None),
        ("steps: [login, {any_order: [paid, viewed]}], start: first, same: amount", Method.CHAINS),
        ("steps: [anything, big]", Method.INSTANTS),
        ("steps: [anything, big], ties: strict", Method.CHAINS),
        ("steps: [anything, big], same: path", Method.CHOICES),
        ("steps: [anything, big], start: last", Method.CHOICES),
        ("steps: [anything, {event: big, after: 1 hour}]", Method.CHOICES),
        ("steps: [login, {any_order: [paid, big]}]", Method.CHOICES),
        ("steps: [login, {any_order: [paid, viewed], within: 1 day}]", Method.CHOICES),
        ("steps: [login, {any_order: [paid, viewed], directly: true}]", Method.CHOICES),
        ("steps: [login, {event: paid, times: 2, without: paid, after: 1 hour}]", Method.CHOICES),
        ("steps: [login, {event: paid, times: 2, without: paid}], same: path", Method.CHOICES),
    ],
)
def test_the_method_is_the_first_that_is_exact(written: str, method: Method | None) -> None:
    if method is None:
        text = f"features:\n  f: {{entity: user, sequence: {{{written}}}}}\n"
        assert [one[:6] for one in unbound(text)] == ["SEG340"], "mails have no amount"
        return
    assert method_of(sequence(written)) is method


def test_words() -> None:
    written = (
        "steps: [login, {any_order: [viewed, paid], after: 1 hour, within: 2 days}, {event: mail, directly: true}], "
        "start: last, complete_within: 7 days, then_without: {event: any, for: 1 day}, ties: strict"
    )
    assert plan_of(written).words == (
        "login, then paid and viewed in any order after 1 hour or more within 2 days, then mail directly, "
        "from the last login on, all within 7 days, and then no event for 1 day, each step at a later instant"
    )


def test_equal_meanings_are_one_sequence() -> None:
    one = sequence("steps: [login, {any_order: [viewed, paid], after: 0 days}], same: [path, amount]")
    other = sequence("steps: [login, {any_order: [paid, viewed]}], same: [amount, path], ties: any, start: any")
    assert one == other and fingerprint(one) == fingerprint(other)


def test_what_is_not_written_is_not_in_the_hash() -> None:
    """So the hash of a plain sequence stays what it was before the language had these words."""
    assert fingerprint(sequence("steps: [login, paid]")) == fingerprint(sequence("steps: [login, paid], start: any"))
    different = [
        "steps: [login, paid]",
        "steps: [login, paid], ties: strict",
        "steps: [login, paid], start: first",
        "steps: [login, paid], same: path",
        "steps: [login, {event: paid, after: 1 day}]",
        "steps: [login, {event: paid, directly: true}]",
        "steps: [login, {event: paid, directly: true}], ignore: viewed",
        "steps: [login, paid], then_without: {event: paid, for: 1 day}",
        "steps: [{any_order: [login, paid]}]",
    ]
    assert len({fingerprint(sequence(one)) for one in different}) == len(different)


def test_matches_are_counted_only_where_somebody_asks() -> None:
    asks = "segments:\n  s: {entity: user, all: [{sequence: {steps: [login, paid]}, completed: {at_least: 2}}]}\n"
    does_not = "segments:\n  s: {entity: user, all: [{sequence: {steps: [login, paid]}}]}\n"
    assert "with recursive" in sql_of(asks)["user_sequences"]
    assert "matches" in sql_of(asks)["user_sequences"] and "matches" not in sql_of(does_not)["user_sequences"]
    assert "recursive" not in sql_of(does_not)["user_sequences"]


def test_a_feature_with_a_measure_is_one_column() -> None:
    written = "features:\n  f: {entity: user, sequence: {steps: [login, paid], measure: step_2_seconds}}\n"
    assert [(one.name, one.written) for one in bound(written).features] == [("f", "f")]
    assert isinstance(measure("sequence: {steps: [login, paid], measure: first_at}"), SequenceMeasure)
