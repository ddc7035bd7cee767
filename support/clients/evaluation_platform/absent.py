"""A noun that a platform does not have, for the doors of its adapter: whatever is asked of it raises `NotOffered`."""

from __future__ import annotations

from typing import Any, NoReturn

from .interface import NotOffered


class Absent:
    """Takes the place of any `Things`; scenarios that need it are skipped by the capability that is not claimed."""

    def __init__(self, noun: str, platform: str) -> None:
        self.noun = noun
        self._platform = platform

    def __getattr__(self, operation: str) -> Any:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise NotOffered(f"{self._platform} has no {self.noun}: it cannot {operation} one")

        return refuse
