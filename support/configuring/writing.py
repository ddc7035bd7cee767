"""Writing a configuration to a file that reads back to an equal one."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from support.configuring.errors import ConfigurationError, Problem
from support.configuring.rendering import plain

OWNER_ONLY = 0o600


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _yaml(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return text


FORMATS: Mapping[str, Callable[[dict[str, Any]], str]] = {".json": _json, ".yaml": _yaml, ".yml": _yaml}


def write(value: BaseModel, path: Path, *, secrets: bool) -> None:
    """Write every setting to a new file that only its owner may read; secrets only when they are asked for.

    Raises ConfigurationError when the suffix is none of FORMATS, the file exists already, or cannot be written.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise _refused(path, f"has the suffix {path.suffix!r}", f"choose one of {', '.join(FORMATS)}")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise _refused(path, "exists already", "choose another name, or remove it") from None
    except OSError as fault:
        raise _refused(path, f"cannot be written: {fault.strerror}", "check the folder and its permissions") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(form(plain(value, secrets=secrets)))


def _refused(path: Path, fault: str, remedy: str) -> ConfigurationError:
    return ConfigurationError("The configuration is not written", [Problem(str(path), "file", fault, remedy)])
