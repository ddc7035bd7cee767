"""Proves runs that ask a real model, from outside: the model is a process of its own, the run is a child behave."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.checks.waiting import eventually
from support.clients.model import ScriptedModel, Turn
from tests.backends.model_process import KEY, ModelProcess
from tests.conftest import BehaveProject

ENVIRONMENT = (Path(__file__).parents[2] / "environment.py").read_text(encoding="utf-8")
STEPS = """
import openai
from behave import when, then

def ask(context, words, address=None, key=None, **more):
    model = context.world.worker.model
    plain = openai.DefaultHttpxClient(verify=False)
    with openai.OpenAI(base_url=f"{model.address}/v1", api_key=model.key, max_retries=0, http_client=plain) as client:
        message = {"role": "user", "content": words}
        return client.chat.completions.create(model="gpt-4o", messages=[message], max_tokens=20, **more)

@when('the model is asked "{words}"')
def _(context, words):
    context.said = ask(context, words).choices[0].message.content

@when('nobody can tell what "{words}" is answered')
def _(context, words):
    try:
        context.said = ask(context, words).choices[0].message.content
    except openai.APIError:
        context.said = "it is lost"

@then('it says "{words}"')
def _(context, words):
    assert context.said == words, context.said
"""


def feature(*scenarios: str) -> str:
    return "Feature: questions\n" + "\n".join(scenarios)


def asks(name: str, tags: str = "@real_ai", words: str = "How are you?", says: str = "Well.") -> str:
    return f'  {tags}\n  Scenario: {name}\n    When the model is asked "{words}"\n    Then it says "{says}"\n'


Make = Callable[..., BehaveProject]


@pytest.fixture
def project(
    behave_project: Make, monkeypatch: pytest.MonkeyPatch, model_process: ModelProcess, scripted: ScriptedModel
) -> Callable[..., BehaveProject]:
    """A project whose scenarios ask the scripted model as if it were a real one."""
    for name in list(os.environ):
        if name.startswith(("ACCEPTANCE_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_BASE_URL", model_process.address)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def make(text: str) -> BehaveProject:
        made = behave_project("", STEPS, ENVIRONMENT)
        (made.folder / "features/one.feature").unlink()
        made.write("features/real_ai/one.feature", text)
        return made

    return make


def bill(project: BehaveProject) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((project.folder / "spending.json").read_text(encoding="utf-8"))
    return told


def test_two_workers_share_one_budget_and_one_bill(project: Make, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."), repeat=True)
    made = project(feature(*(asks(f"scenario {number}") for number in range(6))))
    run = made.run("--jobs", "2", "-D", "report=no")
    assert run.code == 0, run.output
    asked = [each for each in scripted.received() if each.usage]
    real = sum(-(-each.usage.prompt * 5 // 2) + each.usage.completion * 10 for each in asked if each.usage)
    assert (len(asked), bill(made)["spent"]) == (6, real)
    assert "real AI: 6 scenarios will ask http://127.0.0.1:" in run.output
    assert "6 calls" in run.output
    again = made.run("--jobs", "2", "-D", "report=no")
    assert "(6 scenarios as last time)" in again.output


def test_only_scenarios_of_real_ai_reach_the_real_model(project: Make, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."), repeat=True)
    made = project(feature(asks("real"), asks("scripted", tags=""), asks("real again")))
    run = made.run("-D", "report=no")
    assert run.verdicts() == {"real": "passed", "scripted": "broken", "real again": "passed"}, run.output
    assert "The scripted model has no answer" in run.outcomes["scripted"]["message"]
    assert len([each for each in scripted.received() if each.api]) == 2


def test_what_could_not_be_asked_is_undecided_whatever_the_steps_made_of_it(
    project: Make, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.failing(503), repeat=True)
    lost = '    When nobody can tell what "How are you?" is answered\n    Then it says "{}"\n'
    kept = f"  @real_ai\n  Scenario: kept\n{lost.format('it is lost')}"
    broken = f"  @real_ai\n  Scenario: broken\n{lost.format('Well.')}"
    run = project(feature(kept, broken)).run("-D", "report=no", "-D", "retry_pause_s=0.01")
    assert run.verdicts() == {"kept": "broken", "broken": "broken"}
    assert run.outcomes["kept"]["message"].startswith("could not be asked: the model could not be asked, tried 4 times")


def test_ctrl_c_breaks_off_the_call_and_leaves_no_process(project: Make, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well.", delay_s=60), repeat=True)
    made = project(feature(asks("is interrupted"), asks("never begun")))
    process = made.start("-D", "report=no")

    def under_way() -> None:
        assert [each for each in scripted.received() if each.api], "nothing was asked yet"

    eventually(under_way, within=20, what="the call")
    process.send_signal(signal.SIGINT)
    run = made.finish(process)
    assert "INTERRUPTED" in run.output
    [call] = [each for each in scripted.received() if each.api]
    assert call.hung_up
    spent = bill(made)
    assert spent["spent"] == spent["calls"][0]["worst"], "a call that was broken off is charged at its worst case"


def test_without_a_key_nothing_of_real_ai_is_started(
    project: Make, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    made = project(feature(asks("real")))
    run = made.run("-D", "report=no")
    assert run.outcomes["real"]["message"] == "OPENAI_API_KEY is not set: there is no real model to ask"
    assert run.code == 0
    assert scripted.received() == []
    assert not (made.folder / "spending.json").exists()
    assert "real AI" not in run.output.replace("real AI:", "")


def test_no_output_and_no_file_holds_the_key(project: Make, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying(f"Your key is {KEY}."), repeat=True)
    made = project(feature(asks("real")))
    run = made.run("-f", "support.reporting.allure:AllureFormatter", "-o", "report")
    texts = [path.read_text(encoding="utf-8") for path in made.folder.rglob("*") if path.suffix in {".json", ".jsonl"}]
    assert run.code == 1
    assert bill(made)["spent"] > 0
    assert [text for text in [run.output, *texts] if KEY in text] == []
