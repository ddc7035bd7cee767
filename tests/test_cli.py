"""Proves that `acceptance backends` serves until it is stopped and leaves nothing, and that `settings` masks."""

import contextlib
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from support.configuring.sources import from_dotenv
from tests.processes_helpers import assert_gone

ROOT = Path(__file__).parent.parent
ACCEPTANCE = [sys.executable, "-c", "from support.cli import app; app()"]
Start = Callable[..., subprocess.Popen[str]]


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ACCEPTANCE, *arguments],
        cwd=folder,
        env=clean(**environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def clean(**environment: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `acceptance backends`; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def backends(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*ACCEPTANCE, "backends", *arguments],
            cwd=tmp_path,
            env=clean(TMPDIR=str(tmp_path)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield backends
    for process in started:
        with process:
            process.kill()


PLATFORM = ["HH_API_URL", "HH_API_KEY", "HH_PROJECT", "HH_FOREIGN_KEY"]
MODEL = ["OPENAI_BASE_URL", "OPENAI_API_KEY", "SCRIPTED_MODEL_CONTROL"]
BOTH = ["--only", "evaluation_platform", "--only", "model"]


def env_lines(stream: IO[str] | None, folder: Path, count: int = len(PLATFORM + MODEL)) -> dict[str, str]:
    """The lines of both systems, or the first ones, read as a .env file."""
    assert stream is not None
    path = folder / "printed.env"
    path.write_text("".join(stream.readline() for _ in range(count)))
    layer = from_dotenv(path)
    assert not layer.problems
    return layer.values


def descendants(pid: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found |= {child: int(child)} | descendants(int(child))
    return found


def model_says(text: str, control: str, address: str, key: str) -> str:
    """Script the model, and ask it."""
    httpx.post(f"{control}/scripts", json={"turns": [{"text": text}]}).raise_for_status()
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Say it."}]}
    answer = httpx.post(f"{address}/chat/completions", json=body, headers={"Authorization": f"Bearer {key}"})
    return str(answer.json()["choices"][0]["message"]["content"])


def two_free_ports() -> int:
    """A port that is free, as is the next one."""
    while True:
        with socket.socket() as free, socket.socket() as next_to_it:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                next_to_it.bind(("127.0.0.1", port + 1))
                return port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_backends_serve_the_printed_key_until_they_are_stopped(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(*BOTH)
    printed = env_lines(process.stdout, tmp_path)
    assert list(printed) == PLATFORM + MODEL
    address, key = printed["HH_API_URL"], printed["HH_API_KEY"]
    body = {"name": "greetings"}
    url = f"{address}/v1/datasets"
    assert httpx.post(url, json=body, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert httpx.post(url, json=body, headers={"Authorization": "Bearer another"}).status_code == 401
    others = httpx.get(url, headers={"Authorization": f"Bearer {printed['HH_FOREIGN_KEY']}"})
    assert others.json() == {"datasets": []}, "another project's"
    pids = descendants(process.pid)
    assert len(pids) >= 3, "the fork server, the platform and the model"
    said = model_says("hello", printed["SCRIPTED_MODEL_CONTROL"], printed["OPENAI_BASE_URL"], printed["OPENAI_API_KEY"])
    assert said == "hello"

    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0, err
    assert out == "", "nothing but .env lines on stdout"
    assert "guard nothing but" in err
    assert "Traceback" not in err
    assert_gone(pids)
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
    assert [path.name for path in tmp_path.iterdir()] == ["printed.env"], "no storage is left behind"


def test_a_backend_that_dies_ends_the_command_with_its_log(start: Start, tmp_path: Path) -> None:
    process = start(*BOTH)
    env_lines(process.stdout, tmp_path)
    (server,) = (int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
    platform = next(pid for pid in descendants(server).values())
    os.kill(platform, signal.SIGKILL)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "evaluation_platform died, ended by SIGKILL" in err


def test_a_stable_port_is_the_same_after_a_restart(start: Start, tmp_path: Path) -> None:
    port = two_free_ports()
    for _ in range(2):
        process = start("--only", "evaluation_platform", "--port", str(port))
        printed = env_lines(process.stdout, tmp_path, len(PLATFORM))
        assert printed["HH_API_URL"] == f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(10) == 0


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        finished = run("backends", "--port", port, folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == (
        f"port {port} of 127.0.0.1 cannot be used (Address already in use); choose another --port\n"
    )


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("--only", "evaluation_plattform"), "there is no such system; did you mean evaluation_platform?"),
        (("--defect", "nothing.breaks"), "there is no defect called nothing.breaks"),
    ],
)
def test_a_name_that_is_unknown_is_refused_before_anything_starts(
    tmp_path: Path, arguments: tuple[str, ...], answer: str
) -> None:
    finished = run("backends", *arguments, folder=tmp_path)
    assert finished.returncode == 2
    assert answer in finished.stderr
    assert finished.stdout == ""


def test_settings_show_values_and_origins_and_mask_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-hush-4711\n")
    finished = run("settings", folder=tmp_path, HH_API_KEY="hush-0815", ACCEPTANCE_TARGET="staging")
    assert finished.returncode == 0, finished.stderr
    rows = {line.split("\t")[0]: line.split("\t")[1:4] for line in finished.stdout.splitlines()}
    assert rows["openai_api_key"] == ["OPENAI_API_KEY", "**********", ".env line 1"]
    assert rows["hh_api_key"] == ["HH_API_KEY", "**********", "environment variable HH_API_KEY"]
    assert rows["target"] == ["ACCEPTANCE_TARGET", "staging", "environment variable ACCEPTANCE_TARGET"]
    assert "hush" not in finished.stdout


def test_settings_are_a_table_on_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = clean(HH_API_KEY="hush-0815", TERM="xterm", COLUMNS="120")
    command = [*ACCEPTANCE, "settings"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while part := read(ours):
        shown += part
    os.close(ours)
    assert process.wait(10) == 0, shown.decode()
    assert "┏" in shown.decode()
    assert "HH_API_KEY" in shown.decode()
    assert b"hush" not in shown


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side has closed a terminal
        return b""


def test_wrong_settings_are_refused_without_a_traceback(tmp_path: Path) -> None:
    finished = run("settings", folder=tmp_path, ACCEPTANCE_TARGT="x", ACCEPTANCE_EVIDENCE_MAX_BYTES="1")
    assert finished.returncode == 2
    assert "did you mean ACCEPTANCE_TARGET?" in finished.stderr
    assert "evidence_max_bytes (environment variable ACCEPTANCE_EVIDENCE_MAX_BYTES)" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_the_markdown_table_shows_defaults_whatever_is_set_here(tmp_path: Path) -> None:
    finished = run("settings", "--markdown", folder=tmp_path, ACCEPTANCE_TARGET="staging")
    lines = finished.stdout.splitlines()
    assert lines[0] == "| setting | environment, `.env` | default | meaning |"
    assert any(line.startswith("| `target` | `ACCEPTANCE_TARGET` | `embedded` | ") for line in lines)
    assert "staging" not in finished.stdout
