"""The recording proxy that stands before every system and sees all traffic.

with Wire() as wire:
    proxy = wire.proxy("evaluation_platform")
    address = proxy.start("http://127.0.0.1:8000")   # clients use this address
    ...
    exchanges = proxy.drain()
    proxy.inject(Delay(0.5, path="/v1/datasets*", times=1))   # see support.wire.faults
"""

from support.wire.faults import (
    CutAfter,
    Delay,
    Drip,
    Fault,
    HalfClose,
    Refuse,
    ResetAfter,
    ResetAtConnect,
    Silent,
    Unanswered,
)
from support.wire.journal import Observer
from support.wire.orders import Injection
from support.wire.proxy import BODY_LIMIT, Proxy, Wire
from support.wire.records import Body, Conversation, Direction, Exchange, Frame, FrameKind, Headers, Passage
from support.wire.upstream import WireError

__all__ = [
    "BODY_LIMIT",
    "Body",
    "Conversation",
    "CutAfter",
    "Delay",
    "Direction",
    "Drip",
    "Exchange",
    "Fault",
    "Frame",
    "FrameKind",
    "HalfClose",
    "Headers",
    "Injection",
    "Observer",
    "Passage",
    "Proxy",
    "Refuse",
    "ResetAfter",
    "ResetAtConnect",
    "Silent",
    "Unanswered",
    "Wire",
    "WireError",
]
