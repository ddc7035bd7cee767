"""Where a run or a command writes: tried before the work whose outcome is to stand there, since that may take hours."""

import contextlib
import tempfile
from pathlib import Path

REMEDY = "name another place, or check its folder and permissions"


def why_no_file(path: Path) -> str:
    """Why this file cannot be written, with the remedy; empty where it can. Nothing is left of the trial."""
    made = [each for each in (path, *path.parents) if not each.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as fault:
        return f"cannot be written ({fault.strerror}); {REMEDY}"
    finally:
        for each in made:
            with contextlib.suppress(OSError):
                each.unlink() if each == path else each.rmdir()
    return ""


def why_no_folder(path: Path) -> str:
    """Why nothing can be written into this folder, with the remedy; empty where it can. It is made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except FileExistsError:
        return f"is a file, and no folder; {REMEDY}"
    except OSError as fault:
        return f"cannot be written into ({fault.strerror}); {REMEDY}"
    return ""
