"""What can be said of a text by counting, so that every answer can be checked by hand. No model is asked.

A *word* is a run of letters (of any script). All comparisons ignore case.
- **topics**: the words of 4 letters or more that are not in `COMMON`, with how often each occurs; most frequent first,
  equally frequent ones by the alphabet; at most 10.
- **sentiment**: `positive` and `negative` count the words in `POSITIVE` and `NEGATIVE`; `score` is their difference
  over their sum, rounded to 2 digits, 0 when there are none; `label` is "positive" from 0.2, "negative" from -0.2,
  else "neutral".
- **action items**: the sentences (they end with . ! ? or the text) that hold one of `INTENTIONS`, as they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_SHORTEST_TOPIC = 4
_MOST_TOPICS = 10
_LEANING = 0.2

_COMMON = """
    about after again also always anything away back been before being both came come could does doing done down each
    even ever every everything feel feeling feels felt from getting give goes going gone good have having hello here
    into just keep know last less like little long look made make many maybe mean might more most much must need never
    next nothing often okay only other over really right said same says seem should since some something sometimes soon
    still such sure take tell than thank thanks that their them then there these they thing things think this those
    though thought through today told tomorrow took very want wanted week well went were what when where which while
    will with without would yeah year yesterday your yours yourself"""
_POSITIVE = """
    able better calm calmer confident easier encouraged enjoy enjoyed excited glad good grateful happier happy helped
    helpful helps hope hopeful improved improving proud progress relaxed relief relieved rested safe slept strong
    stronger success supported well wonderful"""
_NEGATIVE = """
    afraid alone angry anxious anxiety ashamed awful bad crying depressed desperate difficult exhausted failed fear
    frightened guilty hard hopeless hurt insomnia lonely nightmares nervous overwhelmed pain panic sad scared sleepless
    stress stressed struggle struggling terrible tired upset worried worry worse"""
COMMON, POSITIVE, NEGATIVE = (frozenset(text.split()) for text in (_COMMON, _POSITIVE, _NEGATIVE))
INTENTIONS = (
    "agreed to",
    "going to try",
    "homework",
    "next week",
    "plan to",
    "practise",
    "practice",
    "remember to",
    "schedule",
    "will call",
    "will keep",
    "will try",
    "will write",
)


def words(texts: Iterable[str]) -> list[str]:
    """The words of these texts, in lower case."""
    return [word.lower() for text in texts for word in _WORD.findall(text)]


def topics(texts: Iterable[str], most: int = _MOST_TOPICS) -> list[dict[str, Any]]:
    """What is spoken of: `[{topic, count}]`."""
    counted = Counter(word for word in words(texts) if is_topic(word))
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"topic": topic, "count": count} for topic, count in ranked[:most]]


def is_topic(word: str) -> bool:
    """Whether a word can be a topic."""
    return len(word) >= _SHORTEST_TOPIC and word not in COMMON


def sentiment(texts: Iterable[str]) -> dict[str, Any]:
    """How it sounds: `{score, label, positive, negative}`."""
    spoken = words(texts)
    positive = sum(word in POSITIVE for word in spoken)
    negative = sum(word in NEGATIVE for word in spoken)
    score = round((positive - negative) / (positive + negative), 2) if positive + negative else 0.0
    return {"score": score, "label": label(score), "positive": positive, "negative": negative}


def label(score: float) -> str:
    """A score in a word."""
    if score >= _LEANING:
        return "positive"
    return "negative" if score <= -_LEANING else "neutral"


def intentions(text: str) -> list[str]:
    """The sentences of a text in which something is resolved."""
    sentences = (sentence.strip() for sentence in _SENTENCE.findall(text))
    return [sentence for sentence in sentences if any(sign in sentence.lower() for sign in INTENTIONS)]
