"""Proves that the official MCP client reaches the daemon's tools through the shim on stdio."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.backends.tool_daemon.conftest import TOKEN, Daemon, soon

ROOT = Path(__file__).parents[3]
COMMAND = ["-m", "support.backends.tool_daemon.shim"]


def visit(environment: dict[str, str], act: Callable[[ClientSession], Any], errors: Path) -> Any:
    """Have an MCP client act through a shim of its own."""

    async def session() -> Any:
        server = StdioServerParameters(
            command=sys.executable, args=COMMAND, env={**environment, "PYTHONPATH": str(ROOT)}, cwd=errors.parent
        )
        with errors.open("w") as log:
            async with stdio_client(server, errlog=log) as streams, ClientSession(*streams) as client:
                await client.initialize()
                return await act(client)

    return asyncio.run(asyncio.wait_for(session(), 20))


def of(daemon: Daemon) -> dict[str, str]:
    return {
        "DAEMON_PORT": daemon.backend.address.rpartition(":")[2],
        "DAEMON_TOKEN": TOKEN,
        "DAEMON_LOG_DIRECTORY": str(daemon.folder),
    }


def test_tools_progress_errors_and_cancellation(start: Callable[..., Daemon], tmp_path: Path) -> None:
    daemon = start(heartbeat_interval=0.02)
    heard: list[tuple[float, str | None]] = []
    news = asyncio.Event()

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        del total
        heard.append((progress, message))
        news.set()

    async def act(client: ClientSession) -> dict[str, Any]:
        tools = (await client.list_tools()).tools
        echo = await client.call_tool("echo", {"text": "Grüße"})
        slow = await client.call_tool("slow", {"seconds": 0.15, "steps": 3}, progress_callback=on_progress)
        wrong = await client.call_tool("echo", {"words": "hi"})
        news.clear()
        long = asyncio.ensure_future(
            client.call_tool("slow", {"seconds": 60, "task": "long"}, progress_callback=on_progress)
        )
        await news.wait()
        long.cancel()
        await asyncio.wait({long})
        after = await client.call_tool("version", {})
        return {"tools": tools, "echo": echo, "slow": slow, "wrong": wrong, "after": after}

    told = visit(of(daemon), act, tmp_path / "stderr")
    assert [tool.name for tool in told["tools"]][:2] == ["echo", "chat"]
    assert told["tools"][0].input_schema["required"] == ["text"]
    assert (told["echo"].content[0].text, told["echo"].is_error) == ("Grüße", False)
    assert told["slow"].content[0].text == "wait: done in 3 steps"
    assert "step 3 of 3" in [message for _, message in heard]
    assert told["wrong"].is_error is True
    assert "words: Extra inputs" in told["wrong"].content[0].text
    assert told["after"].is_error is False
    soon(lambda: [line["outcome"] for line in daemon.lines("metrics.jsonl")].count("cancelled") == 1)


@pytest.mark.parametrize("proxy", ["HTTP_PROXY", "HTTPS_PROXY"])
def test_a_proxy_in_the_environment_is_not_for_the_daemon(
    start: Callable[..., Daemon], tmp_path: Path, proxy: str
) -> None:
    async def act(client: ClientSession) -> Any:
        return await client.call_tool("echo", {"text": "hi"})

    told = visit(of(start()) | {proxy: "http://127.0.0.1:9"}, act, tmp_path / "stderr")
    assert (told.content[0].text, told.is_error) == ("hi", False)


def test_a_result_may_be_longer_than_a_call(start: Callable[..., Daemon], tmp_path: Path) -> None:
    text = "ä" * 500_000  # two bytes each in the call, twice six in its result

    async def act(client: ClientSession) -> Any:
        return await client.call_tool("echo", {"text": text})

    told = visit(of(start()), act, tmp_path / "stderr")
    assert (told.is_error, told.content[0].text == text) == (False, True)


def test_a_daemon_that_is_not_there_is_named(start: Callable[..., Daemon], tmp_path: Path) -> None:
    daemon = start()
    environment = of(daemon)
    daemon.backend.stop()

    async def act(client: ClientSession) -> Any:
        return await client.call_tool("echo", {"text": "hi"})

    told = visit(environment, act, tmp_path / "stderr")
    assert told.is_error is True
    assert f"ws://127.0.0.1:{environment['DAEMON_PORT']} cannot be reached" in told.content[0].text


def test_a_wrong_token_and_a_late_answer_are_told(start: Callable[..., Daemon], tmp_path: Path) -> None:
    daemon = start()

    async def act(client: ClientSession) -> Any:
        return await client.call_tool("slow", {"seconds": 60})

    wrong = visit(of(daemon) | {"DAEMON_TOKEN": "another-token"}, act, tmp_path / "wrong")
    assert "refuses the shim: unauthorized" in wrong.content[0].text
    times = {"TOOL": "0.05", "DAEMON": "0.1", "SHIM": "0.2", "CLIENT": "0.3"}
    hasty = of(daemon) | {f"DAEMON_{layer}_TIMEOUT": seconds for layer, seconds in times.items()}
    late = visit(hasty, act, tmp_path / "late")
    assert "no answer of the daemon within 0.2 s (shim timeout)" in late.content[0].text


def test_it_says_what_it_lacks(tmp_path: Path) -> None:
    environment = {name: each for name, each in os.environ.items() if not name.startswith("DAEMON_")}
    ran = subprocess.run(
        [sys.executable, *COMMAND],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT), "DAEMON_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    )
    assert ran.returncode == 2
    assert "port (default): is required by the shim; set DAEMON_PORT" in ran.stderr
    assert "Traceback" not in ran.stderr
