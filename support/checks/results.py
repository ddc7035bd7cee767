"""What experiments and metrics come to: scores, versions, recorded sessions, summaries, comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.checks.matching import Mode, check_items, check_value
from support.checks.readings import listed
from support.checks.tables import parts, path, value
from support.checks.wording import identifier, label_of
from support.clients.evaluation_platform.interface import Comparison, Condition, Event, Refusal, RunResult, Score
from support.world import World

DIGITS = 9
"""Digits after the point to which sums are compared."""
DATAPOINTS = frozenset({"passed", "failed", "improved", "degraded", "unchanged"})
"""Columns that name datapoints, in any order."""

Rows = Sequence[Iterable[tuple[str, str]]]


def score_is(answer: Any, cell: str) -> None:
    """The metric gave this score.

    Raises:
        AssertionError: it gave another, of another kind, or none.

    """
    assert isinstance(answer, Score), f"expected a score, was {answer!r}"
    check_value("the score", answer.value, value(cell))


def versions_are(world: World, label: str, rows: Rows) -> None:
    """The versions that are kept of a metric, the newest first."""
    found = world.platform.second.metrics.versions(identifier(world, ["metric"], label))
    assert not isinstance(found, Refusal), f'the versions of the metric "{label}" were {found}'
    actual = [
        {"version": one.message, "criteria": one.content.get("criteria"), "deployed": one.deployed} for one in found
    ]
    expected = [{words: value(cell) for words, cell in row} for row in rows]
    check_items(f'the versions of the metric "{label}"', actual, expected, Mode.of("exactly, in this order"))


def recorded(world: World, label: str, order: str, rows: Rows) -> None:
    """The sessions of an experiment: the datapoint of each, what was answered, and the scores of all its events."""
    run = identifier(world, ["run"], label)
    found = listed(world.platform.second.events.search([Condition(field="metadata.run_id", operator="is", value=run)]))
    table = [list(row) for row in rows]
    expected = [{words: cell if words == "datapoint" else value(cell) for words, cell in row} for row in table]
    columns = [words for words, _ in table[0]]
    actual = [_recorded(world, one, columns) for one in found if isinstance(one, Event) and one.type == "session"]
    check_items(f'the sessions of the experiment "{label}"', actual, expected, Mode.of(f"exactly, {order}"))


def _recorded(world: World, session: Event, columns: Iterable[str]) -> dict[str, Any]:
    events = listed(world.platform.second.events.search([Condition(field="session", operator="is", value=session.id)]))
    scores = {name: score for one in events for name, score in one.fields["metrics"].items()}
    datapoint = label_of(world, ["datapoint"], str(session.metadata.get("datapoint_id")))
    shown = {words: session.outputs.get(path(words)[-1]) for words in columns if words.startswith("outputs:")}
    return {"datapoint": datapoint, **shown, **{name: scores.get(name) for name in columns if _is_metric(name)}}


def _is_metric(words: str) -> bool:
    return words != "datapoint" and ":" not in words


def summary_is(world: World, answer: Any, rows: Rows) -> None:
    """The summary of an experiment holds exactly these metrics, with these sums.

    Raises:
        AssertionError: it was refused, or a metric is missing, too many or different.

    """
    assert isinstance(answer, RunResult), f"expected a summary, was {answer!r}"
    actual = [
        {"metric": one.name, "value": one.aggregate, "passed": one.passed, "failed": one.failed}
        for one in answer.metrics
    ]
    _compare(world, "the summary", actual, rows)


def comparison_is(world: World, answer: Any, rows: Rows) -> None:
    """The comparison of two experiments holds exactly these metrics; see `summary_is` for the errors."""
    assert isinstance(answer, Comparison), f"expected a comparison, was {answer!r}"
    actual = [
        {
            "metric": one.name,
            "before": one.old,
            "after": one.new,
            "improved": one.improved,
            "degraded": one.degraded,
            "unchanged": one.same,
        }
        for one in answer.metrics
    ]
    _compare(world, "the comparison", actual, rows)


def _compare(world: World, what: str, actual: Iterable[Mapping[str, Any]], rows: Rows) -> None:
    table = [list(row) for row in rows]
    columns = [words for words, _ in table[0]]
    expected = [
        {words: sorted(parts(cell)) if words in DATAPOINTS else value(cell) for words, cell in row} for row in table
    ]
    shown = [{words: _shown(world, one[words]) for words in columns} for one in actual]
    check_items(what, shown, expected, Mode.of("exactly, in any order"))


def _shown(world: World, what: Any) -> Any:
    if isinstance(what, tuple):
        return sorted(label_of(world, ["datapoint"], one) for one in what)
    return round(what, DIGITS) if isinstance(what, float) else what


def both_were_told_the_same(answer: Any) -> None:
    """The two halves of a program's answer are equal, and not empty.

    Raises:
        AssertionError: names every answer that differs.

    """
    assert answer["synchronous"], "the program did no work"
    check_value("what the asynchronous client was told", answer["asynchronous"], answer["synchronous"])
