"""A run split over several machines: each runs its share (`-D shard=2/4`), and their results are merged afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from behave.exception import ConfigError

_T = TypeVar("_T")


@dataclass(frozen=True)
class Shard:
    """One of several shares. Together they are the whole, and no two overlap, where all machines see the same files."""

    number: int
    of: int

    @staticmethod
    def parse(text: str) -> Shard:
        """From "2/4". Raises ConfigError."""
        found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if found is None or int(found[1]) > int(found[2]):
            message = f"shard={text}: name a share and how many there are, such as 2/4"
            raise ConfigError(message)
        return Shard(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        """As `parse` takes it."""
        return f"{self.number}/{self.of}"

    def share(self, whole: Sequence[_T]) -> list[_T]:
        """Every so manieth, so that slow features are spread."""
        return list(whole[self.number - 1 :: self.of])


WHOLE = Shard(1, 1)
"""What a run has that is not split."""
