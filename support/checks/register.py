"""The register of a text in numbers: how long, how plain, how personal, how casual it is. For English.

Numbers may show that a text is not in somebody's voice. They never prove that one is warm, or right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

LONG = 7
"""Letters of a long word."""
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['\u2019-][A-Za-zÀ-ÖØ-öø-ÿ]+)*|\d[\d.,:%/-]*")
_MARKED = re.compile(r"^\s*(?:[-*\u2022\u2013]|\d{1,2}[.)]|#{1,6})\s+", re.MULTILINE)
_LIST_ITEM = re.compile(r"^\s*(?:[-*\u2022\u2013]|\d{1,2}[.)])\s+\S", re.MULTILINE)
_HEADING = re.compile(r"^\s*(?:#{1,6}\s+\S.*|\*\*[^*\n]+\*\*:?\s*|[A-Z][A-Za-z ]{2,40}:\s*)$", re.MULTILINE)
_EMPHASIS = re.compile(r"[*_`]{1,3}")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])[\"\u201d\u2019)]*\s+(?=[\"\u201c(]?[A-ZÀ-Þ\d])|\n+")
_CONTRACTION = re.compile(
    r"\b(?:\w+n['\u2019]t|\w+['\u2019](?:re|ve|ll|d|m)|(?:it|that|what|let|here|there|who|he|she|how|where)['\u2019]s|gonna|wanna|gotta)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou(?:r|rs|rself|rselves)?\b", re.IGNORECASE)
_I = re.compile(r"\b(?:I|me|my|mine|myself)\b")
_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF]|[:;]-?[)(DP]")


@dataclass(frozen=True)
class Register:
    """What can be counted in one text. Shares are per 100 words; each number is worked out when it is asked for."""

    text: str

    @cached_property
    def _plain(self) -> str:
        return _EMPHASIS.sub("", _MARKED.sub("", self.text)).strip()

    @cached_property
    def _words(self) -> list[str]:
        return _WORD.findall(self._plain)

    @property
    def words(self) -> float:
        """How many words it has."""
        return len(self._words)

    @cached_property
    def _sentences(self) -> list[str]:
        """Sentences with a word in them; a line of a list is one."""
        return [part.strip() for part in _SENTENCE_END.split(self._plain) if _WORD.search(part)]

    @property
    def sentence_words(self) -> float:
        """Words of a sentence, on average."""
        return self.words / len(self._sentences) if self._sentences else 0.0

    @property
    def long_words(self) -> float:
        """Words of seven letters or more."""
        return self._share(sum(len(word) >= LONG for word in self._words))

    @property
    def contractions(self) -> float:
        """Such as don't, it's, you'll."""
        return self._share(len(_CONTRACTION.findall(self._plain)))

    @property
    def second_person(self) -> float:
        """Words that speak to the reader: you, your."""
        return self._share(len(_YOU.findall(self._plain)))

    @property
    def first_person(self) -> float:
        """Words by which the writer speaks of itself: I, my."""
        return self._share(len(_I.findall(self._plain)))

    @property
    def exclamation_marks(self) -> float:
        """How many there are."""
        return self.text.count("!")

    @property
    def questions(self) -> float:
        """How many question marks there are."""
        return len(re.findall(r"\?+", self.text))

    @property
    def emoji(self) -> float:
        """How many there are, smileys of punctuation included."""
        return len(_EMOJI.findall(self.text))

    @property
    def list_items(self) -> float:
        """How many points of lists there are."""
        return len(_LIST_ITEM.findall(self.text))

    @property
    def parts(self) -> float:
        """How many parts a reader sees: paragraphs, points of lists, headings."""
        blocks = [block for block in re.split(r"\n\s*\n", self.text) if block.strip()]
        in_lists = sum(bool(_LIST_ITEM.search(block)) for block in blocks)
        return len(blocks) - in_lists + self.list_items + len(_HEADING.findall(self.text))

    @cached_property
    def grade(self) -> float:
        """The school year that it takes to read it (Flesch-Kincaid, as textstat computes it)."""
        import textstat  # noqa: PLC0415 - it takes half a second to load its dictionary

        text = " ".join(part if part[-1:] in ".!?" else f"{part}." for part in self._sentences)
        return float(textstat.flesch_kincaid_grade(text)) if text else 0.0

    def _share(self, count: int) -> float:
        return 100 * count / len(self._words) if self._words else 0.0


MEASURES: Mapping[str, Callable[[Register], float]] = {
    "words": lambda text: text.words,
    "words a sentence": lambda text: text.sentence_words,
    "long words": lambda text: text.long_words,
    "contractions": lambda text: text.contractions,
    "words to the reader": lambda text: text.second_person,
    "words of itself": lambda text: text.first_person,
    "exclamation marks": lambda text: text.exclamation_marks,
    "questions": lambda text: text.questions,
    "emoji": lambda text: text.emoji,
    "points of lists": lambda text: text.list_items,
    "parts": lambda text: text.parts,
    "school years": lambda text: text.grade,
}
"""What can be measured, by the words of the features and the voices."""


def measure(text: str, what: str) -> float:
    """One measure of a text. Raises LookupError naming the known ones."""
    if what not in MEASURES:
        raise LookupError(f'"{what}" cannot be measured; known are {", ".join(MEASURES)}')
    return MEASURES[what](Register(text))


def superiority(these: Sequence[float], those: Sequence[float]) -> float:
    """How likely one of these is more than one of those, ties counted half (Vargha and Delaney's A); from 0 to 1."""
    if not these or not those:
        raise ValueError("nothing can be compared with nothing")
    wins = sum((one > other) + 0.5 * (one == other) for one in these for other in those)
    return wins / (len(these) * len(those))


_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        the a an and or but of to in on at for with from by as is are was were be been it this that
        these those you your i we they he she not no do does did have has had can could may might
        will would should what when how who if so than there their his her its them me my our about
        more most some any all
        """,
    )
)
_OTHERS = frozenset(
    re.findall(
        r"\w+",
        """
        der die das und nicht ist ein eine einen ich sie wir mit auf zu dass wenn es im den dem kein keine auch noch nur
        el la los las que de en y un una es por con para del se tu te le les des du et est une je vous pas pour dans
        qui sur mais il di che per non sono gli della een het van niet
        """,
    )
)
"""Small words of German, Spanish, French, Italian and Dutch that are none of English."""
LEAST_ENGLISH = 0.1


def is_english(text: str) -> bool:
    """Whether a text is in Latin letters and its small words are English ones; few words are taken for English."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter < "\u0250" for letter in letters) < len(letters) / 2:
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    english, others = (sum(word in known for word in words) for known in (_ENGLISH, _OTHERS))
    return len(words) < 8 or (english >= LEAST_ENGLISH * len(words) and english > others)
