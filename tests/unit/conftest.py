"""Commands in a small project of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segpy.cli.main import main
from tests.unit.shop import PROJECT, Said, Segpy, let_go


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR", "DBT_TARGET", "DBT_PROFILE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "shop"
    for path, text in PROJECT.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def segpy(capsys: pytest.CaptureFixture[str]) -> Iterator[Segpy]:
    def run(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        code = ended.value.code
        del ended
        let_go()
        assert isinstance(code, int)
        return Said(code, captured.out, captured.err)

    yield run
    let_go()
