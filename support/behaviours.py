"""The promises the suite checks: identifier to sentence, read from `behaviours.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

IDENTIFIER = re.compile(r"[A-Z]{2}-\d{1,3}")
_FILE = Path(__file__).with_name("behaviours.toml")


@cache
def sentences() -> dict[str, str]:
    """Every behaviour's sentence by its identifier, in the order of the catalogue."""
    blocks = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {key: text for block in blocks.values() for key, text in block.items() if key != "title"}


@cache
def titles() -> dict[str, str]:
    """The title of every block by its two letters: `DS` is "Evaluation platform: Datasets"."""
    return {block: table["title"] for block, table in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
