"""The user's own reminders."""

from __future__ import annotations

from .base import Tool
from .schema import day_or_moment, ident, moment, needed, one_of, takes, text, whole

TOOLS = (
    Tool(
        "list_reminders",
        "The user's reminders by due time.",
        takes(
            client_id=ident("client they are about"),
            status=one_of("only those of this status", "open", "done"),
            due_before=day_or_moment("only those due before"),
            limit=whole("how many at most", 1, 200),
        ),
    ),
    Tool(
        "create_reminder",
        "Remind the user of something.",
        takes(
            text=needed(text("of what", 1_000)),
            due_at=needed(moment("when")),
            client_id=ident("client it is about"),
        ),
    ),
    Tool("complete_reminder", "Tick a reminder off.", takes(reminder_id=needed(ident("reminder")))),
)
