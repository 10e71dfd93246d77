"""`segpy` and `dbt` for many lines of a shell: one process imports them once, and each call is a fork of it.

Each call still is a process of its own, with the folder, the environment and the streams of whoever typed it. What is
saved is the time that Python takes to import dbt and segpy, which for small projects is more than all they then do.
"""

from __future__ import annotations

import atexit
import importlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import segpy
from tests.e2e.commands import in_a_shell, write_files

_COMMANDS = {"segpy": ("segpy.cli.main", "main"), "dbt": ("dbt.cli.main", "cli")}
_IMPORTED = ("segpy.pipeline", "segpy.beginning", "dbt.cli.main", "dbt.adapters.duckdb", "duckdb")
_SETUP = 120  # seconds
_LOOK = 5
_HEAD = 8  # bytes that say how long a call is

_CALL = """\
#!{python} -IS
import json, os, socket, sys
call = json.dumps(["{name}", sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect("{address}")
    socket.send_fds(asked, [len(call).to_bytes({head}, "big")], [0, 1, 2])
    asked.sendall(call)
    sys.exit(int(asked.recv(16) or b"1"))
"""


@contextmanager
def in_a_forking_shell(folder: Path, others: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """As `in_a_shell`, with calls that are forks; where the system cannot fork, with processes made from nothing."""
    plain = in_a_shell(folder, others)
    if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
        yield plain
        return
    place = Path(tempfile.mkdtemp(prefix="segpy"))  # an address has about 100 characters, folders of tests have more
    address = str(place / "calls")
    root = Path(segpy.__file__).parents[1]
    here = {**os.environ, **plain, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        command = [sys.executable, "-m", "tests.e2e.forked", str(listening.fileno())]
        served = subprocess.Popen(command, cwd=Path(__file__).parents[2], env=here, pass_fds=[listening.fileno()])
    calls = {name: _CALL.format(python=sys.executable, name=name, address=address, head=_HEAD) for name in _COMMANDS}
    write_files(folder, calls)
    try:
        yield plain
    finally:
        served.terminate()
        served.wait(_SETUP)
        shutil.rmtree(place)


def serve(listening: socket.socket) -> None:
    """Answer each call with a fork, until the process is ended, or whoever started it is gone."""
    parent = os.getppid()
    for module in _IMPORTED:
        with suppress(ImportError):
            importlib.import_module(module)
    listening.settimeout(_LOOK)
    while os.getppid() == parent:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            asked, _ = listening.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            asked.setblocking(True)
            listening.close()
            _answer(asked)
        asked.close()


def _answer(asked: socket.socket) -> None:
    """Be the command that was called, and say how it ended."""
    head, streams, _, _ = socket.recv_fds(asked, _HEAD, 3)
    with asked.makefile("rb") as told:
        name, arguments, folder, environment = json.loads(told.read(int.from_bytes(head, "big")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BufferedWriter(io.FileIO(one, "w")), "utf-8") for one in (1, 2))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, *arguments]
    code = _ended(*_COMMANDS[name])
    atexit._run_exitfuncs()  # what dbt leaves to the end of its process
    with suppress(OSError):  # whoever reads may have had enough
        sys.stdout.flush()
        sys.stderr.flush()
    asked.sendall(str(code).encode())
    os._exit(code)


def _ended(module: str, function: str) -> int:
    """The exit code of a program's function."""
    try:
        getattr(importlib.import_module(module), function)()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
