"""What one worker holds for all its scenarios: its systems, its wire, its fork servers. Made after the fork."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from support.clients.command import Commands
from support.clients.evaluation_platform.interface import Unreachable
from support.clients.evaluation_platform.platform import Platform
from support.defects import CONFIGURING, PROGRAMS, Defect, named
from support.processes import programs
from support.processes.forkserver import ForkServer
from support.processes.launcher import Launcher, preload
from support.running import greeting, scratch
from support.running.canary import Canary
from support.running.client_environments import Clients
from support.running.spending import Spending
from support.running.systems import (
    KINDS,
    AssistantUnderTest,
    Counts,
    ModelUnderTest,
    PlatformUnderTest,
    PracticeUnderTest,
    RedisUnderTest,
    Surroundings,
    SystemUnderTest,
)
from support.settings import Settings
from support.spending import Gatehouse
from support.targets import Target
from support.wire.proxy import Wire
from support.wire.records import Conversation, Exchange

PROGRAM_SECONDS = 30.0
Held = TypeVar("Held", bound=SystemUnderTest)


class Worker:
    """Started by before_all; its close is a cleanup of the whole worker, run also when the start failed half-way."""

    def __init__(
        self,
        settings: Settings,
        target: Target,
        run: str,
        defects: Sequence[str],
        fork_server: Callable[[Sequence[str]], ForkServer] = ForkServer,
    ) -> None:
        self.settings = settings
        self.target = target
        self.run = run
        self.canary = Canary()
        self.systems: dict[str, SystemUnderTest] = {}
        self.in_play: Mapping[str, SystemUnderTest] = {}
        """Those of them that the scenario under way needs."""
        self.counts: dict[str, Counts] = {}
        """What is stored in each system between two scenarios; each must leave it so."""
        self.closed: dict[str, str] = {}
        """Systems at an address of which nothing can be asked, with the reason and the remedy."""
        self.unproven: dict[str, str] = {}
        """Claimed capabilities that failed their probe, with the reason."""
        self.unclaimed: list[str] = []
        """Capabilities that work although the target does not claim them."""
        self._defects = named(defects)
        self._folder = scratch.make()
        self._wire = Wire(body_limit=settings.evidence_max_bytes)
        self._fork_server = fork_server
        self._programs = fork_server(programs.PRELOAD)
        self._warm = False
        self.clients = Clients()
        """The client environments of the run, for scenarios that name versions."""
        self.commands = Commands(self._seeded_in(CONFIGURING))
        """Our own commands, for scenarios whose subject they are. Nothing is started before the first is run."""
        self._server: ForkServer | None = None
        self._launcher: Launcher | None = None
        self._numbers = itertools.count(1)
        self._spending: Spending | None = None

    def warm_up(self) -> None:
        """Begin to import what programs need, beside the start of the systems, which waits for it at its end."""
        self._programs.start()
        self._warm = True

    def start(self, systems: Collection[str]) -> None:
        """Start the systems that the selected scenarios need, and probe what the target claims of them."""
        offered = [name for name in KINDS if name in systems and name in self.target.systems]
        self._server = self._fork_server(preload(*(name for name in offered if self.target.systems[name].embedded)))
        self._launcher = Launcher(self._server, self._folder)
        if any(self.target.systems[name].started_here for name in offered):
            self._server.start()
        for name in offered:
            around = Surroundings(
                self.target, self.settings, self._wire, self._launcher, self.canary, self._seeded_in(name), self.systems
            )
            self.systems[name] = system = KINDS[name](around)
            if problem := greeting.trouble(system, self.target.name):
                self.closed[name] = str(problem)
                continue
            try:
                self._look_at(system)
            except Unreachable as silence:  # it names the proxy, which is no help to whoever runs the suite
                raise Unreachable(system.proxy.upstream, silence.cause) from silence
            system.proxy.drain()
        if self._warm:
            self._programs.wait_until_ready()

    def _look_at(self, system: SystemUnderTest) -> None:
        if not self._defects:  # a defect that spoils a probe must be caught by a scenario, not blamed on the claim
            self._judge_claims(system)
        self.counts[system.name] = system.counts()

    def _judge_claims(self, system: SystemUnderTest) -> None:
        for capability, works in system.probe().items():
            if capability in system.lacking:
                continue
            if works and capability not in system.claims:
                self.unclaimed.append(capability)
            if not works and capability in system.claims:
                why = system.why_it_fails(capability)
                self.unproven[capability] = f"{capability} is claimed by the target and fails its probe{why}"

    def why_not_asked(self, systems: Iterable[str], capabilities: Iterable[str]) -> str | None:
        """Why what needs these cannot be asked: a system is not there, or a capability failed its probe; else None."""
        reasons = [*map(self.closed.get, systems), *map(self.unproven.get, capabilities)]
        return next(filter(None, reasons), None)

    @property
    def evaluation_platform(self) -> PlatformUnderTest:
        """The evaluation platform; a LookupError when the feature's folder did not ask for one."""
        return self._held(PlatformUnderTest)

    def open_till(self, house: Gatehouse) -> None:
        """Have the scenarios that ask a real model pass the gate of the run."""
        model = self.systems.get(ModelUnderTest.name)
        self._spending = Spending(house, model if isinstance(model, ModelUnderTest) else None)

    @property
    def spending(self) -> Spending:
        """What is spent on real models; a LookupError where this run asks none."""
        if self._spending is None:
            raise LookupError("this run asks no real model: only scenarios that bear @real_ai can")
        return self._spending

    @property
    def asks(self) -> bool:
        """Whether this run asks a real model, or rehearses that."""
        return self._spending is not None

    @property
    def platform(self) -> Platform:
        """The evaluation platform, as the project of this worker's scenarios."""
        return self.evaluation_platform.platform

    @property
    def assistant(self) -> AssistantUnderTest:
        """The assistant service; a LookupError when the feature's folder did not ask for one."""
        return self._held(AssistantUnderTest)

    @property
    def model(self) -> ModelUnderTest:
        """The scripted model; a LookupError when the feature's folder did not ask for one."""
        return self._held(ModelUnderTest)

    @property
    def practice(self) -> PracticeUnderTest:
        """The practice API; a LookupError when the feature's folder did not ask for one."""
        return self._held(PracticeUnderTest)

    @property
    def redis(self) -> RedisUnderTest:
        """Redis; a LookupError when the feature's folder did not ask for one."""
        return self._held(RedisUnderTest)

    def _held(self, kind: type[Held]) -> Held:
        system = self.systems.get(kind.name)
        if not isinstance(system, kind):
            message = f"no {kind.name} was started: name it for the feature's folder in running/systems ROOMS"
            if kind.name not in self.target.systems:
                message = (
                    f"the target {self.target.name} names no {kind.name}, which this scenario uses: name it in the"
                    " target file, or tag the scenario with what it needs there (@needs.…), so that it is skipped"
                )
            raise LookupError(message)
        return system

    def next_mark(self) -> str:
        """A mark that is unique per run and scenario."""
        return f"{self.run}-{next(self._numbers)}"

    def program(
        self, name: str, arguments: dict[str, Any], *, within_s: float = PROGRAM_SECONDS, **environment: str
    ) -> programs.ProgramResult:
        """Run `support.programs.<name>` in a process of its own, as a user's program that knows addresses and keys."""
        told = {name: text for each in self.systems.values() for name, text in each.environment().items()} | environment
        self._programs.start()
        target, seeded = f"support.programs.{name}:main", self._seeded_in(PROGRAMS)
        return programs.run(self._programs, target, arguments, told, within_s, seeded)

    def seeded(self, system: str, at: str = "") -> list[Defect]:
        """The defects of a system that this run is to seed, of those that replace something whose name begins so."""
        return [defect for defect in self._defects if defect.system == system and defect.target.startswith(at)]

    def _seeded_in(self, system: str) -> list[str]:
        return [defect.id for defect in self._defects if defect.system == system]

    def drain(self) -> tuple[list[Exchange], list[Conversation]]:
        """What was said since the last time to the systems in play: the exchanges that ended, and the frames."""
        return self._wire.drain([system.proxy for system in self.in_play.values()])

    def close(self) -> None:
        """Take everything down, in reverse; nothing is left behind."""
        for system in reversed(self.systems.values()):
            system.close()
        self._wire.close()
        if self._launcher is not None:
            self._launcher.close()
        self._programs.close()
        self.commands.close()
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder)
