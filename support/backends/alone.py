"""`python -m support.backends.NAME`: a backend by itself, which prints its addresses as `.env` lines.

Settings come from the command line, the environment, `.env` and a file; see `--help` and the backend's settings.py.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from support.configuring import ConfigurationError, say, start
from support.configuring.starting import REFUSED

Settings = TypeVar("Settings", bound=BaseModel)


class Main(Protocol):
    """Serves until stopped: 0; 2 for bad settings, 1 for a port or a storage that cannot be used.

    `argv` is the command line; `arguments` are settings that a calling program decides.
    """

    def __call__(self, argv: Sequence[str] | None = None, arguments: Mapping[str, Any] | None = None) -> int:
        """Answers the exit code."""


def program(
    name: str,
    settings: type[Settings],
    variables: Mapping[str, str],
    *,
    check: Callable[[Settings], None] = lambda _settings: None,
) -> Main:
    """The program of a backend. `variables` are the lines that it prints: `{"MODEL_URL": "{address}/v1"}`.

    `check` raises ConfigurationError for settings that are enough to be shown, and not to serve.
    """

    def announce(addresses: Mapping[str, str]) -> None:
        say("\n".join(f"{variable}={address.format_map(addresses)}" for variable, address in variables.items()))

    def serve(given: Settings) -> int:
        try:
            check(given)
        except ConfigurationError as fault:
            say(str(fault), sys.stderr)
            return REFUSED
        # What is refused must not wait for a second of imports.
        server = importlib.import_module(f"support.backends.{name}.server")
        try:
            server.run(given, announce)
        except OSError as fault:
            say(f"{name} cannot serve: {fault}", sys.stderr)
            return 1
        return 0

    def main(argv: Sequence[str] | None = None, arguments: Mapping[str, Any] | None = None) -> int:
        python = f"python -m support.backends.{name}"
        return start(settings, name, serve, program=python, argv=argv, arguments=arguments)

    return main
