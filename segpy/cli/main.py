"""The command `segpy`."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from segpy import __version__
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, MISUSE

_INTERRUPTED = 130  # what shells expect of a program that was interrupted

_BUG = """\
segpy: internal error: {error}
This is a bug in segpy, not in your specs. Please report it, with what the same command says under --debug."""


class _Commands(click.Group):
    """Each command is imported when it is asked for, so that `segpy --help` need not load a SQL parser."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer meets them."""
        return [
            "init",
            "check",
            "render",
            "build",
            "backfill",
            "preview",
            "diff",
            "describe",
            "explain",
            "backtest",
            "drift",
            "forecast",
            "lift",
            "stays",
            "price",
            "evolve",
            "report",
            "forget",
            "schema",
            "demo",
        ]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        match cmd_name:
            case "init":
                from segpy.cli.init import init as command
            case "check":
                from segpy.cli.check import check as command
            case "render":
                from segpy.cli.render import render as command
            case "build":
                from segpy.cli.build import build as command
            case "backfill":
                from segpy.cli.backfill import backfill as command
            case "preview":
                from segpy.cli.preview import preview as command
            case "diff":
                from segpy.cli.diff import diff as command
            case "describe":
                from segpy.cli.describe import describe as command
            case "explain":
                from segpy.cli.explain import explain as command
            case "backtest":
                from segpy.cli.backtest import backtest as command
            case "forecast":
                from segpy.cli.forecast import forecast as command
            case "drift":
                from segpy.cli.drift import drift as command
            case "lift":
                from segpy.cli.lift import lift as command
            case "stays":
                from segpy.cli.stays import stays as command
            case "price":
                from segpy.cli.price import price as command
            case "evolve":
                from segpy.cli.evolve import evolve as command
            case "report":
                from segpy.cli.report import report as command
            case "forget":
                from segpy.cli.forget import forget as command
            case "schema":
                from segpy.cli.schema import schema as command
            case "demo":
                from segpy.cli.demo import demo as command
            case _:
                return None
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", prog_name="segpy", message="%(prog)s %(version)s")
@options.debug
def segpy() -> None:
    """Segments as code: micro-segments written in YAML, compiled to plain dbt models.

    Exit codes: 0 all is well, 1 something was found (errors in specs, files out of date, failures in dbt),
    2 the command was misused or segpy itself failed. Warnings alone are well.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code. Never ends in a traceback, unless that is asked for."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no reason to fail
    state: dict[str, bool] = {}
    code = _run(list(sys.argv[1:] if arguments is None else arguments), state)
    if arguments is None and "dbt" not in sys.modules:  # what dbt brings wants to be tidied up
        gc.freeze()  # what is left goes with the process: nobody need look through it for garbage
    sys.exit(code)


def _run(arguments: list[str], state: dict[str, bool]) -> int:
    try:
        code = segpy.main(arguments, prog_name="segpy", standalone_mode=False, obj=state)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return MISUSE
    except (KeyboardInterrupt, click.Abort):
        click.echo("segpy: interrupted", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough (`segpy describe | head`). Python must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except Exception as error:
        if state.get("debug"):
            traceback.print_exc()
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        click.echo(_BUG.format(error=reason), err=True)
        return MISUSE
    return code if isinstance(code, int) else FINE


if __name__ == "__main__":
    main()
