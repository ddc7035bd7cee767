"""Redis as a worker holds it: a real server that scenarios stop, kill, pause, fill, and read by a door of their own."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import httpx
import redis

from support.checks.waiting import eventually
from support.processes.forkserver import ProcessError
from support.reporting.redaction import register_secret
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.wire.faults import Refuse

CONTROL = "redis.control"
LIMIT_S = 5.0
"""Within this time every answer of a server that is well has come."""
LAGGING_S = 1.0
"""So long after a scenario a service may be behind with what it keeps."""
NO_PROGRAM = "there is no redis-server here"
DELETED = "deleted"
TROUBLES = ("stopped", "killed", "paused", "refusing", "full of clients", "out of memory", "emptied")
"""What can be wrong with it; see `trouble`."""


class RedisUnderTest(SystemUnderTest):
    """Its users reach it through the proxy, by `url`; `door` goes past it, straight to the server.

    Without a server on this machine `url` is None, and what needs one is skipped with the remedy.
    """

    name = "redis"

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.url: str | None = None
        self._kept: frozenset[str] = frozenset()
        self._process: int | None = None
        self._paused = False
        self._changed: dict[str, str] = {}
        self.disturbed = False
        """Whether it was out of order since the last `calm`."""
        given = around.settings.redis_url
        if given is not None:
            address = given.get_secret_value()
            if password := urlsplit(address).password:
                register_secret(password)
            self.url = _with_user_of(address, self.proxy.start(address))
            self.lacking = {CONTROL: "REDIS_URL names a server that is not this suite's to stop"}
        else:
            try:
                self.url = address = self.start_embedded({})
            except ProcessError as fault:
                if NO_PROGRAM not in str(fault):
                    raise
                told = str(fault).partition(NO_PROGRAM)[2].splitlines()[0]
                self.lacking = {CONTROL: f"{NO_PROGRAM}{told}"}
                return
            address = self.embedded.address
        self._open(address)

    def _open(self, address: str) -> None:
        # No pool is renewed by itself: a server that went away has to be noticed.
        self.door = redis.Redis.from_url(
            address, decode_responses=True, socket_timeout=LIMIT_S, socket_connect_timeout=LIMIT_S
        )
        """The suite's own connection, for reading what is there independently."""
        if self.backend is not None:
            self._process = int(self.door.info("server")["process_id"])

    # What goes wrong with it

    def trouble(self, how: str) -> None:
        """Put it out of order, until `mend` or the end of the scenario: one of TROUBLES."""
        {
            "stopped": self.stop,
            "killed": self.kill,
            "paused": self.pause,
            "refusing": self.refuse,
            "full of clients": self.crowd,
            "out of memory": self.fill,
            "emptied": self.empty,
        }[how]()

    def stop(self) -> None:
        """End it in order; connections to it are refused from now on."""
        self._disturb()
        self.embedded.stop()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self._disturb()
        self.embedded.kill()

    def pause(self) -> None:
        """Have it answer nothing, while the system goes on to accept connections for it (SIGSTOP)."""
        self._disturb()
        os.kill(self._pid(), signal.SIGSTOP)
        self._paused = True

    def refuse(self) -> None:
        """Refuse connections and close those that stand, while the server runs on: its network is gone."""
        self._disturb()
        self.proxy.inject(Refuse())

    def crowd(self) -> None:
        """Let in no client beyond those that are connected."""
        self._disturb()
        self._change("maxclients", "1")

    def fill(self) -> None:
        """Leave no memory for anything new."""
        self._disturb()
        self._change("maxmemory", "1")

    def empty(self) -> None:
        """Have it forget everything that scenarios made, as one does that was started again without its disk."""
        self._disturb()
        self.sweep()

    def start(self) -> None:
        """Start it again on the same storage, behind the same address."""
        if not self.embedded.alive():
            self.embedded.start()
            self.proxy.retarget(self.embedded.address)
            self.door.close()
            self._open(self.embedded.address)
        self._paused = False

    def mend(self) -> None:
        """End whatever is wrong with it; it answers when this returns."""
        if self.backend is None:
            return
        self.proxy.clear_faults()
        if self._paused and self.embedded.alive():
            os.kill(self._pid(), signal.SIGCONT)
            self._paused = False
        self.start()
        for name, value in self._changed.items():
            self.door.config_set(name, value)
        self._changed.clear()

    def _disturb(self) -> None:
        self.disturbed = True

    def _change(self, name: str, value: str) -> None:
        before = cast("dict[str, str]", self.door.config_get(name))[name]
        self._changed.setdefault(name, before)
        self.door.config_set(name, value)

    def _pid(self) -> int:
        assert self._process is not None, "the server is not ours"
        return self._process

    # What is in it

    def read(self, key: str) -> str | None:
        """What is stored under a key, past every service; None where nothing is."""
        return cast("str | None", self.door.get(key))

    def keys(self, pattern: str = "*") -> list[str]:
        """The keys of that glob, in order of the alphabet."""
        return sorted(cast("Iterator[str]", self.door.scan_iter(pattern, count=1000)))

    def remaining_s(self, key: str) -> float | None:
        """Seconds until a key expires; None for one that never does, or is not there."""
        left = self.door.pttl(key)
        return left / 1000 if left >= 0 else None

    def expire(self, key: str, seconds: float) -> None:
        """Let a key end in so many seconds. Raises LookupError when it is not there."""
        if not self.door.pexpire(key, int(seconds * 1000)):
            raise LookupError(f"Redis holds no {key}")

    def counts(self) -> Counts:
        """Keys by the word before their first colon, but for notes of what is no more, which end by themselves.

        Of a server that is not ours: nothing, others may use it.
        """
        if self.backend is None:
            return {}
        with _as_silence(), suppress(AssertionError):
            # A service whose Redis was slow for a moment may be saving, or deleting, yet.
            eventually(self._nothing_left, within=LAGGING_S, what="the end of the last writes")
        with _as_silence():
            kinds = Counter(key.partition(":")[0] for key in self.keys() if key not in self._kept)
        return {"redis": {kind: count for kind, count in kinds.items() if kind != DELETED}}

    def _nothing_left(self) -> None:
        left = [key for key in set(self.keys()) - self._kept if not key.startswith(f"{DELETED}:")]
        assert not left, f"{left} are there"

    def keep(self) -> None:
        """What is there now stays, whatever is swept: the canary's."""
        if self.backend is not None:
            self._kept = frozenset(self.keys())

    def calm(self) -> None:
        """End every fault, of the network and of the server."""
        with _as_silence():
            self.mend()
        super().calm()

    def sweep(self) -> None:
        """Delete every key that was not there before the scenarios."""
        if self.backend is not None and (left := set(self.keys()) - self._kept):
            self.door.delete(*left)

    def restart(self) -> None:
        """Kill it and start it again on the same storage."""
        self.disturbed = True
        self.embedded.kill()
        self.start()

    def knocks(self) -> Mapping[str, Callable[[], bool]]:
        """See `SystemUnderTest.knocks`: a server that was named is asked for a sign of life."""
        return {} if self._around.settings.redis_url is None else {"REDIS_URL": self._lets_in}

    def _lets_in(self) -> bool:
        try:
            self.door.ping()
        except redis.AuthenticationError:
            return False
        except (redis.ConnectionError, redis.TimeoutError) as silence:
            raise ConnectionError(str(silence)) from silence
        except redis.RedisError as oddity:
            if str(oddity).startswith(("NOAUTH", "WRONGPASS", "NOPERM")):
                return False
            raise AssertionError(str(oddity)) from oddity
        return True

    def close(self) -> None:
        """Close the door; a paused server is woken, so that it can end."""
        if self._paused and self.backend is not None and self.backend.alive():
            os.kill(self._pid(), signal.SIGCONT)
        if self.url is not None:
            self.door.close()
        super().close()


@contextmanager
def _as_silence() -> Iterator[None]:
    """A server that gives no answer, told as every other system's silence is."""
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError) as silence:
        raise httpx.ConnectError(f"redis: {silence}") from silence


def _with_user_of(given: str, proxy: str) -> str:
    """The proxy's address with user, password and database of the address that was given."""
    wanted, reached = urlsplit(given), urlsplit(proxy)
    user, at, _ = wanted.netloc.rpartition("@")
    return urlunsplit(reached._replace(netloc=f"{user}{at}{reached.netloc}"))
