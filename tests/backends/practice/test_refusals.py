"""Proves who is let in, that practices are apart, and that every refusal has the contract's body."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from support.processes.launcher import Backend
from tests.backends.practice.conftest import HARBOUR, NORTHSIDE, House, asking, steer

OPEN_TO_CLIENTS = {
    ("GET", "/account/v2/me"),
    ("GET", "/clients/{client_id}"),
    ("GET", "/client-mood/recent"),
    ("POST", "/client-mood"),
}


@pytest.fixture(scope="module")
def harbour(served: Backend, admit: Callable[..., House]) -> House:
    """Dr. Lee's practice, for all tests of this module: none of them changes it."""
    return admit(served, HARBOUR)


@pytest.fixture(scope="module")
def northside(served: Backend, admit: Callable[..., House]) -> House:
    """Dr. Patel's practice."""
    return admit(served, NORTHSIDE)


FOREIGN: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/haystack/client-summary?client_id={sarah}", {}),
    ("GET", "/haystack/conversations?client_id={sarah}", {}),
    ("GET", "/haystack/conversation-messages?client_id={sarah}&assignment_id={assignments}", {}),
    ("GET", "/haystack/latest-conversation?client_id={sarah}", {}),
    ("GET", "/haystack/search-sessions?client_id={sarah}", {}),
    ("GET", "/haystack/sessions/{sessions}?client_id={sarah}", {}),
    ("GET", "/haystack/sessions/{sessions}?client_id={own}", {}),
    ("POST", "/haystack/sessions/{sessions}/analyze", {"client_id": "{sarah}"}),
    ("POST", "/haystack/conversations/{conversations}/analyze", {"client_id": "{sarah}"}),
    ("POST", "/haystack/generate-report", {"report_type": "progress", "client_id": "{sarah}"}),
    ("GET", "/ai/transcriptions/{sessions}?clientId={sarah}", {}),
    ("GET", "/templates/{template}", {}),
    ("GET", "/documents?clientId={sarah}", {}),
    ("GET", "/documents/{documents}", {}),
    ("PATCH", "/documents/{documents}", {"name": "mine"}),
    ("DELETE", "/documents/{documents}", {}),
    ("POST", "/documents", {"clientId": "{sarah}", "name": "n", "content": "c"}),
    ("POST", "/documents", {"clientId": "{own}", "name": "n", "content": "c", "templateId": "{template}"}),
    ("POST", "/documents", {"clientId": "{own}", "name": "n", "content": "c", "sessionIds": ["{sessions}"]}),
    ("GET", "/clients/{sarah}", {}),
    ("PATCH", "/clients/{sarah}", {"name": "mine"}),
    ("GET", "/clients/{sarah}/homework", {}),
    ("POST", "/clients/{sarah}/homework", {"title": "t"}),
    ("PATCH", "/homework/{assignments}", {"status": "completed"}),
    ("GET", "/clients/{sarah}/notes", {}),
    ("POST", "/clients/{sarah}/notes", {"content": "c"}),
    ("PATCH", "/notes/{notes}", {"content": "c"}),
    ("DELETE", "/notes/{notes}", {}),
    ("GET", "/client-mood/recent?clientId={sarah}", {}),
    ("GET", "/appointments?clientId={sarah}", {}),
    ("GET", "/appointments/{appointments}", {}),
    ("GET", "/appointments/availability?date=2031-01-06&practitionerId={practitioner}", {}),
    ("POST", "/appointments", {"clientId": "{sarah}", "startsAt": "2031-01-07T10:00:00Z"}),
    (
        "POST",
        "/appointments",
        {"clientId": "{own}", "practitionerId": "{practitioner}", "startsAt": "2031-01-07T10:00:00Z"},
    ),
    ("PATCH", "/appointments/{appointments}", {"note": "n"}),
    ("POST", "/appointments/{appointments}/cancel", {}),
    ("GET", "/invoices?clientId={sarah}", {}),
    ("GET", "/invoices/{invoices}", {}),
    ("POST", "/invoices", {"clientId": "{sarah}", "items": [{"description": "d", "unitCents": 1}]}),
    ("POST", "/invoices/{invoices}/pay", {}),
    ("POST", "/invoices/{invoices}/void", {}),
    ("GET", "/reminders?clientId={sarah}", {}),
    ("POST", "/reminders", {"text": "t", "dueAt": "2031-01-07T10:00:00Z", "clientId": "{sarah}"}),
    ("POST", "/reminders/{reminders}/complete", {}),
    ("DELETE", "/reminders/{reminders}", {}),
    ("GET", "/practice/stats?practitionerId={practitioner}", {}),
]


def routes(backend: Backend) -> list[tuple[str, str]]:
    """Every method and path below /api/v1, from the API's own description."""
    paths = httpx.get(f"{backend.address}/openapi.json", trust_env=False, verify=False).json()["paths"]
    return [(method.upper(), path.removeprefix("/api/v1")) for path, each in paths.items() for method in each]


def concrete(path: str) -> str:
    return re.sub(r"\{\w+\}", "some-id", path)


def test_nobody_is_let_in_without_a_known_token(served: Backend, harbour: House) -> None:
    asked = routes(served)
    assert len(asked) > 50
    for header in (None, "Bearer unknown", f"Basic {harbour.lee.token}", "Bearer", harbour.lee.token):
        headers = {"ProfileID": harbour.lee.id, **({"Authorization": header} if header is not None else {})}
        with httpx.Client(base_url=f"{served.address}/api/v1", headers=headers, trust_env=False, verify=False) as http:
            for method, path in asked:
                answer = http.request(method, concrete(path))
                assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized"), f"{method} {path}"


@pytest.mark.parametrize("profile", [None, "", "practitioner-other", "kim"])
def test_a_practitioner_is_let_in_with_the_own_profile_only(
    served: Backend, harbour: House, profile: str | None
) -> None:
    sent = harbour.people["Dr. Kim"].id if profile == "kim" else profile
    headers = {"Authorization": f"Bearer {harbour.lee.token}"} | ({} if sent is None else {"ProfileID": sent})
    with httpx.Client(base_url=f"{served.address}/api/v1", headers=headers, trust_env=False, verify=False) as http:
        for method, path in routes(served):
            answer = http.request(method, concrete(path))
            assert answer.status_code == 403, f"{method} {path}"
            assert answer.json()["message"].startswith("ProfileID: ")


def test_a_client_is_let_in_where_clients_are_and_without_a_profile(served: Backend, harbour: House) -> None:
    sarah = harbour.people["Sarah Johnson"]
    for method, path in routes(served):
        status = sarah.http.request(method, concrete(path)).status_code
        assert (status == 403) is ((method, path) not in OPEN_TO_CLIENTS), f"{method} {path}: {status}"
    refused = sarah.http.get("/account/v2/me", headers={"ProfileID": harbour.sarah})
    assert refused.status_code == 403
    assert refused.json() == {
        "statusCode": 403,
        "message": "ProfileID: a client has no practitioner's profile",
        "error": "Forbidden",
    }


@pytest.mark.parametrize(("method", "path", "body"), FOREIGN)
def test_what_is_another_practices_is_not_there(
    served: Backend, harbour: House, northside: House, method: str, path: str, body: dict[str, Any]
) -> None:
    kinds = (
        "assignments",
        "appointments",
        "conversations",
        "documents",
        "invoices",
        "notes",
        "reminders",
        "sessions",
    )
    values = {kind: northside.made(kind)["id"] for kind in kinds}
    values |= {
        "sarah": northside.sarah,
        "own": harbour.sarah,
        "template": northside.told["templates"][0]["id"],
        "practitioner": northside.people["Dr. Patel"].id,
    }
    before = steer(served, "GET", "/counts")
    refused = harbour.lee.send(method, path.format(**values), filled(body, values) or None, expect=404)
    assert refused["error"] == "Not Found"
    assert "Johnson" not in str(refused)
    assert steer(served, "GET", "/counts") == before
    # Nothing but the practice is wrong with these requests.
    theirs = {**values, "own": northside.sarah}
    patel = northside.people["Dr. Patel"].http
    given = {"json": filled(body, theirs)} if body else {}
    assert patel.request(method, path.format(**theirs), **given).status_code in (200, 201, 409, 422)


def filled(body: Any, values: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: filled(each, values) for name, each in body.items()}
    if isinstance(body, list):
        return [filled(each, values) for each in body]
    return body.format(**values) if isinstance(body, str) else body


def test_lists_hold_the_own_practice_only(harbour: House, northside: House) -> None:
    for path, name in [
        ("/haystack/search-clients?query=Sarah", "clients"),
        ("/haystack/search-sessions", "sessions"),
        ("/templates", "templates"),
        ("/documents", "documents"),
        ("/clients", "clients"),
        ("/practitioners", "practitioners"),
        ("/appointments", "appointments"),
        ("/invoices", "invoices"),
        ("/reminders", "reminders"),
    ]:
        listed = harbour.lee.get(path)[name]
        assert listed, path
        theirs = str(northside.people["Dr. Patel"].get(path)[name])
        ids = [each[key] for each in listed for key in ("id", "client_id", "session_id") if key in each]
        assert ids
        assert not any(each in theirs for each in ids), path


@pytest.mark.parametrize(
    ("path", "naming"),
    [
        ("/haystack/search-clients", "query: field required"),
        ("/haystack/search-clients?query=%20", "query: should not be empty"),
        ("/haystack/search-clients?query=a&limit=51", "limit: input should be less than or equal to 50"),
        ("/haystack/search-clients?query=a&limit=0", "limit: "),
        ("/haystack/search-clients?query=a&limit=ten", "limit: "),
        ("/haystack/search-clients?query=a&limit=1&limit=2", "limit: should be given once"),
        ("/haystack/search-clients?query=a&Limit=1", "Limit: should not exist"),
        ("/haystack/client-summary", "client_id: field required"),
        ("/haystack/client-summary?clientId=x", "client_id: field required"),
        ("/haystack/conversation-messages?client_id=x", "assignment_id: field required"),
        ("/haystack/practice-metrics?period=decade", "period: "),
        ("/haystack/search-sessions?date_from=yesterday", "date_from: "),
        ("/haystack/search-sessions?date_from=2026-02-30", "date_from: "),
        ("/ai/transcriptions/x?client_id=x", "clientId: field required"),
        ("/templates?q=a&type=", "type: "),
        ("/documents?offset=-1", "offset: "),
        ("/appointments?status=lost", "status: "),
        ("/appointments?from=soon", "from: "),
        ("/appointments/availability?date=2026-01-01T10:00:00Z", "date: "),
        ("/client-mood/recent", "clientId: field required"),
        ("/practice?verbose=1", "verbose: should not exist"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(harbour: House, path: str, naming: str) -> None:
    refused = harbour.lee.get(path, expect=400)
    assert refused["error"] == "Bad Request"
    assert any(each.startswith(naming) for each in refused["message"]), refused


@pytest.mark.parametrize(
    ("path", "body", "naming"),
    [
        ("/documents", None, "body: field required"),
        ("/documents", [], "body: "),
        ("/documents", {}, "clientId: field required"),
        ("/documents", {"clientId": 7, "name": "n", "content": "c"}, "clientId: "),
        ("/documents", {"clientId": "x", "name": " ", "content": "c"}, "name: should not be empty"),
        ("/documents", {"clientId": "x", "name": "n" * 201, "content": "c"}, "name: "),
        ("/documents", {"clientId": "x", "name": "n", "content": None}, "content: "),
        ("/documents", {"clientId": "x", "name": "n", "content": "c", "client_id": "x"}, "client_id: should not exist"),
        ("/haystack/generate-report", {"report_type": "poem", "client_id": "x"}, "report_type: "),
        (
            "/haystack/generate-report",
            {"report_type": "billing", "client_id": "x", "date_range": {"from": "1"}},
            "date_range.from: ",
        ),
        ("/haystack/sessions/x/analyze", {"client_id": "x", "analysis_type": "vibes"}, "analysis_type: "),
        ("/haystack/sessions/validate", {"sessions": []}, "sessions: "),
        ("/haystack/sessions/validate", {"sessions": [{"session_id": "x"}]}, "sessions.0.client_id: field required"),
        ("/admin/policy-violations", {"confidence": 1.2}, "confidence: "),
        ("/admin/policy-violations", {"profile_id": "x"}, "profileId: field required"),
        ("/appointments", {"clientId": "x", "startsAt": "2026-01-01"}, "startsAt: "),
        (
            "/appointments",
            {"clientId": "x", "startsAt": "2026-01-01T10:00:00Z", "durationMinutes": 4},
            "durationMinutes: ",
        ),
        ("/invoices", {"clientId": "x", "items": []}, "items: "),
        ("/invoices", {"clientId": "x", "items": [{"description": "d", "unitCents": 1.5}]}, "items.0.unitCents: "),
        ("/reminders", {"text": "t", "dueAt": "later"}, "dueAt: "),
        ("/clients", {"name": "n", "email": "nowhere"}, "email: "),
        ("/clients", {"name": "n", "dateOfBirth": "12.04.1990"}, "dateOfBirth: "),
    ],
)
def test_a_wrong_body_is_refused_by_field(harbour: House, path: str, body: Any, naming: str) -> None:
    refused = harbour.lee.post(path, body, expect=400)
    assert any(each.startswith(naming) for each in refused["message"]), refused
    assert harbour.administrator.get("/documents")["total"] == 1


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b'{"clientId": ', "application/json"),
        (b'{"content": NaN}', "application/json"),
        (b'{"content": "\\ud800"}', "application/json"),
        (b'"\xff"', "application/json"),
        (b"[" * 5_000, "application/json"),
        (b"[" * 200 + b"]" * 200, "application/json"),
        (b"{}", "text/plain"),
    ],
)
def test_a_body_that_is_no_json_is_refused(harbour: House, content: bytes, media_type: str) -> None:
    answer = harbour.lee.http.post("/documents", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"][0].startswith("body: ")


def test_what_does_not_exist_is_not_found(harbour: House) -> None:
    assert harbour.lee.get("/nothing", expect=404)["message"] == "Cannot GET /api/v1/nothing"
    assert harbour.lee.send("PUT", "/documents", {}, expect=404)["message"] == "Cannot PUT /api/v1/documents"


def test_a_text_of_any_script_is_found_and_kept(served: Backend, harbour: House) -> None:
    name = "Zoë 王小明 שרה <b>'; DROP TABLE records;--"
    made = harbour.lee.post("/clients", {"name": name})
    assert harbour.lee.get("/haystack/search-clients", query="王小明 שרה <B>'; drop")["clients"][0]["name"] == name
    with asking(served, harbour.lee.id, harbour.lee.token) as http:
        assert http.get(f"/clients/{made['id']}").json()["name"] == name
