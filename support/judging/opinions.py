"""One answer of a judge, read strictly: what cannot be read, or quotes what was not said, is inconclusive."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Verdict = Literal["pass", "fail", "inconclusive"]
ELIDED = "…"
LEAST_WORDS = 2
"""Of each piece of a quote that leaves something out: single words stand everywhere."""
PARSER = 2
"""To be raised whenever the same answer would be read otherwise: it makes another judge."""


class Opinion(BaseModel):
    """What a judge answered. `fault` says why an answer was taken for inconclusive."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    criterion: str = ""
    quotes: list[str] = Field(default_factory=list)
    reasoning: str = ""
    verdict: Verdict
    fault: str = ""


def read(answer: str | None, reply: str, *, finish: str = "stop") -> Opinion:
    """The opinion in an answer about this reply."""
    if finish != "stop" or not answer:
        return Opinion(verdict="inconclusive", fault=f"the judge gave no whole answer (it ended with {finish})")
    try:
        opinion = Opinion.model_validate_json(answer)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        return Opinion(verdict="inconclusive", fault=f"the answer cannot be read: {where}: {first['msg']}")
    if opinion.fault:
        return Opinion(verdict="inconclusive", fault="the answer cannot be read: fault: it is not the judge's to say")
    return opinion.model_copy(update=_checked(opinion, reply))


def _checked(opinion: Opinion, reply: str) -> dict[str, str]:
    """What becomes of an opinion whose quotes do not stand in the reply."""
    if opinion.verdict == "inconclusive":
        return {}
    if not opinion.reasoning.strip():
        return {"verdict": "inconclusive", "fault": "the verdict has no reasoning"}
    quotes = [quote for quote in map(plain, opinion.quotes) if quote]
    if not quotes:
        return {"verdict": "inconclusive", "fault": "the verdict quotes nothing"}
    said = plain(reply)
    invented = [quote for quote in quotes if not _stands_in(said, quote)]
    if invented:
        return {"verdict": "inconclusive", "fault": f"it quotes what the reply does not say: {invented[0]!r}"}
    return {}


def _stands_in(said: str, quote: str) -> bool:
    """Whether a text holds a quote; of one that leaves something out, its pieces in their order."""
    pieces, at = [each.strip(" .\"'") for each in quote.split(ELIDED)], 0
    for piece in pieces:
        found = said.find(piece, at)
        if found < 0 or (len(pieces) > 1 and len(piece.split()) < LEAST_WORDS):
            return False
        at = found + len(piece)
    return True


def plain(text: str) -> str:
    """A text as quotes are compared: case, spacing, Markdown, kinds of marks, and dots around it do not count."""
    text = re.sub(r"(?m)^\s*(?:[-*+>]|#+|\d+[.)])\s+", "", text)
    text = re.sub(r"(?<=[.:;!?]) (?:[-*+]|\d+[.)]) ", " ", text.replace("`", ""))
    text = re.sub(r"\*+|(?<!\w)_+|_+(?!\w)", "", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\[?\.{3,}\]?", ELIDED, text)
    text = re.sub(r"\s*[\u2010-\u2015-]\s*", "-", text)
    text = re.sub(r"[\u2018\u2019\u201b`]", "'", text)
    text = re.sub(r"[\u201c\u201d\u201e\u00ab\u00bb]", '"', text)
    return re.sub(r"\s+", " ", text).strip(f" .{ELIDED}\"'")
