"""Sessions: finding, loading, checking and analysing them. What is loaded stands in the page's `loadedSessions`."""

from __future__ import annotations

from typing import Any

from .. import transcripts
from ..practice import PracticeFault, PracticeMalformedError, PracticeRefusedError
from . import calls
from .base import Tool, ToolContext, ToolError, UiAction
from .schema import day_or_moment, ident, needed, one_of, some, takes, text, whole, yes_no

_SESSION = needed(ident("session"))
_CLIENT = needed(ident("client whose session it is"))
_CLIENT_NAME = text("the client's full name, if known", 200)
_KINDS = ("summary", "themes", "sentiment", "action_items", "full")
_PAIR = takes(session_id=_SESSION, client_id=_CLIENT)

TOOLS = (
    Tool(
        "search_sessions",
        "Find sessions by client, days and words that were said. Gives their ids, which other tools need.",
        takes(
            client_name=text("any part of the client's name", 200),
            client_id=ident("client"),
            date_from=day_or_moment("not before"),
            date_to=day_or_moment("not after"),
            keywords=text("words in the title or in what was said", 500),
            limit=whole("how many at most", 1, 100),
        ),
    ),
    Tool(
        "load_session",
        "Load a session with everything that was said, to read it and to write documents from it.",
        takes(session_id=_SESSION, client_id=_CLIENT, include_segments=yes_no("no: only its description; else yes")),
        "sessions:load",
    ),
    Tool(
        "load_session_direct",
        "Load a session's transcript onto the page, to write documents from it, without reading it here.",
        takes(session_id=_SESSION, client_id=_CLIENT, client_name=_CLIENT_NAME),
        "sessions:load_direct",
    ),
    Tool(
        "load_multiple_sessions",
        "Load the transcripts of several sessions onto the page.",
        takes(
            sessions=needed(
                some("which sessions", takes(session_id=_SESSION, client_id=_CLIENT, client_name=_CLIENT_NAME), most=20)
            )
        ),
        "sessions:load_several",
    ),
    Tool(
        "analyze_session_content",
        "Summary, themes, sentiment or action items of a stored session.",
        takes(session_id=_SESSION, client_id=_CLIENT, analysis_type=one_of("what is wanted; all if left out", *_KINDS)),
    ),
    Tool(
        "validate_sessions",
        "Whether sessions exist and belong to the clients.",
        takes(sessions=needed(some("which sessions", _PAIR, most=50))),
    ),
    Tool("get_loaded_sessions", "The sessions that are loaded on the page.", takes(), "sessions:list_loaded"),
    Tool(
        "get_session_content",
        "Everything that was said in a loaded session.",
        takes(session_id=_SESSION),
        "sessions:read_loaded",
    ),
    Tool(
        "analyze_loaded_session",
        "Analyse a loaded session; with a question, its content comes along to answer from.",
        takes(
            session_id=_SESSION,
            analysis_type=needed(one_of("what is wanted", *_KINDS)),
            question=text("what the user wants to know", 2_000),
        ),
        "sessions:analyze_loaded",
    ),
)


async def load(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Load a session and give the model all of it; without segments it is only described."""
    answer = await calls.make(context, "load_session", arguments)
    if arguments.get("include_segments", True):
        await keep(context, from_session(answer))
    return answer


async def load_direct(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Load a session onto the page; the model is told what it is, not what was said."""
    answer = await calls.make(context, "load_session_direct", arguments)
    return {"loaded": await keep(context, from_transcription(answer, arguments))}


async def load_several(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Load sessions one after another; those that cannot be are named. Raises ToolError when none can."""
    loaded: list[Any] = []
    failed: list[Any] = []
    for wanted in arguments["sessions"]:
        try:
            answer = await calls.make(context, "load_multiple_sessions", wanted)
            loaded.append(await keep(context, from_transcription(answer, wanted)))
        except PracticeRefusedError:
            raise
        except (PracticeFault, ToolError) as fault:
            failed.append({"session_id": wanted["session_id"], "error": str(fault)})
    if not loaded:
        reasons = "; ".join(f"{one['session_id']}: {one['error']}" for one in failed)
        raise ToolError(f"None of the sessions could be loaded. {reasons}")
    return {"loaded": loaded, "failed": failed}


async def list_loaded(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """What is loaded, without what was said."""
    del arguments
    found = [described(session) for session in loaded_sessions(context)]
    return {"count": len(found), "sessions": found}


async def read_loaded(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """A loaded session with what was said."""
    return find_loaded(context, arguments["session_id"])


async def analyze_loaded(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """The practice's analysis of a loaded session, and its content if something is asked of it."""
    session = find_loaded(context, arguments["session_id"])
    asked = {**arguments, "client_id": session.get("clientId")}
    analysis = await calls.make(context, "analyze_loaded_session", asked)
    question = arguments.get("question")
    return {"analysis": analysis} | ({"question": question, "content": session.get("content")} if question else {})


def loaded_sessions(context: ToolContext) -> list[dict[str, Any]]:
    """The sessions that are loaded in this session's page; what is no session there is passed over."""
    state = context.ui_state.read().get("loadedSessions")
    return [one for one in state if isinstance(one, dict) and one.get("sessionId")] if isinstance(state, list) else []


def find_loaded(context: ToolContext, session_id: str) -> dict[str, Any]:
    """A loaded session. Raises ToolError that names those that are."""
    loaded = loaded_sessions(context)
    for session in loaded:
        if session["sessionId"] == session_id:
            return session
    there = ", ".join(str(session["sessionId"]) for session in loaded) or "none"
    raise ToolError(f"Session {session_id!r} is not loaded (loaded: {there}); load it first.")


async def keep(context: ToolContext, session: dict[str, Any]) -> dict[str, Any]:
    """Put a session on the page, in place of an earlier loading of it; its description."""
    async with context.changing:
        others = [one for one in loaded_sessions(context) if one["sessionId"] != session["sessionId"]]
        await context.ui_state.change(loadedSessions=[*others, session])
    shown = described(session)
    context.actions.append(UiAction("load_session_direct", shown))
    return shown


def described(session: dict[str, Any]) -> dict[str, Any]:
    """A loaded session without its content."""
    return {name: value for name, value in session.items() if name != "content"}


def from_session(answer: dict[str, Any]) -> dict[str, Any]:
    """A loaded session, from the practice's record of it."""
    metadata = {"title": answer.get("title"), "date": answer.get("date")}
    return as_loaded(answer["session_id"], answer["client_id"], answer.get("client_name"), answer, metadata)


def from_transcription(answer: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """A loaded session, from its transcription; the client's name is the caller's to say."""
    metadata = {"date": answer.get("createdAt"), "durationSeconds": answer.get("durationSeconds")}
    session_id = answer.get("sessionId") or asked["session_id"]
    return as_loaded(session_id, asked["client_id"], asked.get("client_name"), answer, metadata)


def as_loaded(
    session_id: str, client_id: str, client_name: str | None, answer: dict[str, Any], metadata: dict[str, Any]
) -> dict[str, Any]:
    """An entry of `loadedSessions`. Raises PracticeMalformedError when what was said cannot be read."""
    try:
        content = transcripts.rendered(answer["segments"])
    except (KeyError, TypeError, ValueError):
        raise PracticeMalformedError("The practice's answer holds no readable transcript.") from None
    return {
        "sessionId": session_id,
        "clientId": client_id,
        "clientName": client_name or "",
        "content": content,
        "metadata": {**metadata, "segmentCount": len(answer["segments"])},
    }
