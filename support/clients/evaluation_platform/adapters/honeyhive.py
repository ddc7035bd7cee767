"""HoneyHive, and whatever speaks its wire: the vendor's SDK is the first door, plain HTTP the second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..collector import Collector
from ..interface import (
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
from ..material import (
    ConfigurationsOverCarrier,
    DatapointsOverCarrier,
    DatasetsOverCarrier,
    ProjectsOverCarrier,
    ToolsOverCarrier,
)
from ..nouns import noun as noun_of
from ..plain import PlainCarrier
from ..platform import Platform
from ..recording import EventsOverCarrier, SessionsOverCarrier
from ..scoring import MetricsOverCarrier, RunsOverCarrier
from ..sdk import SdkCarrier


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


class HoneyHive(Platform):
    """See `platform.Platform`."""

    def _open(self) -> None:
        self._plain = PlainCarrier(self.address, self.key)
        self._sdk_fallback = PlainCarrier(self.address, self.key)
        self.main: Door = CarrierDoor(SdkCarrier(self.address, self.key, self._sdk_fallback))
        self.second: Door = CarrierDoor(self._plain)
        self.collector = Collector(self._plain)

    def _close(self) -> None:
        self._plain.close()
        self._sdk_fallback.close()

    def environment(self) -> dict[str, str]:
        """See `Platform.environment`: what the vendor's SDK reads."""
        return {"HH_API_URL": self.address, "HH_API_KEY": self.key or "", "HH_PROJECT": self.project}


ADAPTER = HoneyHive
