"""`python -m support.backends.tool_daemon`: run it and print its address as a `.env` line.

Settings come from the command line, the environment, `.env` and a file; see `--help` and settings.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from support.configuring import ConfigurationError, say, start

from . import settings as rules
from .settings import Settings

REFUSED = 2


def main(argv: Sequence[str] | None = None, arguments: Mapping[str, Any] | None = None) -> int:
    """Serve until stopped. 2 for bad settings, 1 for a port or folder that cannot be used.

    `argv` is the command line; `arguments` are settings that a calling program decides.
    """
    return start(
        Settings,
        "tool_daemon",
        _serve,
        program="python -m support.backends.tool_daemon",
        argv=argv,
        arguments=arguments,
    )


def _serve(settings: Settings) -> int:
    try:
        rules.require(settings)
    except ConfigurationError as fault:
        say(str(fault), sys.stderr)
        return REFUSED
    from . import server  # noqa: PLC0415 - what is refused must not wait for a second of imports

    try:
        server.run(settings, _print_address)
    except OSError as fault:
        say(f"cannot serve at {settings.host}: {fault}", sys.stderr)
        return 1
    return 0


def _print_address(addresses: dict[str, str]) -> None:
    say(f"TOOL_DAEMON_URL={addresses['address']}")


if __name__ == "__main__":
    sys.exit(main())
