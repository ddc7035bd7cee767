"""Conversations of clients with the practice's AI, each about one assignment; their messages are stored with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import analysis, people, storage
from .errors import conflict, impossible, not_found
from .storage import Record

CONVERSATIONS = "conversations"


def add(db: sa.Connection, practice: str, client: str, values: Mapping[str, Any]) -> Record:
    """Add a conversation; its messages are given ids. Raises Problem 409 for an assignment that has one."""
    if any(each["assignment_id"] == values["assignment_id"] for each in of_client(db, practice, client)):
        raise conflict(f"assignment: {values['title']!r} has a conversation already")
    messages = [{"message_id": storage.new_id("message"), **message} for message in values["messages"]]
    content = {**values, "messages": messages}
    return storage.insert(db, practice, CONVERSATIONS, content, prefix="conversation", client=client)


def of_client(db: sa.Connection, practice: str, client_id: str) -> list[Record]:
    """A client's conversations, newest first. Raises Problem 404."""
    people.client(db, practice, client_id)
    found = storage.every(db, practice, CONVERSATIONS, client_id)
    return sorted(found, key=lambda each: (last_moment(each), each["id"]), reverse=True)


def about(db: sa.Connection, practice: str, client_id: str, assignment_id: str) -> Record:
    """The client's conversation about an assignment. Raises Problem 404."""
    for each in of_client(db, practice, client_id):
        if each["assignment_id"] == assignment_id:
            return each
    raise not_found("conversation about the assignment", assignment_id, f"of the client {client_id!r}")


def get(db: sa.Connection, practice: str, conversation_id: str, client_id: str) -> Record:
    """A conversation of this client. Raises Problem 404."""
    people.client(db, practice, client_id)
    found = storage.find(db, practice, CONVERSATIONS, conversation_id)
    if found is None or found["client_id"] != client_id:
        raise not_found("conversation", conversation_id, f"of the client {client_id!r}")
    return found


def last_moment(conversation: Record) -> str:
    """When its last message was written, or it was started."""
    moments = [message["created_at"] for message in conversation["messages"]]
    return str(max([conversation["started_at"], *moments]))


def shown(conversation: Record) -> Record:
    """A conversation as the wire shows it, without its messages."""
    return {
        "conversation_id": conversation["id"],
        "assignment_id": conversation["assignment_id"],
        "client_id": conversation["client_id"],
        "title": conversation["title"],
        "status": conversation["status"],
        "started_at": conversation["started_at"],
        "last_message_at": last_moment(conversation),
        "message_count": len(conversation["messages"]),
    }


def latest_messages(conversation: Record, limit: int) -> list[Record]:
    """Its last messages, oldest first."""
    return list(conversation["messages"][-limit:])


def analyse(db: sa.Connection, practice: str, conversation: Record) -> Record:
    """What can be counted of a conversation (see analysis.py): themes and sentiment of what the client wrote.

    Raises Problem 422 when nothing was written.
    """
    messages = conversation["messages"]
    if not messages:
        raise impossible(f"the conversation {conversation['id']!r} has no messages to analyse")
    own = [message["content"] for message in messages if message["role"] == "user"]
    return {
        "conversation_id": conversation["id"],
        "assignment_id": conversation["assignment_id"],
        "client_id": conversation["client_id"],
        "client_name": people.client(db, practice, conversation["client_id"])["name"],
        "message_count": len(messages),
        "user_messages": len(own),
        "assistant_messages": len(messages) - len(own),
        "themes": analysis.topics(own),
        "sentiment": analysis.sentiment(own),
        "action_items": [
            {"role": message["role"], "text": sentence, "created_at": message["created_at"]}
            for message in messages
            for sentence in analysis.intentions(message["content"])
        ],
    }
