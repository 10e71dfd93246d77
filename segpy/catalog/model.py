"""What is known of the dbt project that the specs live in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeSpine:
    """A model that the semantic layer joins to as its calendar; `granularity` is None where the files do not tell."""

    model: str
    granularity: str | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Relations by how a spec names them, and the adapter type of the dbt target.

    `refs` are the names that `ref` can reach, `sources` the pairs that `source` can; `None` means unknown
    (no dbt project was looked at, or packages bring in names that cannot be seen), and then nothing is refused.
    `columns` holds the columns of those relations whose columns are certain (seed headers, enforced contracts).
    `model_folder` and `macro_folder` are folders in which dbt looks for models and macros: the usual ones, or where the
    project has others, the first of these.
    `models_grouped` where `dbt_project.yml` puts models into groups.
    """

    refs: frozenset[str] | None = None
    sources: frozenset[tuple[str, str]] | None = None
    columns: tuple[tuple[str, frozenset[str]], ...] = ()
    adapter: str | None = None
    model_folder: str = "models"
    macro_folder: str = "macros"
    models_grouped: bool = False
    time_spines: tuple[TimeSpine, ...] = ()
