"""Servers of engines, gone with whoever started them: even a process that is killed leaves none behind.

A server runs under a keeper, which is this file as a script. It ends the server once its own input ends, which the
system sees to when the process at the other end is no more.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_START_SECONDS, _STOP_SECONDS = 90, 20


@contextmanager
def served(
    command: Sequence[str],
    log: Path,
    answers: Callable[[], bool],
    *,
    folder: Path,
    gone: Path | None = None,
    stop: int = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    who: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Run a server in a folder until the end of the block. `answers` tells when it can be asked, `gone` goes with it.

    `who` says which user it runs as, in the words of `subprocess.Popen`.
    """
    asked = {"command": list(command), "log": str(log), "folder": str(folder), "gone": gone and str(gone), "stop": stop}
    asked |= {"environment": dict(environment or {}), "who": dict(who or {})}
    script = [sys.executable, str(Path(__file__).absolute()), json.dumps(asked)]
    keeper = subprocess.Popen(script, stdin=subprocess.PIPE, start_new_session=True)
    assert keeper.stdin is not None
    try:
        until = time.monotonic() + _START_SECONDS
        while not answers():
            if keeper.poll() is not None or time.monotonic() > until:
                said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else "it wrote nothing"
                raise RuntimeError(f"{command[0]} did not start\n{said}")
            time.sleep(0.1)
        yield
    finally:
        keeper.stdin.close()
        keeper.wait()


def free_port() -> int:
    """A port that nobody listens at."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody listens at a port."""
    with closing(socket.socket()) as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def keep(asked: Mapping[str, Any]) -> None:
    """Run a server for as long as the input is open, and clean up."""
    try:
        with Path(asked["log"]).open("ab") as log:
            server = subprocess.Popen(
                asked["command"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=asked["folder"],
                env={**os.environ, **asked["environment"]},
                **asked["who"],
            )
        while server.poll() is None and not select.select([sys.stdin], [], [], 0.2)[0]:
            pass
        if server.poll() is None:
            server.send_signal(asked["stop"])
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    finally:
        if asked["gone"]:
            shutil.rmtree(asked["gone"], ignore_errors=True)


if __name__ == "__main__":
    keep(json.loads(sys.argv[1]))
