"""The platform of one scenario: an address, a key, two doors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .collector import Collector
from .interface import (
    Configurations,
    Datapoints,
    Datasets,
    Door,
    Events,
    Metrics,
    Projects,
    Runs,
    Sessions,
    Things,
    Tools,
)
from .inventory import Inventory, take_inventory
from .material import (
    ConfigurationsOverCarrier,
    DatapointsOverCarrier,
    DatasetsOverCarrier,
    ProjectsOverCarrier,
    ToolsOverCarrier,
)
from .nouns import noun as noun_of
from .plain import PlainCarrier
from .recording import EventsOverCarrier, SessionsOverCarrier
from .scoring import MetricsOverCarrier, RunsOverCarrier
from .sdk import SdkCarrier
from .tenants import Asker

UNKNOWN_KEY = "nobody-was-ever-given-this-key"


class CarrierDoor:
    """See `interface.Door`."""

    def __init__(self, carrier: PlainCarrier | SdkCarrier) -> None:
        """A door over a carrier."""
        self._carrier = carrier
        self.datasets: Datasets = DatasetsOverCarrier(carrier)
        self.datapoints: Datapoints = DatapointsOverCarrier(carrier)
        self.configurations: Configurations = ConfigurationsOverCarrier(carrier)
        self.tools: Tools = ToolsOverCarrier(carrier)
        self.metrics: Metrics = MetricsOverCarrier(carrier)
        self.runs: Runs = RunsOverCarrier(carrier)
        self.sessions: Sessions = SessionsOverCarrier(carrier)
        self.events: Events = EventsOverCarrier(carrier)
        self.projects: Projects = ProjectsOverCarrier(carrier)
        everything: tuple[Things[Any], ...] = (
            self.datasets,
            self.datapoints,
            self.configurations,
            self.tools,
            self.metrics,
            self.runs,
            self.sessions,
            self.events,
            self.projects,
        )
        self._by_noun: Mapping[str, Things[Any]] = {things.noun: things for things in everything}

    @property
    def name(self) -> str:
        """See `interface.Door`."""
        return self._carrier.name

    @property
    def carried_by(self) -> str:
        """See `interface.Door`."""
        return self._carrier.carried_by

    def of(self, noun: str) -> Things[Any]:
        """See `interface.Door`."""
        return self._by_noun[noun_of(noun).key]


class Platform:
    """The evaluation platform for the holder of one key. ``main`` is the SDK's door, ``second`` plain HTTP.

    ``foreign`` is the same platform for the holder of another project's key, ``admin`` for an administrator,
    ``keyless`` for nobody, ``unknown_key`` for somebody with a key that was never given out.
    """

    def __init__(
        self, address: str, key: str | None, *, foreign_key: str | None = None, admin_key: str | None = None
    ) -> None:
        """Nothing is sent yet. Keys are never shown by this class."""
        self.address = address.rstrip("/")
        self.key = key
        self._foreign_key = foreign_key
        self._admin_key = admin_key
        self._derived: list[Platform] = []
        self._plain = PlainCarrier(self.address, key)
        self._sdk_fallback = PlainCarrier(self.address, key)
        self.main: Door = CarrierDoor(SdkCarrier(self.address, key, self._sdk_fallback))
        self.second: Door = CarrierDoor(self._plain)
        self.collector = Collector(self._plain)

    def other_door(self, door: Door) -> Door:
        """The door that was not used: what is written through one is read back through the other."""
        return self.second if door is self.main else self.main

    def as_holder_of(self, key: str | None) -> Platform:
        """The same platform for the holder of another key, None: without any. Closed with this one."""
        derived = Platform(self.address, key)
        self._derived.append(derived)
        return derived

    @cached_property
    def foreign(self) -> Platform:
        """The holder of another project's key.

        Raises:
            LookupError: the target names no foreign key.

        """
        return self.as_holder_of(_given(self._foreign_key, "foreign_key"))

    @cached_property
    def admin(self) -> Platform:
        """The administrator.

        Raises:
            LookupError: the target names no admin key.

        """
        return self.as_holder_of(_given(self._admin_key, "admin_key"))

    @cached_property
    def keyless(self) -> Platform:
        """Nobody: requests bear no authorization."""
        return self.as_holder_of(None)

    @cached_property
    def unknown_key(self) -> Platform:
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
        self._plain.close()
        self._sdk_fallback.close()


def _given(key: str | None, name: str) -> str:
    if key is None:
        raise LookupError(f"the platform was made without {name}: name it in the target")
    return key
