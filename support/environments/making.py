"""Making an environment with uv, once on a machine, whoever else is making it at the same time."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uv import find_uv_bin

from support.environments import index
from support.environments.catalogue import Environment

LIMIT_S = 600.0
CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")


class UnavailableError(Exception):
    """An environment that cannot be had; the message is what uv says, in one line."""


def cache_folder() -> Path:
    """Where environments are kept: the user's cache (XDG)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "llm-acceptance" / "environments"


def is_made(environment: Environment, kept: Path | None = None) -> bool:
    """Whether it is there, with an interpreter that still exists."""
    return _python((kept or cache_folder()) / environment.key).exists()


def make(environment: Environment, kept: Path | None = None) -> Path:
    """Its interpreter; what is not there yet is made, which takes seconds. Raises UnavailableError."""
    folder = (kept or cache_folder()) / environment.key
    if not _python(folder).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_suffix(".lock")):
            if not _python(folder).exists():
                _build(environment, folder)
    return _python(folder)


def lock(environment: Environment) -> str:
    """Pin everything that belongs to an environment, on every platform, by today's index. Raises UnavailableError."""
    wanted = ["-", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    options, variables = index.for_uv()
    return _uv(["pip", "compile", "--quiet", *wanted, *options], environment.requirements, variables)


def _build(environment: Environment, folder: Path) -> None:
    """Make it beside its place and move it there whole, so that nobody ever meets half of it."""
    shutil.rmtree(folder, ignore_errors=True)  # one whose interpreter is gone
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        half = Path(scratch) / "environment"
        # relocatable: the programs of what is installed name the interpreter of the place that it is moved to
        wanted = ["--relocatable", "--no-python-downloads", "--python", sys.executable]
        _uv(["venv", "--quiet", *wanted, str(half)], "", {})
        options, variables = index.for_uv()
        install = ["pip", "install", "--quiet", "--no-deps", "--compile-bytecode", "--requirement", "-", *options]
        told = {**variables, "VIRTUAL_ENV": str(half)}
        try:
            _uv([*install, "--offline"], environment.lock, told)  # what uv has kept needs no network
        except UnavailableError:
            _uv(install, environment.lock, told)
        half.rename(folder)


def _uv(arguments: list[str], given: str, told: dict[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - uv is a dependency
            [find_uv_bin(), "--no-config", "--no-progress", *arguments],
            input=given,
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise UnavailableError(f"uv failed: {failure}") from failure
    if done.returncode != 0:
        raise UnavailableError(_reason(done.stderr))
    return done.stdout


def _reason(said: str) -> str:
    """What uv says, without its drawings and without credentials."""
    words = " ".join(re.sub(r"[^\x00-\x7f]", " ", said).split())
    return CREDENTIALS.sub("", words.removeprefix("error: ")) or "uv said nothing"


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold a lock that other processes of this machine wait for; the kernel takes it from one that is killed."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
