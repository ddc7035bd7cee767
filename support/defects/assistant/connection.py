"""Connections: announced, alive, patient with what cannot be understood."""

from typing import Any

from support.defects import defect, home


@defect("connections.say-nothing-at-first", breaks=["WS-1"], at="connections:greet", spreads=["WS"])
def say_nothing_at_first(_original: Any) -> Any:
    """A connection is accepted without a word."""

    async def greet(_connection: Any, _session: Any) -> None:
        return None

    return greet


@defect("connections.heartbeats-are-not-answered", breaks=["WS-3"], at="connections:take", spreads=["WS", "ST"])
def heartbeats_are_not_answered(original: Any) -> Any:
    """A heartbeat is not answered."""

    async def take(connection: Any, text: str) -> None:
        if '"heartbeat"' not in text:
            await original(connection, text)

    return take


@defect("connections.malformed-frame-deafens", breaks=["WS-9"], at="connections:take", spreads=["WS"])
def malformed_frame_deafens(original: Any) -> Any:
    """After a message that cannot be understood the connection stays open, and nothing is answered any more."""

    async def take(connection: Any, text: str) -> None:
        frames = home(original).frames
        try:
            frames.read(text)
        except frames.FrameFaultError:
            connection.deaf = True
        if not getattr(connection, "deaf", False):
            await original(connection, text)

    return take
