"""How commands end that find something, put it into a table where asked to, and say what stood against it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from segpy.asking import Misused, Unknown
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, exit_code, show
from segpy.diagnostics.model import Diagnostic
from segpy.measure.model import Estimate, Interval
from segpy.pipeline import Compiled


class Answer(Protocol):
    """What was found. `saved` is the table that has it now, what stood against it, or None where nobody asked."""

    @property
    def saved(self) -> str | Diagnostic | None:
        """The table, or why there is none."""


A = TypeVar("A", bound=Answer)


def progress(*, as_json: bool) -> Callable[[str], None]:
    """Where what is being done is told: to people only."""
    return (lambda _: None) if as_json else (lambda words: click.echo(f"{words} …", err=True))


def tell(
    compiled: Compiled,
    found: A | Misused | Unknown | Diagnostic | None,
    shown: Callable[[A], None],
    data: Callable[[A], dict[str, Any]],
    project_dir: Path,
    form: str,
    *,
    as_json: bool,
    nothing: dict[str, Any],
    more: Sequence[Diagnostic] = (),
) -> int:
    """Show what was found to people, or as one JSON document (`nothing` in place of it), with all findings.

    The exit code is 0 where something was, and no finding is an error; it is that of misuse where asking was a mistake.
    """
    if isinstance(found, Unknown):
        raise click.UsageError(options.unknown_segment(found.name, found.known))
    if isinstance(found, Misused):
        raise click.UsageError(found.words)
    answer = None if isinstance(found, Diagnostic) else found
    against = answer.saved if answer is not None else found
    findings = (*compiled.diagnostics, *more, *((against,) if isinstance(against, Diagnostic) else ()))
    table = against if isinstance(against, str) else None
    if as_json:
        document = data(answer) if answer is not None else nothing
        click.echo(json.dumps({**document, "saved": table, "findings": as_data(findings)}, indent=2))
    else:
        if answer is not None:
            shown(answer)
        if table is not None:
            click.echo(f"Saved in {table}.", err=True)
        show(findings, compiled.sources, project_dir, form, sys.stderr)
    return FINE if answer is not None and exit_code(findings) == FINE else FINDINGS


def estimate_data(one: Estimate) -> dict[str, Any]:
    """An estimate in a JSON document; what is withheld is null."""
    interval = one.interval or Interval(None, None)
    return {
        "n": one.n,
        "status": one.status.value,
        "estimate": one.estimate,
        "low": interval.low,
        "high": interval.high,
    }
