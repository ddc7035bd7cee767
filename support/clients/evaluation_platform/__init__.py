"""The evaluation platform as the suite speaks to it: protocols in product terms, two doors behind them.

::

    platform = Platform(address, key)           # platform.py
    platform.main.datasets.create({...})        # door 1: the vendor's SDK wherever it wraps the operation
    platform.second.of("dataset").get(id)       # door 2: plain HTTP, for the independent read
    platform.other_door(platform.main)          # -> platform.second, and the other way round
    platform.as_holder_of(other_key)            # the same platform for somebody else (None: nobody)
    platform.inventory()                        # {"dataset": frozenset(ids), …}: what exists in the project now
    platform.close()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .platform import Platform

__all__ = ["Platform"]


def __getattr__(name: str) -> Any:
    """`Platform` on first use: importing the SDK takes 0.3 s, which a dry run and the checks do without."""
    if name != "Platform":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .platform import Platform  # noqa: PLC0415 - see above

    return Platform
