"""Runs programs by other interpreters than this one, each a process of its own from its first import on."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.defects import Defect
from support.processes import seeded
from support.processes.forkserver import ProcessError, tail

ROOT = Path(__file__).parents[2]
IMPORTED = re.compile(r"import time: +(\d+|self \[us\]) \|")
"""What begins a line of the interpreter's own account of what was imported, on stderr."""


@dataclass(frozen=True)
class Run:
    """A program that has ended. `imported` are the modules that it imported, in order, by the interpreter's account.

    `output` is its stdout and stderr without that account, `seconds` its time from start to end.
    """

    pid: int
    exit_code: int
    output: str
    imported: tuple[str, ...]
    seconds: float


def run(
    python: Path,
    programs: Sequence[Sequence[str]],
    *,
    folder: Path,
    environment: Mapping[str, str],
    within_s: float,
    defects: Sequence[Defect] = (),
) -> list[Run]:
    """Run these command lines (a module and its arguments) at once, in `folder`, until all have ended.

    `environment` is the whole of theirs. Raises ProcessError, with the end of its output, for one that outlives
    `within_s`; none is left running, whatever happens. `defects` are seeded before a program begins.
    """
    begun = time.monotonic()
    started = [_start(python, program, number, folder, environment, defects) for number, program in enumerate(programs)]
    try:
        for process in started:
            process.wait(max(0.0, begun + within_s - time.monotonic()))
    except subprocess.TimeoutExpired as late:
        said = "".join(_account(_said(folder, number))[0] for number in range(len(started)))
        raise ProcessError(f"a program did not end within {within_s:g} s and was killed.\n{tail(said)}") from late
    finally:
        for process in started:
            process.kill()
            process.wait()
    seconds = time.monotonic() - begun
    return [_ended(process, _said(folder, number), seconds) for number, process in enumerate(started)]


def _start(
    python: Path,
    program: Sequence[str],
    number: int,
    folder: Path,
    environment: Mapping[str, str],
    defects: Sequence[Defect],
) -> subprocess.Popen[bytes]:
    ids = ",".join(f"{each.wrapper.__module__}/{each.id}" for each in defects)
    how = [str(seeded.__file__), str(ROOT), ids] if ids else ["-m"]
    with _log(folder, number).open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own program
            [str(python), "-X", "importtime", *how, *program],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _log(folder: Path, number: int) -> Path:
    return folder / f"output-{number}.log"


def _said(folder: Path, number: int) -> str:
    return _log(folder, number).read_text(encoding="utf-8", errors="replace")


def _account(said: str) -> tuple[str, tuple[str, ...]]:
    """What a program said itself, and what the interpreter said of its imports."""
    lines = said.splitlines(keepends=True)
    imported = tuple(line.rpartition("|")[2].strip() for line in lines if IMPORTED.match(line))
    return "".join(line for line in lines if not IMPORTED.match(line)), imported


def _ended(process: subprocess.Popen[bytes], said: str, seconds: float) -> Run:
    output, imported = _account(said)
    return Run(process.pid, process.returncode, output, imported, seconds)
