"""Proves that tables of what the model will do become scripts without ids, and that mistakes in them are told."""

from __future__ import annotations

import pytest

from support.clients.model import ToolCall
from support.deeds.scripting import turns


def rows(*told: tuple[str, str], **more: str) -> list[dict[str, str]]:
    return [{"step": step, "with": cell, **more} for step, cell in told]


def calls(*told: tuple[str, str]) -> list[ToolCall]:
    return [call for turn in turns(rows(*told)) for call in turn.tool_calls]


def test_ids_are_taken_from_what_tools_told() -> None:
    first, second, third = turns(
        rows(
            ("search clients", 'the name "Sarah"'),
            ("client summary", 'the client "Sarah Johnson" the search found'),
            ("answer", '"She is fine: " and what the summary says'),
        )
    )
    assert first.tool_calls[0].arguments == {"query": "Sarah"}
    assert second.tool_calls[0].name == "get_client_summary"
    taken = "${search_clients:result.clients[name=Sarah Johnson].client_id}"
    assert second.tool_calls[0].arguments == {"client_id": taken}
    assert third.text == "She is fine: ${get_client_summary:result.summary}"


def test_of_several_steps_of_one_name_the_one_that_is_counted_is_meant() -> None:
    called = calls(
        ("search clients", 'the name "Sarah"'),
        ("search clients", 'the name "Sam"'),
        ("client summary", "the client the first search found"),
        ("client summary", "the client the search found"),
    )
    assert called[2].arguments == {"client_id": "${search_clients#1:result.clients[0].client_id}"}
    assert called[3].arguments == {"client_id": "${search_clients:result.clients[0].client_id}"}


def test_rows_of_one_turn_are_one_answer() -> None:
    steps = [("answer", '"Let me look."'), ("search clients", 'the name "S"'), ("search clients", 'the name "T"')]
    (turn,) = turns(rows(*steps, turn="1"))
    assert turn.text == "Let me look."
    assert [call.arguments for call in turn.tool_calls] == [{"query": "S"}, {"query": "T"}]


def test_troubles_of_the_model_are_told_in_words() -> None:
    broken, failing, silent, slow = turns(
        [
            *rows(("break off after 2 words", "One two three four."), ("fail with 500", "busy"), ("stay silent", "")),
            {"step": "answer word by word", "with": '"One two."', "after": "0.1", "pause": "0.2"},
        ]
    )
    assert (broken.text, broken.cut_after) == (("One ", "two ", "three ", "four."), 2)
    assert failing.error is not None
    assert (failing.error.status, failing.error.message) == (500, "busy")
    assert silent.delay_s > 100
    assert (slow.text, slow.delay_s, slow.chunk_delay_s) == (("One ", "two."), 0.1, 0.2)


@pytest.mark.parametrize(
    ("step", "cell", "told"),
    [
        ("serch clients", 'the name "x"', "is no tool and no step"),
        ("client summary", "the client the search found", 'no earlier step is called "search"'),
        ("client summary", '"Sarah"', "say which argument"),
        ("create invoice", "the items [Report 500, Letter]", "'Letter' is no entry of the items"),
    ],
)
def test_a_mistake_is_told(step: str, cell: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        turns(rows((step, cell)))


def test_arguments_that_are_objects_are_told_in_a_line() -> None:
    report, invoice, validate = calls(
        ("generate report", 'the type "progress", the first day "2030-01-01" and the last day "2030-02-01"'),
        ("create invoice", 'the client "client-1" and the items [First session 15000, Report 500]'),
        ("validate sessions", "the sessions [session-1 of client-1]"),
    )
    assert report.arguments == {
        "report_type": "progress",
        "date_range": {"from": "2030-01-01", "to": "2030-02-01"},
    }
    assert invoice.arguments == {
        "client_id": "client-1",
        "items": [
            {"description": "First session", "unit_cents": 15000},
            {"description": "Report", "unit_cents": 500},
        ],
    }
    assert validate.arguments == {"sessions": [{"session_id": "session-1", "client_id": "client-1"}]}


def test_a_step_is_called_by_its_whole_name_before_it_is_called_by_a_part() -> None:
    called = calls(
        ("conversations", 'the client "client-1"'),
        ("conversation messages", 'the client "client-1" and the assignment the conversations hold'),
        ("conversation messages", 'the client "client-1" and the assignment the conversations hold'),
    )
    taken = "${get_conversations:result.conversations[0].assignment_id}"
    assert called[2].arguments == {"client_id": "client-1", "assignment_id": taken}
