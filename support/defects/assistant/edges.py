"""Words of every kind: scripts, length, what looks like code, what is empty."""

import html
import re
import unicodedata
from typing import Any

from support.defects import defect, home

CHATS = ["PE", "WS", "ST", "TC", "PA", "UI", "DG", "PV", "EC", "SS", "RL", "RD"]
"""Every block whose scenarios chat."""


def texts(change: Any, value: Any) -> Any:
    """A JSON value, every text in it as `change` makes it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [texts(change, each) for each in value]
    if isinstance(value, dict):
        return {name: texts(change, each) for name, each in value.items()}
    return value


def plain(text: str) -> str:
    """A text as an old machine knows it."""
    return text.encode("latin-1", "replace").decode("latin-1")


@defect("edges.messages-in-latin-letters-only", breaks=["EC-1"], at="frames:message_of", spreads=CHATS)
def messages_in_latin_letters_only(original: Any) -> Any:
    """What is said in another script than the Latin one reaches the model as question marks."""
    return lambda frame, most: plain(original(frame, most))


@defect("edges.messages-are-normalised", breaks=["EC-1"], at="frames:message_of", spreads=CHATS)
def messages_are_normalised(original: Any) -> Any:
    """What is said is spelt anew: letters with accents, ligatures and rare letters become others."""
    return lambda frame, most: unicodedata.normalize("NFKC", original(frame, most))


@defect("edges.unseen-signs-are-removed", breaks=["EC-1"], at="chat:is_worth_sending", spreads=CHATS)
def unseen_signs_are_removed(_original: Any) -> Any:
    """A piece of a reply that consists of a sign that nobody sees is dropped, and so is every emoji."""
    return lambda text: bool(text) and text.isascii()


@defect("edges.names-are-searched-in-latin-letters", breaks=["EC-1"], at="practice:as_text", spreads=["EC", "TC", "PA"])
def names_are_searched_in_latin_letters(original: Any) -> Any:
    """A client is searched by what is left of the name in Latin letters."""
    return lambda value: plain(original(value))


@defect("edges.summaries-lose-other-scripts", breaks=["EC-1"], at="summaries:text", spreads=["EC", "DG"])
def summaries_lose_other_scripts(original: Any) -> Any:
    """What was said in another script is summarised as question marks."""
    return lambda number, conversation: plain(original(number, conversation))


@defect("edges.transcripts-in-latin-letters-only", breaks=["EC-1"], at="documents:transcript", spreads=CHATS)
def transcripts_in_latin_letters_only(original: Any) -> Any:
    """What was said in another script is written from as question marks."""
    return lambda order: plain(original(order))


@defect(
    "edges.long-recordings-are-loaded-in-part", breaks=["EC-2"], at="tools.sessions:as_loaded", spreads=["EC", "TC"]
)
def long_recordings_are_loaded_in_part(original: Any) -> Any:
    """Of a long recording the first two thousand characters are loaded."""

    def as_loaded(*given: Any, **more: Any) -> Any:
        found = original(*given, **more)
        return {**found, "content": found["content"][:2_000]}

    return as_loaded


@defect("edges.what-is-kept-is-escaped", breaks=["EC-3"], at="tools.calls:body", spreads=CHATS)
def what_is_kept_is_escaped(original: Any) -> Any:
    """A document is kept with the signs of markup spelt out."""
    return lambda *given: texts(html.escape, original(*given))


def without_signs(text: str) -> str:
    """A text without the signs of which code is made."""
    return re.sub(r"[^\w\s.,:-]|_", "", text)


@defect("edges.what-is-kept-loses-its-signs", breaks=["EC-3"], at="tools.calls:body", spreads=CHATS)
def what_is_kept_loses_its_signs(original: Any) -> Any:
    """A document is kept without the signs of which code is made."""
    return lambda *given: texts(without_signs, original(*given))


@defect("edges.names-are-escaped", breaks=["EC-3"], at="documents:known", spreads=["EC", "DG"])
def names_are_escaped(original: Any) -> Any:
    """Names stand in a document with the signs of markup spelt out."""
    return lambda *given: texts(html.escape, original(*given))


@defect("edges.replies-are-escaped", breaks=["EC-3"], at="chat:forward", spreads=CHATS)
def replies_are_escaped(original: Any) -> Any:
    """A reply comes with the signs of markup spelt out."""

    async def forward(work: Any, text: str) -> None:
        await original(work, html.escape(text, quote=False))

    return forward


@defect("edges.a-search-drops-what-looks-like-code", breaks=["EC-3"], at="tools.calls:query", spreads=CHATS)
def a_search_drops_what_looks_like_code(original: Any) -> Any:
    """What looks like code in a search is cut out of it, so that something else is searched."""
    return lambda *given: texts(without_signs, original(*given))


@defect("edges.templates-are-run", breaks=["EC-3"], at="placeholders:substituted", spreads=["EC", "DG"])
def templates_are_run(original: Any) -> Any:
    """What looks like a program in a template is run, and leaves nothing in its place."""
    return lambda text, values: re.sub(r"\{\{.*?\}\}|\{.*?\}|<.*?>", "", original(text, values))


@defect("edges.names-are-filled-in-again", breaks=["EC-3"], at="placeholders:substituted", spreads=["EC", "DG"])
def names_are_filled_in_again(original: Any) -> Any:
    """A name that looks like a placeholder is taken for one."""
    return lambda text, values: original(original(text, values), values)


@defect("edges.a-transcript-can-instruct", breaks=["EC-3"], at="documents:request", spreads=["EC", "DG", "PV"])
def a_transcript_can_instruct(original: Any) -> Any:
    """What somebody says in a session is told to the model as an instruction, when it sounds like one."""

    def request(settings: Any, order: Any) -> Any:
        asked = original(settings, order)
        said = [line for line in order.transcript.splitlines() if "SYSTEM:" in line]
        asked.messages[0]["content"] += "\n".join(said)
        return asked

    return request


@defect("edges.nothing-is-sent-as-a-word", breaks=["EC-4"], at="tools.base:read_arguments", spreads=CHATS)
def nothing_is_sent_as_a_word(original: Any) -> Any:
    """What the model leaves empty is asked of the practice as the word None."""

    def read_arguments(tool: Any, arguments_json: str) -> Any:
        found = original(tool, arguments_json)
        empty = [name for name, what in home(original).json.loads(arguments_json or "{}").items() if what is None]
        return {**found, **dict.fromkeys(empty, "None")}

    return read_arguments


@defect(
    "edges.an-empty-page-is-taken-for-a-full-one", breaks=["EC-4"], at="tools.sessions:loaded_sessions", spreads=CHATS
)
def an_empty_page_is_taken_for_a_full_one(original: Any) -> Any:
    """On a page of which nothing is known, something is open."""
    return lambda context: original(context) or [{"sessionId": "", "clientId": "", "clientName": "", "content": ""}]


@defect("edges.what-may-be-missing-is-demanded", breaks=["EC-4"], at="rest:checked_text", spreads=["EC", "DG"])
def what_may_be_missing_is_demanded(original: Any) -> Any:
    """Somebody who said nothing makes a transcript invalid."""

    def checked_text(text: str) -> str:
        if not text:
            raise ValueError("must not be empty")
        return str(original(text))

    return checked_text


@defect("edges.an-empty-message-is-answered", breaks=["EC-4"], at="frames:required_text", spreads=CHATS)
def an_empty_message_is_answered(original: Any) -> Any:
    """A message without words is told to the model as one."""
    return lambda frame, name: "(no words)" if frame.get(name, 0) in ("", None) else original(frame, name)


@defect(
    "edges.what-is-missing-is-told-as-nonsense", breaks=["EC-4"], at="frames:FrameFaultError.__init__", spreads=CHATS
)
def what_is_missing_is_told_as_nonsense(original: Any) -> Any:
    """Whatever a message lacks, or leaves empty, its sender is told that it is no JSON."""

    def init(fault: Any, code: str, message: str) -> None:
        lacking = code in ("missing_field", "invalid_field", "unknown_type")
        original(fault, "invalid_json" if lacking else code, message)

    return init


@defect("edges.null-is-a-word", breaks=["EC-4"], at="frames:optional_text", spreads=CHATS)
def null_is_a_word(original: Any) -> Any:
    """What a front end has not, and says so, is taken for a mistake of its."""
    return lambda frame, name: home(original).required_text(frame, name) if name in frame else None


@defect("edges.marks-of-direction-are-removed", breaks=["EC-7"], at="documents:material", spreads=["EC", "DG"])
def marks_of_direction_are_removed(original: Any) -> Any:
    """The signs that turn the direction of text are taken out of a template, and its emoji fall apart."""

    def material(order: Any, settings: Any) -> str:
        return "".join(sign for sign in original(order, settings) if unicodedata.category(sign) != "Cf")

    return material


@defect("edges.long-replies-are-cut", breaks=["EC-6"], at="chat:forward", spreads=CHATS)
def long_replies_are_cut(original: Any) -> Any:
    """Of a very long reply the first four thousand characters are said."""

    async def forward(work: Any, text: str) -> None:
        await original(work, text[: max(0, 4_000 - len(work.reply.text))])

    return forward
