"""Runs small programs in forked children: what uses an SDK with global state, such as a tracer, runs here."""

import contextlib
import importlib.util
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes.environments import clean_environment
from support.processes.forkserver import ForkServer, ProcessError, describe_exit, tail

AGENTS = (
    "pydantic_ai",
    "pydantic_ai.capabilities",
    "pydantic_ai.models.openai",
    "pydantic_ai.providers.openai",
)
"""The agent framework, an extra: imported beforehand where it is installed."""

PRELOAD = (
    "anyio._backends._asyncio",
    "httpcore",
    "httpx",
    "honeyhive",
    "mcp.client.stdio",
    "openai",
    "openai.resources.chat.completions.completions",
    "opentelemetry.propagate",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "behave.__main__",
    "support.running.runner",
    "support.running.asking",
    "support.running.lifecycle",
    "support.processes.children",
    "support.spending.gatekeeper",
    "genai_prices.data",
    *(AGENTS if importlib.util.find_spec(AGENTS[0]) else ()),
)
"""What programs need, with what its parts import only when they are first used."""


class ProgramTimeoutError(ProcessError):
    """A program did not end in its time and was killed."""


@dataclass(frozen=True)
class ProgramResult:
    """How a program ended. `output` is its stdout and stderr, `seconds` its time from fork to exit."""

    target: str
    given: dict[str, Any] | None
    exit_code: int
    output: str
    seconds: float

    @property
    def answer(self) -> dict[str, Any]:
        """What its `main` returned; ProcessError, with the end of its output, when it returned nothing."""
        if self.given is None:
            raise ProcessError(f"{self.target} gave no answer, {describe_exit(self.exit_code)}.\n{tail(self.output)}")
        return self.given


def run(
    server: ForkServer,
    target: str,
    arguments: dict[str, Any],
    environment: dict[str, str],
    timeout_s: float,
    defects: Sequence[str] = (),
) -> ProgramResult:
    """Call `target` ("support.programs.NAME:main") in a forked child and wait until the child has ended.

    `main(arguments) -> answer`, both JSON. The child's environment is `clean_environment(environment)`. A program
    that raises is a result with its traceback as output; one that outlives `timeout_s` is killed: ProgramTimeoutError.
    `defects` are seeded in the child before it begins.
    """
    deadline = time.monotonic() + timeout_s
    with tempfile.TemporaryDirectory(prefix="program-") as folder:
        child = server.fork(
            "support.processes.children:program",
            {"target": target, "arguments": arguments, "defects": list(defects)},
            environment=clean_environment(environment),
            log=Path(folder) / "output.log",
        )
        begun = time.monotonic()
        try:
            message = child.message(timeout_s)
            exit_code = child.wait(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            child.kill()
            fault = f"did not end within {timeout_s:g} s and was killed"
            raise ProgramTimeoutError(f"{target} {fault}.\n{tail(child.log_text())}") from None
        except BaseException:  # Ctrl-C: the program must not go on alone
            with contextlib.suppress(ProcessError, TimeoutError):  # it has ended with its server
                child.kill()
            raise
        seconds = time.monotonic() - begun
        given = message["answer"] if message is not None else None
        return ProgramResult(target, given, exit_code, child.log_text(), seconds)
