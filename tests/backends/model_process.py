"""The scripted model as a process of its own, with its control address and the real clients."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anthropic
import httpx
import openai
import pytest

from support.clients.model import ScriptedModel

KEY, OTHER_KEY = "sk-right-0123456789abcd", "sk-other-0123456789wxyz"


@dataclass
class ModelProcess:
    """A model of its own; `settings` are `MODEL_…` variables, `prelude` is run before it in its process."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    prelude: str = ""
    address: str = ""
    control: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> ModelProcess:
        """Start it and wait until it says its addresses. `address` ends with /v1."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MODEL_")}
        with (self.folder / "model.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"{self.prelude}\nfrom support.backends.model.__main__ import main; main()"],
                cwd=self.folder,
                env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])} | self.settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(2)]
        assert all(lines), self.log()
        said = dict(line.strip().split("=", 1) for line in lines)
        self.address, self.control = said["OPENAI_BASE_URL"], said["SCRIPTED_MODEL_CONTROL"]
        return self

    def stop(self) -> tuple[int, float]:
        """SIGTERM; its exit code, and how many seconds it took."""
        assert self.process is not None
        assert self.process.stdout is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(timeout=10), time.monotonic() - started

    def log(self) -> str:
        """What it wrote to stderr."""
        return (self.folder / "model.log").read_text()


@pytest.fixture(scope="session")
def start_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ModelProcess]]:
    """Start models with settings of their own; all are ended with the session."""
    started: list[ModelProcess] = []

    def start(prelude: str = "", **settings: str) -> ModelProcess:
        model = ModelProcess(tmp_path_factory.mktemp("model"), settings, prelude)
        started.append(model)
        return model.start()

    yield start
    for model in started:
        if model.process is not None and model.process.poll() is None:
            model.stop()


@pytest.fixture(scope="session")
def model_process(start_model: Callable[..., ModelProcess]) -> Iterator[ModelProcess]:
    """The model that most tests share; it must not have failed at anything."""
    shared = start_model(MODEL_KEYS=f"{KEY},{OTHER_KEY}", MODEL_MODELS="house-model")
    yield shared
    assert shared.log() == "", shared.log()[-5000:]


@pytest.fixture
def scripted(model_process: ModelProcess) -> Iterator[ScriptedModel]:
    """Its control address, with nothing scripted and nothing received."""
    with ScriptedModel(model_process.control) as model:
        model.reset()
        yield model


@pytest.fixture
def openai_client(model_process: ModelProcess, scripted: ScriptedModel) -> Iterator[openai.OpenAI]:
    """OpenAI's client."""
    with openai.OpenAI(base_url=model_process.address, api_key=KEY, timeout=10) as made:
        yield made


@pytest.fixture
def claude_client(model_process: ModelProcess, scripted: ScriptedModel) -> Iterator[anthropic.Anthropic]:
    """Anthropic's client."""
    address = model_process.address.removesuffix("/v1")
    with anthropic.Anthropic(base_url=address, api_key=KEY, timeout=10) as made:
        yield made


@pytest.fixture
def model_http(model_process: ModelProcess, scripted: ScriptedModel) -> Iterator[httpx.Client]:
    """Plain HTTP with a good key."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=model_process.address, headers=headers, timeout=10, trust_env=False) as made:
        yield made
