"""Conversations of clients with the assistant."""

from __future__ import annotations

from .base import Tool
from .schema import ident, needed, takes, whole

_CLIENT = needed(ident("client"))

TOOLS = (
    Tool(
        "get_conversations",
        "A client's conversations with the assistant, newest first.",
        takes(client_id=_CLIENT),
    ),
    Tool(
        "get_conversation_messages",
        "The messages of one conversation, oldest first, page by page.",
        takes(
            client_id=_CLIENT,
            assignment_id=needed(ident("conversation's assignment")),
            limit=whole("how many at most", 1, 200),
            offset=whole("how many to pass over", 0),
        ),
    ),
    Tool(
        "get_latest_conversation",
        "A client's latest conversation with its last messages.",
        takes(client_id=_CLIENT, message_limit=whole("how many messages at most", 1, 200)),
    ),
    Tool(
        "analyze_conversation",
        "Themes, sentiment and action items of a conversation.",
        takes(client_id=_CLIENT, conversation_id=needed(ident("conversation"))),
    ),
)
