"""The decoder and the schema on one file."""

from __future__ import annotations

from typing import Any

from segpy.source.nodes import Mapping, Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from tests.schema.exceptions import excuses
from tests.schema.values import node_of, plain, validator


def differ(file: Mapping) -> str | None:
    """How the decoder and the schema differ in judging a file, the exceptions aside."""
    _, findings = decode([file])
    value = plain(file)
    valid = validator().is_valid(value)
    if not findings and not valid:
        error = next(validator().iter_errors(value))
        return f"the schema refuses {value}: {error.message[:300]} at {list(error.absolute_path)}"
    unexcused = [finding for finding in findings if excuses(finding, file) is None]
    if unexcused and valid:
        return f"the schema takes {value}: {unexcused[0].code} {unexcused[0].label}"
    return None


def differ_on(value: Any) -> str | None:
    """The same for a file of these values."""
    return differ(node_of(value))


def differ_on_text(text: str, path: str = "segments/spec.yml") -> str | None:
    """The same for a text; None where it is no mapping at all, of which a schema of mappings is not asked."""
    file, _ = read_source(Source(path, text))
    return None if file is None else differ(file)
