"""Runs Locust in processes of its own: it replaces what it imports, and must never be imported here."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes.environments import clean_environment
from support.processes.forkserver import ProcessError, tail

LOCUSTFILE = Path(__file__).parents[1] / "programs" / "load" / "locustfile.py"
MISSING = "Locust is not installed: pip install 'llm-acceptance[load]'"
LOOK_S = 0.25
WORKERS_S = 60
PLAN, REPORT, SERIES, LOG = "plan.json", "report.json", "series", "locust.log"


class CrowdError(ProcessError):
    """Locust did not run to its end; with the end of its output."""


@dataclass(frozen=True)
class Crowd:
    """Who comes: `users` of a class of the locustfile, `rate` more of them a second, against `address`."""

    user: str
    users: int
    rate: float
    address: str
    plan: Mapping[str, Any]
    """What they are told; see the classes in support/programs/load."""
    workers: int = 0
    """Locust's workers that play them; 0: one process does."""
    master: str | None = None
    """host:port to wait for workers of other machines at; None: they are started here."""


def installed() -> bool:
    """Whether there is a Locust, without importing it."""
    return importlib.util.find_spec("locust") is not None


def gather(
    crowd: Crowd, folder: Path, look: Callable[[], object], within_s: float, defects: Sequence[str] = ()
) -> None:
    """Let a crowd come and go; `look` is called several times a second meanwhile.

    In `folder` are then REPORT, the results, and SERIES_stats_history.csv, Locust's own, second by second.
    Raises CrowdError when it is not installed, breaks down, or does not end in time.
    """
    if not installed():
        raise CrowdError(MISSING)
    if crowd.master is not None and not crowd.workers:
        raise CrowdError("load_master is where load_workers are awaited: say how many, at least 1")
    plan = folder / PLAN
    plan.touch(mode=0o600)  # it holds the tokens of everybody
    plan.write_text(json.dumps(crowd.plan), encoding="utf-8")
    with ExitStack() as all_of_them:
        host, port = place(crowd.master)
        main = all_of_them.enter_context(running(master(crowd, folder, host, port), folder / LOG, defects))
        if crowd.master is None:
            for number in range(1, crowd.workers + 1):
                all_of_them.enter_context(running(worker(host, port), folder / f"worker-{number}.log", defects))
        until = time.monotonic() + within_s
        while main.poll() is None and time.monotonic() < until:
            look()
            with suppress(subprocess.TimeoutExpired):
                main.wait(LOOK_S)
    look()
    told = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    if main.returncode != 0 or not (folder / REPORT).is_file():
        fault = f"ended with {main.returncode}" if main.returncode >= 0 else f"did not end within {within_s:g} s"
        logs = sorted(folder.glob("worker-*.log"))
        played = "".join(f"\n{log.stem}:\n{tail(log.read_text('utf-8', 'replace'))}" for log in logs)
        raise CrowdError(f"Locust {fault}.\n{tail(told)}{played}")


def master(crowd: Crowd, folder: Path, host: str, port: int) -> list[str]:
    """The command line of Locust, or of its master."""
    options = {
        "--users": crowd.users,
        "--spawn-rate": crowd.rate,
        "--host": crowd.address,
        "--plan": folder / PLAN,
        "--report": folder / REPORT,
        "--csv": folder / SERIES,
        "--exit-code-on-error": 0,
        **({"--master-bind-host": host, "--master-bind-port": port} if crowd.workers else {}),
        **({"--expect-workers": crowd.workers, "--expect-workers-max-wait": WORKERS_S} if crowd.workers else {}),
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [crowd.user, "--headless", "--only-summary", "--csv-full-history", *words, *["--master"][: crowd.workers]]


def worker(host: str, port: int) -> list[str]:
    """The command line of one of Locust's workers. It plays whom its master tells it to play."""
    return ["--worker", "--master-host", host, "--master-port", str(port)]


def command(words: Sequence[str], defects: Sequence[str] = ()) -> list[str]:
    """Locust from nothing, as from a shell; with these defects of the programs."""
    begin = f"from support import defects; defects.apply('programs', {list(defects)!r}); " if defects else ""
    start = ["-c", f"{begin}from locust.main import main; main()"] if defects else ["-m", "locust"]
    return [sys.executable, *start, "-f", str(LOCUSTFILE), *words]


@contextmanager
def running(words: Sequence[str], log: Path, defects: Sequence[str]) -> Any:
    """A process, which has ended after the block, whatever happens."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command(words, defects),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def place(given: str | None) -> tuple[str, int]:
    """Where the master waits for its workers: as given (host:port), else a free port of this machine, for it alone."""
    if given is not None:
        found = re.fullmatch(r"(.+):(\d+)", given)
        if found is None:
            raise CrowdError(f"{given!r} is no address of a master: host:port")
        return found[1], int(found[2])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "127.0.0.1", free.getsockname()[1]
