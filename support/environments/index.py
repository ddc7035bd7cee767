"""Where packages come from: what pip is configured for on this machine, told to uv in its own words."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping

PIP_S = 30.0
WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
"""An option of pip, and the variable that tells it to uv."""
SETTING = re.compile(r"^(?P<section>[^=\s]+?)\.(?P<option>[\w-]+)=(?P<value>.+)$", re.MULTILINE)
FIRST = (":env:", "install", "global")
"""pip's own precedence of sections."""


def for_uv(told: str | None = None, environment: Mapping[str, str] = os.environ) -> tuple[list[str], dict[str, str]]:
    """What uv is to be told, as options and variables. `told`: as `pip config list` says it.

    What the user has told uv goes before what pip is configured for. uv is to look for a version in every index, as
    pip does, where it would else look in the first that has the name.
    """
    options = _options(_ask_pip() if told is None else told)
    meant = {WORDS[option]: _in_uvs_way(option, value) for option, value in options.items() if option in WORDS}
    variables = {"UV_INDEX_STRATEGY": "unsafe-best-match", **meant}
    no_index = options.get("no-index", "no").lower() in ("1", "true", "yes", "on")
    return ["--no-index"] if no_index else [], {
        name: value for name, value in variables.items() if name not in environment
    }


def _options(told: str) -> dict[str, str]:
    found = [match.groupdict() for match in SETTING.finditer(told)]
    ranked = sorted(
        (each for each in found if each["section"] in FIRST), key=lambda each: -FIRST.index(each["section"])
    )
    return {each["option"]: str(ast.literal_eval(each["value"])) for each in ranked}


def _in_uvs_way(option: str, value: str) -> str:
    parts = value.split()
    return ",".join(parts) if option == "find-links" else " ".join(parts)


def _ask_pip() -> str:
    """Every option of pip that is set on this machine; nothing where there is no pip."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=PIP_S, check=False
    )
    return asked.stdout if asked.returncode == 0 else ""
