"""Proves that the isolation matrix is whole and not idle: every route of the platform is asked for by a row, or listed
with the reason why there is nothing of a tenant in it; and what the rows ask for is there, as its owner can see.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from support.clients.evaluation_platform.tenants import Asker, Question, tenants
from support.deeds.tenants import ITS, OURS, Tenant, keep_the_same, known, leave, settle, what_it_has
from support.running.worker import Worker
from support.world import World
from tests.hygiene.suite import FEATURES, ROOT, features

DESCRIBE = """
import json, sys
from support.backends.evaluation_platform.app import create_app
from support.backends.evaluation_platform.settings import Settings
app = create_app(Settings(), f"sqlite:///{sys.argv[1]}/described.db")
print(json.dumps([f"{verb.upper()} {path}" for path, verbs in app.openapi()["paths"].items() for verb in verbs]))
"""
READS = ("GET", "POST /v1/events/search", "POST /v1/events/export")


@pytest.fixture(scope="module")
def routes() -> set[str]:
    """Every route of the platform, by its own description of its interface."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", DESCRIBE, folder]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    return set(json.loads(told.stdout))


def rows() -> list[str]:
    """What the feature asks for, a row each, and the one scenario that is no row."""
    feature = next(
        each for each in features() if Path(each.filename).resolve() == FEATURES / "tracing/isolation.feature"
    )
    whens = [step.name for scenario in feature.walk_scenarios() for step in scenario.steps if step.step_type == "when"]
    return [name.removeprefix("Northwind Claims ").split(" ", 1)[1].removeprefix("for ") for name in whens]


def test_every_route_of_the_platform_is_asked_for_by_a_row(routes: set[str]) -> None:
    asked = {question.route for question in tenants().questions}
    assert routes - asked - tenants().elsewhere.keys() == set(), "rows are missing; see clients/…/tenants.toml"
    assert (asked | tenants().elsewhere.keys()) - routes == set(), "the platform has no such route"
    assert asked & tenants().elsewhere.keys() == set(), "what a row asks for needs no excuse"


def test_every_question_is_a_row_and_no_row_is_written_twice() -> None:
    assert sorted(rows()) == sorted(question.asks for question in tenants().questions)


def test_every_reason_to_leave_a_route_out_is_a_sentence() -> None:
    assert [route for route, why in tenants().elsewhere.items() if len(why.split()) < 5] == []


@dataclass(eq=False)
class Platform:
    """The embedded platform with what the deeds need of a worker."""

    control_address: httpx.Client
    asker: Asker

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.control_address.request(method, path, json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world on a platform of this file's own, in which both tenants keep everything."""
    with tempfile.TemporaryDirectory() as storage:
        command = [sys.executable, "-m", "support.backends.evaluation_platform"]
        environment = {"PLATFORM_STORAGE": storage, "PLATFORM_ADMIN_KEY": "an-admin-key"}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
            asker = Asker(said["HH_API_URL"])
            with httpx.Client(base_url=said["EVALUATION_PLATFORM_CONTROL"], trust_env=False) as control:
                platform = Platform(control, asker)
                worker = SimpleNamespace(evaluation_platform=platform, platform=platform)
                world = World(cast("Worker", worker), "hygiene")
                keep_the_same(world)
                yield world
            asker.close()
            process.terminate()


def asked_by_its_owner(world: World, question: Question) -> tuple[int, str]:
    """Status and text of the answer to the same question, asked by the tenant whose things it names."""
    ours: Tenant = world.recall("tenant", OURS)
    meant = {**known(ours, ours), "its.loose_datapoint": ours.household.ids["loose_datapoint"]}
    answer = world.platform.asker.ask(question, ours.keys[question.key], meant)
    if not question.route.startswith(READS):
        leave(world, ours)
        world.remember("tenant", OURS, settle(world, ours.household))
    return answer.status, answer.raw


def test_every_row_asks_for_what_is_there(world: World) -> None:
    """Its owner, who asks the same, is shown the canary, or has done what the other may not do."""
    wrong = []
    for question in tenants().questions:
        status, text = asked_by_its_owner(world, question)
        canary = world.recall("tenant", OURS).household.mark
        fine = status in (200, 201) and (canary in text or not question.route.startswith(READS))
        if question.owner is not None:
            fine = status == question.owner
        if not fine:
            wrong.append(f"{question.asks}: {text[:300]}")
    assert wrong == []


def test_both_tenants_have_something_in_every_kind_of_thing(world: World) -> None:
    has = {name: what_it_has(world, world.recall("tenant", name)).keys() for name in (OURS, ITS)}
    assert has[OURS] - has[ITS] == {"pending_updates"}
    for name in (OURS, ITS):
        mark = world.recall("tenant", name).household.mark
        tables = what_it_has(world, world.recall("tenant", name))
        unmarked = {table for table, kept in tables.items() if mark not in json.dumps(kept)}
        assert unmarked == {"dataset_members", "spans"}, "these hold nothing but ids"
