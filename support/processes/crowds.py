"""Runs Locust in processes of its own: it replaces what it imports, and must never be imported here."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes.environments import clean_environment
from support.processes.forkserver import ProcessError, tail

LOCUSTFILE = Path(__file__).parents[1] / "programs" / "load" / "locustfile.py"
MISSING = "Locust is not installed: pip install 'llm-acceptance[load]'"
LOOK_S = 0.25
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
    plan = folder / PLAN
    plan.touch(mode=0o600)  # it holds the tokens of everybody
    plan.write_text(json.dumps(crowd.plan), encoding="utf-8")
    with running(options(crowd, folder), folder / LOG, defects) as main:
        until = time.monotonic() + within_s
        while main.poll() is None and time.monotonic() < until:
            look()
            with suppress(subprocess.TimeoutExpired):
                main.wait(LOOK_S)
    look()
    told = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    if main.returncode != 0 or not (folder / REPORT).is_file():
        fault = f"ended with {main.returncode}" if main.returncode >= 0 else f"did not end within {within_s:g} s"
        raise CrowdError(f"Locust {fault}.\n{tail(told)}")


def options(crowd: Crowd, folder: Path) -> list[str]:
    """The command line of Locust."""
    given = {
        "--users": crowd.users,
        "--spawn-rate": crowd.rate,
        "--host": crowd.address,
        "--plan": folder / PLAN,
        "--report": folder / REPORT,
        "--csv": folder / SERIES,
        "--exit-code-on-error": 0,
    }
    words = [str(word) for pair in given.items() for word in pair]
    return [crowd.user, "--headless", "--only-summary", "--csv-full-history", *words]


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
