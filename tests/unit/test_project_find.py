"""Specs are found in every folder under segments/, in one order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segpy.project.find import find_specs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: p\n")
    (tmp_path / "segments").mkdir()
    return tmp_path


def test_every_spec_in_order_of_path(project: Path) -> None:
    (project / "segments/b/c").mkdir(parents=True)
    (project / "segments/.git").mkdir()
    for name in ("b/c/z.yaml", "b.yml", "a.yml", "notes.md", ".a.yml.swp.yml", ".git/x.yml", "B.yml"):
        (project / "segments" / name).write_bytes(name.encode() + b"\xff")
    specs, problems = find_specs(project)
    assert problems == ()
    assert specs == tuple(
        (f"segments/{name}", name.encode() + b"\xff") for name in ("B.yml", "a.yml", "b.yml", "b/c/z.yaml")
    )


def test_no_project(tmp_path: Path) -> None:
    _, (problem,) = find_specs(tmp_path)
    assert (problem.code, problem.label) == ("SEG607", f"{tmp_path} has no dbt_project.yml")
    assert "--project-dir" in str(problem.help)


def test_no_folder(project: Path) -> None:
    (project / "segments").rmdir()
    _, (problem,) = find_specs(project)
    assert (problem.code, problem.label) == ("SEG606", f"{project} has no `segments/` folder")


def test_empty_folder(project: Path) -> None:
    (project / "segments/notes.md").write_text("later")
    _, (problem,) = find_specs(project)
    assert (problem.code, problem.label) == ("SEG606", f"`segments/` of {project} holds no .yml file")


def test_unreadable_spec_does_not_hide_the_others(project: Path) -> None:
    (project / "segments/a.yml").symlink_to("nowhere.yml")
    (project / "segments/b.yml").write_text("version: 1\n")
    specs, (problem,) = find_specs(project)
    assert [path for path, _ in specs] == ["segments/b.yml"]
    assert (problem.code, problem.label) == ("SEG604", "cannot read `segments/a.yml`: No such file or directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_unreadable_folder(project: Path) -> None:
    (project / "segments/locked").mkdir(mode=0)
    try:
        _, (problem,) = find_specs(project)
        assert problem.code == "SEG604"
    finally:
        (project / "segments/locked").chmod(0o700)
