"""Policy violations as the practice was told of them, and as it keeps them: its log of requests and its own list."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from support.checks.tables import LEFT_OUT, path, put, value
from support.checks.waiting import eventually
from support.clients.assistant import Document, Refusal
from support.clients.practice import Request
from support.deeds import practice
from support.deeds.chatting import the_chat
from support.deeds.practice import HERE, REPORT
from support.deeds.received import asked, said
from support.reporting import evidence
from support.world import World

REPORTED_S = 5.0
"""Within this time a practice that takes reports has every one."""
NOW = "(about now)"
"""A cell: a moment of this scenario."""


def told(world: World, called: str = HERE) -> list[Request]:
    """Every report that a practice was sent, taken or not, oldest first."""
    return [request for request in asked(world, called) if (request.method, request.route) == REPORT]


def kept(world: World, called: str = HERE) -> list[Mapping[str, Any]]:
    """Every violation that a practice keeps, as its administrator reads it, oldest first."""
    found = practice.reader(world, called).get(REPORT[1], limit=200)["violations"]
    return list(reversed(found))


def keeps(
    world: World, rows: Sequence[Sequence[tuple[str, str]]], called: str = HERE, *, in_order: bool = True
) -> None:
    """A practice comes to keep exactly these violations; of each the columns are looked at.

    Raises:
        AssertionError: it does not within REPORTED_S, or keeps others.

    """
    wanted = [{words: said(world, value(cell)) for words, cell in row} for row in rows]

    def look() -> None:
        last = told(world, called)[-1:]
        assert all(settled(each) for each in last), f"{called} has not answered the last report for good"
        found = [{words: said(world, _field(each, words)) for words in wanted[0]} for each in kept(world, called)]
        same = found == wanted if in_order else sorted(map(str, found)) == sorted(map(str, wanted))
        assert same, f"{called} keeps the violations {found}, expected {wanted}"

    eventually(look, within=REPORTED_S, what="the violations")


def settled(report: Request) -> bool:
    """Whether nobody will ask again: it was taken, or refused for good."""
    return report.status is not None and report.status < 500 and report.status != 429


def tells(world: World, pairs: Sequence[tuple[str, str]], called: str = HERE) -> None:
    """A practice was sent one report, took it, and keeps it; it says exactly this, under names in camelCase.

    Raises:
        AssertionError: it was told nothing, otherwise, more, or keeps something else.

    """
    wanted: dict[str, Any] = {}
    for words, cell in pairs:
        what = value(cell) if cell != NOW else NOW
        if what is not LEFT_OUT:
            put(wanted, tuple(camel(part) for part in path(words)), what)

    def taken() -> Request:
        reports = [each for each in told(world, called) if each.status == 201]
        assert len(reports) == 1, f"{called} took {len(reports)} reports, expected one"
        return reports[0]

    body = eventually(taken, within=REPORTED_S, what="the report").value.body
    assert isinstance(body, dict)
    _same(world, wanted, body, "the report")
    found = kept(world, called)
    assert len(found) == 1, f"{called} keeps {len(found)} violations, expected one"
    _same(world, wanted, {name: found[0].get(name) for name in wanted}, "what is kept")


def _same(world: World, wanted: Mapping[str, Any], found: Mapping[str, Any], what: str) -> None:
    expected, actual = _shown(world, wanted), _shown(world, found)
    for name, said_ in expected.items():
        if said_ == NOW and name in actual:
            age = (datetime.now(UTC) - datetime.fromisoformat(json.loads(actual[name]))).total_seconds()
            actual[name] = NOW if -1 < age < 60 else actual[name]
    if expected != actual:
        evidence.attach_comparison(expected, actual)
        raise AssertionError(f"expected {what} to say {expected}, it says {actual}")


def _shown(world: World, fields: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Every field by its path, things by their names."""
    shown: dict[str, str] = {}
    for name, what in fields.items():
        if isinstance(what, Mapping):
            shown |= _shown(world, what, f"{before}{name}.")
        else:
            shown[before + name] = NOW if what == NOW else said(world, what)
    return shown


def _field(kept_one: Mapping[str, Any], words: str) -> Any:
    found: Any = kept_one
    for part in path(words):
        found = found.get(camel(part)) if isinstance(found, Mapping) else None
    return found


def camel(words: str) -> str:
    """`template id` as templateId."""
    first, *rest = re.split(r"[ _]", words)
    return first + "".join(word.capitalize() for word in rest)


def did_not_wait(world: World, called: str = HERE) -> None:
    """What the user was told came before the practice had answered the report.

    Raises:
        AssertionError: nothing was reported, or the user waited for it.

    """
    answered = moment_of_answer(world)

    def look() -> Request:
        reports = told(world, called)
        assert reports, f"{called} was not told of any violation"
        return reports[0]

    report = eventually(look, within=REPORTED_S, what="the report").value
    waited = report.ended is not None and report.ended <= answered
    assert not waited, "the practice had answered the report before the user was told anything"


def moment_of_answer(world: World) -> float:
    """When the user had their answer, in unix seconds: that of a document, else the end of the last reply."""
    if isinstance(world.answer, Document | Refusal | list):
        return float(world.recall("moment", "answered"))
    return time.time() - (time.monotonic() - the_chat(world).received[-1].at)


def known(world: World, name: str) -> str:
    """The id of what is called so in a practice; the words themselves where nothing is."""
    labels = {label: id_ for there in world.named("practice").values() for id_, label in there.labels.items()}
    return str(labels.get(name, name))


def in_log(world: World, texts: Sequence[str]) -> None:
    """One line of the service's log, at least a warning, holds all of these; none holds anybody's token.

    Raises:
        AssertionError: there is no such line, or a token is in the log.

    """

    def look() -> str:
        log: str = world.worker.assistant.log_text()
        lines = [line for line in log.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
        held = [line for line in lines if all(known(world, text) in line for text in texts)]
        assert held, f"no warning of the log holds all of {list(texts)}; it warns: {lines[-5:]}"
        return log

    log = eventually(look, within=REPORTED_S, what="the log").value
    for there in world.named("practice").values():
        for person in there.people.values():
            assert person.token not in log, f"the token of {practice.label_of(world, person.id)} is in the log"
