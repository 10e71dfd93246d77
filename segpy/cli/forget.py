"""`segpy forget`: where somebody's key stands, what deletes it there, and whether it is gone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from segpy import forgetting, pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, counted, exit_code, print_table, show, table
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest
from segpy.warehouse.model_forget import ForgetAsked, Forgotten, Held


@click.command()
@click.argument("key")
@click.option("--entity", help="Whose key it is, where there are several entities.")
@click.option("--apply", is_flag=True, help="Delete it from generated tables. Sources are never touched.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def forget(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    key: str,
    entity: str | None,
    apply: bool,
    as_json: bool,
) -> int:
    """Find somebody everywhere, and delete them.

    Lists the sources that hold KEY with the statements that delete it there, which are yours to run; then the generated
    tables, from which --apply deletes. Looks again at the end, and fails while a generated table holds it.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    asked = ForgetAsked(_readable(key), entity, apply)
    compiled, known, found = forgetting.forget(project_dir, profiles_dir, target, where, asked)
    if not compiled.failed and found is None:
        raise click.UsageError(_misused(known, entity))
    forgotten = found if isinstance(found, Forgotten) else None
    said = forgetting.verdict(forgotten) if forgotten is not None else found
    findings = (*compiled.diagnostics, said) if isinstance(said, Diagnostic) else compiled.diagnostics
    if as_json:
        click.echo(json.dumps(_data(forgotten, findings), indent=2))
    else:
        if forgotten is not None:
            _print(forgotten)
        show(findings, compiled.sources, project_dir, form, sys.stderr)
    return FINE if forgotten is not None and exit_code(findings) == FINE else FINDINGS


def _readable(key: str) -> str:
    """A key that can be sent: what a terminal could not read as text cannot."""
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise click.UsageError("the key is not written in UTF-8") from error
    if "\0" in key:
        raise click.UsageError("no key has a zero byte")
    return key


def _misused(known: tuple[str, ...], entity: str | None) -> str:
    """What to say where it is not clear whose key it is."""
    if not known:
        return "there are no features and no segments, so nothing is generated of anybody"
    if entity is None:
        return f"there are several entities: say with --entity whose key it is, {listed(known)}"
    near = nearest(entity, known)
    return f"no table is generated of `{entity}`: " + (
        f"did you mean `{near}`?" if near else f"there are {listed(known)}"
    )


def _print(found: Forgotten) -> None:
    click.echo(f"{found.entity} {found.key}\n")
    click.echo("Sources, which are yours to delete from:")
    rows = table("relation", "what", "column", numbers=("rows",))
    for one in found.sources:
        held = "not there" if one.rows is None else f"{one.rows:,}"
        rows.add_row(one.relation.name, one.relation.what, ", ".join(one.relation.columns), held)
    print_table(rows)
    _print_statements(one for one in found.sources if one.rows)
    click.echo("Generated:")
    rows = table("relation", "", numbers=("rows", "now"))
    for before, after in zip(found.before, found.after, strict=True):
        if before.rows is not None:
            rows.add_row(before.relation.name, before.relation.what, f"{before.found:,}", f"{after.found:,}")
    print_table(rows)
    if not found.applied:
        _print_statements(one for one in found.after if one.rows)
    if not found.left:
        looked = sum(one.rows is not None for one in found.after)
        click.echo(f"No row of {counted(looked, 'generated relation')} has this key.")


def _print_statements(held: Iterable[Held]) -> None:
    lines = []
    for one in held:
        if one.made_from:
            lines.append(f"-- {one.relation.name} is made of {', '.join(one.made_from)}: delete there as well")
        lines += [f"{one.statement};"] if one.statement else []
    click.echo("\n".join([*lines, ""]) if lines else "", nl=bool(lines))


def _data(found: Forgotten | None, findings: tuple[Diagnostic, ...]) -> dict[str, Any]:
    if found is None:
        return {"findings": as_data(findings)}
    return {
        "entity": found.entity,
        "key": found.key,
        "applied": found.applied,
        "sources": [{**_held(one), "made_from": list(one.made_from)} for one in found.sources],
        "generated": [
            {**_held(before), "rows_now": after.rows, "others_now": after.others}
            for before, after in zip(found.before, found.after, strict=True)
        ],
        "findings": as_data(findings),
    }


def _held(one: Held) -> dict[str, Any]:
    relation = one.relation
    return {
        "relation": relation.name,
        "what": relation.what,
        "columns": list(relation.columns),
        "rows": one.rows,
        "others": one.others,
        "statement": one.statement,
    }
