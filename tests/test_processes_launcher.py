"""Proves that backends start, stop, are killed and restart with their storage, and that their deaths are explained."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.checks.waiting import eventually
from support.processes import launcher as launching
from support.processes.forkserver import ForkServer, ProcessError
from support.processes.launcher import Backend, Launcher, preload

PACKAGE = "tests.throwaway"


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(["tests.throwaway.echo.server", "support.configuring"]) as server:
        yield server


@pytest.fixture
def launcher(server: ForkServer, tmp_path: Path) -> Iterator[Launcher]:
    launcher = Launcher(server, tmp_path, package=PACKAGE)
    yield launcher
    launcher.close()


def test_a_started_backend_takes_calls_at_both_addresses(launcher: Launcher) -> None:
    backend = launcher.start("echo")
    assert httpx.get(backend.address).json() == "ok"
    assert httpx.get(backend.control).json() == "ok"
    assert backend.address != backend.control
    assert backend.alive()
    assert backend.exit_reason() is None


def test_a_backend_has_the_settings_given_and_none_of_the_users(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHO_KEYS", "the user's own")
    told = httpx.get(f"{launcher.start('echo').address}/settings").json()
    assert told["keys"] == ""
    assert "ECHO_KEYS" not in told["environment"]
    assert httpx.get(f"{launcher.start('echo', {'keys': 'a=b'}).address}/settings").json()["keys"] == "a=b"


@pytest.mark.parametrize("end", ["stop", "kill", None])
def test_a_restarted_backend_has_its_storage_and_keys(launcher: Launcher, end: str | None) -> None:
    backend = launcher.start("echo", {"keys": "a=b"})
    first = backend.pid
    assert httpx.get(f"{backend.address}/count").json() == 1
    if end:
        getattr(backend, end)()
        assert not backend.alive()
        with pytest.raises(httpx.ConnectError):
            httpx.get(backend.address)
    backend.restart()
    assert backend.pid != first
    assert httpx.get(f"{backend.address}/count").json() == 2
    assert httpx.get(f"{backend.address}/settings").json()["keys"] == "a=b"


def test_two_backends_of_a_kind_share_no_storage(launcher: Launcher) -> None:
    one, two = launcher.start("echo"), launcher.start("echo")
    assert [httpx.get(f"{backend.address}/count").json() for backend in (one, one, two)] == [1, 2, 1]


def test_stop_is_in_order_and_kill_is_not(launcher: Launcher) -> None:
    backend = launcher.start("echo")
    backend.kill()
    assert "echo stopped in order" not in backend.log_text()
    assert backend.exit_reason() == "echo was killed"
    backend.restart()
    backend.stop()
    assert "echo stopped in order" in backend.log_text()
    assert backend.exit_reason() == "echo was stopped"
    assert not backend.died(), "who was ended by us did not die"


def test_a_backend_that_dies_by_itself_is_explained_with_its_log(launcher: Launcher) -> None:
    backend = launcher.start("echo")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{backend.address}/die")
    eventually(lambda: _assert_died(backend), within=3, what="the death is noticed")
    reason = backend.exit_reason()
    assert reason is not None
    assert "echo died, exit code 7" in reason
    assert "I was told to die" in reason


def _assert_died(backend: Backend) -> None:
    assert backend.died()


def test_a_backend_that_crashes_at_start_is_reported_with_its_log(launcher: Launcher) -> None:
    with pytest.raises(ProcessError, match="backend echo could not be started") as caught:
        launcher.start("echo", {"fault": "crash"})
    assert "RuntimeError: no storage to be had" in str(caught.value)
    assert "exit code 1" in str(caught.value)


def test_a_backend_that_is_never_ready_is_killed_and_reported(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "START_SECONDS", 0.3)
    with pytest.raises(ProcessError, match=r"did not announce that it is ready within 0\.3 s") as caught:
        launcher.start("echo", {"fault": "silent"})
    assert "echo starts" in str(caught.value)
    assert not launcher.backends[-1].alive()


def test_wrong_settings_are_refused_in_one_line_each(launcher: Launcher) -> None:
    with pytest.raises(ProcessError) as caught:
        launcher.start("echo", {"prot": 1, "control_port": "x"})
    assert "prot (argument): is unknown; did you mean port?" in str(caught.value)
    assert "control_port (argument): Input should be a valid integer" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_defect_that_does_not_exist_is_reported_by_name(launcher: Launcher) -> None:
    with pytest.raises(ProcessError, match=r"no defect of echo called nothing\.breaks"):
        launcher.start("echo", defects=["nothing.breaks"])


def test_closing_ends_every_backend(server: ForkServer, tmp_path: Path) -> None:
    launcher = Launcher(server, tmp_path, package=PACKAGE)
    backends = [launcher.start("echo") for _ in range(2)]
    launcher.close()
    assert [backend.alive() for backend in backends] == [False, False]


def test_the_platform_is_ready_in_under_a_second(tmp_path: Path) -> None:
    with ForkServer(preload("evaluation_platform")) as server:
        launcher = Launcher(server, tmp_path)
        launcher.start("evaluation_platform")
        warm = launcher.start("evaluation_platform")
        assert warm.start_seconds < 1.0
        assert httpx.get(f"{warm.address}/openapi.json").json()["info"]["title"]
        launcher.close()
