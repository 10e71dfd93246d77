"""Why somebody is in a segment, or is not, as it is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, counted, exit_code, print_table, show, table
from segpy.cli.reasons import (
    day,
    failing_rules,
    far_off,
    holds,
    how_far,
    instant,
    lasting,
    left_for,
    next_step,
    reasons,
    some_of,
    value,
)
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest
from segpy.plan.model_explained import AtLeast, Line, lines_of
from segpy.warehouse.model_why import Episode, Judged, SequenceTried, Standing, Why, WhyAsked

_MOST_MISSED, _MOST_REASONS, _MOST_EPISODES = 10, 2, 20


@dataclass(frozen=True, slots=True)
class Asking:
    """Where to ask, and how to answer."""

    project_dir: Path
    profiles_dir: Path | None
    target: str | None
    form: str
    events: int
    as_json: bool


def tell(asking: Asking, key: str, segment: str | None, entity: str | None, as_of: str | None) -> int:
    """Answer for one key."""
    where = pipeline.warehouse_of(asking.project_dir, asking.profiles_dir, asking.target)
    asked = WhyAsked(_readable(key), segment, entity, as_of)
    compiled, found = pipeline.why(asking.project_dir, asking.profiles_dir, asking.target, where, asked)
    if not compiled.failed and found is None:
        raise click.UsageError(_misused([(one.name, one.entity) for one in compiled.segments], segment, entity))
    findings = (*compiled.diagnostics, found) if isinstance(found, Diagnostic) else compiled.diagnostics
    why = found if isinstance(found, Why) else None
    if asking.as_json:
        click.echo(json.dumps(data(why, asking.events, findings), indent=2))
    else:
        show(findings, compiled.sources, asking.project_dir, asking.form, sys.stderr)
        if why is not None:
            _print(why, asking.events, segment)
    return FINE if why is not None and exit_code(findings) == FINE else FINDINGS


def _readable(key: str) -> str:
    """A key that can be sent: what a terminal could not read as text cannot."""
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise click.UsageError("the key is not written in UTF-8") from error
    return key


def _misused(segments: Sequence[tuple[str, str]], segment: str | None, entity: str | None) -> str:
    """What to say where it is not clear what is asked about."""
    owners = dict(segments)
    if segment is not None and segment not in owners:
        return options.unknown_segment(segment, owners)
    known = {one for _, one in segments}
    if segment is not None and entity is not None:
        return f"segment `{segment}` is not about `{entity}`, but about `{owners[segment]}`"
    if entity is None:
        several = "there are segments about several entities: say with --entity whose key it is,"
        return f"{several} {listed(known)}" if known else "there are no segments to explain"
    near = nearest(entity, known)
    return f"no segment is about `{entity}`: " + (
        f"did you mean `{near}`?" if near else f"they are about {listed(known)}"
    )


def _print(why: Why, events: int, segment: str | None) -> None:
    whom = f"{why.entity} {why.key} as of {day(why.as_of)}"
    if segment is not None:
        (judged,) = why.segments
        standing = "in" if judged.is_member else "not in"
        missed = f", {counted(judged.missed, 'condition')} missed" if judged.missed else ""
        click.echo(f"{whom}: {standing} {segment}{missed}")
        _print_conditions(judged)
        for tried in judged.sequences:
            _print_attempt(tried)
    else:
        inside = sum(one.is_member for one in why.segments)
        click.echo(f"{whom}: in {inside} of {counted(len(why.segments), 'segment')}")
        _print_segments(why.segments)
    _print_episodes(why, segment)
    _print_events(why, events)


def _print_conditions(judged: Judged) -> None:
    """Each condition; those of which some only are needed stand below a line that says how many."""
    far = any(how_far(judged, one) for one in judged.conditions)
    rows = table("met", "condition", "value", "needed", *(("off",) if far else ()))
    met = {one.line.position: one for one in judged.conditions}
    for rule in judged.segment.apart.rules:
        inner = "" if isinstance(rule.need, Line) else "  "
        if isinstance(rule.need, AtLeast):
            rows.add_row(_yes(holds(rule.need, met)), some_of(rule.need), "", "", *([""] if far else []))
        for line in lines_of(rule.need):
            one = met[line.position]
            about = (escape(inner + line.words), escape(value(one)), escape(line.threshold))
            rows.add_row(inner + _yes(one.passed), *about, *([how_far(judged, one)] if far else []))
    print_table(rows)
    if judged.is_member and judged.missed:
        click.echo("Its conditions do not hold now; it is kept in by the rules of membership.\n")
    elif not judged.is_member and not judged.missed:
        click.echo("Its conditions hold; it is kept out by the rules of membership.\n")


def _yes(passed: bool) -> str:
    return "yes" if passed else "no"


def _print_segments(judged: Sequence[Judged]) -> None:
    """Those it is in, then the others, the nearest first."""
    rows = table("segment", "", "conditions that are missed")
    for one in judged:
        if one.is_member:
            rows.add_row(one.segment.segment.name, "in", "")
    outside = sorted(
        (one for one in judged if not one.is_member), key=lambda one: (one.missed, one.segment.segment.name)
    )
    for one in outside[:_MOST_MISSED]:
        failing = list(failing_rules(one))
        more = f"; and {len(failing) - _MOST_REASONS} more" if len(failing) > _MOST_REASONS else ""
        told = "; ".join(failing[:_MOST_REASONS]) + more
        rows.add_row(one.segment.segment.name, f"{one.missed} missed", escape(told))
    print_table(rows)
    if len(outside) > _MOST_MISSED:
        click.echo(f"and {len(outside) - _MOST_MISSED} further away\n")


def _print_attempt(tried: SequenceTried) -> None:
    steps, attempt = tried.sequence.steps, tried.attempt
    if attempt is None:
        click.echo("So many events that the furthest attempt at the sequence is not looked for.\n")
        return
    standing = {Standing.COMPLETED: "completed", Standing.WAITING: "still possible", Standing.BROKEN: "broken off"}
    done = len(attempt.steps)
    click.echo(f"the attempt that got furthest: {done} of {counted(len(steps), 'step')}, {standing[attempt.standing]}")
    rows = table("step", "what", "when")
    for i, (step, taken) in enumerate(zip(steps, attempt.steps, strict=False), 1):
        times = [one.at for one in taken]
        first = f"{instant(min(times))} to " if len(times) > 1 else ""
        rows.add_row(str(i), escape(step.words), f"{first}{instant(max(times))}")
    if done < len(steps):
        rows.add_row(str(done + 1), escape(steps[done].words), escape(next_step(attempt, steps[done])))
    elif (then := tried.sequence.then_without) is not None:
        rows.add_row("", escape(then.words), escape(next_step(attempt)))
    print_table(rows)


def _print_episodes(why: Why, segment: str | None) -> None:
    if not why.episodes:
        if why.runs is not None:
            first, last = day(why.runs.first), day(why.runs.last)
            runs = (
                f"the run as of {first}" if why.runs.number == 1 else f"{why.runs.number:,} runs from {first} to {last}"
            )
            click.echo(f"never a member in {runs}\n")
        return
    recent = sorted(why.episodes, key=lambda one: (one.entered_at, one.segment), reverse=True)
    rows = table(
        *(() if segment else ("member of",)), "from" if not segment else "member from", "to", "for", "left because"
    )
    for one in recent[:_MOST_EPISODES]:
        end = one.exited_at or why.as_of
        ended = day(one.exited_at) if one.exited_at is not None else "now"
        row = (day(one.entered_at), ended, lasting((end - one.entered_at).total_seconds()), left_for(one.reason))
        rows.add_row(*(() if segment else (one.segment,)), *row)
    print_table(rows)
    if len(recent) > _MOST_EPISODES:
        click.echo(f"and {len(recent) - _MOST_EPISODES} before\n")


def _print_events(why: Why, most: int) -> None:
    if not most or not why.events:
        if most:
            click.echo("no event that counts here")
        return
    rows = table("when", "event", "")
    for one in why.events[:most]:
        properties = ", ".join(f"{name} {found}" for name, found in one.properties)
        rows.add_row(instant(one.at), escape(", ".join(one.words)), escape(properties))
    print_table(rows)
    if len(why.events) > most:
        rest = f"{len(why.events) - most:,}{' and more' if why.more else ''}"
        click.echo(f"and {rest} before: --events shows more")


def data(why: Why | None, events: int, findings: tuple[Diagnostic, ...]) -> dict[str, Any]:
    """The same as one document."""
    if why is None:
        return {"findings": as_data(findings)}
    runs = why.runs
    return {
        "entity": why.entity,
        "key": why.key,
        "as_of": str(why.as_of),
        "segments": [_segment_data(one) for one in why.segments],
        "episodes": [_episode_data(one) for one in why.episodes],
        "runs": None if runs is None else {"number": runs.number, "first": str(runs.first), "last": str(runs.last)},
        "events": [
            {"at": str(one.at), "events": list(one.words), "properties": dict(one.properties)}
            for one in why.events[:events]
        ],
        "events_read": len(why.events),
        "more_events": why.more,
        "findings": as_data(findings),
    }


def _segment_data(one: Judged) -> dict[str, object]:
    conditions = [
        {
            "position": met.line.position,
            "condition": met.line.name,
            "rule": met.line.rule,
            "description": met.line.words,
            "value": met.value if isinstance(met.value, float | bool | None) else str(met.value),
            "threshold": met.line.threshold,
            "passed": met.passed,
            "off": far_off(met),
        }
        for met in one.conditions
    ]
    tried = [
        {"sequence": each.sequence.words, "steps": len(each.sequence.steps), "attempt": _attempt_data(each)}
        for each in one.sequences
    ]
    told = {"segment": one.segment.segment.name, "is_member": one.is_member, "conditions_missed": one.missed}
    return {**told, "conditions": conditions, "sequences": tried}


def _attempt_data(tried: SequenceTried) -> dict[str, object] | None:
    attempt, steps = tried.attempt, tried.sequence.steps
    if attempt is None:
        return None
    step = steps[len(attempt.steps)] if len(attempt.steps) < len(steps) else None
    return {
        "step": len(attempt.steps),
        "events": [[str(one.at) for one in step] for step in attempt.steps],
        "standing": attempt.standing.value,
        "broken_by": list(reasons(attempt)),
        "missing": list(attempt.missing),
        "opens": None if attempt.opens is None else str(attempt.opens),
        "until": None if attempt.until is None else str(attempt.until),
        "until_itself": not attempt.closes,
        "words": next_step(attempt, step),
    }


def _episode_data(one: Episode) -> dict[str, object]:
    ended = None if one.exited_at is None else str(one.exited_at)
    told = {"segment": one.segment, "episode": one.number, "entered_at": str(one.entered_at)}
    return {**told, "exited_at": ended, "exit_reason": one.reason}
