"""Replies as they are made."""

from typing import Any

from support.defects import defect


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
