"""A user's program that makes one call through a vendor's unmodified client, and tells what became of it.

Addresses and keys come from the environment (``HH_API_URL``, ``HH_API_KEY``; ``OPENAI_BASE_URL``, ``OPENAI_API_KEY``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import openai
from honeyhive import HoneyHive
from honeyhive.models import CreateDatasetRequest
from honeyhive.utils.retry import BackoffStrategy, RetryConfig
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

MODEL = "gpt-4o"
Call = Callable[[], Any]
CallAbout = Callable[[str], Any]
Arguments = Mapping[str, Any]


def model(arguments: Arguments, **how: Any) -> openai.OpenAI:
    """The client of the model, as the arguments configure it."""
    return openai.OpenAI(timeout=arguments["waits_s"], max_retries=arguments["retries"], **how)


def platform(arguments: Arguments, **how: Any) -> HoneyHive:
    """The client of the platform, as the arguments configure it."""
    pauses = BackoffStrategy(initial_delay=arguments["pause_s"], jitter=arguments["jitter"])
    retrying = RetryConfig(max_retries=arguments["retries"], backoff_strategy=pauses)
    client = HoneyHive(timeout=arguments["waits_s"], retry_config=retrying, **how)
    client.api_config.verify = False  # nothing is encrypted on loopback, and reading all certificates takes time
    return client


def ask(client: openai.OpenAI, question: str) -> Any:
    """The model's answer."""
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}])


def asks_the_model(arguments: Arguments, **how: Any) -> CallAbout:
    """Ask the model and take its answer as it comes."""
    return partial(ask, model(arguments, **how))


def asks_strictly(arguments: Arguments, **how: Any) -> CallAbout:
    """Ask the model and have the client check its answer."""
    return partial(ask, model(arguments, _strict_response_validation=True, **how))


def creates_a_dataset(arguments: Arguments, **how: Any) -> CallAbout:
    """Create a dataset."""
    client = platform(arguments, **how)
    return lambda name: client.datasets.create(CreateDatasetRequest(name=name))


def lists_datasets(arguments: Arguments, **how: Any) -> CallAbout:
    """List the datasets of a name."""
    client = platform(arguments, **how)
    return lambda name: client.datasets.list(name=name)


def reads_events(arguments: Arguments, **how: Any) -> CallAbout:
    """Read the events of a name."""
    client = platform(arguments, **how)
    named = {"field": "event_name", "operator": "is", "type": "string"}
    return lambda name: client.events.export(filters=[{**named, "value": name}], limit=10)


def host(error: BaseException) -> str | None:
    """The host that the failed request was meant for, if the error says so."""
    try:
        return str(error.request.url.netloc.decode())  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):  # httpx raises the latter where no request is known
        return None


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def told(error: BaseException) -> str:
    """What the program tells its user of an error: whom it asked, what went wrong, and why."""
    asked = next(filter(None, map(host, chain(error))), None)
    return ": ".join([*([asked] if asked else []), *dict.fromkeys(str(link) for link in chain(error))])


def attempt(call: Call) -> dict[str, Any]:
    """Make a call and tell how it ended: ``answer`` (text) or ``error``, and ``seconds``."""
    begun = time.monotonic()
    try:
        answer, error = str(call()), None
    except Exception as failure:  # noqa: BLE001 - whatever it is, the user is told
        kind = f"{type(failure).__module__.partition('.')[0]}.{type(failure).__qualname__}"
        answer, error = None, {"type": kind, "text": told(failure), "own words": str(failure)}
    return {"answer": answer, "error": error, "seconds": time.monotonic() - begun}


def until_served(call: Call) -> dict[str, Any]:
    """Make a call again and again, for 3 seconds at most; how the last one ended."""
    again = Retrying(
        retry=retry_if_result(lambda ended: ended["error"] is not None),
        stop=stop_after_delay(3),
        wait=wait_fixed(0.02),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    ended: dict[str, Any] = again(attempt, call)
    return ended


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make the call that ``does`` names, with the client told to wait ``waits_s`` and to try ``retries`` times more.

    ``pause_s`` and ``jitter`` are for the platform client's pauses; ``callers`` make the call, ``at_once`` or in turn;
    ``address``: the first call goes there; ``again``: afterwards, write what became of it to the file ``log``, and call
    until it works.

    Returns: ``calls``, each ``{"answer", "error": {"type", "text", "own words"} | None, "seconds"}``; with ``again``
    also ``next``, the last of those that followed.
    """
    make = globals()[arguments["does"]]
    elsewhere = {"base_url": arguments["address"]} if arguments.get("address") else {}
    call = make(arguments, **elsewhere)
    calls = [partial(call, name) for name in names(arguments)]
    with ThreadPoolExecutor(len(calls) if arguments["at_once"] else 1) as pool:
        ended = list(pool.map(attempt, calls))
    if not arguments["again"]:
        return {"calls": ended}
    Path(arguments["log"]).write_text(str(ended), encoding="utf-8")
    at_last = make(arguments) if elsewhere else call
    return {"calls": ended, "next": until_served(partial(at_last, f"{arguments['name']} again"))}


def names(arguments: Arguments) -> list[str]:
    """What each call is about; of several callers each says which it is."""
    callers = arguments["callers"]
    return [f"{arguments['name']} {number}" for number in range(callers)] if callers > 1 else [arguments["name"]]
