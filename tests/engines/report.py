"""Writes down which engine answered which case, where `SEGPY_CONFORMANCE_REPORT` names a file.

The file holds `cases` (what each case uses of the language) and `engines`: of each, `versions`, when it was last asked,
and `outcomes` by case, `passed`, `failed`, or a mark with its reason. What a run did not ask stands as it was, so that
slow engines can be added to the same file by hand.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def add(
    path: Path, engine: str, versions: Mapping[str, str], outcomes: Mapping[str, Any], cases: Mapping[str, Any]
) -> None:
    """Add what came of an engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        written = file.read()
        told = json.loads(written) if written else {"cases": {}, "engines": {}}
        told["cases"].update(cases)
        known = told["engines"].setdefault(engine, {"outcomes": {}})
        known["versions"] = dict(versions) or known.get("versions", {})
        known["asked"] = datetime.now(UTC).date().isoformat()
        known["outcomes"].update(outcomes)
        file.seek(0)
        file.truncate()
        file.write(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
