"""Who is in a hold-out: buckets by a hash, equal in Python and on every engine, so that nobody has to store them."""

from __future__ import annotations

from hashlib import md5

from segpy.resolve.model_experiments import BUCKETS, STEP


def bucket(salt: str, key: str | int) -> int:
    """The bucket of an entity, 0 to 9999, by the first 32 bits of a hash of the salt and its key.

    A key is the text that it has in generated tables: an integer its digits, a uuid its small letters. The salt has no
    `-`, which parts the two: otherwise two pairs of salt and key would be one.
    """
    if "-" in salt:
        raise ValueError(f"a salt has no `-`: {salt!r}")
    return int(md5(f"{salt}-{key}".encode(), usedforsecurity=False).hexdigest()[:8], 16) % BUCKETS


def stratified_bucket(salt: str, stratum: str, place: int) -> int:
    """The bucket of the entity that is drawn at a place of its stratum, from 0.

    The first of a stratum gets the bucket of the stratum itself, each other the one that lies so many further on.
    """
    return (bucket(salt, stratum) + STEP * place) % BUCKETS


def is_held_out(salt: str, key: str | int, percent: float) -> bool:
    """Whether an entity is in a hold-out of so many percent. A larger one of the same salt has all of a smaller one."""
    return bucket(salt, key) < round(percent * BUCKETS / 100)
