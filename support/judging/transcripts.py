"""What a judge is shown: who said what, as data."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict

Speaker = Literal["user", "assistant"]


class Line(BaseModel):
    """One utterance."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    speaker: Speaker
    text: str


class Transcript(BaseModel):
    """A conversation; what is judged is the assistant's last utterance."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, asked: str, reply: str) -> Transcript:
        """One question and its reply."""
        return cls(lines=(Line(speaker="user", text=asked), Line(speaker="assistant", text=reply)))

    @property
    def reply(self) -> str:
        """What is judged. Raises ValueError for a conversation in which the assistant said nothing."""
        said = [line.text for line in self.lines if line.speaker == "assistant"]
        if not said:
            raise ValueError("there is nothing to judge: the assistant said nothing")
        return said[-1]

    def as_data(self) -> str:
        """As JSON: whatever it holds is quoted, so that nothing in it can end the quotation."""
        return json.dumps([line.model_dump() for line in self.lines], ensure_ascii=False, indent=1)

    @property
    def boundary(self) -> str:
        """A mark that the text itself cannot contain, since it is made from the text."""
        return hashlib.sha256(self.as_data().encode()).hexdigest()[:16]
