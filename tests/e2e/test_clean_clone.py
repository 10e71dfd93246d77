"""The README's first command, in a fresh environment on a clean clone, as a newcomer types it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.demo_oracle.members import RECORD
from tests.e2e.commands import ROOT, Ran, run
from tests.e2e.readme import commands

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BUILD_SECONDS = 120  # what installing takes is up to the network


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, and an environment to install it into, `venv` beside it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        unmet("there is no git repository to clone")
    folder = tmp_path_factory.mktemp("newcomer")
    environment = run([sys.executable, "-m", "venv", "venv"], folder)
    assert environment.code == 0, environment.all
    probe = "python -m pip download --quiet --no-deps --retries 0 --timeout 10 --dest probe hatchling"
    if shell(probe, folder, folder).code != 0:
        unmet("no package index can be reached, so nothing can be installed into a fresh environment")
    cloned = run(["git", "clone", "--quiet", str(ROOT), "clone"], folder)
    assert cloned.code == 0, cloned.all
    return folder / "clone"


def unmet(reason: str) -> None:
    """Without this the test cannot run: a reason to fail where everything is checked, elsewhere to say so."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def shell(command: str, folder: Path, environment: Path) -> Ran:
    """A line of shell, with the fresh environment activated."""
    path = os.pathsep.join([str(environment / "venv" / "bin"), os.environ["PATH"]])
    return run(["bash", "-c", command], folder, env={"PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


def test_first_command(clone: Path) -> None:
    first_command = commands((clone / "README.md").read_text(encoding="utf-8"))[0]
    assert "&&" in first_command, first_command
    install, *_, build = steps = [step.strip() for step in first_command.split("&&")]
    assert "pip install" in install
    assert build.startswith("segpy build")
    said: dict[str, Ran] = {}
    seconds: dict[str, float] = {}
    for step in steps:  # one by one, as `&&` does, so that each can be timed
        begun = time.monotonic()
        said[step] = shell(step, clone, clone.parent)
        seconds[step] = time.monotonic() - begun
        assert said[step].code == 0, f"{step}\n{said[step].all}"
    assert seconds[build] < BUILD_SECONDS

    recorded = json.loads(RECORD.read_text(encoding="utf-8"))["segments"]
    printed = dict(re.findall(r"^ (\w+) +\w+ +(\d+) +[\d.]+% ", said[build].out, re.MULTILINE))
    assert printed == {segment: str(len(keys)) for segment, keys in recorded.items()}

    left = run(["git", "status", "--porcelain", "--untracked-files=all"], clone)
    assert (left.code, left.out) == (0, ""), left.all
