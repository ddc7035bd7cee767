"""One turn of a conversation: the model is asked, its text forwarded as it comes, its tools run, until it is done."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from openai.types.chat import ChatCompletionChunk

from . import personas, replies, sessions
from .disclosure import Guard
from .model import ModelFailedError, ModelFault, ModelRequest
from .personas import Persona
from .replies import Call, Reply, Spoken, Use
from .sessions import Session, SessionNotFoundError
from .state import State
from .store import StoreUnavailableError
from .tools import base
from .turns import CANCELLED, Turn
from .ui_state import Access

_log = logging.getLogger(__name__)


class Say(Protocol):
    """How frames reach whoever asked."""

    async def __call__(self, type_: str, /, **fields: Any) -> None:
        """Send a frame of this type with these fields; waits for a slow reader, never for ever."""


class ChatFault(Exception):  # noqa: N818 - the family; its members are errors
    """A turn that cannot end as it should; the text is for the user."""

    code = "internal_error"


class ContentFilteredError(ChatFault):
    """The provider's filter stopped the answer."""

    code = "content_filtered"

    def __init__(self) -> None:
        super().__init__("The answer was stopped by the model provider's content filter.")


class EmptyReplyError(ChatFault):
    """The model ended without a word."""

    code = "empty_reply"

    def __init__(self) -> None:
        super().__init__("The language model gave no answer. Please try again or put it differently.")


class IterationLimitError(ChatFault):
    """The model wanted more and more tools."""

    code = "iteration_limit"

    def __init__(self, most: int) -> None:
        super().__init__(f"I stopped here: this took more than {most} steps. Please ask for a smaller part of it.")


@dataclass
class Work:
    """What one turn works with."""

    turn: Turn
    session: Session
    persona: Persona
    reply: Reply
    state: State
    say: Say
    guard: Guard
    refusals_told: set[int] = field(default_factory=set)

    @property
    def request_id(self) -> str:
        """What every model request of this turn carries."""
        return f"{self.session.id}/{self.session.turns}"


async def run(turn: Turn, state: State, say: Say) -> None:
    """Take the turn from the user's message to the last frame. Raises SessionNotFoundError, StoreUnavailableError."""
    reply = Reply()
    session = await state.sessions.begin_turn(turn.session_id, turn.text)
    await say("typing", typing=True)
    persona = personas.named(state.personas, session.persona_type)
    work = Work(turn, session, persona, reply, state, say, Guard(persona.prompt))
    await asyncio.wait({turn.begin(converse(work))})
    turn.ended = True
    fault = conclude(work)
    await keep(work)
    note(work)
    await close(work, fault)


async def converse(work: Work) -> None:
    """Ask, run tools, ask again. Raises ModelFault or ChatFault."""
    ui = await work.state.ui_states.access(work.session.id)
    shown = seen(work.session, ui.read())
    names = personas.tools_on(work.persona, page_type(shown))
    messages = opening(work, shown)
    context = tool_context(work, ui, names)
    for _ in range(work.state.settings.max_iterations):
        spoken = await listen(work, request(work.persona, messages, names))
        if not spoken.calls:
            ensure_answered(work.reply, spoken)
            return
        messages.append(replies.as_message(spoken))
        messages += await use_tools(work, context, spoken.calls)
    fault = IterationLimitError(work.state.settings.max_iterations)
    await forward(work, str(fault) if not work.reply.text else f"\n\n{fault}")
    raise fault


def seen(session: Session, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the front end shows: what it told, and before it told anything what the session was created with."""
    return {**{name: value for name, value in session.context.items() if name == "page_type"}, **told}


def page_type(shown: Mapping[str, Any]) -> str | None:
    """On which kind of page the user is."""
    value = shown.get("page_type")
    return value if isinstance(value, str) else None


def opening(work: Work, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages that a turn begins with: the persona's prompt, then the conversation up to the user's message."""
    settings = work.state.settings
    prompt = personas.prompt(work.persona, shown, personas.today(settings))
    return [
        {"role": "system", "content": prompt},
        *sessions.history(work.session.messages, settings.history_limit),
    ]


def request(persona: Persona, messages: Sequence[Mapping[str, Any]], names: Sequence[str]) -> ModelRequest:
    """What the model is asked, as the persona is configured."""
    return ModelRequest(
        model=persona.model,
        messages=list(messages),
        temperature=persona.temperature,
        max_tokens=persona.max_tokens,
        tools=base.offered(names),
    )


# What the model says


async def listen(work: Work, asked: ModelRequest) -> Spoken:
    """One answer of the model, its text forwarded piece by piece. Raises ModelFault, ContentFilteredError."""
    spoken = Spoken()
    chunks = work.state.model.stream(asked, work.turn.caller, work.request_id)
    async with contextlib.aclosing(chunks):
        async for chunk in chunks:
            await take(work, spoken, chunk)
    await forward(work, work.guard.rest())
    work.reply.finish_reason = spoken.finish_reason
    check_ending(spoken)
    return spoken


async def take(work: Work, spoken: Spoken, chunk: ChatCompletionChunk) -> None:
    """One piece of the stream."""
    work.reply.model = chunk.model or work.reply.model
    if chunk.usage is not None:
        work.reply.add_usage(chunk.usage)
    for choice in chunk.choices[:1]:
        spoken.add_calls(choice.delta.tool_calls or ())
        spoken.finish_reason = choice.finish_reason or spoken.finish_reason
        text = spoken.whole((choice.delta.content or "") + (choice.delta.refusal or ""))
        spoken.text += text
        await forward(work, work.guard.release(text))


def is_worth_sending(text: str) -> bool:
    """Whether a chunk says anything."""
    return bool(text)


async def forward(work: Work, text: str) -> None:
    """A piece of the reply to the user, at once."""
    if not is_worth_sending(text):
        return
    work.reply.add(text)
    await work.say("message_chunk", content=text, full_content=work.reply.text)
    await asyncio.sleep(0)  # a burst of chunks must not keep the others waiting


def check_ending(spoken: Spoken) -> None:
    """Raise for an answer that did not come to its end."""
    if spoken.finish_reason is None:
        raise ModelFailedError
    if spoken.finish_reason == "content_filter":
        raise ContentFilteredError


def ensure_answered(reply: Reply, spoken: Spoken) -> None:
    """Raise for a reply without a word."""
    if not reply.text.strip() and not spoken.text.strip():
        raise EmptyReplyError


# Tools


def tool_context(work: Work, ui: Access, names: Sequence[str]) -> base.ToolContext:
    """What the tools of this turn may touch."""
    return base.ToolContext(
        caller=work.turn.caller,
        session_id=work.session.id,
        ui_state=ui,
        practice=work.state.practice,
        writer=work.state.writer,
        permitted=frozenset(names),
        request_id=work.request_id,
        timezone=work.state.settings.timezone,
    )


async def use_tools(work: Work, context: base.ToolContext, calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Run what the model asked for, all at once, and answer every call in the order of the calls."""
    told = work.reply.begin_calls(calls, work.guard.cleared)
    await work.say("tool_call_started", tools=[use.as_started() for use in told])
    different = {same(call): call for call in reversed(calls)}
    contexts = {key: context.for_one_call() for key in different}
    uses = {key: [use for use in told if same(use.call) == key] for key in different}
    results = await side_by_side({key: make(contexts[key], call, uses[key]) for key, call in different.items()})
    for key in dict.fromkeys(same(call) for call in calls):
        work.reply.actions += contexts[key].actions
        context.refused += contexts[key].refused
    await work.say("tool_call_completed", tools=[use.as_completed() for use in told])
    await tell_refusals(work, context)
    return [replies.as_result(call, results[same(call)]) for call in calls]


def same(call: Call) -> tuple[str, str]:
    """Two calls with the same of this are one call."""
    try:
        arguments = json.dumps(json.loads(call.arguments or "{}"), sort_keys=True)
    except (ValueError, RecursionError):
        arguments = call.arguments
    return call.name, arguments


async def side_by_side(work: Mapping[Any, Any]) -> dict[Any, Any]:
    """All at once; when one is broken off, all are."""
    async with asyncio.TaskGroup() as group:
        tasks = {key: group.create_task(each) for key, each in work.items()}
    return {key: task.result() for key, task in tasks.items()}


async def make(context: base.ToolContext, call: Call, uses: Sequence[Use]) -> dict[str, Any]:
    """Make one call; how it ended is known at once, whatever becomes of the others."""
    result = await run_call(context, call)
    for use in uses:
        use.end(result)
    return result


async def run_call(context: base.ToolContext, call: Call) -> dict[str, Any]:
    """One call, told to the model whether it goes well or not."""
    return await base.run(context, call.name, call.arguments)


async def tell_refusals(work: Work, context: base.ToolContext) -> None:
    """What the practice does not let the caller do is told to the caller, each kind once a turn."""
    for refusal in context.refused:
        if refusal.status not in work.refusals_told:
            work.refusals_told.add(refusal.status)
            await work.say("message_error", code="practice_refused", message=refusal_text(refusal.status))
    context.refused.clear()


def refusal_text(status: int) -> str:
    """What the user is told of a refusal."""
    if status == 401:
        return "The practice does not accept your sign-in any more. Please sign in again."
    return "The practice does not allow you to see or change this."


# The end of a turn


def conclude(work: Work) -> ModelFault | ChatFault | None:
    """How the turn ended, noted in the reply; the fault that the user is to be told, if there is one."""
    turn, reply = work.turn, work.reply
    assert turn.work is not None
    if turn.work.cancelled():
        reply.outcome = turn.stopped or "interrupted"
        return None
    failure = turn.work.exception()
    if failure is None:
        reply.outcome = "complete"
        return None
    fault = told(failure, work)
    reply.outcome, reply.code = "error", fault.code
    return fault


def told(failure: BaseException, work: Work) -> ModelFault | ChatFault:
    """A failure as the user is told of it; what nobody foresaw is in the log, under the id of the turn."""
    if isinstance(failure, ModelFault | ChatFault):
        _log.warning("turn %s: %s (%s)", work.request_id, failure.code, cause(failure))
        return failure
    _log.error("turn %s failed", work.request_id, exc_info=failure)
    return ChatFault("Something went wrong inside the assistant. Please try again.")


def cause(failure: BaseException) -> str:
    """What was behind a fault, without its words: those may quote what was said."""
    behind = failure.__cause__
    return type(failure if behind is None else behind).__name__


async def keep(work: Work) -> None:
    """Store what was said and done, before the user is told that the turn is over."""
    reply, turn_number = work.reply, work.session.turns
    try:
        await work.state.sessions.end_turn(
            work.session.id, reply.as_outcome(turn_number), reply.as_message(turn_number) if reply.tells else None
        )
    except (SessionNotFoundError, StoreUnavailableError) as fault:
        _log.warning("the outcome of turn %s is not kept: %s", work.request_id, type(fault).__name__)


def note(work: Work) -> None:
    """Log how the turn ended: numbers, never words."""
    reply = work.reply
    numbers = f"{len(reply.uses)} tool calls, {reply.usage['total_tokens']} tokens, {reply.metrics()['total_ms']} ms"
    _log.info("turn %s of the %s: %s (%s)", work.request_id, work.persona.name, reply.outcome, numbers)


async def close(work: Work, fault: ModelFault | ChatFault | None) -> None:
    """The last frames: what the front end is to do, what went wrong, and that it is over."""
    reply, say = work.reply, work.say
    for action in actions_to_deliver(reply):
        await say("ui_action", action=action.as_json())
    if fault is not None:
        await say("message_error", code=fault.code, message=str(fault))
    await say("message_complete", **reply.as_complete())
    await say("typing", typing=False)


def actions_to_deliver(reply: Reply) -> list[base.UiAction]:
    """What the tools asked of the front end; nothing when the user said stop."""
    return [] if reply.outcome == CANCELLED else reply.actions
