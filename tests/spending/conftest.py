"""A gate of its own before the scripted model, and clients that pass it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import openai
import pytest

from support.clients.model import ScriptedModel
from support.spending import Gatehouse, OpenGate
from tests.backends.model_process import (  # noqa: F401 - fixtures
    KEY,
    ModelProcess,
    model_process,
    scripted,
    start_model,
)

WORKER, SCENARIO = "sk-worker-one", "run-1"


@dataclass
class Passage:
    """An open gate, a worker that may ask for a scenario, and its client."""

    house: Gatehouse
    client: openai.OpenAI

    def ask(self, words: str = "How are you?", *, said: str = "asked", model: str = "gpt-4o", **more: object) -> str:
        """Ask the model; `said` is the id that the client gives the call."""
        answer = self.client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": words}],
            extra_headers={"x-client-request-id": said},
            **({"max_tokens": 50} | more),  # type: ignore[call-overload]
        )
        return str(answer.choices[0].message.content)


@pytest.fixture(scope="session")
def client() -> Iterator[openai.OpenAI]:
    """One client for all: reading the certificates takes longer than a test."""
    with openai.OpenAI(base_url="http://127.0.0.1:9/v1", api_key=WORKER, max_retries=0, timeout=10) as made:
        yield made


@pytest.fixture
def open_gate(
    client: openai.OpenAI,
    model_process: ModelProcess,  # noqa: F811
    scripted: ScriptedModel,  # noqa: F811
) -> Iterator[Callable[..., Passage]]:
    """Open gates before the scripted model, which stands for a real one."""
    gates: list[OpenGate] = []

    def make(limit: int = 1_000_000, calls: int = 100, pause_s: float = 0.02, upstream: str | None = None) -> Passage:
        gate = OpenGate(
            limit=limit,
            calls=calls,
            pause_s=pause_s,
            upstream=upstream or model_process.address,
            upstream_key=KEY,
        )
        gates.append(gate)
        gate.house.desk(WORKER, "", "")
        assert gate.house.begin(WORKER, SCENARIO, "features/one.feature:3 A scenario") is None
        return Passage(gate.house, client.with_options(base_url=f"{gate.house.address}/v1"))

    yield make
    for gate in gates:
        gate.close()
