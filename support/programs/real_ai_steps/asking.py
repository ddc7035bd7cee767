"""The sentences of the suite that `support.programs.real_ai_run` runs: they ask the model as its scenarios say."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import openai
from behave import then, when
from behave.runner import Context

from support.checks.criteria import hold_rate
from support.checks.replies import Reply, Sample, keep
from support.clients.model import Turn

WELL = "All is well."
MODEL = "gpt-4o"
CLAUDE = "claude-haiku-4-5"


def client(context: Context) -> openai.OpenAI:
    """The real client, as the suite's own steps and its judge use it."""
    spending = context.world.worker.spending
    return connect(spending.address, spending.key)


def connect(address: str, key: str) -> openai.OpenAI:
    """A client that reads no certificates: nothing is encrypted on loopback, and that takes time."""
    plain = openai.DefaultHttpxClient(verify=False)
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0, timeout=60, http_client=plain)


def ask(context: Context, asks: Any, words: str, room: int, **more: Any) -> Any:
    """One call; `asked_by` of the scenario's own data tells as whom."""
    mark, told = context.world.mark, context.config.userdata
    who = {"the judge": f"judge/{mark}/warmth/1"}.get(told.get("AskedBy.who", ""), f"suite/{mark}/1")
    return asks.chat.completions.create(
        model=told.get("AskedBy.model", MODEL),
        messages=[{"role": "user", "content": words}],
        max_tokens=room,
        extra_headers={"x-client-request-id": who},
        **more,
    )


@when('the model is asked "{words}" {times:d} times, {at_once:d} at once, with room for {room:d} tokens')
def asked(context: Context, words: str, times: int, at_once: int, room: int) -> None:
    """Ask, so often and so many at once; in a rehearsal, tell the scripted model first what to say."""
    worker = context.world.worker
    if worker.settings.rehearsal:
        worker.model.scripted.script(Turn.saying(WELL), repeat=True)
    with client(context) as asks, ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda _: ask(context, asks, words, room), range(times)))
    context.answers = [answer.choices[0].message.content for answer in answers]


@when('the model is asked "{words}" for {answers:d} answers in one call')
def asked_for_several(context: Context, words: str, answers: int) -> None:
    """Ask once for so many choices."""
    with client(context) as asks:
        said = ask(context, asks, words, 50, n=answers)
    context.answers = [each.message.content for each in said.choices]


@when('Claude begins to answer "{words}"')
def begins_to_answer(context: Context, words: str) -> None:
    """Ask Claude, by Anthropic's protocol, and listen as long as it speaks, which need not be to its end."""
    spending = context.world.worker.spending
    headers = {"x-api-key": spending.key, "anthropic-version": "2023-06-01"}
    order = {"model": CLAUDE, "max_tokens": 900, "stream": True, "messages": [{"role": "user", "content": words}]}
    with (
        suppress(httpx.TransportError),
        httpx.stream("POST", f"{spending.address}/messages", headers=headers, json=order) as said,
    ):
        for _ in said.iter_lines():
            pass
    context.answers = []


@when("a model is deleted by its name")
def model_is_deleted(context: Context) -> None:
    """Have the provider delete a model, which cannot be undone."""
    with client(context) as asks:
        asks.models.delete(MODEL)
    context.answers = []


@when('the judge is asked whether "{words}" is empathetic')
def judged(context: Context, words: str) -> None:
    """Have a reply judged as the suite's own scenarios do."""
    keep(context.world, Sample([Reply(1, "Maya", "I can't sleep.", words)]))
    hold_rate(context.world, 1, 1, "the tone is empathetic")
    context.answers = []


@when('Ctrl-C is pressed while the model answers "{words}"')
def interrupted(context: Context, words: str) -> None:
    """Interrupt the whole run as soon as the first piece of the answer is there."""
    with client(context) as asks:
        for _ in ask(context, asks, words, 50, stream=True):
            os.kill(os.getppid(), signal.SIGINT)


@when('the model is asked "{words}" past the gate')
def asked_past_the_gate(context: Context, words: str) -> None:
    """Ask as a careless program would: at the provider's own address, with its own key."""
    address, key = (context.config.userdata[f"AskedBy.{name}"] for name in ("address", "key"))
    with connect(address, key) as asks:
        asks.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": words}], max_tokens=5)


@when("nothing is asked")
def nothing_is_asked(context: Context) -> None:
    """Do nothing."""
    context.answers = []


@then("it is well")
def is_well(context: Context) -> None:
    """See that every answer is the one that the model gives when all is well."""
    assert all(answer == WELL for answer in context.answers), f'expected "{WELL}", was {context.answers}'
