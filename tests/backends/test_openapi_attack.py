"""Attacks the services over HTTP from their own descriptions: nothing may answer 5xx, or otherwise than it says.

Attacked are the public address and the control address of every embedded service that has one: the evaluation
platform, the practice API, the scripted model, the assistant (which takes no orders). The tool daemon speaks WebSocket
alone (test_frame_attack.py), and the spending gate describes nothing: it passes on what providers say.

Left out is the phase that follows links from one operation to the next: it was green, but so it was where a session, a
reminder or a tool was said to be deleted and was not, and what cannot find that proves nothing.

`ATTACK_EXAMPLES` is the number of cases for each operation in the phase of chance: more of them, and the phase that
tries each field by itself everywhere, by `make fuzz`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from support.clients.model import ScriptedModel, ToolCall, Turn
from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Entry, Launcher, preload
from tests import attacking
from tests.throwaway.faulty.server import path_of

DEEPLY = "ATTACK_EXAMPLES" in os.environ
EXAMPLES = os.environ.get("ATTACK_EXAMPLES", "3")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "negative_data_rejection",
)
TAKEN = "positive_data_acceptance"
"""Checked where a target says what it may refuse although it is as described."""
REFUSABLE = '["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]'
"""What may be answered to what is as described: 422, too, by the contract of the practice API (cannot be done)."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "evaluation_platform": {"keys": "ours=key-of-ours,theirs=key-of-theirs", "admin_key": "key-of-all"},
    "practice": {"practitioner_token": "token-of-lee", "client_token": "token-of-maya"},
    "assistant": {"openai_api_key": "key-of-the-model", "openai_max_retries": 0, "practice_url": "http://127.0.0.1:9"},
    "model": {"keys": "key-of-the-model"},
}
LEE = ("Authorization: Bearer token-of-lee", "ProfileID: practitioner-local")


@dataclass(frozen=True)
class Target:
    """An address that is attacked: whose, which, with these headers, by all checks but these.

    `large`: bodies of so many fields that the phase which tries each by itself is left to `make fuzz`.
    `refuses`: the operations that may refuse what their description allows, and why; None where too many do.
    """

    system: str
    door: Literal["address", "control"] = "address"
    headers: Sequence[str] = ()
    without: Sequence[str] = ()
    large: bool = False
    refuses: Mapping[str, str] | None = None

    def options(self) -> list[str]:
        """Of the attack, which is the same each time."""
        coverage = [] if self.large and not DEEPLY else ["coverage"]
        phases = ",".join(["examples", *coverage, "fuzzing"])
        headers = [part for each in self.headers for part in ("-H", each)]
        told = ["--seed", "1", "--generation-deterministic", "--continue-on-failure", "-n", EXAMPLES]
        return [*told, "--phases", phases, *headers]

    def configuration(self) -> str:
        """By which checks it is judged, and which operations may refuse what."""
        checks = [each for each in CHECKS if each not in self.without] + [TAKEN] * (self.refuses is not None)
        lines = ["[checks]", "enabled = false", *(f"{each}.enabled = true" for each in checks)]
        lines.append(f"{TAKEN}.expected-statuses = {REFUSABLE}")
        for name in self.refuses or ():
            lines += ["[[operations]]", f'include-name = "{name}"', f"checks.{TAKEN}.enabled = false"]
        return "\n".join(lines)

    def attack(self, server: ForkServer, backend: Backend, folder: Path, *more: str) -> attacking.Attack:
        """Attack it; the code is not 0 when a check failed."""
        description = f"{getattr(backend, self.door)}/openapi.json"
        return attacking.attack(server, description, [*self.options(), *more], folder, self.configuration())


TARGETS: Mapping[str, Target] = {
    # Filters, ranges of dates, JSON in the query, and the items of a batch are described as what may be anything, since
    # the answer names the part and the item that is wrong: a third of the operations refuse some of it.
    "evaluation platform": Target("evaluation_platform", headers=["Authorization: Bearer key-of-ours"]),
    "evaluation platform's control": Target("evaluation_platform", "control"),
    "practice API": Target(
        "practice",
        headers=LEE,
        refuses={
            "GET /api/v1/account/v2/me": "a timezone is one of a database's, which changes",
            "GET /api/v1/client-mood/recent": "clientId may be left out by clients only, who asks with their own token",
        },
    ),
    "practice API's control": Target("practice", "control", large=True),
    # Any token will do for the assistant: it makes a user. A test of its own shows none.
    "assistant": Target(
        "assistant",
        headers=LEE,
        without=["ignored_auth"],
        refuses={
            "POST /summarize-ai-conversations": "conversations in which nothing was said cannot be summarised: 400"
        },
    ),
    # What goes with what (a tool's result with its call, an option with another) no schema says.
    "scripted model": Target("model", headers=["Authorization: Bearer key-of-the-model"], large=True),
    "scripted model's control": Target("model", "control"),
}
HARMLESS = '{"is_violation": false, "violation_type": "", "reason": "", "confidence": 0.1}'
"""What the model says: about every template, and as every document."""
KINDS = (
    Turn.saying(HARMLESS),
    Turn.calling("search_clients", query="Sarah"),
    Turn(text="Let me see.", tool_calls=(ToolCall(name="first"), ToolCall(name="second"))),
    Turn(refusal="I will not say that."),
    Turn.saying("Sarah is", finish="length"),
    Turn(empty=True),
)
"""What the attacked model says: an answer of every form."""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer([*preload(*SETTINGS), *attacking.PRELOAD, "tests.throwaway.faulty.server"]) as server:
        yield server


@pytest.fixture(scope="module")
def launcher(server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    launcher = Launcher(server, tmp_path_factory.mktemp("attacked"))
    yield launcher
    launcher.close()


def started(system: str, launcher: Launcher) -> Backend:
    """A service that answers: what it needs, too, is there, and says the same, whatever it is asked."""
    if system == "model":
        return talking(launcher, *KINDS)
    needed = {"openai_base_url": f"{talking(launcher, KINDS[0]).address}/v1"} if system == "assistant" else {}
    return launcher.start(system, {**SETTINGS[system], **needed})


def talking(launcher: Launcher, *turns: Turn) -> Backend:
    """A model that says these things, again and again."""
    backend = launcher.start("model", dict(SETTINGS["model"]))
    with ScriptedModel(backend.control) as model:
        model.script(*turns, repeat=True)
    return backend


@pytest.mark.parametrize("target", TARGETS)
def test_a_service_answers_as_it_says_whatever_it_is_sent(
    server: ForkServer, launcher: Launcher, target: str, tmp_path: Path
) -> None:
    attacked = TARGETS[target]
    backend = started(attacked.system, launcher)
    run = attacked.attack(server, backend, tmp_path)
    assert run.code == 0, run.said[-20_000:]
    assert "generated" in run.said, "nothing was sent"
    assert "Traceback" not in backend.log_text()
    if target == "scripted model":
        with ScriptedModel(backend.control) as model:
            taken = {each.path for each in model.received() if each.method == "POST" and each.status == 200}
        assert taken == {
            f"/v1/{path}" for path in ("chat/completions", "responses", "messages", "embeddings", "moderations")
        }


def test_the_assistant_lets_nobody_in_without_a_token(launcher: Launcher) -> None:
    backend = launcher.start("assistant", dict(SETTINGS["assistant"]))
    with httpx.Client(base_url=backend.address, trust_env=False) as client:
        paths = client.get("/openapi.json").json()["paths"]
        asked = [(method, path) for path, methods in paths.items() for method in methods if path != "/health"]
        for authorization in (None, "", "Bearer", "Basic bGVlOmxlZQ==", "token-of-lee"):
            headers = {} if authorization is None else {"Authorization": authorization}
            answers = [client.request(way, path.format(session_id="some"), headers=headers) for way, path in asked]
            told = [(answer.status_code, answer.headers.get("www-authenticate")) for answer in answers]
            assert told == [(401, "Bearer")] * 8, authorization


FOUND: Mapping[str, str] = {
    "fails": "Server error",
    "lets everybody in": "accepts requests without authentication",
    "answers an odd status": "Received: 202",
    "answers text": "Undocumented Content-Type",
    "answers another shape": "Response violates schema",
    "leaves a header out": "Missing required response headers",
    "takes anything": "Schema-violating request accepted",
}
FAULTY = Target("faulty", headers=["Authorization: Bearer the-key"])


def found_in(run: attacking.Attack) -> dict[str, str]:
    """What was said of each operation ("POST /path") in which something was found."""
    _, *told = re.split(r"^_+ ([A-Z]+ /\S*) _+$", run.said, flags=re.MULTILINE)
    return dict(zip(told[::2], told[1::2], strict=True))


def test_the_attack_finds_what_is_wrong_and_nothing_else(server: ForkServer, tmp_path: Path) -> None:
    throwaway = Launcher(server, tmp_path, package="tests.throwaway")
    run = FAULTY.attack(server, throwaway.start("faulty", {}), tmp_path)
    throwaway.close()
    found = found_in(run)
    assert run.code == 1, run.said
    assert set(found) == {f"POST {path_of(fault)}" for fault in FOUND}, run.said
    assert [fault for fault, check in FOUND.items() if check not in found[f"POST {path_of(fault)}"]] == [], run.said


FOUND_REFUSED = "Schema-valid request rejected"


@pytest.mark.parametrize(
    ("target", "plant", "path", "check"),
    [
        ("scripted model", "lets everybody in", "/v1/embeddings", FOUND["lets everybody in"]),
        ("scripted model's control", "opens no gate", "/open", FOUND["fails"]),
        ("practice API's control", "counts in words", "/counts", FOUND["answers another shape"]),
        ("evaluation platform's control", "cannot say what is wrong", "/faults", FOUND["fails"]),
        ("practice API", "takes no reminder", "/api/v1/reminders", FOUND_REFUSED),
        ("assistant", "takes no session", "/sessions", FOUND_REFUSED),
    ],
)
def test_the_attack_finds_what_is_planted(
    server: ForkServer, launcher: Launcher, target: str, plant: str, path: str, check: str, tmp_path: Path
) -> None:
    attacked = TARGETS[target]
    package = f"support.backends.{attacked.system}"
    arguments = {"package": package, "settings": SETTINGS[attacked.system], "defects": [], "plant": plant}
    backend = launcher.run(
        attacked.system, Entry("tests.throwaway.planted:serve", arguments, "The planted backend", 20)
    )
    run = attacked.attack(server, backend, tmp_path, "--include-path-regex", f"^{path}(/|$)")
    assert [said for said in found_in(run) if path not in said] == [], run.said
    assert check in run.said
