"""The platform of one scenario: an address, a key, two doors. An adapter says what wire they speak."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from .interface import Door, NotOffered
from .inventory import Inventory, take_inventory
from .tenants import Asker

if TYPE_CHECKING:
    from .collector import Collector

EXPORTER = "OTEL_EXPORTER_OTLP_TRACES"
UNKNOWN_KEY = "nobody-was-ever-given-this-key"


class Platform(ABC):
    """The evaluation platform for the holder of one key. What one door writes, the other reads back.

    ``key`` is a text that the adapter alone understands. ``foreign`` is the same platform for the holder of another
    project's key, ``admin`` for an administrator, ``keyless`` for nobody, ``unknown_key`` for somebody with a key that
    was never given out. Keys are never shown by this class.
    """

    main: Door
    """The vendor's own client wherever it wraps an operation and is at hand."""
    second: Door
    """Another way in, for the independent read."""
    collector: Collector
    """The OTLP collector, as raw bytes."""

    def __init__(
        self,
        address: str,
        key: str | None,
        *,
        project: str = "",
        foreign_key: str | None = None,
        admin_key: str | None = None,
    ) -> None:
        """Nothing is sent yet; ``key`` None is nobody's."""
        self.address = address.rstrip("/")
        self.key = key
        self.project = project
        self._foreign_key = foreign_key
        self._admin_key = admin_key
        self._derived: list[Self] = []
        self._open()

    @abstractmethod
    def _open(self) -> None:
        """Make the doors and the collector; nothing is sent."""

    @abstractmethod
    def _close(self) -> None:
        """Close what was opened."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What a user's program is told of the platform, as environment variables."""

    def exporting(self) -> dict[str, str]:
        """What OpenTelemetry's own exporter is told of the platform, as its environment variables."""
        headers = ",".join(f"{name}={quote(text, safe='')}" for name, text in self._export_headers().items())
        return {f"{EXPORTER}_ENDPOINT": f"{self.address}/v1/traces", f"{EXPORTER}_HEADERS": headers}

    def _export_headers(self) -> Mapping[str, str]:
        """What an exporter sends beside its spans: who it is, and where they belong."""
        return {"Authorization": f"Bearer {self.key}"}

    def unknown_id(self, noun: str) -> str:
        """An id of the platform's own form, as a thing of this kind might have it, that it has given to nothing."""
        return "0" * 24

    @classmethod
    def furnish(cls, address: str, secrets: Mapping[str, str], tenants: Sequence[str]) -> Mapping[str, str]:
        """Of a platform that was just installed and started: make these tenants; the key of each by its name.

        ``secrets`` are those that the target names and the platform was started with. An administrator's key, where
        the platform has one, is that of "" (no tenant).

        Raises:
            RuntimeError: the platform made no such tenant; with its answer.

        """
        raise NotOffered(f"{cls.__name__} cannot be furnished: its adapter is for platforms that stand already")

    def other_door(self, door: Door) -> Door:
        """The door that was not used: what is written through one is read back through the other."""
        return self.second if door is self.main else self.main

    def as_holder_of(self, key: str | None) -> Self:
        """The same platform for the holder of another key, None: without any. Closed with this one."""
        derived = type(self)(self.address, key)
        self._derived.append(derived)
        return derived

    @cached_property
    def foreign(self) -> Self:
        """The holder of another project's key.

        Raises:
            LookupError: the target names no foreign key.

        """
        return self.as_holder_of(_given(self._foreign_key, "foreign_key"))

    @cached_property
    def admin(self) -> Self:
        """The administrator.

        Raises:
            LookupError: the target names no admin key.

        """
        return self.as_holder_of(_given(self._admin_key, "admin_key"))

    @cached_property
    def keyless(self) -> Self:
        """Nobody: requests bear no authorization."""
        return self.as_holder_of(None)

    @cached_property
    def unknown_key(self) -> Self:
        """Somebody with a key that was never given out."""
        return self.as_holder_of(UNKNOWN_KEY)

    @cached_property
    def asker(self) -> Asker:
        """Whoever sends requests as they are, with any key."""
        return Asker(self.address)

    def inventory(self) -> Inventory:
        """What exists in the project now, read through the second door."""
        return take_inventory(self.second)

    def close(self) -> None:
        """Close every connection, also of the derived ones."""
        for derived in self._derived:
            derived.close()
        if "asker" in self.__dict__:
            self.asker.close()
        self._close()


def _given(key: str | None, name: str) -> str:
    if key is None:
        raise LookupError(f"the platform was made without {name}: name it in the target")
    return key
