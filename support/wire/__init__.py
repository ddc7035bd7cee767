"""The recording proxy that stands before every system and sees all traffic.

with Wire() as wire:
    proxy = wire.proxy("evaluation_platform")
    address = proxy.start("http://127.0.0.1:8000")   # clients use this address
    ...
    exchanges = proxy.drain()
"""

from support.wire.journal import Observer
from support.wire.proxy import BODY_LIMIT, Proxy, Wire, WireError
from support.wire.records import Body, Conversation, Direction, Exchange, Frame, FrameKind, Headers, Passage

__all__ = [
    "BODY_LIMIT",
    "Body",
    "Conversation",
    "Direction",
    "Exchange",
    "Frame",
    "FrameKind",
    "Headers",
    "Observer",
    "Passage",
    "Proxy",
    "Wire",
    "WireError",
]
