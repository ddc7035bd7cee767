"""What the user looks at: the selected client, and where to go next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .base import Tool, ToolContext, ToolError, UiAction
from .schema import ident, needed, takes, text

_GOING = takes(
    page_url=needed(text("path of a page of this application, such as /clients/…", 2_000)),
    page_type=needed(text("what kind of page it is, such as client_detail", 100)),
    reason=needed(text("why, in a sentence for the user", 500)),
)

TOOLS = (
    Tool(
        "set_client_selection",
        "Select a client on the page.",
        takes(client_name=needed(text("the client's full name", 200)), client_id=needed(ident("client"))),
        "page:select_client",
    ),
    Tool("suggest_navigation", "Offer the user another page; they decide.", _GOING, "page:suggest"),
    Tool("navigate_to_page", "Take the user to another page. Only when they asked for it.", _GOING, "page:navigate"),
)


async def select_client(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Select a client on the page."""
    client = {"clientId": arguments["client_id"], "clientName": arguments["client_name"]}
    await context.ui_state.change(currentClient=client)
    context.actions.append(UiAction("set_client_selection", client))
    return {"selected": client}


async def suggest(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Offer a page."""
    return go(context, "suggest_navigation", arguments)


async def navigate(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Open a page."""
    return go(context, "navigate_to_page", arguments)


def go(context: ToolContext, action: str, arguments: dict[str, Any]) -> Any:
    """Ask the front end for a page. Raises ToolError for one outside the application."""
    url = arguments["page_url"]
    if not is_inside(url, context.ui_state.read().get("page_url")):
        raise ToolError(f"page_url: {url!r} is no page of this application; give a path that begins with /.")
    going = {"pageUrl": url, "pageType": arguments["page_type"], "reason": arguments["reason"]}
    context.actions.append(UiAction(action, going, target=url))
    return going


def is_inside(url: str, here: Any) -> bool:
    """Whether a URL is a path of the application, or on the host of the page that the user is on."""
    if url.startswith("/"):
        return not url.startswith(("//", "/\\"))
    try:
        there, now = urlsplit(url), urlsplit(here if isinstance(here, str) else "")
    except ValueError:
        return False
    return there.scheme in {"http", "https"} and (there.scheme, there.netloc) == (now.scheme, now.netloc)
