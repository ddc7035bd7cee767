"""An embedded backend with one thing broken, as a fork server runs it: so that an attack has something to find."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import HTTPException

from support.processes import children


def _fails(*_: Any) -> Any:
    raise RuntimeError("planted")


def _refuses(status: int) -> Callable[..., Any]:
    def refuse(*_: Any) -> Any:
        raise HTTPException(status, "planted")

    return refuse


PLANTS: Mapping[str, tuple[str, str, Callable[..., Any]]] = {
    "lets everybody in": ("support.backends.model.wire.openai", "authorise", lambda *_: None),
    "opens no gate": ("support.backends.model.scripts.Scripts", "open_gates", _fails),
    "counts in words": ("support.backends.practice.storage", "counts", lambda _: {"practice-1": {"clients": "two"}}),
    "takes no reminder": ("support.backends.practice.reminders", "add", _refuses(400)),
    "takes no session": ("support.backends.assistant.sessions.Sessions", "create", _refuses(400)),
    "cannot say what is wrong": ("support.backends.evaluation_platform.errors", "describe", _fails),
}
"""By name: the module or class, what in it is replaced, and by what."""


def serve(arguments: dict[str, Any], announce: children.Announce) -> None:
    """Run a backend as `children.serve` does, with the plant that the arguments name."""
    owner, name, wrong = PLANTS[arguments["plant"]]
    module, _, kind = owner.rpartition(".")
    found = getattr(importlib.import_module(module), kind) if kind[0].isupper() else importlib.import_module(owner)
    assert hasattr(found, name), f"{owner} has no {name}"
    setattr(found, name, wrong)
    children.serve(arguments, announce)
