"""Proves that client environments are what they say, are made once, offline from what uv has kept, from the package
index that pip is configured for, and that one that cannot be had is a reason to skip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from behave.parser import parse_feature

from support.environments import (
    Environment,
    UnavailableError,
    catalogue,
    holding,
    index,
    is_made,
    make,
    making,
    named_in,
)
from support.running import client_environments
from tests.conftest import BehaveProject

EMPTY = Environment("empty", {"openai": "1.97.0"}, "")
PLAIN = holding({"httpx": "0.28.1"})


@pytest.mark.parametrize("environment", catalogue(), ids=lambda each: each.name)
def test_a_lock_pins_what_was_chosen_and_everything_else(environment: Environment) -> None:
    pinned = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", environment.lock, re.MULTILINE))
    assert environment.packages.items() <= pinned.items()
    assert len(pinned) > len(environment.packages)
    assert len(pinned) == len(environment.lock.splitlines())


def test_every_environment_has_the_sdk_and_the_library_that_it_forgets_to_declare() -> None:
    assert {(each.packages["trainloop-llm-logging"], each.packages["httpx"]) for each in catalogue()} == {
        ("0.9.0", "0.28.1")
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a program with openai 2.54.0", ["openai-2"]),
        ("a program with litellm 1.74.15.post2", ["openai-1"]),
        ("a program with httpx 0.28.1", ["plain"]),
        ("a program with openai 3.52.0 and httpx 0.28.1", ["openai-3"]),
        ("a machine with openai 1.97.0, openai 2.54.0 and openai 3.52.0", ["openai-1", "openai-2", "openai-3"]),
        ("it asks the model 3 times", []),
    ],
)
def test_sentences_name_environments(text: str, names: list[str]) -> None:
    assert [each.name for each in named_in(text)] == names


@pytest.mark.parametrize("text", ["a program with openai 9.9.9", "a program with openai 1.97.0 and anthropic 2.11.0"])
def test_versions_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(LookupError, match=r"no environment of .* holds openai"):
        named_in(text)


def test_uv_is_told_what_pip_is_told_in_pips_own_order() -> None:
    told = (
        ":env:.index-url='https://user:secret@env.example/simple'\n"
        "global.index-url='https://global.example/simple'\n"
        "install.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'\n"
        "global.extra-index-url='https://three.example/simple'\n"
        "global.find-links='/wheels /more'\n"
        "global.trusted-host='one.example'\n"
        "global.no-index='false'\n"
        "freeze.timeout='10'\n"
    )
    assert index.for_uv(told, {}) == (
        [],
        {
            "UV_INDEX_STRATEGY": "unsafe-best-match",
            "UV_DEFAULT_INDEX": "https://user:secret@env.example/simple",
            "UV_INDEX": "https://one.example/simple https://two.example/simple",
            "UV_FIND_LINKS": "/wheels,/more",
            "UV_INSECURE_HOST": "one.example",
        },
    )


def test_what_the_user_has_told_uv_goes_first() -> None:
    told = "global.index-url='https://pip.example/simple'\nglobal.no-index='true'\n"
    options, variables = index.for_uv(told, {"UV_DEFAULT_INDEX": "https://uv.example/simple"})
    assert options == ["--no-index"]
    assert "UV_DEFAULT_INDEX" not in variables


def test_one_environment_is_made_once_whoever_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build: Callable[[Environment, Path], None] = making._build

    def counting(environment: Environment, folder: Path) -> None:
        built.append(environment.name)
        build(environment, folder)

    monkeypatch.setattr(making, "_build", counting)
    assert not is_made(EMPTY, tmp_path)
    with ThreadPoolExecutor(4) as pool:
        pythons = set(pool.map(lambda _: make(EMPTY, tmp_path), range(4)))
    assert built == ["empty"]
    assert is_made(EMPTY, tmp_path)
    asked = subprocess.run(
        [*pythons, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == str(tmp_path / EMPTY.key)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_one_whose_interpreter_is_gone_is_made_anew(tmp_path: Path) -> None:
    python = make(EMPTY, tmp_path)
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not is_made(EMPTY, tmp_path)
    assert make(EMPTY, tmp_path).exists()


def test_other_pins_are_another_environment() -> None:
    assert Environment("empty", {}, "a==1\n").key != Environment("empty", {}, "a==2\n").key


def test_what_uv_has_kept_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(PLAIN)  # the one environment that these tests may have to fetch
    monkeypatch.setenv("UV_OFFLINE", "1")
    python = make(PLAIN, tmp_path)
    program = "from importlib.metadata import version; print(version('trainloop-llm-logging'), version('httpx'))"
    asked = subprocess.run([python, "-c", program], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["0.9.0", "0.28.1"]


def test_a_version_that_cannot_be_had_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    wanted = Environment("gone", {}, "httpx==0.0.0.dev1\n")
    with pytest.raises(UnavailableError, match=r"httpx==0\.0\.0\.dev1") as refusal:
        make(wanted, tmp_path)
    assert "\n" not in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == [f"{wanted.key}.lock"]


def test_credentials_of_an_index_are_not_told() -> None:
    assert making._reason("error: Failed to fetch: `https://user:secret@index.example/simple/httpx/`\n") == (
        "Failed to fetch: `https://index.example/simple/httpx/`"
    )


FEATURE = """
Feature: F
  Scenario: S
    Given a program with {clients}
"""


def test_what_cannot_be_had_is_the_reason_to_skip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def refuse(_environment: Environment) -> Path:
        raise UnavailableError("there is no version of openai==1.97.0")

    monkeypatch.setattr(client_environments, "make", refuse)
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    feature = parse_feature(FEATURE.format(clients="openai 1.97.0"), filename="features/call_logging/x.feature")
    clients = client_environments.prepare(feature.scenarios)
    told = client_environments.Clients.reason_to_skip(clients, feature.scenarios[0])
    assert told is not None
    assert "openai 1.97.0, anthropic 0.58.2, litellm 1.74.15.post2 cannot be had: there is no version of" in told
    said = capfd.readouterr().err.splitlines()
    assert said[0].startswith("making client environment 1 of 1: trainloop-llm-logging 0.9.0")
    assert "cannot be had: there is no version of openai==1.97.0" in said[1]


def test_what_is_there_is_not_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    python = make(PLAIN)
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    feature = parse_feature(FEATURE.format(clients="httpx 0.28.1"), filename="features/call_logging/x.feature")
    clients = client_environments.prepare(feature.scenarios)
    assert clients.pythons == {"plain": python}
    assert clients.reason_to_skip(feature.scenarios[0]) is None
    assert capfd.readouterr().err == ""


def test_features_of_other_systems_name_no_environment() -> None:
    feature = parse_feature(FEATURE.format(clients="openai 9.9.9"), filename="features/tracing/x.feature")
    assert client_environments.prepare(feature.scenarios) == client_environments.Clients()


def test_a_version_that_no_environment_holds_ends_the_run_with_the_place(
    behave_project: Callable[..., BehaveProject],
) -> None:
    project = behave_project("Feature: other\n", "")
    project.write("features/call_logging/x.feature", FEATURE.format(clients="openai 9.9.9"))
    project.write(
        "steps/s.py", "from behave import given\n\n@given('a program with {clients}')\ndef _(context, clients): pass\n"
    )
    done = subprocess.run(
        project.command("features/call_logging"),
        cwd=project.folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "x.feature:3: no environment of environments/clients.toml holds openai 9.9.9" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
