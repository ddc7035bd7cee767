"""The practice is asked as the caller, again where that can help and never where it cannot; what fails is told.

Faults are those of the real embedded practice API; what was asked is read from its own log.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from support.backends.assistant.practice import base_url
from support.backends.assistant.tools import base
from tests.backends.assistant.offices import Desk, Office, at_desk, caller, office, practices  # noqa: F401 - fixtures


def tried(office: Office, name: str, arguments: dict[str, Any], **desk: Any) -> tuple[dict[str, Any], list[Any]]:  # noqa: F811
    """The result of one tool call, and what was refused on the way."""

    async def work(at: Desk) -> tuple[dict[str, Any], list[Any]]:
        context = at.context()
        return await base.run(context, name, json.dumps(arguments)), context.refused

    return at_desk(office, work, **desk)


SEARCH: tuple[str, dict[str, Any]] = ("search_clients", {"query": "Sarah"})


def note(office: Office) -> tuple[str, dict[str, Any]]:  # noqa: F811
    return "add_client_note", {"client_id": office.client["id"], "content": "Likes tea"}


def test_an_answer_of_500_is_asked_for_again(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=500, times=2)
    result, _ = tried(office, *SEARCH)
    assert result["success"]
    assert [each["status"] for each in office.asked()] == [500, 500, 200]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_three_tries_it_is_told(office: Office, status: int) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=status, body={"message": "stack trace"})
    result, refused = tried(office, *SEARCH)
    assert (result["success"], result["error"]) == (False, f"The practice failed ({status}).")
    assert len(office.calls()) == 3
    assert refused == []


def test_how_often_is_a_setting(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=500)
    tried(office, *SEARCH, practice_tries=1)
    assert len(office.calls()) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_told_to_the_user_and_not_repeated(office: Office, status: int) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=status)
    result, refused = tried(office, *SEARCH)
    assert not result["success"]
    assert f"({status})" in result["error"]
    assert [each.status for each in refused] == [status]
    assert len(office.calls()) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 409, 422, 429])
def test_other_answers_are_told_to_the_model_and_not_repeated(office: Office, status: int) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=status, body={"statusCode": status, "message": ["a", "b"]})
    result, refused = tried(office, *SEARCH)
    assert (result["success"], result["error"]) == (False, f"The practice answered {status}: a; b")
    assert refused == []
    assert len(office.calls()) == 1


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_is_success(office: Office, status: int) -> None:  # noqa: F811
    office.fault(path="*/search-clients", status=status, body={"clients": []})
    assert tried(office, *SEARCH)[0]["success"]


def test_what_is_late_is_asked_for_again_and_then_told(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", delay_s=30)
    result, _ = tried(office, *SEARCH, practice_timeout=0.05)
    assert result["error"] == "The practice did not answer in time."
    assert len(office.calls()) == 3


def test_a_broken_connection_is_tried_again(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", reset=True, times=1)
    assert tried(office, *SEARCH)[0]["success"]
    assert len(office.calls()) == 2


def test_a_practice_that_is_not_there_is_told(office: Office) -> None:  # noqa: F811
    result, _ = tried(office, *SEARCH, practice_url="http://127.0.0.1:9")
    assert result["error"] == "The practice cannot be reached."


def test_an_entry_that_may_have_been_made_is_not_made_twice(office: Office) -> None:  # noqa: F811
    office.fault(method="POST", path="*/notes", delay_s=30, processed=True)
    result, _ = tried(office, *note(office), practice_timeout=0.5)
    assert "It may have been done all the same" in result["error"]
    assert len(office.calls()) == 1
    path = f"/clients/{office.client['id']}/notes"
    assert len([each for each in office.read(path)["notes"] if each["content"] == "Likes tea"]) == 1


def test_an_entry_that_failed_is_made_again_under_the_same_key(office: Office) -> None:  # noqa: F811
    office.fault(method="POST", path="*/notes", status=503, times=1)
    assert tried(office, *note(office))[0]["success"]
    keys = [each["headers"]["idempotency-key"] for each in office.asked()]
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (True, "not valid JSON"),
        ("<html>oops</html>", "not valid JSON"),
        ("[]", "lacks clients"),
        ("null", "lacks clients"),
        ('{"total": 0}', "lacks clients"),
        ('{"clients": {}}', "no list of clients"),
        ("[" * 50_000, "not valid JSON"),
        ('{"clients": [{"age": NaN}]}', "not valid JSON"),
    ],
)
def test_a_malformed_answer_is_told_once(office: Office, answer: str | bool, words: str) -> None:  # noqa: F811
    office.fault(path="*/search-clients", malformed=answer)
    result, _ = tried(office, *SEARCH)
    assert not result["success"]
    assert words in result["error"]
    assert len(office.calls()) == 1


def test_a_transcript_that_cannot_be_read_is_told(office: Office) -> None:  # noqa: F811
    office.fault(path="*/transcriptions/*", malformed='{"segments": [{"speaker": "Sarah"}, 7]}')
    result, _ = tried(office, "load_session_direct", {"session_id": "session-1", "client_id": "client-1"})
    assert result["error"] == "The practice's answer holds no readable transcript."


@pytest.mark.parametrize(
    "template", ['{"id": "t", "name": "SOAP"}', "7", '{"id": "t", "name": "SOAP", "content": null}', '{"content": []}']
)
def test_a_template_that_cannot_be_read_is_told(office: Office, template: str) -> None:  # noqa: F811
    office.fault(path="*/templates", malformed=f'{{"templates": [{template}]}}')
    result, _ = tried(office, "select_template_by_name", {"template_name": "SOAP"})
    assert result["error"].startswith("The practice's answer holds a template")


def test_a_practitioner_shows_the_profile_and_a_client_does_not(office: Office) -> None:  # noqa: F811
    tried(office, *SEARCH)
    tried(office, "get_user_profile", {}, who=office.sarah)
    tried(office, "get_user_profile", {}, who=replace(office.lee, profile=None))
    assert [each["profile"] for each in office.asked()] == [office.lee.profile, None, None]
    assert [each["token_digest"] for each in office.asked()] == [office.lee.user, office.sarah.user, office.lee.user]


def test_addresses_with_and_without_the_prefix_mean_the_same() -> None:
    assert (
        base_url("http://h:1/")
        == base_url("http://h:1/api/v1/")
        == base_url("http://h:1/api/v1")
        == "http://h:1/api/v1"
    )


def test_a_name_that_was_cut_within_a_character_is_told_as_far_as_it_goes(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", malformed='{"clients": [{"name": "Sar\\ud83d"}, {"name": "\\ud83c\\udf1e"}]}')
    result, _ = tried(office, *SEARCH)
    assert [client["name"] for client in result["result"]["clients"]] == ["Sar\ufffd", "\U0001f31e"]


def test_what_the_practice_hands_to_one_is_not_shown_for_the_next(office: Office) -> None:  # noqa: F811
    cookie = {"Set-Cookie": "visitor=first; Path=/"}
    office.fault(path="*/search-clients", status=200, body={"clients": []}, headers=cookie)

    async def work(at: Desk) -> None:
        for _ in range(2):
            await base.run(at.context(), SEARCH[0], json.dumps(SEARCH[1]))

    at_desk(office, work)
    assert ["cookie" in each["headers"] for each in office.asked()] == [False, False]


def test_many_slow_calls_of_one_user_keep_nobody_else_waiting(office: Office) -> None:  # noqa: F811
    office.fault(path="*/search-clients", delay_s=30, person=office.lee.profile)
    kim = caller(office.made["practitioners"][1])

    async def work(at: Desk) -> Any:
        slow = [asyncio.create_task(base.run(at.context(), *called(f"Sarah {number}"))) for number in range(110)]
        await asyncio.sleep(0.5)
        result = await asyncio.wait_for(base.run(replace(at.context(), caller=kim), *called("Sarah")), 3)
        for each in slow:
            each.cancel()
        await asyncio.wait(slow)
        return result

    def called(name: str) -> tuple[str, str]:
        return SEARCH[0], json.dumps({"query": name})

    assert at_desk(office, work)["success"]
