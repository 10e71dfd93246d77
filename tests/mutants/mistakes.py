"""The mistakes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake: the text in a file of the package and what takes its place. `caught_by` is the case tried first."""

    name: str
    file: str
    old: str
    new: str
    caught_by: str


APART = "sql/lower/apart.py"
CHAINS, STEPS, SUMMARY, MATCHES = "sql/chains.py", "sql/step_events.py", "sql/summaries.py", "sql/matches.py"
ATTEMPTS, EVENTS, FEATURES, OPERATIONS = "sql/attempts.py", "sql/events.py", "sql/features.py", "sql/operations.py"
BRANCHES, RUNS, RANKINGS, FLAGS = "sql/branches.py", "sql/runs.py", "sql/rankings.py", "sql/segments.py"
DIALECTS = "dialects/model.py"
SPELLS, REMEMBERED, WATERFALLS = "sql/spells.py", "sql/remembered.py", "plan/segments.py"
INSTANTS, EXPRESSIONS, WINDOWS = "sql/instants.py", "sql/expression.py", "sql/windows.py"

_GREEDY = """if name.endswith("__step_{step}") and not step.several:
        edge = named(exp.Min(this=column(frame.at)), frame.at)
        whose = [column(one) for one in (frame.key,)]
        where = [*selected(step.selection), *frame.known()]
        query = select([*whose, edge], table(frame.events), where=where, group_by=[one.copy() for one in whose])
        return [Cte(f"{{name}}_events", (), query)]
    if len(step.items) > 1:
        return _any_order"""

MUTANTS = (
    Mutant(
        "the first start only",
        STEPS,
        "if len(step.items) > 1:\n        return _any_order",
        _GREEDY.format(step=1),
        "seq_every_start_counts",
    ),
    Mutant(
        "the first middle only",
        STEPS,
        "if len(step.items) > 1:\n        return _any_order",
        _GREEDY.format(step=2),
        "seq_every_middle_counts",
    ),
    Mutant(
        "within is exclusive",
        CHAINS,
        "exp.LTE(this=occurred_at.copy(), expression=plus(reached_at.copy(), step.within))",
        "exp.LT(this=occurred_at.copy(), expression=plus(reached_at.copy(), step.within))",
        "seq_within",
    ),
    Mutant(
        "within is measured from the first step",
        CHAINS,
        "plus(reached_at.copy(), step.within)",
        "plus(started_at.copy(), step.within)",
        "seq_every_middle_counts",
    ),
    Mutant(
        "complete_within is exclusive",
        CHAINS,
        "where.append(exp.LTE(this=occurred_at.copy(), expression=latest))",
        "where.append(exp.LT(this=occurred_at.copy(), expression=latest))",
        "seq_complete_within",
    ),
    Mutant(
        "complete_within is measured from step to step",
        CHAINS,
        "plus(started_at.copy(), frame.sequence.complete_within)",
        "plus(reached_at.copy(), frame.sequence.complete_within)",
        "seq_complete_within",
    ),
    Mutant(
        "events of one instant never follow each other",
        ATTEMPTS,
        "kind = exp.GTE if self.sequence.ties is Ties.ANY else exp.GT",
        "kind = exp.GT",
        "seq_ties",
    ),
    Mutant(
        "strict lets events of one instant follow each other",
        ATTEMPTS,
        "kind = exp.GTE if self.sequence.ties is Ties.ANY else exp.GT",
        "kind = exp.GTE",
        "seq_ties_strict",
    ),
    Mutant(
        "the sequence's window is left out",
        ATTEMPTS,
        "if self.sequence.in_the_last is None:",
        "if True:",
        "seq_in_the_last",
    ),
    Mutant(
        "null equals null in same",
        ATTEMPTS,
        "*(is_known(column(name)) for name in self.sequence.same)]",
        "]",
        "seq_same",
    ),
    Mutant(
        "without includes the instant of the step",
        CHAINS,
        'earlier = exp.GT(this=column(frame.at, "step"), expression=column(frame.at, alias))',
        'earlier = exp.GTE(this=column(frame.at, "step"), expression=column(frame.at, alias))',
        "seq_without",
    ),
    Mutant(
        "without includes the instant of the step before",
        CHAINS,
        "any_of([is_null(bar), exp.LTE(this=bar.copy(), expression=reached)])",
        "any_of([is_null(bar), exp.LT(this=bar.copy(), expression=reached)])",
        "seq_without",
    ),
    Mutant(
        "without looks at the whole history",
        CHAINS,
        "where.append(exp.paren(any_of([is_null(bar), exp.LTE(this=bar.copy(), expression=reached)])))",
        "where.append(is_null(bar))",
        "seq_without",
    ),
    Mutant(
        "without looks within the values of same only",
        CHAINS,
        'joins.append(frame.nearest(relation, earlier, "step", alias, [place], shared=False, outer=True))',
        'joins.append(frame.nearest(relation, earlier, "step", alias, [place], shared=True, outer=True))',
        "seq_same",
    ),
    Mutant(
        "times takes one event more",
        STEPS,
        "named(_over(frame, exp.Lag(this=column(at), offset=number(step.times - 1))), place)",
        "named(_over(frame, exp.Lag(this=column(at), offset=number(step.times))), place)",
        "seq_times",
    ),
    Mutant(
        "only the last of several events must follow the step before",
        CHAINS,
        'first = frame.places("run_started") if step.several else frame.ats',
        "first = frame.ats",
        "seq_times",
    ),
    Mutant(
        "start: first is the last",
        STEPS,
        "if start is Start.FIRST else exp.Max",
        "if start is Start.LAST else exp.Max",
        "seq_start",
    ),
    Mutant(
        "the furthest step counts of complete matches only",
        SUMMARY,
        'named(cast(furthest, Type.INTEGER), "step"),',
        "named(exp.Case(ifs=[exp.If(this=is_known(column(key, done)), "
        'true=cast(furthest, Type.INTEGER))], default=number(0)), "step"),',
        "seq_spoiled_attempts",
    ),
    Mutant(
        "then_without is judged before its time is over",
        MATCHES,
        "where = [exp.LT(this=pending, expression=as_of()), exp.paren",
        "where = [exp.paren",
        "seq_then_without",
    ),
    Mutant(
        "then_without leaves out its last instant",
        MATCHES,
        "late = exp.GT(this=followed, expression=pending.copy())",
        "late = exp.GTE(this=followed, expression=pending.copy())",
        "seq_then_without",
    ),
    Mutant(
        "matches may share an event, end to start",
        APART,
        'later = exp.LT(this=column(work.reached, "ended"), expression=column(work.started, "begun"))',
        'later = exp.LTE(this=column(work.reached, "ended"), expression=column(work.started, "begun"))',
        "seq_completed",
    ),
    Mutant(
        "matches that overlap are counted",
        APART,
        "work.result(walk, exp.Count(this=exp.Star()))",
        "work.result(work.source, exp.Count(this=exp.Star()))",
        "seq_completed",
    ),
    Mutant(
        "an event that an earlier step needs is counted as the last",
        INSTANTS,
        "others = exp.Sub(this=column(_count(kinds), _CROWD), expression=itself)",
        "others = column(_count(kinds), _CROWD)",
        "seq_completions_needed",
    ),
    Mutant(
        "an event alone at its instant follows itself",
        INSTANTS,
        'exp.GT(this=column("occurred_at", left), expression=column("reached_at", "attempt"))',
        'exp.GTE(this=column("occurred_at", left), expression=column("reached_at", "attempt"))',
        "seq_same_event_twice",
    ),
    Mutant(
        "of several events at one instant only one serves",
        INSTANTS,
        "for i in range(slot)]\n        starts",
        "for i in range(slot - 1, slot)]\n        starts",
        "seq_same_event_twice",
    ),
    Mutant(
        "what happens at as_of is seen",
        EVENTS,
        'exp.LT(this=column("occurred_at"), expression=as_of()),',
        'exp.LTE(this=column("occurred_at"), expression=as_of()),',
        "in_the_last",
    ),
    Mutant(
        "the future is seen",
        EVENTS,
        'exp.LT(this=column("occurred_at"), expression=as_of()),',
        'is_known(column("occurred_at")),',
        "in_the_last",
    ),
    Mutant(
        "duplicates count",
        EVENTS,
        "if stream.id is not None:\n        once",
        "if False:\n        once",
        "duplicates_by_id",
    ),
    Mutant("retention is left out", EVENTS, "if plan.retention is not None:", "if False:", "retention"),
    Mutant(
        "a version that begins at as_of is seen",
        "sql/versions.py",
        "exp.LT(this=utc(start.copy()), expression=as_of())",
        "exp.LTE(this=utc(start.copy()), expression=as_of())",
        "attribute_versions",
    ),
    Mutant(
        "a version that ends at as_of is over",
        "sql/versions.py",
        "exp.GTE(this=utc(end.copy()), expression=as_of())",
        "exp.GT(this=utc(end.copy()), expression=as_of())",
        "attribute_versions",
    ),
    Mutant(
        "people without events are lost",
        FEATURES,
        "joins = [left_join(name, exp.EQ",
        "from segpy.sql.tree import inner_join as left_join\n    joins = [left_join(name, exp.EQ",
        "did_and_did_not",
    ),
    Mutant(
        "the unknown helps under a negation",
        FLAGS,
        "exp.Boolean(this=under_negation != is_negated)",
        "exp.false()",
        "none_of_unknown",
    ),
    Mutant(
        "or_never for everybody",
        FLAGS,
        "if one.or_never and one.nullable else condition",
        "if one.nullable else condition",
        "unknown_conditions",
    ),
    Mutant(
        "at_least_of wants one more",
        FLAGS,
        "return exp.GTE(this=total, expression=number(least))",
        "return exp.GT(this=total, expression=number(least))",
        "at_least_of",
    ),
    Mutant(
        "a waterfall lets everything through",
        "plan/segments.py",
        "if segment.group is None:",
        "if True:",
        "exclusive_groups",
    ),
    Mutant("nulls are distinct values", BRANCHES, "where.append(is_known(unit.copy()))", "pass", "count_distinct"),
    Mutant(
        "weeks begin on Sunday",
        OPERATIONS,
        "    if unit is not CalendarUnit.DAY:\n",
        "    if unit is CalendarUnit.WEEK:\n        shown = exp.Add(this=exp.paren(shown), "
        "expression=units(1, CalendarUnit.DAY))\n    if unit is not CalendarUnit.DAY:\n",
        "active_weeks_and_months",
    ),
    Mutant(
        "units of the calendar are not moved back",
        WINDOWS,
        "exp.LT(this=occurred_at, expression=_edge(near)),",
        "",
        "calendar_edges",
    ),
    Mutant(
        "a fixed window is closed above",
        WINDOWS,
        "exp.LT(this=occurred_at, expression=_moment(end))",
        "exp.LTE(this=occurred_at, expression=_moment(end))",
        "fixed_windows",
    ),
    Mutant("days are those of UTC", OPERATIONS, "shown = local(instant, zone)", "shown = instant", "zone_days"),
    Mutant(
        "in_the_last is open below",
        WINDOWS,
        "return [exp.GTE(this=occurred_at, expression=minus(as_of(), length))]",
        "return [exp.GT(this=occurred_at, expression=minus(as_of(), length))]",
        "in_the_last",
    ),
    Mutant(
        "between_ago is closed above",
        WINDOWS,
        "exp.LT(this=occurred_at, expression=minus(as_of(), near))",
        "exp.LTE(this=occurred_at, expression=minus(as_of(), near))",
        "between_ago",
    ),
    Mutant(
        "within_first is closed above",
        WINDOWS,
        "exp.LT(this=occurred_at, expression=plus(edge, length))",
        "exp.LTE(this=occurred_at, expression=plus(edge, length))",
        "within_first",
    ),
    Mutant(
        "after includes the anchor",
        WINDOWS,
        "return [exp.GT(this=occurred_at, expression=edge), *latest]",
        "return [exp.GTE(this=occurred_at, expression=edge), *latest]",
        "after_anchor",
    ),
    Mutant(
        "after is open above",
        WINDOWS,
        "exp.LTE(this=occurred_at, expression=plus(edge, within))",
        "exp.LT(this=occurred_at, expression=plus(edge, within))",
        "after_anchor",
    ),
    Mutant(
        "before is open below",
        WINDOWS,
        "exp.GTE(this=occurred_at, expression=minus(edge, within))",
        "exp.GT(this=occurred_at, expression=minus(edge, within))",
        "before_anchor",
    ),
    Mutant(
        "the last anchor is the first",
        "sql/anchors.py",
        "exp.Max(this=occurred_at) if anchor.nth == 0",
        "exp.Min(this=occurred_at) if anchor.nth == 0",
        "anchor_details",
    ),
    Mutant(
        "stddev is that of a population",
        BRANCHES,
        "return over(exp.StddevSamp(this=value))",
        "return over(exp.StddevPop(this=value))",
        "stddev",
    ),
    Mutant(
        "median is the lower of two",
        BRANCHES,
        "return over(Operation.MEDIAN(value))",
        'return over(exp.Anonymous(this="quantile_disc", expressions=[value, number(0.5)]))',
        "median",
    ),
    Mutant(
        "an average gap counts events and not gaps",
        BRANCHES,
        "gaps = exp.Sub(this=over(exp.Count(this=exp.Star())), expression=number(1))",
        "gaps = over(exp.Count(this=exp.Star()))",
        "gap",
    ),
    Mutant("decay by another half-life", DIALECTS, '"pow(0.5, _times)"', '"pow(0.3678794, _times)"', "decayed"),
    Mutant(
        "a burst is closed at both ends",
        RUNS,
        "number(one.detail.per.microseconds - 1)",
        "number(one.detail.per.microseconds)",
        "burst",
    ),
    Mutant(
        "a streak bears no missing unit",
        RUNS,
        "expression=units(detail.allow_gap + 1, what)",
        "expression=units(1, what)",
        "streak_days",
    ),
    Mutant(
        "a current streak must reach today",
        RUNS,
        "expression=units(allow_gap + 1, unit.value))",
        "expression=units(allow_gap, unit.value))",
        "streak_days",
    ),
    Mutant(
        "the baseline includes the recent period",
        "resolve/derived.py",
        "window=BetweenAgo(whole, recent)",
        "window=InTheLast(whole)",
        "change_ratio",
    ),
    Mutant(
        "ranks among all, the unknown included",
        FEATURES,
        "partition_by=[apart], order=order)",
        "order=order)",
        "percentile",
    ),
    Mutant(
        "ties of a rank are not parted by key",
        FEATURES,
        "exp.Order(expressions=[exp.Ordered(this=column(name)), exp.Ordered(this=column(key))])",
        "exp.Order(expressions=[exp.Ordered(this=column(name))])",
        "percentile",
    ),
    Mutant(
        "the most frequent value is the largest",
        RANKINGS,
        "exp.Ordered(this=column(_VALUE))]",
        "exp.Ordered(this=column(_VALUE), desc=True)]",
        "most_frequent",
    ),
    Mutant(
        "first and last values overlook the order",
        RANKINGS,
        "if frame.branch.ordered:",
        "if False:",
        "first_and_last_by_order",
    ),
    Mutant(
        "division by zero is an error or endless",
        EXPRESSIONS,
        "expression=Operation.NULL_IF(lower(right, columns, types), _zero()))",
        "expression=lower(right, columns, types))",
        "expressions",
    ),
    Mutant(
        "what a former run at this instant ended stays ended",
        REMEMBERED,
        "exp.GTE(this=end.copy(), expression=as_of())",
        "exp.GT(this=end.copy(), expression=as_of())",
        "the_same_instant_again",
    ),
    Mutant(
        "what had ended and goes on is not written",
        SPELLS,
        "return [begins, ends, goes_on]",
        "return [begins, ends]",
        "the_same_instant_again",
    ),
    Mutant(
        "membership lasts beyond its expiry",
        REMEMBERED,
        "exp.GTE(this=as_of(), expression=plus(since.copy(), rules.expires.duration))",
        "exp.GT(this=as_of(), expression=plus(since.copy(), rules.expires.duration))",
        "expires",
    ),
    Mutant(
        "grace has its last instant",
        REMEMBERED,
        "exp.LT(this=as_of(), expression=plus(lapsed, rules.grace.duration))",
        "exp.LTE(this=as_of(), expression=plus(lapsed, rules.grace.duration))",
        "grace",
    ),
    Mutant(
        "a minimum stay has its last instant",
        REMEMBERED,
        "stays = exp.LT(",
        "stays = exp.LTE(",
        "minimum_stay",
    ),
    Mutant("nobody is displaced", REMEMBERED, "if one.ahead:", "if not one.ahead:", "exclusive_groups"),
    Mutant(
        "those ahead count by their conditions",
        WATERFALLS,
        "[final(one) if scope.segments[one].remembers else matches(one) for one in before]",
        "[matches(one) for one in before]",
        "exclusive_groups",
    ),
    Mutant(
        "who expired is free at once",
        SPELLS,
        '_is("ended", "reason", EXPIRED), column("holds", "ended")',
        '_is("ended", "reason", FAILED), column("holds", "ended")',
        "expires",
    ),
    Mutant(
        "who expired is barred though the conditions fail",
        SPELLS,
        '_is("ended", "reason", EXPIRED), column("holds", "ended")',
        '_is("ended", "reason", EXPIRED)',
        "expires",
    ),
    Mutant(
        "the gap lets in who expired",
        REMEMBERED,
        'yield _latest("from_at", [_of(one, BARRED), left], f"{one.segment}__left")',
        'yield _latest("from_at", [_of(one, BARRED)], f"{one.segment}__left")',
        "reentry_never_but_for_a_gap",
    ),
    Mutant(
        "a changed definition bars",
        SPELLS,
        "expressions=[text(CHANGED), text(CARRIED)]",
        "expressions=[text(CARRIED)]",
        "definition_restarts",
    ),
    Mutant(
        "members under another definition stay",
        REMEMBERED,
        "if not one.carries:",
        "if one.carries:",
        "definition_restarts",
    ),
    Mutant(
        "what is carried begins anew",
        SPELLS,
        "since = coalesce(carried, as_of())",
        "since = as_of()",
        "definition_carried",
    ),
)
