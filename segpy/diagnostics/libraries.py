"""Whether a library is there that not everybody has installed."""

from __future__ import annotations

from importlib import import_module


def there(name: str) -> bool:
    """Whether it can be imported. One that is broken is like one that is not there."""
    try:
        import_module(name)
    except ImportError:
        return False
    return True
