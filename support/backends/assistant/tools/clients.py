"""Clients and what is asked of them."""

from __future__ import annotations

from .base import Tool
from .schema import day, ident, moment, needed, one_of, takes, text, whole, yes_no

_CLIENT = needed(ident("client"))
_NAME = needed(text("any part of the client's name", 200))
_PERSON = {
    "email": text("email address", 200),
    "phone": text("telephone number", 50),
    "date_of_birth": day("date of birth"),
    "gender": text("gender as the client puts it", 100),
    "pronouns": text("pronouns as the client puts them", 100),
}

TOOLS = (
    Tool(
        "search_clients",
        "Find clients by any part of their name. Gives their ids, which other tools need.",
        takes(query=_NAME, limit=whole("how many at most", 1, 50)),
    ),
    Tool(
        "search_specific_clients",
        "Find clients by name, with demographics and assignments when asked for.",
        takes(
            query=_NAME,
            limit=whole("how many at most", 1, 50),
            include_demographics=yes_no("with age, gender and contact details"),
            include_assignments=yes_no("with their homework"),
        ),
    ),
    Tool(
        "get_client_summary",
        "What the practice knows of a client: sessions, homework, mood, topics, next appointment.",
        takes(client_id=_CLIENT, include_recent_sessions=yes_no("with the latest sessions")),
    ),
    Tool(
        "get_client_homework_status",
        "A client's homework: what is done, open and overdue.",
        takes(
            client_id=_CLIENT,
            status_filter=one_of("only homework of this status", "assigned", "in_progress", "completed", "overdue"),
            limit=whole("how many at most", 1, 100),
        ),
    ),
    Tool(
        "get_client_base",
        "All clients of the practice, with totals.",
        takes(limit=whole("how many at most", 1, 500), include_inactive=yes_no("with inactive clients")),
    ),
    Tool("get_client_details", "A client's record: contact details, status, practitioner.", takes(client_id=_CLIENT)),
    Tool("create_client", "Enter a new client.", takes(name=needed(text("full name", 200)), **_PERSON)),
    Tool(
        "update_client",
        "Change a client's record; what is left out stays.",
        takes(
            client_id=_CLIENT,
            name=text("full name", 200),
            **_PERSON,
            status=one_of("whether the client is being seen", "active", "inactive"),
        ),
    ),
    Tool(
        "get_client_mood_history",
        "The moods that a client has recorded, newest first.",
        takes(client_id=_CLIENT, limit=whole("how many at most", 1, 100)),
    ),
    Tool(
        "assign_homework",
        "Give a client homework.",
        takes(
            client_id=_CLIENT,
            title=needed(text("what it is, in a few words", 200)),
            instructions=text("what to do"),
            due_at=moment("when it is due"),
        ),
    ),
    Tool(
        "update_homework_status",
        "Say how far a piece of homework is.",
        takes(
            homework_id=needed(ident("homework")),
            status=needed(one_of("how far it is", "assigned", "in_progress", "completed")),
        ),
    ),
)
