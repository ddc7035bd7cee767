"""The assistant service as the suite speaks to it: REST (`Service`), and WebSocket frame by frame (`Conversation`)."""

from support.clients.assistant.conversation import Closed, Conversation, Dialling, Heard, NotConnectedError, connect
from support.clients.assistant.service import (
    Document,
    Health,
    Identity,
    Message,
    Refusal,
    Service,
    SessionMade,
    SessionRead,
    StateRead,
    Summary,
)

__all__ = [
    "Closed",
    "Conversation",
    "Dialling",
    "Document",
    "Health",
    "Heard",
    "Identity",
    "Message",
    "NotConnectedError",
    "Refusal",
    "Service",
    "SessionMade",
    "SessionRead",
    "StateRead",
    "Summary",
    "connect",
]
