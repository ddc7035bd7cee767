"""Documents that were written: what they say, and what they say of themselves."""

from __future__ import annotations

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
