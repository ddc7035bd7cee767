"""Conversations of clients with the practice's AI."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import conversations
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..fields import Body, Id, Limit200, Offset, Query

router = new_router()


class ConversationsQuery(Query):
    """Parameters of GET /haystack/conversations."""

    client_id: Id


class MessagesQuery(Query):
    """Parameters of GET /haystack/conversation-messages."""

    client_id: Id
    assignment_id: Id
    limit: Limit200 = 50
    offset: Offset = 0


class LatestQuery(Query):
    """Parameters of GET /haystack/latest-conversation."""

    client_id: Id
    message_limit: Limit200 = 20


class Analysis(Body):
    """Body of POST /haystack/conversations/{id}/analyze."""

    client_id: Id


@router.get("/haystack/conversations")
def list_conversations(query: Annotated[ConversationsQuery, QueryParameters()], call: Call) -> Response:
    """A client's conversations, newest first."""
    with call.reading() as db:
        found = conversations.of_client(db, call.practice, query.client_id)
    shown = [conversations.shown(each) for each in found]
    return answer({"client_id": query.client_id, "total": len(found), "conversations": shown})


@router.get("/haystack/conversation-messages")
def list_messages(query: Annotated[MessagesQuery, QueryParameters()], call: Call) -> Response:
    """The messages of the conversation about an assignment, oldest first."""
    with call.reading() as db:
        found = conversations.about(db, call.practice, query.client_id, query.assignment_id)
    messages = page(found["messages"], query.limit, query.offset)
    total = len(found["messages"])
    return answer(
        {
            "client_id": query.client_id,
            "assignment_id": query.assignment_id,
            "conversation_id": found["id"],
            "title": found["title"],
            "total": total,
            "limit": query.limit,
            "offset": query.offset,
            "has_more": query.offset + len(messages) < total,
            "messages": messages,
        }
    )


@router.get("/haystack/latest-conversation")
def latest_conversation(query: Annotated[LatestQuery, QueryParameters()], call: Call) -> Response:
    """The client's conversation with the newest message, and its last messages."""
    with call.reading() as db:
        found = conversations.of_client(db, call.practice, query.client_id)
    latest = found[0] if found else None
    return answer(
        {
            "client_id": query.client_id,
            "conversation": conversations.shown(latest) if latest else None,
            "messages": conversations.latest_messages(latest, query.message_limit) if latest else [],
        }
    )


@router.post("/haystack/conversations/{conversation_id}/analyze")
def analyse_conversation(conversation_id: str, body: Analysis, call: Call) -> Response:
    """What can be counted of a conversation."""
    with call.reading() as db:
        found = conversations.get(db, call.practice, conversation_id, body.client_id)
        analysed = conversations.analyse(db, call.practice, found)
    return created(analysed)
