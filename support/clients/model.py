"""The scripted model as the suite speaks to it: its control address, over HTTP. Its users speak OpenAI's protocol.

    model = ScriptedModel("http://127.0.0.1:40001")
    model.script(Turn.calling("search_clients", query="Sarah"), Turn.saying("Sarah is well."), system_contains="web")
    ...
    asked = model.received(api="chat")
    assert most_at_once(asked) <= 10

What a script can say stands in the documentation of the control address: `${tool:path}` in a text or an argument is
taken from a tool result in the request that is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Literal, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, JsonValue

TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=10.0, pool=5.0)
"""Seconds. The control address answers at once."""

Finish = Literal["stop", "length", "tool_calls", "content_filter"]
Api = Literal["chat", "responses", "messages"]


class UnreachableError(ConnectionError):
    """The control address gave no answer; the message names it."""


class ScriptRefusedError(ValueError):
    """The model refused an order; the message is its own, and names the field."""


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolCall(_Order):
    """A tool call that the model makes; arguments given as text are sent as they are, valid JSON or not."""

    name: str
    arguments: Mapping[str, JsonValue] | str = Field(default_factory=dict)
    id: str | None = None


class Failure(_Order):
    """An error answer; what is left out is the provider's own for that status. `retry_after` is in seconds."""

    status: int
    message: str | None = None
    code: str | None = None
    type: str | None = None
    param: str | None = None
    body: JsonValue = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    retry_after: float | None = None


class Turn(_Order):
    """One answer: words, tool calls, a refusal, nothing, an error, or something malformed; and how it is sent.

    `text` given as a list: the chunks of the stream. Delays are in seconds; `cut_after` counts chunks.
    """

    text: str | tuple[str, ...] | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    empty: bool = False
    finish: Finish | None = None
    error: Failure | None = None
    malformed: bool | str = False
    delay_s: float = 0.0
    chunk_delay_s: float = 0.0
    cut_after: int | None = None

    @classmethod
    def saying(cls, text: str | Iterable[str], **how: Any) -> Self:
        """The model says this; `how`: finish, delay_s, chunk_delay_s, cut_after."""
        return cls(text=text if isinstance(text, str) else tuple(text), **how)

    @classmethod
    def calling(cls, name: str, /, **arguments: Any) -> Self:
        """The model calls this tool."""
        return cls(tool_calls=(ToolCall(name=name, arguments=arguments),))

    @classmethod
    def failing(cls, status: int, **more: Any) -> Self:
        """The model answers with an error; `more`: fields of `Failure`."""
        return cls(error=Failure(status=status, **more))


class Condition(_Order):
    """Which requests a script answers: all that is given must hold. Header values may be globs (`session-1/*`)."""

    system_contains: str | None = None
    last_user_contains: str | None = None
    any_user_contains: str | None = None
    tool_result: bool | str | None = None
    model: str | None = None
    api: Api | None = None
    header: Mapping[str, str] = Field(default_factory=dict)
    offers_tool: str | None = None


class Usage(BaseModel):
    """Tokens, by the rule that the model states."""

    model_config = ConfigDict(frozen=True)

    prompt: int
    completion: int
    total: int


class Received(BaseModel):
    """One request that the model got. Times are unix seconds of one clock; `ended` is None while it is answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    request_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    started: float
    ended: float | None
    status: int | None
    api: Api | None
    model: str | None
    stream: bool
    messages: Any
    system: str | None
    tools: Any
    temperature: float | None
    max_tokens: int | None
    body: Any = None
    script: str | None
    turn: int | None
    error: str | None
    finish: Finish | None
    usage: Usage | None
    chunks: int
    first_chunk_at: float | None
    hung_up: bool
    cut: bool

    @property
    def unscripted(self) -> bool:
        """Whether no script had an answer to it."""
        return self.error == "no_script"

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the tools that were offered, as sent."""
        return tuple(str((tool.get("function") or tool).get("name", "")) for tool in self.tools or ())


class Standing(BaseModel):
    """A script in force: how many turns were taken, and how many are left (None: without end)."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    taken: int
    left: int | None


class ScriptedModel:
    """The control address of one scripted model. Close it."""

    def __init__(self, control: str, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.control = control.rstrip("/")
        self._client = httpx.Client(base_url=self.control, timeout=timeout, trust_env=False, verify=False)  # noqa: S501

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def script(
        self,
        *turns: Turn,
        when: Condition | None = None,
        name: str | None = None,
        repeat: bool = False,
        held_until: int | Literal["opened"] | None = None,
        **if_: Any,
    ) -> str:
        """Put a script in force, and answer its id. `if_` are fields of `Condition`, instead of `when`.

        `held_until`: its answers wait until so many wait at once, or until `open_gates`.

        Raises ScriptRefusedError for a turn that makes no sense, UnreachableError.
        """
        condition = when if when is not None else Condition(**if_)
        body: dict[str, Any] = {
            "turns": [turn.model_dump(mode="json", exclude_defaults=True) for turn in turns],
            "when": condition.model_dump(mode="json", exclude_defaults=True),
            "repeat": repeat,
            "held_until": held_until,
        }
        if name is not None:
            body["name"] = name
        return str(self._call("POST", "/scripts", body)["id"])

    def scripts(self) -> list[Standing]:
        """The scripts in force, oldest first."""
        return [Standing.model_validate(each) for each in self._call("GET", "/scripts")["scripts"]]

    def open_gates(self) -> int:
        """Let go all answers that are held, now and later; how many gates there are."""
        return int(self._call("POST", "/open")["opened"])

    def remove(self, script_id: str) -> None:
        """Take a script out of force. Raises ScriptRefusedError when there is none of that id."""
        self._call("DELETE", f"/scripts/{script_id}")

    def received(
        self,
        *,
        api: Api | None = None,
        model: str | None = None,
        script: str | None = None,
        error: str | None = None,
        since: int = 0,
        body: bool = False,
        schemas: bool = True,
    ) -> list[Received]:
        """What the model got since the request numbered `since`, oldest first; all that is given must hold.

        `body`: with the whole bodies, which are large; messages, tools and the like are told anyway. `schemas`: not
        the names alone of the tools that were offered, whose schemas are larger than all the rest.
        """
        flags = {"body": body or None, "schemas": None if schemas else False}
        wanted = {**flags, "api": api, "model": model, "script": script, "error": error, "since": since}
        query = {name: value for name, value in wanted.items() if value is not None}
        found = self._call("GET", "/received", query=query)["requests"]
        return [Received.model_validate(each) for each in found]

    def flag(self, contains: str, *categories: str) -> None:
        """Have moderations flag every text that contains this."""
        self._call("POST", "/moderations", {"contains": contains, "categories": list(categories)})

    def forget(self) -> None:
        """Forget what was received; scripts stay."""
        self._call("DELETE", "/received")

    def reset(self) -> None:
        """Forget scripts, moderation rules and what was received."""
        self._call("POST", "/reset")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _call(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = self._client.request(method, path, json=body, params=query)
        except httpx.TransportError as silence:
            raise UnreachableError(
                f"the scripted model's control address {self.control} is silent: {silence}"
            ) from None
        if answer.is_error:
            raise ScriptRefusedError(f"{method} {path} was refused ({answer.status_code}): {_faults(answer)}")
        return answer.json()


def most_at_once(requests: Iterable[Received]) -> int:
    """How many of these ran at the same time, at most; one that is still answered runs until now."""
    steps = [(each.started, 1) for each in requests]
    steps += [(each.ended, -1) for each in requests if each.ended is not None]
    running = most = 0
    for _, step in sorted(steps):
        running += step
        most = max(most, running)
    return most


def _faults(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, LookupError, TypeError):
        return answer.text
    if isinstance(detail, str):
        return detail
    return "; ".join(f"{each['field']}: {each['fault']}" for each in detail)
