"""What `segpy init` does, in order: looks at a dbt project and its warehouse, proposes specs, and writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segpy.catalog.model import Catalog
from segpy.catalog.scan import scan_project
from segpy.check.errors import UnknownDialect
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.dialects import DIALECTS, Dialect
from segpy.pipeline import compile_sources
from segpy.project.begin import in_the_way, write_specs
from segpy.project.errors import SpecsThere
from segpy.propose.build import propose
from segpy.propose.errors import NothingToPropose
from segpy.propose.model import Column, Look, Measured, Proposal, SpecFile, Surroundings, Table, Unused
from segpy.propose.names import nameable
from segpy.propose.roles import event_column, type_of
from segpy.propose.tables import looks
from segpy.propose.text import spec_files
from segpy.source.nodes import Source
from segpy.spec.model_values import Relation
from segpy.sql.looks import any_case, counts_query, in_spec, names_query
from segpy.warehouse.model import Target
from segpy.warehouse.relations import Columns, columns_of, counts_of, names_of, relations_named, unreachable
from segpy.warehouse.run import parse

Progress = Callable[[str], None]

_UNSPEAKABLE = re.compile(r"\{[{%#]|[}%#]\}|\$\{")
_RELATION = re.compile(r"[\w.\-]+")
_ODD = "no spec can name it: give the source a name without blanks, and the table's own as its `identifier`"
_PREFIX = "segpy_"
_TAKEN = "SEG612"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is proposed, and the files of it; none where something stands against it."""

    proposal: Proposal = field(default_factory=Proposal)
    files: tuple[SpecFile, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def begin(
    where: Target, select: Sequence[str] = (), *, beside: bool = False, on_progress: Progress = lambda _: None
) -> Beginning:
    """Specs for a project that has none. `beside`: also where there are some, as nothing is to be written."""
    problems = tuple(one for one in in_the_way(where.project_dir) if not (beside and isinstance(one, SpecsThere)))
    if problems:
        return Beginning(problems=problems)
    on_progress("reading the dbt project")
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return Beginning(problems=(manifest,))
    adapter = str(manifest.metadata.adapter_type)
    dialect = next((one for one in DIALECTS.values() if one.adapter == adapter), None)
    if dialect is None:
        return Beginning(problems=(UnknownDialect(adapter, tuple(DIALECTS)),))
    found = _measured(where, manifest, dialect, select, on_progress)
    if isinstance(found, Diagnostic):
        return Beginning(problems=(found,))
    proposal = propose(*found)
    if not proposal.streams:
        return Beginning(proposal, problems=(NothingToPropose(proposal.unused, " ".join(select)),))
    catalog, _ = scan_project(where.project_dir, where.profiles_dir, where.target)
    return _checked(proposal, catalog, dialect)


def _measured(
    where: Target, manifest: Any, dialect: Dialect, select: Sequence[str], on_progress: Progress
) -> tuple[tuple[Measured, ...], tuple[Unused, ...]] | Diagnostic:
    """What the warehouse has of the project's relations, and what was not looked at."""
    named = unreachable(where, manifest) or relations_named(where, manifest, select)
    if isinstance(named, Diagnostic):
        return named
    on_progress(f"asking the warehouse for the columns of {len(named)} relation{'' if len(named) == 1 else 's'}")
    odd = tuple(Unused(str(one.relation), _ODD) for one in named if not _speakable(one.relation))
    there, unused = columns_of(where, manifest, [one for one in named if _speakable(one.relation)])
    wanted, useless = looks([_table(one, dialect) for one in there])
    measured: list[Measured] = []
    unread: list[Unused] = []
    on_progress(f"counting rows and values in {len(wanted)} of them")
    for look in wanted:
        one = _measure(where, manifest, look, dialect)
        if isinstance(one, str):
            unread.append(Unused(str(look.table.relation), f"it cannot be read: {one}"))
        else:
            measured.append(one)
    return tuple(measured), (*unread, *useless, *odd, *unused)


def _speakable(relation: Relation) -> bool:
    """Whether a spec can name a relation."""
    return all(_RELATION.fullmatch(part) for part in relation.arguments)


def _table(found: Columns, dialect: Dialect) -> Table:
    """A relation with those of its columns that a spec can name."""
    columns = []
    for name, sql_type in found.columns:
        spoken = in_spec(name, dialect)
        if spoken is None or not spoken.isprintable() or not spoken.strip() or _UNSPEAKABLE.search(spoken):
            continue
        plain = spoken.lower() if any_case(dialect) else spoken
        columns.append(Column(spoken, sql_type, type_of(sql_type), plain if nameable(plain) else None))
    named = found.named
    return Table(named.id, named.relation, named.kind, tuple(columns), named.ancestors)


def _measure(where: Target, manifest: Any, look: Look, dialect: Dialect) -> Measured | str:
    counted = counts_of(where, manifest, look, counts_query(look, dialect))
    if isinstance(counted, str):
        return counted
    measured = Measured(look.table, *counted)
    event = event_column(measured)
    if event is None:
        return measured
    names = names_of(where, manifest, names_query(look.table, event.name, dialect))
    return names if isinstance(names, str) else replace(measured, names=names)


def _checked(proposal: Proposal, catalog: Catalog, dialect: Dialect) -> Beginning:
    """The files of a proposal, after `segpy check` of them found no error."""
    around = Surroundings(dialect.name, catalog.model_folder)
    files = spec_files(proposal, around)
    errors = _errors(files, catalog)
    if any(error.code == _TAKEN for error in errors):
        files = spec_files(proposal, replace(around, name_prefix=_PREFIX))
        errors = _errors(files, catalog)
    return Beginning(proposal, () if errors else files, errors)


def _errors(files: Sequence[SpecFile], catalog: Catalog) -> tuple[Diagnostic, ...]:
    compiled = compile_sources([Source(file.path, file.text) for file in files], catalog)
    return tuple(found for found in compiled.diagnostics if found.severity is Severity.ERROR)


def write(project_dir: Path, found: Beginning) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Write the files of a beginning, where nothing stands against it."""
    return write_specs(project_dir, found.files)
