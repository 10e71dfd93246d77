"""Up to when events are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Until:
    """The instant of a run now, and when the last event before it was; None without one."""

    as_of: datetime
    last_at: datetime | None
