"""The adapters: one module (or package) a platform, named in target files. `ADAPTER` in it is its `Platform`.

An adapter is imported when its target is chosen: a vendor's client takes time to import.
"""

from __future__ import annotations

import importlib

from ..platform import Platform


def adapter(name: str) -> type[Platform]:
    """The platform that the adapter of that name speaks to."""
    found: type[Platform] = importlib.import_module(f"{__name__}.{name}").ADAPTER
    return found
