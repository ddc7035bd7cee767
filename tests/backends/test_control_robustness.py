"""Proves that control ports refuse what they could not carry out, and that nothing well-formed makes a service fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload

SYSTEMS = ("evaluation_platform", "practice")
JSON = {"content-type": "application/json"}
END_OF_TIME = "9999-12-31T23:59:30Z"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Backend]]:
    with ForkServer(preload(*SYSTEMS)) as server:
        launcher = Launcher(server, tmp_path_factory.mktemp("ordered"))
        started = {system: launcher.start(system, {}) for system in SYSTEMS}
        yield started
        logs = {system: backend.log_text() for system, backend in started.items()}
        launcher.close()
    assert [system for system, log in logs.items() if "Traceback" in log] == []


def control_of(backend: Backend) -> httpx.Client:
    return httpx.Client(base_url=backend.control, timeout=10, trust_env=False, verify=False)


@pytest.fixture(params=SYSTEMS)
def service(request: pytest.FixtureRequest, services: dict[str, Backend]) -> Iterator[Backend]:
    """Each of them, left without faults."""
    yield services[request.param]
    with control_of(services[request.param]) as control:
        control.delete("/faults")


@pytest.fixture
def practice(services: dict[str, Backend]) -> Backend:
    return services["practice"]


def refusal(answer: httpx.Response) -> str:
    """What a 400 says."""
    assert answer.status_code == 400, answer.text
    message = answer.json()["message"]
    return message if isinstance(message, str) else "; ".join(message)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ('{"status": 500, "body": "half: \\ud800"}', "body: malformed JSON: not valid Unicode"),
        ('{"status": 500, "body": 1e999}', "body: malformed JSON: 1e999 is too large a number"),
        ('{"status": 500, "body": NaN}', "body: malformed JSON: NaN is no JSON"),
        ('{"status": 500, "body": ' + "[" * 101 + "]" * 101 + "}", "body: malformed JSON: nested too deeply"),
        ('{"status": 500, "headers": {"x-why": "a\\r\\nb"}}', "headers.x-why: string should match pattern"),
        ('{"status": 500, "headers": {"x why": "a"}}', "headers.x why.[key]: string should match pattern"),
        ('{"status": 500, "headers": {"Content-Length": "3"}}', "Content-Length.[key]: is the server's own"),
        ('{"delay_s": false}', "delay_s: input should be a valid number"),
        ('{"delay_s": "5"}', "delay_s: input should be a valid number"),
    ],
)
def test_a_fault_that_could_not_be_answered_with_is_refused(service: Backend, order: str, says: str) -> None:
    with control_of(service) as control:
        answer = control.post("/faults", content=order.encode(), headers=JSON)
        assert says in refusal(answer)
        assert control.get("/faults").json() == {"faults": []}


@pytest.mark.parametrize(("status", "sent"), [(204, b""), (205, b""), (304, b""), (299, b'"x"'), (599, b'"x"')])
def test_every_status_that_may_be_ordered_is_answered(service: Backend, status: int, sent: bytes) -> None:
    with control_of(service) as control:
        assert control.post("/faults", json={"status": status, "body": "x"}).status_code == 200
        answers = [httpx.get(f"{service.address}/any", trust_env=False, verify=False) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(status, sent)] * 2


@pytest.mark.parametrize("status", [299, 599])
def test_a_status_without_a_name_has_a_body_of_its_own(service: Backend, status: int) -> None:
    with control_of(service) as control:
        control.post("/faults", json={"status": status})
        answer = httpx.get(f"{service.address}/any", trust_env=False, verify=False)
    assert (answer.status_code, answer.json()["statusCode"]) == (status, status)


@pytest.mark.parametrize("body", ['{"a": 1e999}', '{"a": NaN}', '{"a": "\\ud800"}'])
def test_what_was_received_stays_readable(practice: Backend, body: str) -> None:
    with control_of(practice) as control:
        control.delete("/requests")
        httpx.post(f"{practice.address}/any", content=body, headers=JSON, trust_env=False, verify=False)
        answer = control.get("/requests")
    assert (answer.status_code, [each["body"] for each in answer.json()["requests"]]) == (200, [body])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {
                "conversations": [
                    {"title": "Late", "started_at": END_OF_TIME, "messages": [{"role": "user", "content": "Hi"}]}
                ]
            },
            "started_at: is too far away in time",
        ),
        ({"appointments": [{"starts_at": END_OF_TIME}]}, "startsAt: is too far away in time"),
        (
            {"sessions": [{"title": "Sleep", "segments": [{"speaker": "Dr. Lee", "text": "Hm.", "startTime": "5"}]}]},
            "startTime: input should be a valid number",
        ),
    ],
)
def test_a_practice_that_there_cannot_be_is_refused(practice: Backend, given: Any, says: str) -> None:
    seeded = {"name": "Late", "practitioners": [{"name": "Dr. Lee"}], "clients": [{"name": "Sarah", **given}]}
    with control_of(practice) as control:
        before = control.get("/practices").json()
        assert says in refusal(control.post("/practices", json=seeded))
        assert control.get("/practices").json() == before, "and nothing of it was made"


def test_the_end_of_time_is_refused_by_the_practice_itself(practice: Backend) -> None:
    far = {"name": "Far west", "timezone": "America/Los_Angeles", "practitioners": [{"name": "Dr. Lee"}], "clients": []}
    with control_of(practice) as control:
        made = control.post("/practices", json={**far, "clients": [{"name": "Sarah"}]}).json()
    lee, sarah = made["practitioners"][0], made["clients"][0]
    headers = {"authorization": f"Bearer {lee['token']}", "profileid": lee["id"]}
    with httpx.Client(base_url=f"{practice.address}/api/v1", headers=headers, trust_env=False, verify=False) as http:
        booked = http.post(
            "/appointments", json={"clientId": sarah["id"], "startsAt": END_OF_TIME, "durationMinutes": 50}
        )
        asked = {"practitionerId": lee["id"], "date": "9999-12-31"}
        free = http.get("/appointments/availability", params=asked)
    assert refusal(booked) == "startsAt: is too far away in time"
    assert refusal(free) == "date: is too far away in time"


def test_half_a_character_is_no_projects_name(services: dict[str, Backend]) -> None:
    with control_of(services["evaluation_platform"]) as control:
        answer = control.post("/projects", content=b'{"name": "half: \\ud800"}', headers=JSON)
        assert "not valid Unicode" in refusal(answer)


def test_a_project_that_there_is_not_has_no_content(services: dict[str, Backend]) -> None:
    with control_of(services["evaluation_platform"]) as control:
        answer = control.get("/projects/nowhere/content")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "NOT_FOUND")


def test_a_whole_number_may_be_written_with_a_point(practice: Backend) -> None:
    seeded = {"name": "Points", "practitioners": [{"name": "Dr. Lee"}], "clients": [{"name": "Sarah"}]}
    with control_of(practice) as control:
        made = control.post("/practices", json=seeded).json()
    lee, sarah = made["practitioners"][0], made["clients"][0]
    headers = {**JSON, "authorization": f"Bearer {lee['token']}", "profileid": lee["id"]}
    body = f'{{"clientId": "{sarah["id"]}", "startsAt": "2031-01-06T10:00:00Z", "durationMinutes": %s}}'
    with httpx.Client(base_url=f"{practice.address}/api/v1", headers=headers, trust_env=False, verify=False) as http:
        half = http.post("/appointments", content=body % "50.5")
        whole = http.post("/appointments", content=body % "50.0")
    assert refusal(half) == "durationMinutes: input should be a valid integer"
    assert (whole.status_code, whole.json()["endsAt"]) == (201, "2031-01-06T10:50:00.000Z")
