"""`python -m support.backends.redis`: run it alone and print its address as a `.env` line.

Settings come from the command line, the environment, `.env` and a file; see `--help` and settings.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from support.configuring import say, start

from . import server
from .settings import Settings


def main(argv: Sequence[str] | None = None, arguments: Mapping[str, Any] | None = None) -> int:
    """Serve until stopped. 2 for bad settings, 1 for a server that cannot be run.

    `argv` is the command line; `arguments` are settings that a calling program decides.
    """
    return start(Settings, "redis", _serve, program="python -m support.backends.redis", argv=argv, arguments=arguments)


def _serve(settings: Settings) -> int:
    try:
        server.run(settings, _print_address)
    except OSError as fault:
        say(str(fault), sys.stderr)
        return 1
    return 0


def _print_address(addresses: dict[str, str]) -> None:
    say(f"REDIS_URL={addresses['address']}")


if __name__ == "__main__":
    sys.exit(main())
