"""What the commands need beside the compiler: the project on disk and the warehouse."""

from __future__ import annotations

from segpy.catalog.profiles import find_profiles_dir
from segpy.project.drift import find_drift
from segpy.project.write import write_artifacts
from segpy.warehouse.query import segment_sizes
from segpy.warehouse.run import build

__all__ = ["build", "find_drift", "find_profiles_dir", "segment_sizes", "write_artifacts"]
