"""The demonstration's seeds. The same seed gives the same bytes, on every machine and every day."""

from __future__ import annotations

from segpy.demo.evening import evening_files
from segpy.demo.mail import mail_files
from segpy.demo.market import market_files
from segpy.demo.saas import saas_files
from segpy.demo.shop import shop_files
from segpy.render.model import Artifact

SEED = 20260310


def demo_files() -> tuple[Artifact, ...]:
    """Every CSV file below `seeds/`, in the order of their paths. Nothing is written."""
    worlds = (saas_files, shop_files, market_files, mail_files, evening_files)
    files = (artifact for world in worlds for artifact in world(SEED))
    return tuple(sorted(files, key=lambda artifact: artifact.path))
