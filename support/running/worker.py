"""What one worker holds for all its scenarios: its systems, its wire, its fork servers. Made after the fork."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Collection, Sequence
from typing import Any

from support.clients.evaluation_platform.capabilities import PROBES
from support.clients.evaluation_platform.platform import Platform
from support.processes import programs
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher, preload
from support.running import scratch
from support.running.systems import SYSTEM, PlatformUnderTest
from support.settings import Settings
from support.targets import Target
from support.wire.proxy import Wire

PROGRAM_SECONDS = 30.0


class Worker:
    """Started by before_all, closed by after_all; `with`-less because behave's hooks are two functions."""

    def __init__(self, settings: Settings, target: Target, run: str, defects: Sequence[str]) -> None:
        self.settings = settings
        self.target = target
        self.run = run
        self.unproven: dict[str, str] = {}
        """Claimed capabilities that failed their probe, with the reason."""
        self.unclaimed: list[str] = []
        """Capabilities that work although the target does not claim them."""
        self._defects = tuple(defects)
        self._folder = scratch.make()
        self._server = ForkServer(preload(SYSTEM))
        self._programs = ForkServer(programs.PRELOAD)
        self._launcher = Launcher(self._server, self._folder)
        self._wire = Wire(body_limit=settings.evidence_max_bytes)
        self._numbers = itertools.count(1)
        self.system: PlatformUnderTest | None = None

    def start(self, systems: Collection[str]) -> None:
        """Start the systems that the selected scenarios need, and probe what the target claims of them."""
        if SYSTEM not in systems:
            return
        if self.target.systems[SYSTEM].embedded:
            self._server.start()
        self.system = PlatformUnderTest(self.target, self.settings, self._wire, self._launcher, self._defects)
        if not self._defects:  # a defect that spoils a probe must be caught by a scenario, not blamed on the claim
            self._probe(self.system)
        self.system.proxy.drain()

    def _probe(self, system: PlatformUnderTest) -> None:
        for capability, probe in PROBES.items():
            works = probe(system.platform)
            if works and capability not in system.claims:
                self.unclaimed.append(capability)
            if not works and capability in system.claims:
                self.unproven[capability] = f"{capability} is claimed by the target and fails its probe"

    @property
    def platform(self) -> Platform:
        """The evaluation platform, as the project of this worker's scenarios."""
        return self.evaluation_platform.platform

    @property
    def evaluation_platform(self) -> PlatformUnderTest:
        """The evaluation platform; a LookupError when the feature's folder did not ask for one."""
        if self.system is None:
            message = (
                "this scenario needs the evaluation platform: its feature belongs into features/evaluation_platform/"
            )
            raise LookupError(message)
        return self.system

    def next_mark(self) -> str:
        """A mark that is unique per run and scenario."""
        return f"{self.run}-{next(self._numbers)}"

    def program(self, name: str, arguments: dict[str, Any]) -> programs.ProgramResult:
        """Run `support.programs.<name>` in a process of its own, as a user's program that knows address and key."""
        system = self.evaluation_platform
        environment = {"HH_API_URL": system.address, "HH_API_KEY": system.key, "HH_PROJECT": system.project}
        self._programs.start()
        return programs.run(self._programs, f"support.programs.{name}:main", arguments, environment, PROGRAM_SECONDS)

    def close(self) -> None:
        """Take everything down, in reverse; nothing is left behind."""
        if self.system is not None:
            self.system.close()
        self._wire.close()
        self._launcher.close()
        self._programs.close()
        self._server.close()
        shutil.rmtree(self._folder)
