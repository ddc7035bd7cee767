"""What was written: documents and summaries, what they say, what they say of themselves, and what they were made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from support.checks.frames import INSIDE
from support.checks.tables import value
from support.clients.assistant import Document, Refusal, Summary
from support.clients.model import Received
from support.deeds.documents import told
from support.deeds.practice import segment
from support.deeds.received import requests, said
from support.reporting import evidence
from support.world import World

TODAY = re.compile(r"\(today(?: in ([\w/]+))?\)")
"""In a text: the date when it was written, in UTC or another time zone."""


def written(answer: Any) -> Document | Summary:
    """What was written.

    Raises:
        AssertionError: nothing was; tells what was answered instead.

    """
    assert isinstance(answer, Document | Summary), f"expected something written, was {answer}"
    return answer


def text_of(found: Document | Summary) -> str:
    """What it says."""
    return found.content if isinstance(found, Document) else found.summary


def says_exactly(world: World, text: str) -> None:
    """The document, or the summary, is this text, and its own count of words is right.

    Raises:
        AssertionError: it says something else, or counts otherwise.

    """
    _says(written(world.answer), text)


def all_say(world: World, texts: Sequence[str]) -> None:
    """So many documents were asked for, and say this, in that order: a warning holds the words, a document is the text.

    Raises:
        AssertionError: one was not written, or says something else.

    """
    assert len(world.answer) == len(texts), f"{len(world.answer)} documents were asked for, {len(texts)} are expected"
    for answer, text in zip(world.answer, texts, strict=True):
        _says(written(answer), text)


def _says(found: Document | Summary, text: str) -> None:
    content = text_of(found)
    if found.metadata.get("policyViolation"):
        assert text in content, f"expected a warning that says {text!r}, it says {content!r}"
        return
    wanted = str(value(text)) if text.startswith("(") else dated(text, moment_of(found))
    wanted = wanted.strip()
    if content.strip() != wanted:
        evidence.attach_comparison(wanted, content)
        raise AssertionError(f"expected it to say\n{wanted}\nit says\n{content}")
    counted, words = found.metadata.get("wordCount", found.metadata.get("word_count")), len(content.split())
    assert counted == words, f"it has {words} words and says that it has {counted}"


def dated(text: str, moment: datetime) -> str:
    """A text with the date of this moment where it says TODAY."""
    return TODAY.sub(lambda found: moment.astimezone(ZoneInfo(found[1] or "UTC")).date().isoformat(), text)


def moment_of(found: Document | Summary) -> datetime:
    """When it was written.

    Raises:
        AssertionError: it does not tell, or tells a time that was not during this scenario.

    """
    told_moment = found.generated_at if isinstance(found, Document) else found.metadata.get("generated_at")
    moment = datetime.fromisoformat(told_moment) if isinstance(told_moment, str) else told_moment
    assert isinstance(moment, datetime), f"it does not tell when it was written: {told_moment!r}"
    age = (datetime.now(UTC) - moment).total_seconds()
    assert -1 < age < 60, f"it was written just now, and says that it was at {moment}"
    return moment


def tells_of_itself(world: World, pairs: Sequence[tuple[str, str]]) -> None:
    """It says exactly this of itself, but for its count of words and its time; things of the practice by their names.

    Raises:
        AssertionError: something is missing, other, or more.

    """
    answer = written(world.answer)
    moment_of(answer)
    known = {_words(name): what for name, what in answer.metadata.items()}
    found = {name: said(world, what) for name, what in known.items() if name not in ("word count", "generated at")}
    wanted = {words: said(world, value(cell)) for words, cell in pairs}
    if found != wanted:
        evidence.attach_comparison(wanted, found)
        raise AssertionError(f"expected it to tell {wanted} of itself, it tells {found}")


def written_from(world: World, texts: Sequence[str]) -> None:
    """The model that wrote was told each of these, in this order; `(500 segments)` are all of them.

    Raises:
        AssertionError: something was left out, or came in another order.

    """
    request = writing(world)
    asked, at = material(request), 0
    for text in spelt_out([dated(text, datetime.fromtimestamp(request.started, UTC)) for text in texts]):
        found = asked.find(text, at)
        assert found >= 0, f"the model was not told {text!r} (or not in this order); it was told: {asked[:3000]}"
        at = found + len(text)


def spelt_out(texts: Sequence[str]) -> list[str]:
    """Each text; what stands for many generated ones, one by one."""
    return [each for text in texts for each in _many(text)]


def _many(text: str) -> list[str]:
    for pattern, one in MANY.items():
        if found := re.fullmatch(pattern, text):
            return [one(number) for number in range(1, int(found[1]) + 1)]
    return [str(value(text)) if text.startswith("(") else text]


MANY: Mapping[str, Any] = {
    r"\((\d+) segments\)": lambda number: segment(number)["text"],
    r"\((\d+) conversations\)": told,
}
"""What stands for many generated texts."""


def writing(world: World) -> Received:
    """The last request of those that write: in a chat the replies are streamed, documents are not.

    Raises:
        AssertionError: the model was asked to write nothing.

    """
    asked = [each for each in requests(world) if not each.stream]
    assert asked, "the model was not asked to write anything"
    return asked[-1]


def material(request: Received) -> str:
    """Everything that the model was told in a request."""
    return "\n".join(str(message.get("content")) for message in request.messages)


def told_apart(world: World, one: str, other: str, elsewhere: bool) -> None:
    """The model was told of one, and never of the other; `elsewhere`: of the other, too, but in no request of both.

    Raises:
        AssertionError: a request holds both, or none holds what it should.

    """
    texts = [material(each) for each in requests(world)]
    for name in (one, other) if elsewhere else (one,):
        assert any(name in text for text in texts), f"the model was told nothing of {name!r}"
    mixed = next((text for text in texts if other in text and (one in text or not elsewhere)), "")
    assert not mixed, f"one request speaks of {other!r}{f' and of {one!r}' if elsewhere else ''}: {mixed[:3000]}"


def discreet(answer: Any) -> None:
    """A refusal says nothing of hosts, keys, libraries or what the model said.

    Raises:
        AssertionError: it does.

    """
    assert isinstance(answer, Refusal), f"expected a refusal, was {answer!r}"
    leaked = INSIDE.search(f"{answer.message} {answer.body}")
    assert leaked is None, f"the refusal tells of the inside ({leaked[0] if leaked else ''}): {answer.body}"


def _words(name: str) -> str:
    """`templateId` and `template_id` as words: template id."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).lower()
