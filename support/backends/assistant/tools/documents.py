"""Documents: writing them from loaded sessions, refining and storing them.

A document that was written is a draft in the page's `generatedDocuments` until it is stored with the practice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..documents import Order, Person, Template, Violation, Written
from . import calls, sessions
from .base import Tool, ToolContext, ToolError, UiAction
from .schema import ident, long_text, needed, takes, text, whole

_DOCUMENT = needed(ident("document"))
_INSTRUCTIONS = text("what the user wants of the document besides the template", 5_000)

TOOLS = (
    Tool("get_generated_documents", "The drafts that were written in this chat.", takes(), "documents:drafts"),
    Tool(
        "check_document_readiness",
        "Whether a document can be written now, and what is missing.",
        takes(),
        "documents:readiness",
    ),
    Tool(
        "generate_document_from_loaded",
        "Write a document from the loaded sessions by a template that is given here.",
        takes(
            template_content=needed(long_text("the template, placeholders such as {{clientName}} as they are")),
            template_name=text("the template's name", 200),
            template_id=ident("template"),
            document_name=text("how the document is to be called", 200),
            instructions=_INSTRUCTIONS,
        ),
        "documents:generate_from_loaded",
    ),
    Tool(
        "generate_document_auto",
        "Write a document from the loaded sessions by the selected template.",
        takes(document_name=text("how the document is to be called", 200), instructions=_INSTRUCTIONS),
        "documents:generate_auto",
    ),
    Tool(
        "refine_document",
        "Change a draft or a stored document as the user wishes; all else stays.",
        takes(document_id=_DOCUMENT, instructions=needed(text("what is to be different", 5_000))),
        "documents:refine",
    ),
    Tool(
        "store_document",
        "Store a document in the client's file. Only a text that the user has seen.",
        takes(
            client_id=needed(ident("client")),
            name=needed(text("how it is called", 200)),
            content=needed(long_text("the whole document")),
        ),
    ),
    Tool(
        "list_documents",
        "Documents stored with the practice, newest first.",
        takes(
            client_id=ident("client"),
            search_query=text("words to look for", 200),
            limit=whole("how many at most", 1, 200),
        ),
    ),
    Tool("get_document", "A document stored with the practice.", takes(document_id=_DOCUMENT)),
)


async def drafts(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """The drafts of this chat."""
    del arguments
    found = generated(context)
    return {"count": len(found), "documents": found}


async def readiness(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Whether there are a template and a session to write from, and of whom the document would be."""
    del arguments
    loaded, template = sessions.loaded_sessions(context), selected(context)
    missing = [what for what, there in (("a loaded session", loaded), ("a selected template", template)) if not there]
    return {
        "ready": not missing,
        "missing": missing,
        "loaded_sessions": [sessions.described(session) for session in loaded],
        "selected_template": template and template.get("templateName"),
        "current_client": context.ui_state.read().get("currentClient"),
        "generated_documents": len(generated(context)),
    }


async def generate_from_loaded(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Write by the given template."""
    chosen = selected(context) or {}
    same = arguments.get("template_id") in (None, chosen.get("templateId"))
    template = Template(
        id=arguments.get("template_id") or (chosen.get("templateId") if same else None) or "unnamed",
        name=arguments.get("template_name") or (chosen.get("templateName") if same else None) or "Template",
        content=arguments["template_content"],
    )
    return await generate(context, "generate_document_from_loaded", template, arguments)


async def generate_auto(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Write by the selected template. Raises ToolError when none is."""
    chosen = selected(context)
    if not chosen or not chosen.get("templateContent"):
        raise ToolError("No template is selected; select one first.")
    template = Template(
        id=str(chosen.get("templateId")), name=str(chosen.get("templateName")), content=str(chosen["templateContent"])
    )
    return await generate(context, "generate_document_auto", template, arguments)


async def generate(context: ToolContext, tool: str, template: Template, arguments: Mapping[str, Any]) -> Any:
    """Write a document from what is loaded; it becomes a draft. Raises ToolError for what is missing or not allowed."""
    loaded = subject(sessions.loaded_sessions(context), current_client(context))
    author = await practitioner(context, tool)
    order = Order(
        template=template,
        transcript=joined(loaded),
        client=await client_of(context, tool, loaded[0]),
        practitioner=author,
        instructions=arguments.get("instructions", ""),
    )
    written = await write(context, order)
    draft = {
        "documentId": f"draft-{uuid.uuid4().hex[:12]}",
        "name": arguments.get("document_name") or f"{template.name} - {order.client.name}",
        "content": written.content,
        "templateId": template.id,
        "templateName": template.name,
        "clientId": order.client.id,
        "clientName": order.client.name,
        "sessionIds": [session["sessionId"] for session in loaded],
        "generatedAt": written.generated_at,
        "version": 1,
    }
    await keep(context, draft)
    context.actions.append(UiAction("generate_document_from_loaded", draft))
    return draft


async def refine(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Change a draft where it is, or a stored document with the practice."""
    document_id, wishes = arguments["document_id"], arguments["instructions"]
    draft = next((one for one in generated(context) if one.get("documentId") == document_id), None)
    if draft is not None:
        content = await refined(context, draft, wishes)
        changed = {**draft, "content": content, "version": int(draft.get("version", 1)) + 1}
        await keep(context, changed)
        return changed
    stored = await calls.make(context, "refine_document", arguments)
    content = await refined(context, stored, wishes)
    return await calls.make(context, "refine_document.then", {"document_id": document_id, "content": content})


async def refined(context: ToolContext, document: Mapping[str, Any], wishes: str) -> str:
    """The text of a draft or stored document as it is wished. Raises ToolError when that is not allowed."""
    order = Order(
        template=Template(
            id=str(document.get("templateId") or document.get("id") or document.get("documentId")),
            name=str(document.get("templateName") or document.get("name")),
            content=str(document.get("content", "")),
        ),
        transcript="",
        client=Person(str(document.get("clientId") or ""), str(document.get("clientName") or "")),
        practitioner=Person(context.caller.profile or "", ""),
        instructions=wishes,
    )
    return allowed(await context.writer.refine(order, context.caller, context.request_id)).content


async def write(context: ToolContext, order: Order) -> Written:
    """The document. Raises ToolError when it is not allowed."""
    return allowed(await context.writer.write(order, context.caller, context.request_id))


def allowed(outcome: Written | Violation) -> Written:
    """The text that was written. Raises ToolError for a violation."""
    if isinstance(outcome, Violation):
        raise ToolError(outcome.warning)
    return outcome


def selected(context: ToolContext) -> dict[str, Any] | None:
    """The selected template of this session's page."""
    found = context.ui_state.read().get("selectedTemplate")
    return found if isinstance(found, dict) else None


def current_client(context: ToolContext) -> dict[str, Any]:
    """The client who is selected on this session's page; empty when none is."""
    found = context.ui_state.read().get("currentClient")
    return found if isinstance(found, dict) else {}


def generated(context: ToolContext) -> list[dict[str, Any]]:
    """The drafts of this session's page."""
    found = context.ui_state.read().get("generatedDocuments")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


async def keep(context: ToolContext, draft: dict[str, Any]) -> None:
    """Put a draft on the page, in the place of the one with its id."""
    async with context.changing:
        there = generated(context)
        kept = [draft if one.get("documentId") == draft["documentId"] else one for one in there]
        await context.ui_state.change(generatedDocuments=kept if draft in kept else [*kept, draft])


def subject(loaded: list[dict[str, Any]], current: dict[str, Any]) -> list[dict[str, Any]]:
    """The sessions that a document is about: those of the selected client, if there are any.

    Raises ToolError when none is loaded, or those of several clients of whom none is selected.
    """
    if not loaded:
        raise ToolError("No session is loaded; load one first.")
    loaded = [session for session in loaded if session.get("clientId") == current.get("clientId")] or loaded
    clients = {str(session.get("clientId")) for session in loaded}
    if len(clients) > 1:
        raise ToolError(
            "The loaded sessions are of several clients; a document is about one. Select that client first."
        )
    return loaded


def joined(loaded: list[dict[str, Any]]) -> str:
    """Everything that was said in the loaded sessions, session by session."""
    texts = [str(session.get("content") or "") for session in loaded]
    if len(texts) == 1:
        return texts[0]
    return "\n\n".join(f"Session {number}:\n{text}" for number, text in enumerate(texts, start=1))


async def client_of(context: ToolContext, tool: str, session: dict[str, Any]) -> Person:
    """Whom a loaded session is about: as the page says, else as the practice says."""
    client_id = str(session.get("clientId"))
    current = current_client(context)
    name = session.get("clientName")
    if not name and current.get("clientId") == client_id:
        name = current.get("clientName")
    if not name:
        name = (await calls.make(context, f"{tool}.then", {"client_id": client_id}))["name"]
    return Person(id=client_id, name=str(name))


async def practitioner(context: ToolContext, tool: str) -> Person:
    """Who writes."""
    account = await calls.make(context, tool, {"timezone": context.timezone})
    return Person(id=context.caller.profile or str(account.get("id", "")), name=str(account["name"]))
