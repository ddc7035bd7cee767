"""The assistant service as a worker holds it: wired to model, practice and Redis through their proxies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from support.checks.waiting import eventually
from support.clients.assistant import Health, Identity, Refusal, Service, SessionMade, connect
from support.clients.model import Turn
from support.processes.launcher import Backend
from support.reporting.redaction import register_secret
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.running.systems.model import ModelUnderTest
from support.running.systems.practice import PracticeUnderTest
from support.running.systems.redis import RedisUnderTest
from support.settings import Settings
from support.targets import connection

SETTLED_S = 10.0
"""Within this time after an outage the service has found its Redis again."""
USUAL: Mapping[str, Any] = {
    "openai_timeout": 10.0,
    "openai_max_retries": 0,
    "redis_check": 0.05,
    "redis_timeout": 0.5,
}
"""Scenarios wait no longer than they must. Whoever needs other settings says so; see `configured`."""

USERS: Mapping[str, str] = {
    "practitioner": "ASSISTANT_TOKEN",
    "client": "ASSISTANT_CLIENT_TOKEN",
    "foreigner": "ASSISTANT_FOREIGN_TOKEN",
}
"""The users of a service at an address by role, and which setting holds the token of each."""
NO_SESSION = "00000000-0000-4000-8000-000000000000"

PATIENT_S = 90.0
"""How long the service waits for a real model: above what the gate before it needs for all its tries."""


class AssistantUnderTest(SystemUnderTest):
    """Everybody reaches it through the proxy; a scenario may put an instance with other settings there."""

    name = "assistant"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._extra: list[Backend] = []
        self._redis = around.others.get(RedisUnderTest.name)
        if self.target.embedded:
            self.wiring = wiring(around.others)
            self.start_embedded({**usual(around.settings), **self.wiring})
            try:
                self._settle_neighbour(around)
            except (AssertionError, OSError):
                if not around.defects:  # what a defect spoils is for a scenario to find
                    raise
        else:
            self.wiring = {}
            self.proxy.start(connection(around.target, self.name, around.settings).address)
        self.service = Service(self.proxy.address)
        """Its REST interface, through the proxy."""
        self.known: Mapping[str, Identity] = {} if self.target.embedded else identities(around.settings)
        """Who may ask a remote service, by role; empty for an embedded one, whose practice is made up."""

    @property
    def address(self) -> str:
        """Where every client finds it: the proxy."""
        return self.proxy.address

    def _settle_neighbour(self, around: Surroundings) -> None:
        """Have the canary's practitioner chat, past the proxy: what they said, and their page, is for nobody else."""
        practice, model, redis = around.others["practice"], around.others["model"], around.others["redis"]
        assert isinstance(practice, PracticeUnderTest)
        assert isinstance(model, ModelUnderTest)
        assert isinstance(redis, RedisUnderTest)
        if practice.neighbour is None:
            return
        canary, person = around.canary.value, practice.neighbour.practitioners[0]
        who = Identity(token=person.token, profile=person.profile)
        service = Service(self.embedded.address)
        made = service.open_session(who, "web_assistant", context={"note": canary})
        assert isinstance(made, SessionMade), f"the canary's session: {made}"
        model.scripted.script(Turn.saying(canary))
        chat = connect(self.embedded.address, made.session_id, who.headers())
        client = {"clientId": practice.neighbour.clients[0].id, "clientName": canary}
        chat.send({"type": "ui_state_update", "state": {"page_url": canary, "currentClient": client}})
        chat.send({"type": "chat_message", "message": canary})
        chat.wait_for(lambda heard: heard.fields.get("typing") is False, within=SETTLED_S, what="the canary's reply")
        chat.close()
        service.close()
        model.refresh()
        redis.keep()

    # Instances

    def configured(self, **settings: Any) -> Backend:
        """Start an instance with these settings over the usual ones; everybody reaches it from now on.

        It shares Redis, model and practice with the usual one, which runs on and takes over again after the scenario.
        """
        told = {**usual(self._around.settings), **self.wiring, **settings}
        instance = self._around.launcher.start(self.name, told, self._around.defects)
        self._extra.append(instance)
        self.turn_to(instance)
        return instance

    def configured_for_a_crowd(self, **settings: Any) -> Backend:
        """The same, past every proxy of this suite: nobody reads what a crowd says, and it must not wait for us."""
        others, straight = self._around.others, {}
        for name, setting, path in (("model", "openai_base_url", "/v1"), ("practice", "practice_url", "")):
            straight[setting] = f"{others[name].embedded.address}{path}"
        if others["redis"].backend is not None:
            straight["redis_url"] = others["redis"].embedded.address
        return self.configured(**straight, **settings)

    def turn_to(self, instance: Backend) -> None:
        """Send new connections to this instance; those that stand stay where they are."""
        self.proxy.retarget(instance.address)

    @property
    def current(self) -> Backend:
        """The instance that new connections reach."""
        return self._extra[-1] if self._extra else self.embedded

    def restart(self) -> None:
        """Kill the instance that is reached (SIGKILL), and start it again with its settings."""
        self.end(kill=True)
        self.come_back()

    def end(self, *, kill: bool) -> None:
        """End the instance that is reached: as a crash would, or in order."""
        if kill:
            self.current.kill()
        else:
            self.current.stop()

    def come_back(self) -> None:
        """Start what was ended again, behind the same address."""
        self.current.start()
        self.turn_to(self.current)

    def instances(self) -> Sequence[Backend]:
        """The usual one, and those that the scenario has configured."""
        return [*super().instances(), *self._extra]

    # Around a scenario

    def health(self) -> Health:
        """What the instance that is reached says of itself, past the proxy; httpx.ConnectError when it is silent."""
        answer = self._control.get(f"{self.current.address}/health")
        return Health.model_validate({**answer.json(), "status_code": answer.status_code})

    def counts(self) -> Counts:
        """It tells none: what it keeps is counted in Redis. Raises httpx.TransportError when it gives no answer."""
        if self.backend is not None:
            self._control.get(f"{self.backend.address}/health")
        return {}

    def calm(self) -> None:
        """The usual instance takes over again, and has its Redis, so that what the scenario made can be undone."""
        super().calm()
        if self.backend is None:
            return
        for instance in self._extra:
            self.retire(instance)
        self._extra.clear()
        if self.backend.exit_reason() is not None and not self.backend.died():
            self.backend.start()
        self.turn_to(self.backend)
        if isinstance(self._redis, RedisUnderTest) and self._redis.disturbed:
            self.settle()
            self._redis.disturbed = False

    def settle(self) -> None:
        """Wait until the instance that is reached has its Redis again. AssertionError when it does not find it."""
        eventually(self._has_redis, within=SETTLED_S, what="the assistant's return to Redis")

    def _has_redis(self) -> None:
        assert self.health().redis_connected, "it says that it is not connected"

    def probe(self) -> Mapping[str, bool]:
        """Nothing can be asked without a user; the scenarios of each capability are its proof."""
        return {}

    def knocks(self) -> Mapping[str, Callable[[], bool]]:
        """See `SystemUnderTest.knocks`: each user that is known asks for a session that there is not."""
        return {USERS[role]: partial(self._lets_in, who) for role, who in self.known.items()}

    def _lets_in(self, who: Identity) -> bool:
        answer = self.service.read_session(who, NO_SESSION)
        if isinstance(answer, Refusal) and answer.status in (401, 403):
            return False
        there_is_none = isinstance(answer, Refusal) and answer.status == 404 and not isinstance(answer.body, str)
        assert there_is_none, f"asked for a session that there is not, it answers {answer}"
        return True

    def environment(self) -> dict[str, str]:
        """What a user's program is told of it."""
        return {"ASSISTANT_URL": self.address}

    def sweep(self) -> None:
        """What it keeps lies in Redis, which is swept there."""

    def close(self) -> None:
        """Close the clients."""
        self.service.close()
        super().close()


def usual(settings: Settings) -> dict[str, Any]:
    """The settings of a service that asks the scripted model, or the real one."""
    asks = settings.openai_api_key is not None and not settings.rehearsal
    return {**USUAL, **({"openai_timeout": PATIENT_S} if asks else {})}


def wiring(others: Mapping[str, SystemUnderTest]) -> dict[str, Any]:
    """The settings by which it finds model, practice and Redis: their proxies."""
    model, practice, redis = others["model"], others["practice"], others["redis"]
    assert isinstance(model, ModelUnderTest)
    assert isinstance(redis, RedisUnderTest)
    found = {
        "openai_base_url": f"{model.address}/v1",
        "openai_api_key": model.key,
        "practice_url": practice.proxy.address,
    }
    return found if redis.url is None else {**found, "redis_url": redis.url}


def identities(settings: Settings) -> dict[str, Identity]:
    """The users of a remote service that the settings name, by role."""
    given = {
        "practitioner": (settings.assistant_token, settings.assistant_profile),
        "client": (settings.assistant_client_token, settings.assistant_client_profile),
        "foreigner": (settings.assistant_foreign_token, settings.assistant_foreign_profile),
    }
    found = {}
    for role, (token, profile) in given.items():
        if token is not None:
            register_secret(token.get_secret_value())
            found[role] = Identity(token=token.get_secret_value(), profile=profile)
    return found
