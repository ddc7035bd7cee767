"""The program: initialises the SDK, proves the order, asks the model, reports. usage: python -m program ORDER.json"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LIBRARIES = ("openai", "anthropic", "litellm", "httpx", "httpx2", "requests", "aiohttp")
"""What can ask a model, and must not have been imported when the SDK is initialised."""
WAYS = {
    "openai": "by_openai:plainly",
    "openai async": "by_openai:asynchronously",
    "openai stream": "by_openai:streaming",
    "openai async stream": "by_openai:streaming_asynchronously",
    "openai responses": "by_openai:responses",
    "anthropic": "by_anthropic:plainly",
    "anthropic async": "by_anthropic:asynchronously",
    "anthropic stream": "by_anthropic:streaming",
    "anthropic async stream": "by_anthropic:streaming_asynchronously",
    "litellm": "by_litellm:plainly",
    "litellm async": "by_litellm:asynchronously",
    "litellm stream": "by_litellm:streaming",
    "litellm async stream": "by_litellm:streaming_asynchronously",
    "httpx": "by_httpx:plainly",
    "httpx async": "by_httpx:asynchronously",
    "httpx stream": "by_httpx:streaming",
    "httpx async stream": "by_httpx:streaming_asynchronously",
    "httpx to Anthropic": "by_httpx:anthropics_protocol",
    "httpx without a client": "by_httpx:without_a_client",
    "httpx through a proxy": "by_httpx:through_a_proxy",
    "requests": "by_requests:plainly",
    "requests session": "by_requests:in_a_session",
    "requests stream": "by_requests:streaming",
    "http.client": "by_standard_library:plainly",
    "http.client stream": "by_standard_library:streaming",
    "aiohttp": "by_aiohttp:asynchronously",
}
"""How a program can ask, and the function that does it."""


def main(order: Mapping[str, Any]) -> dict[str, Any]:
    """What the order says: what to import before the SDK, how to initialise it, what to ask. Answers its report."""
    before = loaded()
    for library in order["first"]:
        importlib.import_module(library)
    import trainloop_llm_logging as sdk  # noqa: PLC0415 - what is imported before it is the subject

    sdk_alone = loaded()
    if order["interval_s"]:
        importlib.import_module("trainloop_llm_logging.exporter").FileExporter._interval_s = order["interval_s"]  # noqa: SLF001
    try:
        sdk.collect(**order["collect"])
    except Exception as refusal:  # noqa: BLE001 - whatever it is, it is what the user sees
        return {"before": before, "sdk alone": sdk_alone, "refusal": told(refusal), "calls": [], "pid": os.getpid()}
    meet(order["together"])
    calls = [attempt(sdk, each) for each in order["calls"]]
    if order["flushes"]:
        sdk.flush()
    wait_until(lambda: written() >= order["until_written"])
    return {"before": before, "sdk alone": sdk_alone, "refusal": None, "calls": calls, "pid": os.getpid()}


def loaded() -> list[str]:
    """Which libraries have been imported by now."""
    return [library for library in LIBRARIES if library in sys.modules]


def attempt(sdk: Any, call: Mapping[str, Any]) -> dict[str, Any]:
    """Ask once; what came of it, and how much the log held at once afterwards."""
    module, _, function = WAYS[call["way"]].partition(":")
    from .asking import Ask  # noqa: PLC0415 - nothing comes before the SDK

    tagged = sdk.trainloop_tag(call["tag"]) if call["tag"] else {}
    more = {name: call[name] for name in ("address", "key") if name in call}
    act: Callable[[Ask], str] = getattr(importlib.import_module(f".{module}", __package__), function)
    ended: dict[str, Any] = {"way": call["way"], "question": call["question"], "answer": None, "error": None}
    begun = time.time()
    try:
        ended["answer"] = act(Ask(call["question"], call["model"], tagged, **more))
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is what the user sees
        ended["error"] = told(failure)
    return {**ended, "begun": begun, "ended": time.time(), "written": written()}


def told(error: BaseException) -> dict[str, str]:
    """An error, as JSON."""
    return {"type": type(error).__name__, "text": str(error)}


def written() -> int:
    """How many lines the log holds now."""
    events = Path(os.environ["TRAINLOOP_DATA_FOLDER"], "events")
    return sum(len(file.read_bytes().splitlines()) for file in events.glob("*.jsonl"))


def meet(count: int) -> None:
    """Wait until so many programs of this folder have come so far."""
    Path(f"{os.getpid()}.here").touch()
    wait_until(lambda: len([*Path().glob("*.here")]) >= count)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until it is, or for twenty seconds."""
    end, tick = time.monotonic() + 20, threading.Event()
    while not true() and time.monotonic() < end:
        tick.wait(0.01)


if __name__ == "__main__":
    ended = main(json.loads(Path(sys.argv[1]).read_text()))
    Path(sys.argv[1]).with_suffix(".report").write_text(json.dumps(ended))
