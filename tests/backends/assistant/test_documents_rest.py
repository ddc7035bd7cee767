"""Documents and summaries over REST, with the whole service: its answers, its refusals, and what no reply waits for."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from support.checks.waiting import eventually
from support.clients.model import ScriptedModel, Turn
from tests.backends.assistant.offices import Office, office, practices  # noqa: F401 - fixtures
from tests.backends.assistant.services import Service
from tests.backends.assistant.test_documents_tools import BAD, POLICY, SAFE, WRITER

DOCUMENT, SUMMARY = "/generate-document-from-template", "/summarize-ai-conversations"


@pytest.fixture
def service(start: Callable[..., Service], office: Office) -> Service:  # noqa: F811
    return start(practice_url=office.practices.address, violation_drain=0.1)


def headers(office: Office) -> dict[str, str]:  # noqa: F811
    lee = office.lee
    return {
        "Authorization": f"Bearer {lee.token.get_secret_value()}",
        "ProfileID": lee.profile or "",
        "User-Agent": "Browser/1",
    }


def a_body(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "template": {"id": "t-1", "name": "SOAP note", "content": "# {{clientName}} on {{date}}"},
        "transcript": {"segments": [{"speaker": "Sarah", "text": "I slept badly.", "startTime": 5}]},
        "clientInfo": {"id": "client-1", "name": "Sarah Johnson"},
        "practitionerInfo": {"id": "practitioner-1", "name": "Dr. Lee"},
        "generationInstructions": "Be brief.",
    }
    return body | changes


def test_a_document_is_answered_whole(service: Service, scripted: ScriptedModel, office: Office) -> None:  # noqa: F811
    scripted.script(SAFE, system_contains=POLICY)
    scripted.script(Turn.saying("Sarah slept badly."), system_contains=WRITER)
    answer = service.http.post(DOCUMENT, json=a_body(), headers=headers(office))
    assert answer.status_code == 200
    body = answer.json()
    generated = datetime.fromisoformat(body.pop("generatedAt"))
    assert abs((datetime.now(UTC) - generated).total_seconds()) < 60
    assert body == {
        "content": "Sarah slept badly.",
        "metadata": {
            "templateId": "t-1",
            "templateName": "SOAP note",
            "clientId": "client-1",
            "practitionerId": "practitioner-1",
            "wordCount": 3,
            "processingMethod": "template_and_transcript",
        },
    }
    assert "[00:05] Sarah: I slept badly." in scripted.received()[1].messages[1]["content"]


def test_a_violation_is_a_warning_and_the_reply_does_not_wait_for_the_report(
    service: Service,
    scripted: ScriptedModel,
    office: Office,  # noqa: F811
) -> None:
    scripted.script(BAD, system_contains=POLICY)
    office.fault(path="*/policy-violations", delay_s=30, times=1)
    client = {"id": office.client["id"], "name": "Sarah Johnson"}
    answer = service.http.post(DOCUMENT, json=a_body(clientInfo=client), headers=headers(office), timeout=2)
    assert answer.status_code == 200
    assert answer.json()["metadata"]["policyViolation"] is True

    def reported() -> None:
        assert len(office.asked()) == 1
        entry = office.asked()[0]
        assert entry["body"]["userAgent"] == "Browser/1"
        assert entry["body"]["ipAddress"] == "127.0.0.1"
        assert entry["token_digest"] == office.lee.user

    eventually(reported, within=2, what="the violation is reported")


@pytest.mark.parametrize(
    ("turn", "status", "words"),
    [
        (Turn(empty=True), 500, "finish reason: stop"),
        (Turn(finish="content_filter"), 500, "finish reason: content_filter"),
        (Turn.failing(500, message="inside"), 502, "could not answer"),
        (Turn(malformed=True), 502, "could not answer"),
        (Turn.saying("late", delay_s=5), 504, "in time"),
        (Turn.failing(429, retry_after=3), 429, "busy"),
    ],
)
def test_every_failure_of_the_model_is_a_status(
    start: Callable[..., Service],
    scripted: ScriptedModel,
    office: Office,  # noqa: F811
    turn: Turn,
    status: int,
    words: str,
) -> None:
    service = start(practice_url=office.practices.address, openai_timeout=0.5)
    scripted.script(SAFE, system_contains=POLICY)
    scripted.script(turn, system_contains=WRITER)
    scripted.script(turn, system_contains="You summarise")
    conversation = {"id": "c", "createdAt": "2026-01-01", "messages": [{"role": "user", "content": "Hello"}]}
    asked = {DOCUMENT: a_body(), SUMMARY: {"conversations": [conversation]}}
    for path, body in asked.items():
        answer = service.http.post(path, json=body, headers=headers(office))
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
        assert "inside" not in answer.text
    assert answer.headers.get("retry-after") == ("3" if status == 429 else None)


def test_without_a_model_it_is_500(start: Callable[..., Service], office: Office) -> None:  # noqa: F811
    service = start(practice_url=office.practices.address, openai_api_key=None)
    answer = service.http.post(DOCUMENT, json=a_body(), headers=headers(office))
    assert answer.status_code == 500
    assert "No language model is configured" in answer.json()["detail"]


def test_a_check_that_cannot_be_read_is_502(
    service: Service,
    scripted: ScriptedModel,
    office: Office,  # noqa: F811
) -> None:
    scripted.script(Turn.saying("Looks fine."), system_contains=POLICY)
    answer = service.http.post(DOCUMENT, json=a_body(), headers=headers(office))
    assert answer.status_code == 502
    assert "policy check" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"template": {"id": "t", "name": "n", "content": " "}}, ["body", "template", "content"]),
        ({"template": {"id": "t", "name": "n", "content": "{{clientName"}}, ["body", "template", "content"]),
        ({"template": {"id": "t", "name": "n"}}, ["body", "template", "content"]),
        ({"template": None}, ["body", "template"]),
        ({"transcript": {"segments": [{"speaker": "S"}]}}, ["body", "transcript", "segments", 0, "text"]),
        ({"transcript": {"segments": "x"}}, ["body", "transcript", "segments"]),
        (
            {"transcript": {"segments": [{"speaker": "S", "text": "t", "startTime": False}]}},
            ["body", "transcript", "segments", 0, "startTime"],
        ),
        ({"clientInfo": {"id": "c", "name": ""}}, ["body", "clientInfo", "name"]),
        ({"practitionerInfo": {}}, ["body", "practitionerInfo", "id"]),
    ],
)
def test_what_is_missing_or_malformed_is_422(
    service: Service,
    scripted: ScriptedModel,
    office: Office,  # noqa: F811
    changes: dict[str, Any],
    where: list[Any],
) -> None:
    answer = service.http.post(DOCUMENT, json=a_body(**changes), headers=headers(office))
    assert answer.status_code == 422
    assert where in [each["loc"] for each in answer.json()["detail"]]
    assert scripted.received() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[[[",
        b'"x"',
        b"\xff\xfe",
        b'{"template": "\xc3"}',
        json.dumps({"template": "x" * 100_000}).encode(),
        json.dumps(a_body(generationInstructions="\ud800")).encode(),
        *(
            json.dumps(a_body(transcript={"segments": [{"speaker": "S", "text": "t", "startTime": start}]})).encode()
            for start in (float("nan"), float("inf"), -1)
        ),
    ],
)
def test_whatever_cannot_be_read_is_422(service: Service, office: Office, content: bytes) -> None:  # noqa: F811
    how = headers(office) | {"Content-Type": "application/json"}
    answer = service.http.post(DOCUMENT, content=content, headers=how)
    assert answer.status_code == 422, answer.text
    assert all(set(each) == {"type", "loc", "msg", "input"} for each in answer.json()["detail"])
    assert len(answer.content) < 5_000


def test_too_long_is_422_and_says_by_how_much(start: Callable[..., Service], office: Office) -> None:  # noqa: F811
    service = start(practice_url=office.practices.address, document_context_tokens=10_000)
    said = {"segments": [{"speaker": "S", "text": "x" * 50_000}]}
    answer = service.http.post(DOCUMENT, json=a_body(transcript=said), headers=headers(office))
    assert answer.status_code == 422
    [problem] = answer.json()["detail"]
    assert problem["loc"] == ["body", "transcript"]
    assert "takes 10000" in problem["msg"]


@pytest.mark.parametrize("path", [DOCUMENT, SUMMARY])
def test_without_a_token_nothing_is_looked_at(service: Service, path: str) -> None:
    assert service.http.post(path, json={}).status_code == 401
    assert service.http.post(path, json={}, headers={"Authorization": "Basic x"}).status_code == 401


def test_two_clients_at_once_never_mix(service: Service, scripted: ScriptedModel, office: Office) -> None:  # noqa: F811
    names = [f"Client {number}" for number in range(6)]
    scripted.script(SAFE, repeat=True, system_contains=POLICY)
    for name in names:
        scripted.script(Turn.saying(f"{name} is well.", delay_s=0.05), last_user_contains=f"Client: {name}\n")

    def write(name: str) -> httpx.Response:
        body = a_body(clientInfo={"id": name, "name": name})
        return service.http.post(DOCUMENT, json=body, headers=headers(office))

    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(write, names))
    assert [answer.json()["content"] for answer in answers] == [f"{name} is well." for name in names]
    assert [answer.json()["metadata"]["clientId"] for answer in answers] == names


def test_summaries_answer_and_refuse(service: Service, scripted: ScriptedModel, office: Office) -> None:  # noqa: F811
    scripted.script(Turn.saying("Both went well."), system_contains="You summarise")
    told = [
        {"id": f"c{number}", "createdAt": "2026-01-01", "messages": [{"role": "user", "content": "Hello"}]}
        for number in range(2)
    ]
    answer = service.http.post(SUMMARY, json={"conversations": told}, headers=headers(office))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["summary"], body["status"]) == ("Both went well.", "success")
    assert datetime.fromisoformat(body["metadata"].pop("generated_at"))
    assert body["metadata"] == {
        "conversation_count": 2,
        "total_messages": 2,
        "word_count": 3,
        "estimated_read_time": "1 min",
    }
    for nothing in ([], [{"id": "c", "createdAt": "x", "messages": []}]):
        assert service.http.post(SUMMARY, json={"conversations": nothing}, headers=headers(office)).status_code == 400
    for wrong in ({}, {"conversations": "x"}, {"conversations": [{"id": "c"}]}):
        assert service.http.post(SUMMARY, json=wrong, headers=headers(office)).status_code == 422
