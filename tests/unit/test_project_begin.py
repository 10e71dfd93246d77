"""The first specs of a project reach the disk all together, and never over anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from segpy.project.begin import in_the_way, write_specs
from segpy.propose.model import SpecFile

FILES = (SpecFile("segments/segpy.yml", "version: 1\n"), SpecFile("segments/taxonomy.yml", "entities: {}\n"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "dbt_project.yml").write_text("name: shop\n")
    return root


def tree(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_all_are_written(project: Path) -> None:
    assert write_specs(project, FILES) == (("segments/segpy.yml", "segments/taxonomy.yml"), ())
    assert tree(project) == {"dbt_project.yml": "name: shop\n", **{file.path: file.text for file in FILES}}


def test_what_is_no_spec_stays_beside_them(project: Path) -> None:
    (project / "segments").mkdir()
    (project / "segments/README.md").write_text("ours")
    written, problems = write_specs(project, FILES)
    assert len(written) == 2 and problems == ()
    assert tree(project)["segments/README.md"] == "ours"


@pytest.mark.parametrize("path", ["segments/a.yml", "segments/team/b.yaml", "segments"])
def test_nothing_is_written_beside_specs(project: Path, path: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text("mine")
    before = tree(project)
    written, (problem,) = write_specs(project, FILES)
    assert (written, problem.code) == ((), "SEG619")
    assert f"`{path}` is there" in problem.label
    assert tree(project) == before


def test_all_or_none(project: Path) -> None:
    written, (problem,) = write_specs(project, (*FILES, SpecFile("segments/no/folder.yml", "")))
    assert (written, problem.code) == ((), "SEG604")
    assert tree(project) == {"dbt_project.yml": "name: shop\n"}
    assert not (project / "segments").exists()


def test_nothing_outside_of_the_project(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / "segments").symlink_to(tmp_path / "elsewhere")
    written, (problem,) = write_specs(project, FILES)
    assert (written, problem.code) == ((), "SEG603")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_no_project(tmp_path: Path) -> None:
    assert [problem.code for problem in in_the_way(tmp_path)] == ["SEG607"]
