"""Every finding that the package can report, and what each must have."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pkgutil import walk_packages

import segpy
from segpy.diagnostics.model import Diagnostic

_CODE = re.compile(r"SEG[0-9]{3}")


def all_findings() -> list[type[Diagnostic]]:
    """The findings of the whole package, by code. Bases that only share fields and have no code are left out."""
    for found in walk_packages(segpy.__path__, "segpy."):
        if not found.name.endswith("__main__"):
            import_module(found.name)
    concrete = [cls for cls in _below(Diagnostic) if not _is_base(cls)]
    return sorted(concrete, key=lambda cls: (str(getattr(cls, "code", "")), cls.__qualname__))


def problems(findings: Iterable[type[Diagnostic]]) -> list[str]:
    """What is missing from these findings, or shared by two of them."""
    listed = list(findings)
    said = []
    for cls in listed:
        code, title = getattr(cls, "code", None), getattr(cls, "title", None)
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            said.append(f"{cls.__qualname__} has no code SEGnnn")
        if not isinstance(title, str) or not title.strip():
            said.append(f"{cls.__qualname__} has no title")
        if cls.label is Diagnostic.label:
            said.append(f"{cls.__qualname__} has no label of its own")
    counts = Counter(getattr(cls, "code", None) for cls in listed)
    said += [f"{code} is the code of {count} findings" for code, count in counts.items() if code and count > 1]
    return said


def _below(cls: type[Diagnostic]) -> list[type[Diagnostic]]:
    return [found for sub in cls.__subclasses__() if _is_ours(sub) for found in (sub, *_below(sub))]


def _is_ours(cls: type[Diagnostic]) -> bool:
    """Not a test's own class, and not the slotless first draft that `@dataclass(slots=True)` leaves behind."""
    return cls.__module__.startswith("segpy.") and getattr(sys.modules[cls.__module__], cls.__name__, None) is cls


def _is_base(cls: type[Diagnostic]) -> bool:
    return not hasattr(cls, "code") and any(_is_ours(sub) for sub in cls.__subclasses__())
