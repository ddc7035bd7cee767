"""`python -m support.backends.assistant`: run the service and print its address as an `.env` line.

Settings come from the command line, the environment, `.env` and a file; see `--help` and settings.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from support.configuring import say, start

from .settings import Settings


def main(argv: Sequence[str] | None = None, arguments: Mapping[str, Any] | None = None) -> int:
    """Serve until stopped. 2 for bad settings, 1 for a port that cannot be used.

    `argv` is the command line; `arguments` are settings that a calling program decides.
    """
    return start(
        Settings, "assistant", _serve, program="python -m support.backends.assistant", argv=argv, arguments=arguments
    )


def _serve(settings: Settings) -> int:
    from . import personas, server  # noqa: PLC0415 - what is refused must not wait for a second of imports

    try:
        server.run(settings, _print_address)
    except personas.PersonaFaultError as fault:
        say(str(fault), sys.stderr)
        return 2
    except OSError as fault:
        say(f"cannot serve at {settings.host}: {fault}", sys.stderr)
        return 1
    return 0


def _print_address(addresses: dict[str, str]) -> None:
    say(f"ASSISTANT_URL={addresses['address']}")


if __name__ == "__main__":
    sys.exit(main())
