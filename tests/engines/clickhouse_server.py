"""ClickHouse's engine behind as much of its HTTP interface as clients ask for. A script for a Python that has chdb.

    python clickhouse_server.py PORT FOLDER

There is one session for all clients, and one query at a time. What a client wants for a query of its own (the
database, settings) is set for that query, and settings as people have them in their profiles hold for all: an answer
must not depend on them.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from chdb.session import Session

_USERS_SETTINGS = {
    "session_timezone": "America/St_Johns",
    "join_use_nulls": 0,
    "prefer_column_name_to_alias": 0,
    "transform_null_in": 1,
    "cast_keep_nullable": 1,
    "date_time_input_format": "best_effort",
}
_ERROR = 500


class Server(ThreadingHTTPServer):
    """The session, and whose turn it is."""

    daemon_threads = True

    def __init__(self, port: int, folder: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.session = Session(folder)
        self.turn = threading.Lock()
        for name, value in _USERS_SETTINGS.items():
            self.session.query(f"set {name} = '{value}'")

    def answer(self, sql: str, database: str | None, kind: str) -> bytes:
        """What ClickHouse says."""
        with self.turn:
            if database:
                self.session.query(f"use `{database}`")
            return bytes(self.session.query(sql, kind).bytes() or b"")


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """A query in the address, or whether anybody is there."""
        self.do_POST()

    def do_POST(self) -> None:
        """A query in the body, or in the address and data in the body."""
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        sql = "\n".join(part for part in (*asked.get("query", ()), body) if part)
        if not sql:
            self._say(200, b"Ok.\n", {})
            return
        kind = asked.get("default_format", ["TabSeparated"])[0]
        try:
            found = self.server.answer(sql, asked.get("database", [None])[0], kind)
        except Exception as error:
            code = str(error).partition("Code: ")[2].partition(".")[0]
            self._say(_ERROR, str(error).encode(), {"X-ClickHouse-Exception-Code": code or "1002"})
        else:
            self._say(200, found, {"X-ClickHouse-Format": kind, "X-ClickHouse-Summary": "{}"})

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "X-ClickHouse-Timezone": "UTC"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    Server(int(sys.argv[1]), sys.argv[2]).serve_forever()
