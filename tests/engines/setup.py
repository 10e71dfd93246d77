"""Make the virtual environments of engines: `python -m tests.engines.setup [ENGINE…]`, by default of every run's.

What reads the SQL of an engine that cannot be had is made alike.
"""

from __future__ import annotations

import argparse
import sys

from tests.engines.engine import ENVIRONMENTS
from tests.engines.environments import NotSetUp, Wanting, missing, set_up
from tests.engines.known import ENGINES
from tests.engines.readers import READERS


def wanted() -> dict[str, list[Wanting]]:
    """Those that want each environment, which is the same for all of them."""
    found: dict[str, list[Wanting]] = {}
    for one in (*ENGINES.values(), *READERS.values()):
        found.setdefault(one.environment.name, []).append(one)
    return found


def of_every_run() -> list[str]:
    """The environments that CI fails without."""
    return [name for name, wanting in wanted().items() if any(one.every_run for one in wanting)]


def main(arguments: list[str] | None = None) -> int:
    """Set up the engines that are asked for, and say of each what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines.setup", description=__doc__)
    known, usual = wanted(), of_every_run()
    parser.add_argument("engine", nargs="*", help=f"of {', '.join(known)}; by default {', '.join(usual)}")
    chosen = parser.parse_args(arguments).engine or usual
    unknown = [name for name in chosen if name not in known]
    if unknown:
        parser.error(f"no engine is called {', '.join(unknown)}; there are {', '.join(known)}")
    failed = False
    for engine in (known[name][0] for name in chosen):
        try:
            made = set_up(engine)
        except NotSetUp as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        wanting = missing(engine)
        if wanting is not None:
            print(f"{engine.name}: {wanting}", file=sys.stderr)
            failed = True
            continue
        where = engine.environment if engine.requirements else sys.executable
        print(f"{engine.environment.name}: {'made' if made else 'ready'} in {where}")
    if not failed:
        print(f"environments are in {ENVIRONMENTS}; SEGPY_ENGINES says where else")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
