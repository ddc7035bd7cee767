"""Documents that were written: what they say, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence

from support.checks.chains import requests, said
from support.checks.tables import value
from support.clients.assistant import Document
from support.reporting import evidence
from support.world import World


def document(world: World) -> Document:
    """The document that was the answer.

    Raises:
        AssertionError: there is none; tells what was answered instead.

    """
    assert isinstance(world.answer, Document), f"expected a document, was {world.answer}"
    return world.answer


def says_exactly(world: World, text: str) -> None:
    """The document is this text, and its own count of words is right.

    Raises:
        AssertionError: it says something else, or counts otherwise.

    """
    found = document(world)
    if found.content.strip() != text.strip():
        evidence.attach_comparison(text, found.content)
        raise AssertionError(f"expected the document to say\n{text}\nit says\n{found.content}")
    counted, words = found.metadata.get("wordCount"), len(found.content.split())
    assert counted == words, f"it has {words} words and says that it has {counted}"


def tells_of_itself(world: World, pairs: Sequence[tuple[str, str]]) -> None:
    """The document says exactly this of itself, but for its count of words; things of the practice by their names.

    Raises:
        AssertionError: something is missing, other, or more.

    """
    found = {name: said(world, what) for name, what in document(world).metadata.items() if name != "wordCount"}
    wanted = {_camel(words): said(world, value(cell)) for words, cell in pairs}
    if found != wanted:
        evidence.attach_comparison(wanted, found)
        raise AssertionError(f"expected the document to tell {wanted} of itself, it tells {found}")


def written_from(world: World, texts: Sequence[str]) -> None:
    """The model that wrote the document was told each of these, in this order; it was the last that was asked.

    Raises:
        AssertionError: something was left out, or came in another order.

    """
    asked = "\n".join(str(message.get("content")) for message in requests(world)[-1].messages)
    at = 0
    for text in texts:
        found = asked.find(text, at)
        assert found >= 0, f"the model was not told {text!r} (or not in this order); it was told: {asked[:3000]}"
        at = found + len(text)


def _camel(words: str) -> str:
    first, *rest = words.split()
    return first + "".join(word.capitalize() for word in rest)
