"""The facts of a run beside its results: `environment.properties`, and in CI `executor.json`. Redacted."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from support.reporting.redaction import redact_text, redact_value

PACKAGES = ("llm-acceptance", "behave", "allure-behave", "honeyhive", "openai", "httpx", "websockets", "mcp")
"""Packages whose version may explain a verdict; those not installed are left out."""

GIT_TIMEOUT_S = 5.0


def write(folder: Path, facts: Mapping[str, str], variables: Mapping[str, str] = os.environ) -> None:
    """Write both files into a results folder; `facts` are the run's own, such as its target, and come first."""
    lines = [f"{_key(name)} = {_value(value)}" for name, value in {**facts, **surroundings()}.items() if value]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    executor = github(variables)
    if executor is not None:
        (folder / "executor.json").write_text(json.dumps(redact_value(executor), indent=2), encoding="utf-8")


def surroundings(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Python, system, versions and the commit, where they can be told."""
    facts = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "commit": commit(),
    }
    for package in packages:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            continue
    return facts


def commit(folder: Path | None = None) -> str:
    """The commit of the tree, marked when something in it is not committed; empty without git or a repository."""
    command = ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(  # noqa: S603 - a constant command
            command, cwd=folder, capture_output=True, text=True, timeout=GIT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def github(variables: Mapping[str, str]) -> dict[str, Any] | None:
    """Allure's executor from what GitHub Actions sets; None outside of it."""
    if variables.get("GITHUB_ACTIONS") != "true":
        return None
    number = variables.get("GITHUB_RUN_NUMBER", "")
    run = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
    executor: dict[str, Any] = {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": f"{variables.get('GITHUB_WORKFLOW', 'run')} #{number}",
    }
    if number.isdigit():
        executor["buildOrder"] = int(number)
    if all(variables.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")):
        executor["buildUrl"] = run.format_map(variables)
    return executor


def source(variables: Mapping[str, str]) -> str | None:
    """Where GitHub shows the files of the commit that its workflow runs; None outside of it."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    if variables.get("GITHUB_ACTIONS") != "true" or not all(variables.get(name) for name in names):
        return None
    return "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/blob/{GITHUB_SHA}".format_map(variables)


def _key(name: str) -> str:
    return name.replace("\\", "\\\\").replace(" ", "\\ ").replace("=", "\\=").replace(":", "\\:")


def _value(value: str) -> str:
    """A value on one line, as Java's properties want it."""
    return redact_text(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
