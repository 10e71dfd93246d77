"""Which test catches which mistake."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.mistakes import MUTANTS, Mutant
from tests.mutants.run import Gone, caught_by


def told(mutant: Mutant) -> str:
    """A line about a mutant."""
    try:
        return f"{mutant.name}: {caught_by(mutant) or 'NOT CAUGHT'}"
    except Gone as gone:
        return f"GONE {gone}"


def main(wanted: list[str]) -> None:
    """Try all mutants, or those whose names hold one of some words, two at a time."""
    chosen = [one for one in MUTANTS if not wanted or any(word in one.name for word in wanted)]
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(told, chosen):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
