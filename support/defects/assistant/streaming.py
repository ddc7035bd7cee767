"""Replies as they are made."""

import asyncio
import functools
from typing import Any

from support.defects import defect, home


@defect("chat.ends-without-completion", breaks=["WS-6"], at="chat:close", spreads=["WS", "ST", "TC"])
def ends_without_completion(original: Any) -> Any:
    """A reply ends without being said to be complete."""

    async def close(work: Any, fault: Any) -> None:
        say = work.say

        async def without(type_: str, /, **fields: Any) -> None:
            if type_ != "message_complete":
                await say(type_, **fields)

        work.say = without
        await original(work, fault)

    return close


@defect("chat.words-overtake", breaks=["ST-1"], at="chat:forward", spreads=["WS", "ST", "TC"])
def words_overtake(original: Any) -> Any:
    """Every second piece of a reply comes before the one that it follows."""

    async def forward(work: Any, text: str) -> None:
        held = getattr(work, "held", None)
        if held is None and len(work.reply.pieces) % 2 == 0 and work.reply.pieces:
            work.held = text
            return
        work.held = None
        await original(work, text)
        if held is not None:
            await original(work, held)

    return forward


@defect("chat.completion-loses-the-end", breaks=["ST-2"], at="replies:Reply.as_complete", spreads=["WS", "ST", "TC"])
def completion_loses_the_end(original: Any) -> Any:
    """The reply that is kept as the whole lacks its last piece."""

    def as_complete(reply: Any) -> Any:
        told = original(reply)
        return {**told, "content": "".join(reply.pieces[:-1]) or told["content"][:-1]}

    return as_complete


@defect("chat.sends-empty-pieces", breaks=["ST-3"], at="chat:is_worth_sending", spreads=["WS", "ST", "TC"])
def sends_empty_pieces(_original: Any) -> Any:
    """Pieces that say nothing are passed on."""
    return lambda text: True


@defect("chat.drops-spaces", breaks=["ST-3"], at="chat:is_worth_sending", spreads=["WS", "ST", "TC"])
def drops_spaces(_original: Any) -> Any:
    """Pieces of spaces are taken for empty."""
    return lambda text: bool(text.strip())


@defect("replies.tear-characters", breaks=["ST-4", "EC-1"], at="replies:Spoken.whole", spreads=["WS", "ST", "EC", "PE"])
def tear_characters(original: Any) -> Any:
    """A character of several bytes at the end of a piece is torn."""

    def whole(spoken: Any, text: str) -> Any:
        said = original(spoken, text).encode()
        return (said[:-1] if said and said[-1] > 127 else said).decode(errors="replace")

    return whole


@defect(
    "replies.are-read-byte-by-byte",
    breaks=["ST-4", "EC-1"],
    at="replies:Spoken.whole",
    spreads=["ST", "WS", "EC", "PE"],
)
def are_read_byte_by_byte(original: Any) -> Any:
    """Every byte of what the model says is taken for a character."""
    return lambda spoken, text: original(spoken, text).encode().decode("latin-1")


@defect("replies.halves-are-not-joined", breaks=["ST-4"], at="replies:Spoken.whole", spreads=["ST"])
def halves_are_not_joined(original: Any) -> Any:
    """A character that came in two pieces stays in two pieces."""
    return lambda spoken, text: home(original).whole_characters(text)


@defect("replies.arguments-are-torn", breaks=["ST-4"], at="replies:Spoken.calls", spreads=["ST", "TC"])
def arguments_are_torn(original: Any) -> Any:
    """Of a character in the arguments of a tool that came in two pieces, each piece becomes a question mark."""

    def calls(spoken: Any) -> Any:
        for part in spoken.parts.values():
            part[2] = part[2].encode(errors="replace").decode()
        return original.fget(spoken)

    return property(calls)


@defect("replies.words-silence-tools", breaks=["ST-5"], at="replies:Spoken.add_calls", spreads=["ST", "TC", "WS", "PE"])
def words_silence_tools(original: Any) -> Any:
    """A tool that the model wants after it has said something is not run."""

    def add_calls(spoken: Any, deltas: Any) -> None:
        if not spoken.text:
            original(spoken, deltas)

    return add_calls


@defect("replies.tools-are-given-nothing", breaks=["ST-90"], at="replies:Use.as_started", spreads=["ST"])
def tools_are_given_nothing(original: Any) -> Any:
    """That a tool begins and ends is told without what it was given."""
    return lambda use: {**original(use), "arguments": {}}


@defect("chat.tools-silence-words", breaks=["ST-5"], at="chat:take", spreads=["ST", "TC", "WS", "PE"])
def tools_silence_words(original: Any) -> Any:
    """What the model says before it wants a tool is told only when the tool has done its work, or not at all."""

    async def take(work: Any, spoken: Any, chunk: Any) -> None:
        held = spoken.__dict__.setdefault("held_back", [])
        held.append(chunk)
        if any(choice.finish_reason for choice in chunk.choices):
            calls = any(choice.delta.tool_calls for each in held for choice in each.choices)
            for each in held:
                for choice in each.choices:
                    choice.delta.content = None if calls else choice.delta.content
                await original(work, spoken, each)
            held.clear()

    return take


@defect("chat.cuts-are-complete", breaks=["ST-6"], at="chat:check_ending", spreads=["ST", "PE", "WS", "SS"])
def cuts_are_complete(_original: Any) -> Any:
    """An answer that broke off, or was stopped by a filter, is told as complete."""
    return lambda spoken: None


@defect("replies.errors-take-back-what-was-said", breaks=["ST-6"], at="replies:Reply.as_complete", spreads=["ST", "WS"])
def errors_take_back_what_was_said(original: Any) -> Any:
    """When an answer breaks off, what was said until then is gone at the end."""

    def as_complete(reply: Any) -> Any:
        told = original(reply)
        return told if reply.outcome != "error" else {**told, "content": ""}

    return as_complete


@defect("replies.errors-are-forgotten", breaks=["ST-6"], at="replies:Reply.as_message", spreads=["ST", "WS", "SS"])
def errors_are_forgotten(original: Any) -> Any:
    """What was said before an answer broke off is no part of the conversation."""

    def as_message(reply: Any, turn: int) -> Any:
        told = original(reply, turn)
        return told if reply.outcome != "error" else {**told, "content": ""}

    return as_message


@defect("replies.what-has-no-room-is-forgotten", breaks=["ST-6"], at="replies:Reply.as_message", spreads=["ST", "WS"])
def what_has_no_room_is_forgotten(original: Any) -> Any:
    """An answer that ran out of room is no part of the conversation."""

    def as_message(reply: Any, turn: int) -> Any:
        told = original(reply, turn)
        return told if reply.finish_reason != "length" else {**told, "content": ""}

    return as_message


@defect("chat.waits-for-the-whole-reply", breaks=["ST-7"], at="chat:take", spreads=["ST", "WS", "TC", "EC", "RL", "SS"])
def waits_for_the_whole_reply(original: Any) -> Any:
    """Nothing is heard of a reply before the model has finished it."""

    async def take(work: Any, spoken: Any, chunk: Any) -> None:
        held = spoken.__dict__.setdefault("held_back", [])
        held.append(chunk)
        if any(choice.finish_reason for choice in chunk.choices) or not chunk.choices:
            for each in held:
                await original(work, spoken, each)
            held.clear()

    return take


@defect(
    "chat.words-come-with-the-end", breaks=["ST-7"], at="chat:forward", spreads=["ST", "WS", "TC", "EC", "RL", "SS"]
)
def words_come_with_the_end(original: Any) -> Any:
    """Nothing is heard of a reply before all of it is there, with what its tools found."""
    held: dict[int, list[str]] = {}

    def hold_the_end_back() -> None:
        chat = home(original)
        close = chat.close

        async def close_behind_the_words(work: Any, fault: Any) -> None:
            await original(work, "".join(held.pop(id(work), ())))
            await close(work, fault)

        chat.close = close_behind_the_words

    hold = functools.cache(hold_the_end_back)

    async def forward(work: Any, text: str) -> None:
        hold()
        held.setdefault(id(work), []).append(text)

    return forward


@defect("replies.time-to-first-words-is-that-of-all", breaks=["ST-7"], at="replies:Reply.metrics", spreads=["ST"])
def time_to_first_words_is_that_of_all(original: Any) -> Any:
    """As the time to the first words that to the last is told."""

    def metrics(reply: Any) -> Any:
        told = original(reply)
        return {**told, "first_chunk_ms": told["total_ms"]}

    return metrics


@defect("model.is-not-hung-up-on", breaks=["ST-8"], at="model:ModelClient.stream", spreads=["ST", "WS", "EC", "RL"])
def is_not_hung_up_on(original: Any) -> Any:
    """A reply that was cancelled goes on to be made, and paid for, where nobody sees it."""
    still: set[Any] = set()

    async def stream(client: Any, request: Any, caller: Any, request_id: str) -> Any:
        said: asyncio.Queue[Any] = asyncio.Queue()

        async def listen() -> None:
            try:
                async for chunk in original(client, request, caller, request_id):
                    said.put_nowait(chunk)
            except Exception as fault:  # noqa: BLE001 - told to whoever reads
                said.put_nowait(fault)
            said.put_nowait(None)

        task = asyncio.create_task(listen())
        still.add(task)
        while (chunk := await said.get()) is not None:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    return stream


@defect("turns.cancel-all", breaks=["ST-8", "WS-18"], at="turns:Turns.cancel", spreads=["ST", "WS"])
def cancel_all(original: Any) -> Any:
    """Who cancels one reply cancels all."""

    def cancel(turns: Any, session_id: str) -> Any:
        others = [other for other in turns._of_sessions if other != session_id]  # noqa: SLF001
        return sum(original(turns, each) for each in (session_id, *others)) > 0

    return cancel


@defect("turns.cancel-outlasts-its-reply", breaks=["ST-8"], at="turns:Turns.cancel", spreads=["ST", "WS"])
def cancel_outlasts_its_reply(original: Any) -> Any:
    """What is asked after a cancel is cancelled, too."""

    def cancel(turns: Any, session_id: str) -> bool:
        enter = turns.enter

        def entered(turn: Any) -> None:
            enter(turn)
            if turn.session_id == session_id:
                turns.enter = enter
                turn.stop(home(original).CANCELLED)

        turns.enter = entered
        return bool(original(turns, session_id))

    return cancel


@defect("replies.cancelled-ones-are-forgotten", breaks=["ST-8"], at="replies:Reply.as_message", spreads=["ST", "WS"])
def cancelled_ones_are_forgotten(original: Any) -> Any:
    """What was said before a cancel is no part of the conversation."""

    def as_message(reply: Any, turn: int) -> Any:
        told = original(reply, turn)
        return told if reply.outcome != "cancelled" else {**told, "content": ""}

    return as_message


@defect("connections.nothing-can-be-cancelled", breaks=["ST-8"], at="connections:cancel", spreads=["ST"])
def nothing_can_be_cancelled(original: Any) -> Any:
    """A cancel where there is nothing to cancel is not answered."""

    def cancel(connection: Any) -> None:
        connection.state.turns.cancel(connection.session_id)

    assert original is not None
    return cancel


@defect("chat.cancelled-replies-turn-the-page", breaks=["ST-8"], at="chat:actions_to_deliver", spreads=["ST", "UI"])
def cancelled_replies_turn_the_page(_original: Any) -> Any:
    """What a cancelled reply wanted of the page is still carried out."""
    return lambda reply: reply.actions


@defect("replies.interrupted-tools-have-succeeded", breaks=["ST-9"], at="replies:Use.outcome", spreads=["ST", "WS"])
def interrupted_tools_have_succeeded(original: Any) -> Any:
    """A tool that was at work when the reply was stopped is told as done."""
    return property(lambda use: "succeeded" if use.result is None else original.fget(use))


@defect("replies.tools-are-not-told", breaks=["ST-9"], at="replies:Reply.begin_calls", spreads=["ST", "WS", "TC"])
def tools_are_not_told(original: Any) -> Any:
    """Which tools were run is not told at the end of a reply."""

    def begin_calls(reply: Any, calls: Any, cleared: Any) -> Any:
        uses = original(reply, calls, cleared)
        reply.uses = reply.uses[: -len(uses)]
        return uses

    return begin_calls
