"""`python -m support.backends.model`: run it alone and print its addresses as `.env` lines.

Settings come from the environment (MODEL_…) and a `.env` file in the current folder; see settings.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from support.configuring import ConfigurationError, load

from . import server
from .settings import Settings


def main() -> int:
    """Serve until stopped. 2 for bad settings, 1 for a port that is taken."""
    try:
        settings = load(Settings, dotenv=Path(".env")).value
    except ConfigurationError as fault:
        _say(str(fault), sys.stderr)
        return 2
    try:
        server.run(settings, _print_addresses)
    except OSError as fault:
        _say(f"cannot serve at {settings.host}: {fault}", sys.stderr)
        return 1
    return 0


def _print_addresses(addresses: dict[str, str]) -> None:
    _say(f"OPENAI_BASE_URL={addresses['address']}/v1\nMODEL_CONTROL={addresses['control']}", sys.stdout)


def _say(text: str, stream: TextIO) -> None:
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
