"""Runs dbt inside this process, silently: its log still goes to logs/dbt.log."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import DbtRefused, NoDbt
from segpy.warehouse.model import Target
from segpy.warehouse.plain import plain, way_out


def invoke(
    target: Target,
    arguments: Sequence[str],
    manifest: Any = None,
    callback: Callable[[Any], None] | None = None,
) -> Any | Diagnostic:
    """dbt's result of one command, which may tell of failed nodes, or why there is none.

    While dbt runs, the standard streams lead nowhere: whoever reports progress from `callback` holds on to its own.
    """
    try:
        from dbt.cli.main import dbtRunner
    except ImportError as error:
        return NoDbt(error.name or "dbt")
    runner = dbtRunner(manifest=manifest, callbacks=[callback] if callback else None)
    nowhere = io.StringIO()
    command = [*arguments, *_options(target)]
    # Paths in a profile are relative to where dbt is started: always the project, so that they mean one place.
    with chdir(target.project_dir), redirect_stdout(nowhere), redirect_stderr(nowhere):
        outcome = runner.invoke(command)
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if outcome.exception is not None:
        message = plain(str(outcome.exception)) or type(outcome.exception).__name__
        return DbtRefused(message, way_out(message))
    return outcome.result


def _options(target: Target) -> list[str]:
    options = ["--project-dir", os.fspath(target.project_dir.absolute())]
    if target.profiles_dir is not None:
        options += ["--profiles-dir", os.fspath(target.profiles_dir.absolute())]
    if target.target is not None:
        options += ["--target", target.target]
    level = os.environ.get("DBT_LOG_LEVEL_FILE", "debug")  # said aloud, as `--log-level` would silence the file too
    return [*options, "--log-level", "none", "--log-level-file", level, "--no-print", "--no-use-colors"]
