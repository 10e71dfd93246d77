"""What a kept table means, as a few digits: another meaning is another table, which is made from nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from segpy.resolve.model import MEANING_DIGITS
from segpy.sql.model import Kept, Written

_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)


def meaning_of(kept: Kept, written: Sequence[Written], upstream: Sequence[str]) -> str:
    """The first hexadecimal digits of a SHA-256 of all that decides what is in a kept table.

    That is its SQL, comments aside, how it is kept, and the meaning of the kept tables that it is made from: what is
    kept of these says the same only as long as they do.
    """
    parts = [repr(kept), *(_COMMENT.sub("", one.text) for one in written), *upstream]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:MEANING_DIGITS]
