"""A worker's scratch folder, and the removal of those that killed workers left behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

NAME = re.compile(r"acceptance-(\d+)-")


def make() -> Path:
    """A fresh folder that bears this process's id; whatever dead workers left is removed first."""
    for folder in Path(tempfile.gettempdir()).glob("acceptance-*"):
        if (found := NAME.match(folder.name)) and not _alive(int(found[1])):
            # Another start may be removing the same folder, and another user's is not ours to remove.
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
    return Path(tempfile.mkdtemp(prefix=f"acceptance-{os.getpid()}-"))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
