"""Who is used to make a description, and who is kept to try it on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5

HELD_OUT = 30
"""Of a hundred people so many are never looked at while anything is chosen."""

MOST_FITTED = 20_000


def parted(keys: Sequence[str], seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The places of those who are used, and of those who are held out, each in the order of their keys.

    It goes by the key alone: whoever is held out is so at every instant, whoever else there is. At most `MOST_FITTED`
    are used, whose hashes are smallest; more would change nothing but the time it takes.
    """
    hashes = [_hash(key, seed) for key in keys]
    held = [i for i, one in enumerate(hashes) if one % 100 < HELD_OUT]
    used = sorted((one // 100, keys[i], i) for i, one in enumerate(hashes) if one % 100 >= HELD_OUT)[:MOST_FITTED]
    return tuple(sorted((i for _, _, i in used), key=lambda i: keys[i])), tuple(sorted(held, key=lambda i: keys[i]))


def _hash(key: str, seed: int) -> int:
    return int.from_bytes(md5(f"{seed}-{key}".encode(), usedforsecurity=False).digest()[:8], "big")
