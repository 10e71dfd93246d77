"""The engines, each in a file of its own that holds an `ENGINE`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from tests.engines.engine import Engine


def _found() -> Mapping[str, Engine]:
    modules = (importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    engines: list[Engine] = [module.ENGINE for module in modules]
    return {engine.name: engine for engine in sorted(engines, key=lambda engine: (not engine.every_run, engine.name))}


ENGINES = _found()
"""By name; those of every run first."""
