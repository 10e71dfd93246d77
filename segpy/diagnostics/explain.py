"""The page of each code: what `segpy explain SEGnnn` prints. Pages travel inside the package, as Markdown."""

from __future__ import annotations

from importlib.resources import files

_SUFFIX = ".md"


def explained() -> tuple[str, ...]:
    """The codes that have a page, in order."""
    pages = files("segpy.diagnostics").joinpath("pages").iterdir()
    return tuple(sorted(page.name.removesuffix(_SUFFIX) for page in pages if page.name.endswith(_SUFFIX)))


def explanation(code: str) -> str | None:
    """The page of a code, however its letters are written; None where there is none."""
    known = code.strip().upper()
    if known not in explained():
        return None
    return files("segpy.diagnostics").joinpath("pages", known + _SUFFIX).read_text(encoding="utf-8")
