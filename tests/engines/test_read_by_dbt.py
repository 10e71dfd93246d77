"""What dbt 2 makes of the demonstration, for each adapter: it refuses every key that it does not know.

python -m tests.engines.setup dbt2
pytest tests/engines -k dbt2
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.engines import demonstration
from tests.engines.environments import want
from tests.engines.reader import Reader
from tests.engines.reader_dbt import LOGINS, Said, ask
from tests.engines.readers import READERS

BY_DBT = [reader for reader in READERS.values() if reader.home == "dbt2"]
DIALECTS = ["duckdb", *(reader.dialect for reader in BY_DBT)]
READER = READERS["dbt2_redshift"]
PROJECT = {"name": "small", "version": "1.0.0", "profile": "segpy"}
PROPERTIES = {"models": [{"name": "right", "columns": [{"name": "one", "data_tests": ["not_null"]}]}]}
_LATEST = "select a.one from {{ ref('right') }} as a asof left join {{ ref('right') }} as b on a.one >= b.one"
FOREIGN = {
    "databricks": _LATEST,
    "redshift": "select list_transform([1], x -> x + 1) as one",  # the join it takes, unlike Redshift
    "bigquery": _LATEST,
    "snowflake": _LATEST,
}
"""What DuckDB takes, and a dialect does not."""
OF_METRICS = ("SemanticModelDeprecated", "2 unused configuration paths:\n- metrics.segpy\n- semantic_models.segpy")
"""Metrics stand in the form that dbt-core reads. dbt 2 warns that it leaves them out, and what turns them off."""


def connected(project: Path) -> Path:
    """A project with a profile that has a target of each dialect."""
    outputs = {name: {"type": name, **login} for name, login in LOGINS.items()}
    profiles = {"segpy": {"target": "duckdb", "outputs": outputs}}
    (project / "profiles.yml").write_text(yaml.safe_dump(profiles), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration for all dialects of which dbt 2 knows the adapter."""
    want(READER)
    folder = tmp_path_factory.mktemp("dbt2") / "project"
    demonstration.render(folder, DIALECTS)
    return connected(folder)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dbt2_finds_nothing_wrong_with_the_properties_of_the_demonstration(project: Path, dialect: str) -> None:
    said = [text for _, text in ask(READER, project, "parse", "--target", dialect).problems]
    assert [text for text in said if not any(known in text for known in OF_METRICS)] == []
    assert any(OF_METRICS[0] in text for text in said), "it takes metrics as they are now: no exception is needed"


def small(folder: Path, properties: object, **models: str) -> Path:
    """A project of a few models."""
    (folder / "models").mkdir()
    for name, sql in {"right": "select 1 as one", **models}.items():
        (folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    (folder / "models" / "properties.yml").write_text(yaml.safe_dump(properties), encoding="utf-8")
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(PROJECT), encoding="utf-8")
    return connected(folder)


def read(reader: Reader, project: Path) -> Said:
    return ask(reader, project, "compile", "--static-analysis", "baseline", "--target", reader.dialect)


@pytest.mark.parametrize("asked", BY_DBT, ids=lambda asked: asked.name)
def test_dbt2_knows_the_grammar_of_a_dialect(asked: Reader, tmp_path: Path) -> None:
    want(asked)
    said = read(asked, small(tmp_path, PROPERTIES, wrong="select 1 +", foreign=FOREIGN[asked.dialect]))
    assert {node for node, _ in said.problems} == {"model.small.wrong", "model.small.foreign"}
    assert {"model.small.right", "model.small.wrong"} <= said.rendered
    assert any(node.startswith("test.small.not_null_right_one.") for node in said.rendered)


@pytest.mark.parametrize("at", ["model", "config"])
def test_dbt2_refuses_unknown_keys(at: str, tmp_path: Path) -> None:
    want(READER)
    model = {"name": "right", "unheard": 1} if at == "model" else {"name": "right", "config": {"unheard": 1}}
    (found,) = read(READER, small(tmp_path, {"models": [model]})).problems
    assert "unheard" in found[1] and "--> models/properties.yml" in found[1]
