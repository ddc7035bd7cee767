"""How each persona is expected to sound, in numbers and phrases; and what nobody may say. One file a voice.

These are the suite's own expectations. They may fail a reply; they never prove that it is warm or well-founded.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from support.checks.register import MEASURES, is_english, measure

FOLDER = Path(__file__).parent
NOT_VOICES = {"diagnostic", "medication", "clinical"}


HEADING = re.compile(r"(?m)^\s*#+ .*$|^\W*(?:\w+(?: |/| & )?){1,4}\W*:|^\*\*[^*]*\*\*\s*$")
"""A title, or a word or four at the beginning of a line with a colon behind."""


class VoiceError(Exception):
    """A data file that cannot be used: the file and the fault."""


class Range(BaseModel):
    """From `least` to `most`, both included; one may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: float = float("-inf")
    most: float = float("inf")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.least > self.most:
            raise ValueError(f"least ({self.least:g}) is more than most ({self.most:g})")
        return self

    def __str__(self) -> str:
        if self.least == float("-inf"):
            return f"at most {self.most:g}"
        return f"at least {self.least:g}" if self.most == float("inf") else f"{self.least:g} to {self.most:g}"


class Voice(BaseModel):
    """The register of one persona: ranges of measures, and phrases that it never uses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    persona: str
    ranges: Mapping[str, Range]
    forbidden: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_measures(self) -> Voice:
        if unknown := set(self.ranges) - set(MEASURES):
            raise ValueError(f"{', '.join(sorted(unknown))}: cannot be measured; known are {', '.join(MEASURES)}")
        return self

    def faults(self, text: str) -> list[str]:
        """Why a text is not in this voice, in words; nothing when its numbers do not speak against it."""
        if not is_english(text):
            return ["it is not in English"]
        found = [f'it says "{phrase}"' for phrase in said(text, self.forbidden)]
        for what, allowed in self.ranges.items():
            value = measure(text, what)
            if not allowed.least <= value <= allowed.most:
                found.append(f"{what}: {value:.4g}, expected {allowed}")
        return found


def said(text: str, phrases: tuple[str, ...]) -> Iterator[str]:
    """Those of the phrases that a text holds, as whole words, in any case and with any kind of apostrophe."""
    plain = text.replace("\u2019", "'").casefold()
    for phrase in phrases:
        if re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", plain):
            yield phrase


@functools.cache
def voices() -> Mapping[str, Voice]:
    """Every voice, by what the sentences call its persona."""
    found = {path.stem: path for path in sorted(FOLDER.glob("*.toml")) if path.stem not in NOT_VOICES}
    made = [_checked(Voice, path) for path in found.values()]
    return {voice.persona: voice for voice in made}


class Patterns(BaseModel):
    """What a hard rule forbids, as regular expressions; `excused` are taken out of a text before it is looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Mapping[str, str] = Field(default_factory=dict)
    """Parts of the expressions below, by the name that stands there in angle brackets."""
    excused: tuple[str, ...] = ()
    forbidden: tuple[str, ...]

    def found_in(self, text: str) -> list[str]:
        """The passages of a text that are forbidden, as they stand there."""
        plain = re.sub(r"\s+", " ", text.replace("\u2019", "'").replace("*", ""))
        for pattern in self.excused:
            plain = re.sub(self._whole(pattern), " ~ ", plain, flags=re.IGNORECASE)
        return [
            found[0] for pattern in self.forbidden for found in re.finditer(self._whole(pattern), plain, re.IGNORECASE)
        ]

    def _whole(self, pattern: str) -> str:
        for name, words in self.words.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{words})")
        return pattern


@functools.cache
def patterns(name: str) -> Patterns:
    """A hard rule. Raises VoiceError."""
    found: Patterns = _checked(Patterns, FOLDER / f"{name}.toml")
    return found


@functools.cache
def clinical_terms() -> tuple[str, ...]:
    """Words that a clinical document is made of; stems, so that forms of a word are one term."""
    return tuple(tomllib.loads((FOLDER / "clinical.toml").read_text(encoding="utf-8"))["stems"])


def clinical_terms_in(text: str) -> list[str]:
    """The different terms that a text uses below its headings, which its template may have given."""
    said_there = HEADING.sub("", text)
    return [stem for stem in clinical_terms() if re.search(rf"\b{re.escape(stem)}", said_there, re.IGNORECASE)]


def _checked(kind: type[Any], path: Path) -> Any:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as fault:
        raise VoiceError(f"{path}: {fault}") from fault
