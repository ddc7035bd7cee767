"""Sessions and UI states outlive restarts and outages of Redis, are shared, and end when their time is over."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable

import pytest

from support.backends.assistant.settings import Settings
from support.backends.assistant.store import Store
from support.checks.waiting import eventually
from support.clients.model import ScriptedModel
from tests.backends.assistant.services import KIM, LEE, RedisProcess, Service, script

Start = Callable[..., Service]


def tell(service: Service, session: str, **state: object) -> None:
    with service.chat(session) as chat:
        chat.send("ui_state_update", changeType="test", payload=state)
        assert chat.next()["success"]


def talk(service: Service, session: str, message: str) -> None:
    with service.chat(session) as chat:
        assert chat.ask(message)[-2]["outcome"] == "complete"


@pytest.fixture(autouse=True)
def _talkative(scripted: ScriptedModel) -> None:
    script(scripted, [{"text": "ok"}], repeat=True)


def test_instances_share_sessions_and_a_restart_loses_nothing(start: Start, redis: RedisProcess) -> None:
    first, second = start(redis_url=redis.url), start(redis_url=redis.url)
    session = first.session()
    assert redis.client.pttl(f"session:{session}") == pytest.approx(240 * 60_000, abs=2_000)
    talk(first, session, "one")
    tell(second, session, a=1)
    tell(first, session, b=2)
    assert redis.client.pttl(f"ui_state:{session}") == pytest.approx(24 * 3_600_000, abs=2_000)
    talk(second, session, "two")
    first.backend.kill()
    third = start(redis_url=redis.url)
    assert third.said(session) == second.said(session) == ["user: one", "assistant: ok", "user: two", "assistant: ok"]
    assert third.ui_state(session) == {"a": 1, "b": 2}
    assert third.http.delete(f"/sessions/{session}", headers=LEE).status_code == 204
    assert second.read(session).status_code == 404
    assert redis.client.keys("session:*") == redis.client.keys("ui_state:*") == []
    everything = json.dumps([redis.client.get(key) for key in redis.client.keys("*")])
    assert "token-of-dr-lee" not in everything


def test_a_service_that_stops_keeps_how_far_it_came(start: Start, redis: RedisProcess, scripted: ScriptedModel) -> None:
    script(scripted, [{"text": "one two", "chunk_delay_s": 9.0}], last_user_contains="count", repeat=True)
    first, second, third = (start(redis_url=redis.url) for _ in range(3))
    for service, end, outcome in ((first, "stop", "interrupted"), (second, "kill", "unfinished")):
        session = service.session()
        with service.chat(session) as chat:
            chat.send("chat_message", message="count")
            chat.until("message_chunk")
            getattr(service.backend, end)()
        with third.chat(session) as again:
            assert again.greeting["last_outcome"]["outcome"] == outcome
        assert third.said(session)[0] == "user: count"


def test_a_session_lives_as_long_as_it_is_used(start: Start) -> None:
    service = start(session_timeout_minutes=0.5 / 60, cleanup_interval=0.05)
    idle, used = service.session(), service.session()

    def expired() -> None:
        tell(service, used, a=1)
        assert service.read(idle).status_code == 404

    eventually(expired, within=3.0, what="the idle session has expired")
    assert service.read(used).status_code == 200


def test_without_redis_at_the_start_memory_serves_and_is_shared_later(start: Start, redis: RedisProcess) -> None:
    redis.kill()
    service = start(redis_url=redis.url)
    assert service.health()["redis_connected"] is False
    session = service.session()
    talk(service, session, "during the outage")
    tell(service, session, a=1)
    redis.start()
    service.until_redis_is(True)
    other = start(redis_url=redis.url)
    assert other.said(session) == ["user: during the outage", "assistant: ok"]
    assert other.ui_state(session) == {"a": 1}


def test_an_outage_loses_nothing_and_both_sides_are_joined(start: Start, redis: RedisProcess) -> None:
    first, second = start(redis_url=redis.url), start(redis_url=redis.url)
    session, deleted, untouched = first.session(), first.session(), first.session(KIM)
    for service in (first, second):
        tell(service, session, base=1)
    assert second.read(deleted).status_code == 200
    redis.kill()
    talk(first, session, "to the first")
    tell(first, session, a=1)
    talk(second, session, "to the second")
    tell(second, session, b=2)
    assert first.http.delete(f"/sessions/{deleted}", headers=LEE).status_code == 204
    assert first.health()["redis_connected"] is False
    redis.start()  # empty: it has no disk
    for service in (first, second):
        service.until_redis_is(True)
    for service in (first, second, start(redis_url=redis.url)):
        assert sorted(service.said(session)) == sorted(
            ["user: to the first", "assistant: ok", "user: to the second", "assistant: ok"]
        )
        assert service.ui_state(session) == {"base": 1, "a": 1, "b": 2}
        assert service.read(deleted).status_code == 404
        assert service.read(untouched, KIM).status_code == 200


def test_a_paused_or_full_redis_is_no_hang(start: Start, redis: RedisProcess) -> None:
    service = start(redis_url=redis.url, redis_pool=1)
    session = service.session()
    redis.signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        talk(service, session, "paused")
        assert service.health()["redis_connected"] is False
        assert time.monotonic() - begun < 2.0
    finally:
        redis.signal(signal.SIGCONT)
    service.until_redis_is(True)
    redis.client.config_set("maxmemory", "1")
    tell(service, session, full=True)
    assert service.health()["redis_connected"] is False
    redis.client.config_set("maxmemory", "0")
    service.until_redis_is(True)
    other = start(redis_url=redis.url)
    assert other.said(session) == ["user: paused", "assistant: ok"]
    assert other.ui_state(session) == {"full": True}


def test_health_says_what_is_required(start: Start, redis: RedisProcess) -> None:
    lenient, strict = start(redis_url=redis.url), start(redis_url=redis.url, redis_required=True)
    assert [each.http.get("/health").status_code for each in (lenient, strict)] == [200, 200]
    redis.kill()
    for each in (lenient, strict):
        each.until_redis_is(False)
    assert [each.http.get("/health").status_code for each in (lenient, strict)] == [200, 503]
    assert lenient.http.get("/debug/redis/health", headers=LEE).json() == {
        "redis_connected": False,
        "status": "unavailable",
        "in_memory": 0,
    }
    assert lenient.read("never-seen").status_code == 503  # only Redis could know it


def test_whoever_is_told_to_stop_while_redis_is_asked_stops(redis: RedisProcess) -> None:
    """The client swallows a cancellation that comes at a certain turn of the loop; a reply would then run on."""

    async def cancelled(store: Store, turns: int) -> bool:
        async def work() -> None:
            await store.read("ui_state:nobody")
            await asyncio.sleep(60)

        task = asyncio.create_task(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task}, timeout=0.5)
        return task.cancelled()

    async def try_all() -> list[int]:
        store = Store(Settings.model_validate({"redis_url": redis.url}), {})
        await store.start()
        ran_on = [turns for turns in range(40) if not await cancelled(store, turns)]
        await store.close()
        return ran_on

    assert asyncio.run(try_all()) == []
