"""From a request to its answer: key, shape, script, delivery; and everything into the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from . import answers, delivery, encoding
from .asked import Asked
from .exchanges import Exchange, Provider, Wire
from .ledger import Entry
from .refusals import Refusal, invalid
from .scripts import Cue, ScriptedError
from .state import State

_MALFORMED = '{"id": "malformed", "choices": [{"index": 0, "message": {"role": "assis'

Keep = Callable[[Exchange, State], None]


async def answer(request: Request, wire: Wire, keep: Keep | None = None) -> Response:
    """Answer a request to the model as the scripts say."""
    state, entry = of(request)
    entry.api = wire.NAME
    try:
        body = await checked_body(request, wire.PROVIDER)
        _note_model(entry, body)
        headers = dict(request.headers)
        wire.check(body, headers, state.settings)
        asked = wire.read(body, headers, state.shelf)
        _note(entry, asked, wire.shown(body))
        cue = state.scripts.take(asked)
        entry.script, entry.turn = cue.script, cue.number
        return _deliver(wire, cue, asked, body, state, entry, keep)
    except Refusal as refusal:
        return refuse(wire.PROVIDER, refusal, entry)


async def plainly(
    request: Request, provider: Provider, act: Callable[[Any, State], Any], *, with_body: bool = True
) -> Response:
    """Answer a request that needs no script: `act` gets the body and the state."""
    state, entry = of(request)
    try:
        if with_body:
            body = await checked_body(request, provider)
            _note_model(entry, body)
        else:
            body = None
            provider.authorise(dict(request.headers), state.settings.accepted_keys())
        return encoding.Json(act(body, state))
    except Refusal as refusal:
        return refuse(provider, refusal, entry)


async def checked_body(request: Request, provider: Provider) -> Any:
    """The body of a request whose key is accepted. Raises Refusal."""
    state, entry = of(request)
    provider.authorise(dict(request.headers), state.settings.accepted_keys())
    content = await _read(request, state.settings.max_body_bytes)
    try:
        entry.body = encoding.loaded(content)
    except ValueError:
        raise invalid(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP"
            " library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)"
        ) from None
    return entry.body


def refuse(provider: Provider, refusal: Refusal, entry: Entry) -> Response:
    """The error answer."""
    entry.error = refusal.code or refusal.message
    return encoding.Json(provider.refused(refusal, entry.request_id), refusal.status, headers=dict(refusal.headers))


def of(request: Request) -> tuple[State, Entry]:
    """The model's state, and the entry of this request."""
    return request.app.state.model, request.scope["entry"]


def _deliver(wire: Wire, cue: Cue, asked: Asked, body: Any, state: State, entry: Entry, keep: Keep | None) -> Response:
    if cue.turn.error is not None:
        return _fail(wire.PROVIDER, cue, cue.turn.error, state, entry)
    if cue.turn.malformed is not False:
        return _garble(cue, asked, state, entry)
    exchange = Exchange(answers.new_id(wire.ID), int(time.time()), body, asked, answers.compose(cue, asked))
    _note_answer(entry, exchange)
    if keep is not None:
        keep(exchange, state)
    if asked.stream:
        return delivery.Delivery(wire.frames(exchange), cue, entry, state, media_type=delivery.EVENTS)
    return delivery.Delivery(encoding.dumped(wire.plain(exchange)), cue, entry, state)


def _fail(provider: Provider, cue: Cue, error: ScriptedError, state: State, entry: Entry) -> Response:
    refusal = scripted_refusal(provider, error)
    entry.error = refusal.code or refusal.message
    content = scripted_body(provider, error, refusal, entry.request_id)
    return delivery.Delivery(content, cue, entry, state, status=error.status, headers=refusal.headers)


def _garble(cue: Cue, asked: Asked, state: State, entry: Entry) -> Response:
    text = cue.turn.malformed if isinstance(cue.turn.malformed, str) else _MALFORMED
    entry.error = "malformed"
    content = f"data: {text}\n\n" if asked.stream else text
    media_type = delivery.EVENTS if asked.stream else delivery.JSON
    return delivery.Delivery(encoding.in_utf8(content), cue, entry, state, media_type=media_type)


def scripted_refusal(provider: Provider, error: ScriptedError) -> Refusal:
    """The provider's error of that status, with what the script gives."""
    usual = provider.usual(error.status)
    return Refusal(
        error.status,
        usual.message if error.message is None else error.message,
        error.param,
        error.code or usual.code,
        error.type or usual.kind,
        scripted_headers(provider, error),
    )


def scripted_headers(provider: Provider, error: ScriptedError) -> dict[str, str]:
    """The script's headers; a 429 has those of a rate limit, unless the script says otherwise."""
    headers: dict[str, str] = {}
    retry_after = 1.0 if error.retry_after is None and error.status == 429 else error.retry_after
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    if error.status == 429:
        headers |= provider.limits(retry_after or 0.0)
    return headers | {name.lower(): value for name, value in error.headers.items()}


def scripted_body(provider: Provider, error: ScriptedError, refusal: Refusal, request_id: str) -> bytes:
    """The script's body: a text as it is, anything else as JSON; none given: the provider's form."""
    if "body" not in error.model_fields_set:
        return encoding.dumped(provider.refused(refusal, request_id))
    return encoding.in_utf8(error.body) if isinstance(error.body, str) else encoding.dumped(error.body)


async def _read(request: Request, most: int) -> bytes:
    content = bytearray()
    try:
        async for part in request.stream():
            content += part
            if len(content) > most:
                raise Refusal(413, f"The request is larger than {most} bytes.", code="request_too_large")
    except ClientDisconnect as gone:
        raise Refusal(400, "The connection closed before the end of the request.") from gone
    return bytes(content)


def _note_model(entry: Entry, body: Any) -> None:
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        entry.model = body["model"]


def _note(entry: Entry, asked: Asked, shown: Mapping[str, Any]) -> None:
    entry.stream, entry.temperature, entry.max_tokens = asked.stream, asked.temperature, asked.max_tokens
    entry.messages, entry.system, entry.tools = shown["messages"], shown["system"], shown["tools"]


def _note_answer(entry: Entry, exchange: Exchange) -> None:
    usage = exchange.answer.usage
    entry.finish = exchange.answer.finish
    entry.usage = {"prompt": usage.prompt, "completion": usage.completion, "total": usage.total}
