"""Failures that a server did not expect: it logs them with a traceback, as it logs nothing that it foresees."""

from __future__ import annotations

import re
from pathlib import Path

_FRAMES = r"(?:(?: *\| )?  (?! *\| ).*\n)*"
"""Indented; within a group of exceptions behind a bar."""
_TRACEBACK = re.compile(rf"Traceback \(most recent call last\):\n{_FRAMES}(?: *\| )?(?P<failure>.*)")


class Logs:
    """Logs that grow, each read on from where it was read last."""

    def __init__(self) -> None:
        self._read: dict[Path, int] = {}

    def news(self, log: Path) -> list[str]:
        """The failures that a log tells since the last call, each once, as "Error: what it says"."""
        text = self._rest(log)
        if "Traceback" not in text:
            return []
        plain = text.replace("\\n", "\n")  # in lines of JSON
        return list(dict.fromkeys(found["failure"] for found in _TRACEBACK.finditer(plain)))

    def _rest(self, log: Path) -> str:
        try:
            size = log.stat().st_size
        except FileNotFoundError:  # nothing was logged yet
            return ""
        begin = self._read.get(log, 0)
        if begin > size:  # a new file in the place of one that was full
            begin = 0
        if begin == size:
            return ""
        with log.open("rb") as file:
            file.seek(begin)
            rest = file.read()
        self._read[log] = begin + len(rest)
        return rest.decode("utf-8", "replace")
