"""Proves the control port of the practice API: seeding, the request log, faults, counts; and that writes survive."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from support.processes.launcher import Backend, Launcher
from tests.backends.practice.conftest import HARBOUR, House, asking, steer


@pytest.fixture
def fault(served: Backend, harbour: House) -> Iterator[Callable[..., str]]:
    """Order faults for Harbour Practice; they end with the test."""

    def order(**asked: Any) -> str:
        return str(steer(served, "POST", "/faults", {"practice": harbour.id, **asked})["id"])

    yield order
    steer(served, "DELETE", f"/faults?practice={harbour.id}")


def received(backend: Backend, house: House, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = steer(backend, "GET", f"/requests?practice={house.id}{query}")["requests"]
    return found


def test_a_practice_is_counted_and_deleted_whole(served: Backend, admit: Callable[..., House]) -> None:
    before = steer(served, "GET", "/counts")["practices"]
    house = admit(served, HARBOUR)
    house.lee.post("/admin/policy-violations", {**violation(house), "clientId": None})
    counted = steer(served, "GET", "/counts")["practices"]
    assert counted.pop(house.id) == {
        "administrators": 1,
        "appointments": 1,
        "assignments": 2,
        "clients": 3,
        "conversations": 2,
        "documents": 1,
        "invoices": 1,
        "moods": 2,
        "notes": 1,
        "practitioners": 3,
        "reminders": 1,
        "sessions": 2,
        "templates": 2,
        "violations": 1,
    }
    assert counted == before
    assert steer(served, "DELETE", f"/practices/{house.id}") == {"deleted": True}
    assert steer(served, "GET", "/counts")["practices"] == before
    assert received(served, house) == []
    house.lee.get("/clients", expect=401)
    steer(served, "DELETE", f"/practices/{house.id}", expect=404)


def violation(house: House) -> dict[str, Any]:
    return {
        "profileId": house.lee.id,
        "templateId": "t",
        "templateName": "n",
        "violationType": "v",
        "templateContent": "c",
        "reason": "r",
        "confidence": 1,
    }


def test_more_is_added_to_a_practice_and_to_a_client(served: Backend, harbour: House) -> None:
    more = {"practitioners": [{"name": "Dr. New"}], "clients": [{"name": "Ann", "practitioner": "Dr. New"}]}
    added = steer(served, "POST", f"/practices/{harbour.id}/add", more)
    ann = harbour.lee.get("/haystack/search-clients", query="Ann")["clients"][0]
    assert (ann["client_id"], ann["practitioner_name"]) == (added["clients"][0]["id"], "Dr. New")
    session = {"title": "Late", "segments": [{"speaker": "Ann", "text": "Hello"}]}
    path = f"/practices/{harbour.id}/clients/{ann['client_id']}/add"
    made = steer(served, "POST", path, {"sessions": [session], "moods": [{"mood": "fine", "scale": 8}]})
    found = harbour.lee.get(f"/haystack/sessions/{made['sessions'][0]['id']}", client_id=ann["client_id"])
    assert (found["title"], found["segments"][0]["startTime"]) == ("Late", 0)
    with asking(served, added["clients"][0]["id"], added["clients"][0]["token"]) as http:
        assert http.get("/client-mood/recent").json()["moods"][0]["mood"] == "fine"


def test_a_second_conversation_about_an_assignment_is_refused_since_nobody_could_read_both(
    served: Backend, harbour: House
) -> None:
    path = f"/practices/{harbour.id}/clients/{harbour.sarah}/add"
    before = harbour.lee.get("/haystack/conversations", client_id=harbour.sarah)
    again = {"conversations": [{"title": "Sleep diary", "messages": [{"role": "user", "content": "Hi."}]}]}
    assert "has a conversation" in steer(served, "POST", path, again, expect=409)["message"]
    assert harbour.lee.get("/haystack/conversations", client_id=harbour.sarah) == before


def test_what_is_seeded_as_done_was_done_at_some_time(served: Backend, harbour: House) -> None:
    items = [{"description": "Session", "unit_cents": 100}]
    content = {
        "assignments": [{"title": "Walk", "status": "completed"}, {"title": "Rest"}],
        "invoices": [{"items": items, "status": status} for status in ("paid", "open")],
    }
    steer(served, "POST", f"/practices/{harbour.id}/clients/{harbour.sarah}/add", content)
    homework = harbour.lee.get(f"/clients/{harbour.sarah}/homework")["homework"]
    assert {each["title"]: each["completedAt"] is not None for each in homework} == {
        "Walk": True,
        "Rest": False,
        "Breathing": True,
        "Sleep diary": False,
    }
    invoices = harbour.lee.get("/invoices")["invoices"]
    assert [(each["status"], each["paidAt"] is not None) for each in invoices] == [
        ("open", False),
        ("paid", True),
        ("open", False),
    ]


def test_sessions_without_dates_are_a_day_apart(served: Backend, harbour: House) -> None:
    path = f"/practices/{harbour.id}/clients/{harbour.client('Maya Cohen')['id']}/add"
    steer(served, "POST", path, {"sessions": [{"title": "one"}, {"title": "two"}, {"title": "three"}]})
    found = harbour.lee.get("/haystack/search-sessions", client_name="Maya")["sessions"]
    assert [each["title"] for each in found] == ["three", "two", "one"]


@pytest.mark.parametrize(
    ("content", "naming"),
    [
        ({}, "name: field required"),
        ({"name": "x", "clients": [{"name": "c"}]}, "practitioner: the practice has none"),
        ({"name": "x", "practitioners": [{"name": "p", "age": 3}]}, "practitioners.0.age: should not exist"),
        ({"name": "x", "timezone": "Nowhere"}, "timezone: "),
        ({"name": "x", "practitioners": [{"name": "p", "id": "client-1"}]}, "practitioners.0.id: string should match"),
        ({"name": "x", "clients": [{"name": "c", "id": "practitioner-1"}]}, "clients.0.id: string should match"),
        *(
            ({"name": "x", "practitioners": [{"name": "p", "token": token}]}, "practitioners.0.token: should have 4 to")
            for token in ("abc", " token", "to ken", "token\n", "tökén")
        ),
    ],
)
def test_a_seed_that_makes_no_sense_is_refused_whole(served: Backend, content: dict[str, Any], naming: str) -> None:
    before = steer(served, "GET", "/practices")
    refused = steer(served, "POST", "/practices", content, expect=400)
    assert refused["message"][0].startswith(naming)
    assert steer(served, "GET", "/practices") == before


def test_tokens_are_given_and_revoked(served: Backend, harbour: House) -> None:
    path = f"/practices/{harbour.id}/people/{harbour.lee.id}/tokens"
    token = steer(served, "POST", path)["token"]
    with asking(served, harbour.lee.id, token) as http:
        assert http.get("/practice").status_code == 200
        harbour.lee.get("/practice")
        assert steer(served, "DELETE", path) == {"revoked": 2}
        assert http.get("/practice").status_code == 401
    harbour.lee.get("/practice", expect=401)
    assert steer(served, "DELETE", path) == {"revoked": 0}
    for method in ("POST", "DELETE"):
        steer(served, method, f"/practices/{harbour.id}/people/nobody/tokens", expect=404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/faults?practise=x"), ("DELETE", "/requests?practise=x"), ("GET", "/requests?sinze=1")],
)
def test_a_parameter_that_there_is_not_is_refused_and_nothing_is_cleared(
    served: Backend, harbour: House, fault: Callable[..., str], method: str, path: str
) -> None:
    ordered = fault(path="/nowhere", status=500)
    harbour.lee.get("/practice")
    refused = steer(served, method, path, expect=400)
    assert refused["message"] == [f"{path.partition('?')[2].partition('=')[0]}: should not exist"]
    assert ordered in [each["id"] for each in steer(served, "GET", "/faults")["faults"]]
    assert len(received(served, harbour)) == 1


def test_every_request_is_logged_as_it_came(served: Backend, harbour: House) -> None:
    harbour.lee.get("/haystack/search-clients", query="é a", limit=2)
    harbour.people["Sarah Johnson"].get("/account/v2/me")
    harbour.lee.post("/documents", {"clientId": "x", "name": "n"}, expect=400, headers={"X-Request-Id": "r-1"})
    search, account, refused = received(served, harbour)
    assert (search["method"], search["path"], search["query"], search["status"]) == (
        "GET",
        "/api/v1/haystack/search-clients",
        {"query": "é a", "limit": "2"},
        200,
    )
    assert search["token_digest"] == hashlib.sha256(harbour.lee.token.encode()).hexdigest()
    assert (search["person"], search["profile"], search["body"]) == (harbour.lee.id, harbour.lee.id, None)
    assert (account["person"], account["profile"]) == (harbour.sarah, None)
    assert (refused["status"], refused["body"]) == (400, {"clientId": "x", "name": "n"})
    assert refused["headers"]["x-request-id"] == "r-1"
    assert refused["headers"]["authorization"] == "****"
    assert search["started"] <= search["ended"] <= account["started"] <= time.time()
    assert harbour.lee.token not in str([search, account, refused])
    assert received(served, harbour, "&method=POST") == [refused]
    assert received(served, harbour, f"&since={search['number']}") == [account, refused]
    assert received(served, harbour, "&path=/api/v1/account/*") == [account]
    digest = hashlib.sha256(harbour.people["Sarah Johnson"].token.encode()).hexdigest()
    assert steer(served, "GET", f"/requests?token_digest={digest}")["requests"] == [account]
    assert steer(served, "DELETE", f"/requests?practice={harbour.id}") == {"forgotten": 3}
    assert received(served, harbour) == []


def test_of_headers_that_are_sent_twice_none_is_lost_and_the_first_says_who(
    served: Backend, harbour: House, northside: House
) -> None:
    lee, patel = (house.people[name] for house, name in ((harbour, "Dr. Lee"), (northside, "Dr. Patel")))
    sent = [("X-Trace", "1"), ("X-Trace", "2")]
    for each in (lee, patel):
        sent += [("Authorization", f"Bearer {each.token}"), ("ProfileID", each.id)]
    answer = httpx.get(f"{served.address}/api/v1/practice", headers=sent, verify=False)
    assert answer.json()["name"] == "Harbour Practice"
    (logged,) = received(served, harbour)
    assert (logged["person"], logged["profile"]) == (lee.id, lee.id)
    shown = {name: logged["headers"][name] for name in ("x-trace", "profileid", "authorization")}
    assert shown == {"x-trace": "1, 2", "profileid": f"{lee.id}, {patel.id}", "authorization": "****, ****"}


def test_a_request_of_nobody_is_logged_without_a_practice(served: Backend) -> None:
    httpx.get(f"{served.address}/api/v1/clients", headers={"Authorization": "Bearer made-up"}, verify=False)
    digest = hashlib.sha256(b"made-up").hexdigest()
    found = steer(served, "GET", f"/requests?token_digest={digest}")["requests"]
    assert [(each["practice"], each["person"], each["status"]) for each in found] == [(None, None, 401)]


def test_a_fault_hits_the_next_matching_requests(
    served: Backend, harbour: House, northside: House, fault: Callable[..., str]
) -> None:
    id_ = fault(method="GET", path="/api/v1/doc*", status=503, times=2)
    assert harbour.lee.get("/documents", expect=503) == {
        "statusCode": 503,
        "message": "fault by the control port",
        "error": "Service Unavailable",
    }
    northside.people["Dr. Patel"].get("/documents")
    harbour.lee.get("/clients")
    harbour.lee.post("/documents", {"clientId": harbour.sarah, "name": "n", "content": "c"})
    harbour.lee.get("/documents", expect=503)
    harbour.lee.get("/documents")
    told = next(each for each in steer(served, "GET", "/faults")["faults"] if each["id"] == id_)
    assert (told["hits"], told["remaining"]) == (2, 0)
    assert [each["fault"] for each in received(served, harbour, "&method=GET&path=*/documents")] == [id_, id_, None]


def test_a_fault_lasts_until_it_is_cleared(served: Backend, harbour: House, fault: Callable[..., str]) -> None:
    id_ = fault(status=500, body={"oops": True}, headers={"Retry-After": "1"}, person=harbour.lee.id)
    for _ in range(3):
        answer = harbour.lee.http.get("/clients")
        assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (500, {"oops": True}, "1")
    harbour.people["Dr. Kim"].get("/clients")
    steer(served, "DELETE", f"/faults/{id_}")
    harbour.lee.get("/clients")


def test_a_malformed_body_and_a_reset(served: Backend, harbour: House, fault: Callable[..., str]) -> None:
    fault(malformed=True, times=1)
    fault(malformed="<html>", times=1)
    fault(reset=True, times=1)
    broken, page = harbour.lee.http.get("/clients"), harbour.lee.http.get("/clients")
    assert (broken.status_code, page.status_code, page.text) == (200, 200, "<html>")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        broken.json()
    with pytest.raises(httpx.TransportError):
        harbour.lee.http.get("/clients")
    assert [each["status"] for each in received(served, harbour)] == [200, 200, None]
    harbour.lee.get("/clients")


def test_what_is_refused_by_a_fault_was_not_done_unless_it_is_said(harbour: House, fault: Callable[..., str]) -> None:
    order = {"clientId": harbour.sarah, "name": "Fault", "content": "c"}
    fault(method="POST", status=500, times=1)
    harbour.lee.post("/documents", order, expect=500)
    assert harbour.lee.get("/documents", q="Fault")["total"] == 0
    fault(method="POST", reset=True, processed=True, times=1)
    with pytest.raises(httpx.TransportError):
        harbour.lee.http.post("/documents", json=order, headers={"Idempotency-Key": "once"})
    harbour.lee.post("/documents", order, headers={"Idempotency-Key": "once"})
    assert harbour.lee.get("/documents", q="Fault")["total"] == 1


def test_an_answer_comes_late_and_a_client_that_goes_is_not_served(
    served: Backend, harbour: House, fault: Callable[..., str]
) -> None:
    fault(path="*/clients", delay_s=0.2, times=1)
    begun = time.monotonic()
    harbour.lee.get("/clients")
    assert time.monotonic() - begun >= 0.2
    fault(path="*/documents", method="POST", delay_s=30, times=1)
    order = {"clientId": harbour.sarah, "name": "Late", "content": "c"}
    with pytest.raises(httpx.ReadTimeout):
        harbour.lee.http.post("/documents", json=order, timeout=0.1)
    deadline = time.monotonic() + 5
    while not (late := received(served, harbour, "&method=POST"))[0]["hung_up"]:
        assert time.monotonic() < deadline, late
    assert (late[0]["status"], late[0]["body"]) == (None, order)
    assert harbour.lee.get("/documents", q="Late")["total"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"status": 500, "reset": True},
        {"status": 99},
        {"status": 500, "times": 0},
        {"satus": 500, "reset": True},
        {"body": {"never": "answered"}, "delay_s": 0.1},
        {"body": None, "malformed": True},
        {"headers": {"X-Never": "answered"}, "reset": True},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(served: Backend, asked: dict[str, Any]) -> None:
    steer(served, "POST", "/faults", asked, expect=400)


def test_what_was_acknowledged_survives_a_kill(launcher: Launcher, admit: Callable[..., House]) -> None:
    backend = launcher.start("practice")
    house = admit(backend, HARBOUR)
    order = {"clientId": house.sarah, "name": "Kept", "content": "c"}
    stored = house.lee.post("/documents", order, headers={"Idempotency-Key": "k"})
    backend.kill()
    backend.start()
    with asking(backend, house.lee.id, house.lee.token) as http:
        assert http.get(f"/documents/{stored['id']}").json() == stored
        assert http.post("/documents", json=order, headers={"Idempotency-Key": "k"}).json() == stored
    backend.stop()


def test_it_stops_while_an_answer_is_held_back(launcher: Launcher, admit: Callable[..., House]) -> None:
    backend = launcher.start("practice")
    house = admit(backend, {"name": "Small", "practitioners": [{"name": "Dr. Lee"}]})
    steer(backend, "POST", "/faults", {"delay_s": 60})
    failed: list[Exception] = []

    def ask() -> None:
        try:
            house.lee.http.get("/clients")
        except httpx.TransportError as broken:
            failed.append(broken)

    asker = threading.Thread(target=ask)
    asker.start()
    deadline = time.monotonic() + 5
    while not steer(backend, "GET", "/requests")["requests"]:
        assert time.monotonic() < deadline
    begun = time.monotonic()
    backend.stop()
    assert time.monotonic() - begun < 3
    asker.join(5)
    assert failed
    assert backend.log_text() == ""


def test_writers_at_once_lose_nothing(harbour: House) -> None:
    def write(number: int) -> None:
        harbour.lee.post(f"/clients/{harbour.sarah}/notes", {"content": f"n{number}"})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert harbour.lee.get(f"/clients/{harbour.sarah}/notes", limit=1)["total"] == 21


def test_a_body_over_the_limit_is_refused(launcher: Launcher, admit: Callable[..., House]) -> None:
    backend = launcher.start("practice", {"max_body_bytes": 1000})
    house = admit(backend, {"name": "Small", "practitioners": [{"name": "Dr. Lee"}]})
    house.lee.post("/documents", {"clientId": "x", "name": "n", "content": "x" * 1000}, expect=413)
    backend.stop()


def test_alone_it_offers_sample_practices(launcher: Launcher) -> None:
    tokens = {"practitioner_token": "lee-token", "client_token": "maya-token", "foreign_token": "patel-token"}
    backend = launcher.start("practice", tokens)
    backend.restart()
    for profile, token, found in [
        ("practitioner-local", "lee-token", "Dr. Lee"),
        ("client-local", "maya-token", "Maya Cohen"),
        ("practitioner-foreign", "patel-token", "Dr. Patel"),
    ]:
        with asking(backend, profile, token) as http:
            assert http.get("/account/v2/me").json()["name"] == found
    assert sorted(each["name"] for each in steer(backend, "GET", "/practices")["practices"]) == [
        "Harbour Practice",
        "Northside Practice",
    ]
    backend.stop()
