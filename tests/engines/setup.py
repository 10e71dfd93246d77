"""Make the virtual environments of engines: `python -m tests.engines.setup [ENGINE…]`, by default of every run's.

What reads the SQL of an engine that cannot be had is made alike.
"""

from __future__ import annotations

import argparse
import sys

from tests.engines.engine import ENVIRONMENTS
from tests.engines.environments import NotSetUp, missing, set_up
from tests.engines.known import ENGINES
from tests.engines.readers import READERS


def main(arguments: list[str] | None = None) -> int:
    """Set up the engines that are asked for, and say of each what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines.setup", description=__doc__)
    known = {**ENGINES, **{reader.environment.name: reader for reader in READERS.values()}}
    usual = [name for name, engine in known.items() if engine.every_run]
    parser.add_argument("engine", nargs="*", help=f"of {', '.join(known)}; by default {', '.join(usual)}")
    chosen = parser.parse_args(arguments).engine or usual
    unknown = [name for name in chosen if name not in known]
    if unknown:
        parser.error(f"no engine is called {', '.join(unknown)}; there are {', '.join(known)}")
    failed = False
    for engine in (known[name] for name in chosen):
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
        print(f"{engine.name}: {'made' if made else 'ready'} in {where}")
    if not failed:
        print(f"environments are in {ENVIRONMENTS}; SEGPY_ENGINES says where else")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
