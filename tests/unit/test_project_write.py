"""Generated files reach the disk all together, and never at the cost of somebody's work."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from segpy.project.drift import find_drift
from segpy.project.header import stamp
from segpy.project.model import WriteReport
from segpy.project.write import write_artifacts
from segpy.render.model import Artifact

EVENTS = Artifact("models/segpy/user_events.sql", "select 1 as event\n")
FEATURES = Artifact("models/segpy/user_features.sql", "select 1 as feature\n")
PROPERTIES = Artifact("models/segpy/_segpy.yml", "models:\n  - name: user_events\n")
MACRO = Artifact("macros/segpy/segpy_as_of.sql", "{% macro segpy_as_of() %}1{% endmacro %}\n")
ALL = (EVENTS, FEATURES, PROPERTIES, MACRO)
PATHS = tuple(sorted(artifact.path for artifact in ALL))


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def codes(project: Path, *artifacts: Artifact, force: bool = False) -> list[str]:
    return [found.code for found in write_artifacts(project, artifacts, force=force)[1]]


def drift(project: Path, *artifacts: Artifact) -> list[tuple[str, str | None]]:
    return [(found.code, found.label) for found in find_drift(project, artifacts)]


def test_first_writing(tmp_path: Path) -> None:
    report, problems = write_artifacts(tmp_path, ALL)
    assert problems == ()
    assert report == WriteReport(written=PATHS)
    assert {path: text.decode() for path, text in tree(tmp_path).items()} == {
        artifact.path: stamp(artifact.path, artifact.text) for artifact in ALL
    }
    assert drift(tmp_path, *ALL) == []


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    write_artifacts(tmp_path, ALL)
    for path in PATHS:
        os.utime(tmp_path / path, (1, 1))
    changed = Artifact(EVENTS.path, "select 2 as event\n")
    report, _ = write_artifacts(tmp_path, (changed, FEATURES, PROPERTIES, MACRO))
    assert report.written == (EVENTS.path,)
    assert report.unchanged == tuple(path for path in PATHS if path != EVENTS.path)
    assert [path for path in PATHS if (tmp_path / path).stat().st_mtime != 1] == [EVENTS.path]


def test_checkout_with_other_line_ends_is_unchanged(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    file = tmp_path / EVENTS.path
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert write_artifacts(tmp_path, (EVENTS,))[0].unchanged == (EVENTS.path,)


def test_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    (tmp_path / EVENTS.path).chmod(0o640)
    write_artifacts(tmp_path, (Artifact(EVENTS.path, "select 2 as event\n"),))
    assert stat.S_IMODE((tmp_path / EVENTS.path).stat().st_mode) == 0o640


def test_orphans_and_folders_left_empty_go(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (*ALL, Artifact("models/old/place/gone.sql", "select 0\n")))
    (tmp_path / "models/segpy/mine.sql").write_text("select 1\n")
    report, _ = write_artifacts(tmp_path, (EVENTS,))
    assert report.removed == tuple(
        sorted((MACRO.path, "models/old/place/gone.sql", PROPERTIES.path, FEATURES.path)),
    )
    assert sorted(tree(tmp_path)) == ["models/segpy/mine.sql", EVENTS.path]
    assert not (tmp_path / "models/old").exists()
    assert (tmp_path / "macros").is_dir()


def test_changed_models_path_moves_everything(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    report, _ = write_artifacts(tmp_path, (Artifact("models/marts/user_events.sql", EVENTS.text),))
    assert report == WriteReport(("models/marts/user_events.sql",), (), (EVENTS.path,))
    assert not (tmp_path / "models/segpy").exists()


def test_copy_of_a_generated_file_is_its_owners(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    copy = tmp_path / "models/marts/user_events_copy.sql"
    copy.parent.mkdir()
    copy.write_bytes((tmp_path / EVENTS.path).read_bytes())
    assert write_artifacts(tmp_path, (EVENTS,)) == (WriteReport(unchanged=(EVENTS.path,)), ())
    assert copy.exists()


def test_hand_edit_is_refused_and_nothing_written(tmp_path: Path) -> None:
    write_artifacts(tmp_path, ALL)
    (tmp_path / EVENTS.path).write_text((tmp_path / EVENTS.path).read_text() + "-- mine\n")
    before = tree(tmp_path)
    changed = [Artifact(artifact.path, artifact.text + "# more\n") for artifact in ALL]
    report, problems = write_artifacts(tmp_path, changed)
    assert report == WriteReport()
    assert [(found.code, found.label) for found in problems] == [
        ("SEG601", f"`{EVENTS.path}` was changed since segpy wrote it; nothing was written")
    ]
    assert "--force" in str(problems[0].help)
    assert tree(tmp_path) == before
    assert codes(tmp_path, *changed, force=True) == []
    assert b"-- mine" not in (tmp_path / EVENTS.path).read_bytes()


def test_edit_is_refused_even_where_the_spec_did_not_change(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    (tmp_path / EVENTS.path).write_text((tmp_path / EVENTS.path).read_text() + "-- mine\n")
    assert codes(tmp_path, EVENTS) == ["SEG601"]


def test_wrong_checksum_over_the_right_body_loses_nothing(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS,))
    merged = stamp(EVENTS.path, "select 3 as event\n").split("\n", 1)[0] + "\n" + EVENTS.text
    (tmp_path / EVENTS.path).write_text(merged)
    assert drift(tmp_path, EVENTS) == [
        ("SEG605", f"`{EVENTS.path}` differs from what the specs say now, first in line 1")
    ]
    assert write_artifacts(tmp_path, (EVENTS,)) == (WriteReport(written=(EVENTS.path,)), ())


def test_edited_orphan_in_our_folder_is_refused(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS, FEATURES))
    (tmp_path / FEATURES.path).write_text((tmp_path / FEATURES.path).read_text() + "-- mine\n")
    assert codes(tmp_path, EVENTS) == ["SEG601"]
    assert (tmp_path / FEATURES.path).exists()
    assert write_artifacts(tmp_path, (EVENTS,), force=True)[0].removed == (FEATURES.path,)


@pytest.mark.parametrize("content", [b"select 1\n", b"", b"\xff\xfe\x00"])
def test_foreign_file_in_the_way(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / EVENTS.path
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    assert codes(tmp_path, EVENTS, FEATURES) == ["SEG602"]
    assert tree(tmp_path) == {EVENTS.path: content}
    assert drift(tmp_path, EVENTS)[0][0] == "SEG602"
    assert codes(tmp_path, EVENTS, FEATURES, force=True) == []
    assert place.read_text() == stamp(EVENTS.path, EVENTS.text)


def test_symlinked_folder_that_leads_outside(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    (outside / "segpy").mkdir(parents=True)
    project.mkdir()
    (project / "models").symlink_to(outside)
    stale = outside / "segpy/old.sql"
    stale.write_text(stamp("models/segpy/old.sql", "select 1\n"))
    assert codes(project, EVENTS, MACRO, force=True) == ["SEG603"]
    assert stale.exists()
    assert sorted(tree(tmp_path)) == ["outside/segpy/old.sql"]


def test_symlinked_file_that_leads_outside(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "models/segpy").mkdir(parents=True)
    (tmp_path / "precious.sql").write_text(stamp(EVENTS.path, "select 0\n"))
    (project / EVENTS.path).symlink_to(tmp_path / "precious.sql")
    assert codes(project, EVENTS) == ["SEG603"]
    assert (tmp_path / "precious.sql").read_text() == stamp(EVENTS.path, "select 0\n")


def test_symlink_inside_the_project_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "models").symlink_to("src")
    assert codes(tmp_path, EVENTS) == []
    assert (tmp_path / "src/segpy/user_events.sql").is_file()
    assert (tmp_path / "models").is_symlink()
    assert write_artifacts(tmp_path, (Artifact("models/x.sql", "select 1\n"),))[0].removed == (EVENTS.path,)


@pytest.mark.parametrize("path", ["../models/a.sql", "models/../../a.sql", "/etc/segpy/a.sql"])
def test_path_that_leads_outside(tmp_path: Path, path: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert codes(project, Artifact(path, "select 1\n")) == ["SEG603"]
    assert tree(tmp_path) == {}


def test_roundabout_path_is_one_file(tmp_path: Path) -> None:
    roundabout = Artifact("./models/x/../segpy/user_events.sql", EVENTS.text)
    assert write_artifacts(tmp_path, (roundabout,))[0].written == (EVENTS.path,)
    assert write_artifacts(tmp_path, (roundabout,)) == (WriteReport(unchanged=(EVENTS.path,)), ())


def make_target_a_folder(root: Path) -> None:
    (root / EVENTS.path).mkdir(parents=True)


def make_parent_a_file(root: Path) -> None:
    (root / "models").write_text("not a folder")


def make_a_loop(root: Path) -> None:
    (root / "models").symlink_to("models")


@pytest.mark.parametrize("spoil", [make_target_a_folder, make_parent_a_file, make_a_loop])
def test_unusable_place(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path)
    before = tree(tmp_path)
    assert codes(tmp_path, EVENTS, MACRO, force=True) == ["SEG604"]
    assert tree(tmp_path) == before
    assert [code for code, _ in drift(tmp_path, EVENTS)] == ["SEG604"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert codes(tmp_path, EVENTS) == ["SEG604"]
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("survives", [0, 1, 2])
def test_failure_half_way_puts_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survives: int) -> None:
    write_artifacts(tmp_path, (EVENTS, FEATURES))
    before = tree(tmp_path)
    done: list[object] = []
    replace = os.replace

    def failing(source: Path, target: Path) -> None:
        if len(done) == survives:
            raise OSError(28, "No space left on device")
        done.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    paths = ("models/segpy/sub/a.sql", EVENTS.path, FEATURES.path)
    changed = tuple(Artifact(path, "select 2\n") for path in paths)
    report, problems = write_artifacts(tmp_path, changed)
    assert report == WriteReport()
    assert [found.label for found in problems] == [f"cannot write `{paths[survives]}`: No space left on device"]
    assert len(done) == survives
    assert tree(tmp_path) == before
    assert not (tmp_path / "models/segpy/sub").exists()


def test_drift_names_each_file_and_writes_nothing(tmp_path: Path) -> None:
    write_artifacts(tmp_path, (EVENTS, FEATURES, PROPERTIES))
    (tmp_path / PROPERTIES.path).write_text((tmp_path / PROPERTIES.path).read_text() + "# mine\n")
    before = tree(tmp_path)
    assert drift(tmp_path, Artifact(EVENTS.path, "select 1 as event\nfrom a\n"), PROPERTIES, MACRO) == [
        (
            "SEG605",
            f"`{MACRO.path}` is missing\n"
            f"`{PROPERTIES.path}` differs from what the specs say now, first in line 4\n"
            f"`{EVENTS.path}` differs from what the specs say now, first in line 3\n"
            f"`{FEATURES.path}` is no longer generated by any spec",
        )
    ]
    assert tree(tmp_path) == before
