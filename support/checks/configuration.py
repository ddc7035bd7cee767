"""What is asserted of a command that was configured: what it follows, what it refuses, and what it does not tell."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from support.checks.tables import value
from support.checks.waiting import eventually
from support.clients.command import Box, Ended, Running

REFUSED = 2
AT_MOST_S = 1.0
HUSH = re.compile(r"hush-[\w-]+")
"""What is secret within a secret, such as the password in an address."""
START_S = 20.0
FAULT = re.compile(r"^  - (?P<name>.+?) \((?P<origin>[^()]+)\): (?P<fault>.+)$", re.MULTILINE)
README = Path(__file__).parents[2] / "README.md"
Record = Sequence[tuple[str, str]]


def refused(box: Box, ended: Ended, rows: Sequence[Record]) -> None:
    """It refused before it started anything, in under a second, with exactly these faults, and told no secret.

    A row says name, origin and fault; of each the words given must be there.

    Raises:
        AssertionError: any of it does not hold.

    """
    _refused_in_order(ended)
    tells_no_secret(box, ended)
    faults = [found.groupdict() for found in FAULT.finditer(ended.output)]
    for row in map(dict, rows):
        fits = [fault for fault in faults if all(words in fault[column] for column, words in row.items())]
        assert fits, f"no fault says {row}; it said:\n{ended.output}"
    assert len(faults) == len(rows), f"expected {len(rows)} faults, there are {len(faults)}:\n{ended.output}"


def _refused_in_order(ended: Ended) -> None:
    assert ended.exit_code == REFUSED, f"expected exit code {REFUSED}, was {ended.exit_code}:\n{ended.output}"
    assert "Traceback" not in ended.output, f"a mistake of the user's is answered with a traceback:\n{ended.output}"
    assert not ended.started, f"something was started, although it refused: {ended.started}"
    assert ended.seconds < AT_MOST_S, f"it took {ended.seconds:.2f} s to refuse"


def tells_no_secret(box: Box, ended: Ended) -> None:
    """No secret that it was told is in anything it said, or in any file it wrote.

    Raises:
        AssertionError: one is; the message does not repeat it.

    """
    assert box.secrets or not box.subject.secrets, "it was told no secret, so that this proves nothing"
    given = {"remote.toml", ".env", f"{box.subject.stem}.json", *box.told.files}
    written = [path for path in box.folder.rglob("*") if path.is_file() and path.name not in given]
    said = {"its output": ended.output.encode()} | {path.name: path.read_bytes() for path in written}
    for number, secret in enumerate({part for each in box.secrets for part in (each, *HUSH.findall(each))}):
        told_in = [where for where, text in said.items() if secret.encode() in text]
        assert not told_in, f"secret number {number} ({secret[:5]}…) is told in {', '.join(told_in)}"


def shows(ended: Ended, rows: Sequence[Record]) -> None:
    """It showed these settings, with these values and origins; an origin is known by its last words.

    Raises:
        AssertionError: it did not, or refused.

    """
    assert ended.exit_code == 0, f"it was refused, with exit code {ended.exit_code}:\n{ended.output}"
    for setting, shown_value, origin in (tuple(cell for _, cell in row) for row in rows):
        assert setting in ended.settings, f"{setting} is not shown:\n{ended.output}"
        shown = ended.settings[setting]
        assert equal(shown.value, shown_value), f"expected {setting} = {shown_value}, is {shown.value}"
        assert shown.origin.endswith(origin), f"expected {setting} from {origin}, is from {shown.origin}"


def equal(shown: str, cell: str) -> bool:
    """Whether a value as shown is what a cell says."""
    wanted = value(cell)
    if isinstance(wanted, bool):
        return shown == str(wanted).lower()
    if isinstance(wanted, int | float):
        return float(shown) == wanted
    return shown == ("" if wanted is None else str(wanted))


class Turn(Protocol):
    """One time of several that a command showed its settings."""

    @property
    def place(self) -> str:
        """The most explicit place that said anything, or "default"."""

    @property
    def told(self) -> Any:
        """What it said."""

    @property
    def ended(self) -> Ended:
        """How the command ended."""

    @property
    def used(self) -> Mapping[str, Any] | None:
        """The configuration as it wrote it."""


def followed_in_turn(turns: Sequence[Turn], setting: str, variable: str, default: str) -> None:
    """Each time the most explicit place that was left was followed, and named as the origin; the default at last.

    Raises:
        AssertionError: another value was followed, or another origin named.

    """
    assert len(turns) > 2, "it was told in one place at most, so that nothing went before anything"
    origins = {"environment": f"environment variable {variable}", ".env": "/.env line 1", "file": ".json"}
    for turn in turns:
        when = f"with {turn.place} as the most explicit place"
        assert turn.ended.exit_code == 0, f"{when}, it refused:\n{turn.ended.output}"
        shown = turn.ended.settings[setting]
        assert f"/{shown.origin}".endswith(origins.get(turn.place, f"/{turn.place}")), (
            f"{when}, it names {shown.origin}"
        )
        cell = default if turn.place == "default" else str(turn.told)
        wanted = turn.told if turn.place in ("argument", "file") else value(cell)
        if turn.used is not None and setting in turn.used:
            assert turn.used[setting] == wanted, f"{when}, {setting} is {turn.used[setting]!r}, not {wanted!r}"
        else:
            assert equal(shown.value, cell), f"{when}, {setting} is {shown.value!r}, not {cell}"


def survived(box: Box, trip: tuple[Ended, Ended, str | None, str | None]) -> None:
    """What was written and read back from nowhere else is the same, down to the secrets, and only its owner's to read.

    Raises:
        AssertionError: it is not.

    """
    first, second, written, again = trip
    assert (first.exit_code, second.exit_code) == (0, 0), f"refused:\n{first.output}\n{second.output}"
    assert written is not None, "nothing was written"
    assert written == again, f"written:\n{written}\nread back and written again:\n{again}"
    before, after = ({name: shown.value for name, shown in ended.settings.items()} for ended in (first, second))
    del before["configuration_file"], after["configuration_file"]
    assert before == after, f"shown before: {before}\nshown after: {after}"
    loose = [path.name for path in box.folder.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert not loose, f"others may read {loose}"


def defaults_are_documented(ended: Ended) -> None:
    """What is shown with nothing told is what the README says, setting by setting, no more and no less.

    Raises:
        AssertionError: it is not.

    """
    documented = re.findall(r"^\| `(\w+)` \| `\w+` \| (?:`(.*)`|none) \| (.*) \|$", _table(ended), re.MULTILINE)
    told = {name: (default, "default", meaning) for name, default, meaning in documented}
    shown = {name: (each.value, each.origin, each.meaning) for name, each in ended.settings.items()}
    assert shown, f"nothing was shown:\n{ended.output}"
    assert shown == told, f"shown: {shown}\nthe README says: {told}"


def _table(ended: Ended) -> str:
    """The table of README that tells the first setting shown by its variable."""
    first = ended.output.splitlines()[0].split("\t")
    tables = README.read_text(encoding="utf-8").split("\n\n")
    found = [table for table in tables if first[1] and f"`{first[1]}`" in table and table.startswith("| setting")]
    assert found, f"the README has no table with {first[1]}"
    return found[0]


def serves(running: Running) -> None:
    """It says where it serves.

    Raises:
        AssertionError: it ends, or says nothing in time.

    """

    def told() -> None:
        assert running.address or not running.child.alive(), f"it has said only: {running.output!r}"

    eventually(told, within=START_S, what="it says where it serves")
    assert running.address, f"it ended instead of serving:\n{running.output}"


def takes_at_most(running: Running, size: int) -> None:
    """It takes a request of so many bytes, and none that is one byte longer.

    Raises:
        AssertionError: its limit is another.

    """
    assert running.takes(size, "local-key"), f"{size} bytes are too many for it"
    assert not running.takes(size + 1, "local-key"), f"it takes {size + 1} bytes"


def read_once_first(deeds: Sequence[tuple[str, str]], files: Sequence[str]) -> None:
    """It read each of these files exactly once, before it started anything.

    Raises:
        AssertionError: it read one more often, not at all, or late.

    """
    for file in files:
        assert deeds.count(("reads", file)) == 1, f"{file} was read {deeds.count(('reads', file))} times: {deeds}"
    kinds = [deed for deed, _ in deeds]
    last = max(deeds.index(("reads", file)) for file in files)
    assert set(kinds[: last + 1]) == {"reads"}, f"something was started before all was read: {deeds}"
    assert {*kinds[last + 1 :]} - {"reads"}, f"nothing was started at all: {deeds}"
