"""What runs inside a forked child: an embedded backend, or a small program."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.processes.serving import resolve

Announce = Callable[[dict[str, Any]], None]


def serve(arguments: dict[str, Any], announce: Announce) -> None:
    """Run a backend: `arguments` has package ("support.backends.x"), system, settings, folder and defects.

    A system that keeps a database gets a file in its folder, one that keeps files the folder, unless the settings say
    otherwise.
    """
    from support.configuring import ConfigurationError, load  # noqa: PLC0415 - only backends are configured

    package = arguments["package"]
    model = importlib.import_module(f"{package}.settings").Settings
    given = arguments["settings"]
    if "database_url" in model.model_fields and not given.get("storage"):
        given = {"database_url": str(Path(arguments["folder"], "storage.sqlite")), **given}
    elif "storage" in model.model_fields:
        given = {"storage": arguments["folder"], **given}
    try:
        # The settings given are all that it has: no variable or file of the user's reaches an embedded backend.
        settings = load(model, arguments=given, environment={}).value
        server = importlib.import_module(f"{package}.server")
        if arguments["defects"]:
            importlib.import_module("support.defects").apply(arguments["system"], arguments["defects"])
        server.run(settings, announce)
    except ConfigurationError as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - into the child's log
        raise SystemExit(2) from None


def program(arguments: dict[str, Any], announce: Announce) -> None:
    """Run a program: `arguments` has target ("package.module:main"), the arguments of its `main`, and defects."""
    if arguments["defects"]:
        importlib.import_module("support.defects").apply("programs", arguments["defects"])
    announce({"answer": resolve(arguments["target"])(arguments["arguments"])})
