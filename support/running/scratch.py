"""A worker's scratch folder, and the removal of those that killed workers left behind."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

from support.checks.waiting import eventually

NAME = re.compile(r"acceptance-(\d+)-")
ORPHANS_S = 5.0
"""How long the servers of a worker that was killed may still write into its folder."""


def make() -> Path:
    """A fresh folder that bears this process's id; whatever dead workers left is removed first."""
    for folder in Path(tempfile.gettempdir()).glob("acceptance-*"):
        if (found := NAME.match(folder.name)) and not _alive(int(found[1])):
            # Another start may be removing the same folder, and another user's is not ours to remove.
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
    return Path(tempfile.mkdtemp(prefix=f"acceptance-{os.getpid()}-"))


def remove_of(pid: int) -> None:
    """Remove what a worker that was killed has left; what cannot be removed is left to the next start."""
    for folder in Path(tempfile.gettempdir()).glob(f"acceptance-{pid}-*"):
        with contextlib.suppress(AssertionError):
            eventually(functools.partial(_remove, folder), within=ORPHANS_S, what=f"the removal of {folder}")


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    assert not folder.exists()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
