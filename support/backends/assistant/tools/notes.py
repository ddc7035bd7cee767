"""Notes on clients."""

from __future__ import annotations

from .base import Tool
from .schema import ident, needed, takes, text, whole, yes_no

_CLIENT = needed(ident("client"))
_PINNED = yes_no("whether it stays on top")

TOOLS = (
    Tool(
        "list_client_notes",
        "Notes on a client, pinned ones first.",
        takes(
            client_id=_CLIENT,
            search_query=text("words to look for", 200),
            limit=whole("how many at most", 1, 100),
        ),
    ),
    Tool(
        "add_client_note",
        "Write a note on a client.",
        takes(client_id=_CLIENT, content=needed(text("the note")), pinned=_PINNED),
    ),
    Tool(
        "update_client_note",
        "Change a note.",
        takes(note_id=needed(ident("note")), content=text("the note from now on"), pinned=_PINNED),
    ),
)
