"""Every tool makes exactly the practice call written down here, as its caller, and gives the model what was answered.

The calls are spelled out by hand, not read from the table that the code reads; the practice is the real embedded one.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.backends.assistant import tools
from support.backends.assistant.tools import base, calls
from tests.backends.assistant.offices import Desk, Office, Page, at_desk, office, practices  # noqa: F401 - fixtures

Row = tuple[dict[str, Any], str, str, dict[str, str], dict[str, Any] | None]
"""The tool's arguments, then the call: method, path, query, body. {names} are those of `ids`."""

PRACTITIONER: dict[str, Row] = {
    "search_clients": (
        {"query": "sarah", "limit": 5},
        "GET",
        "/haystack/search-clients",
        {"query": "sarah", "limit": "5"},
        None,
    ),
    "search_specific_clients": (
        {"query": "Sarah", "limit": 50, "include_demographics": True, "include_assignments": False},
        "GET",
        "/haystack/search-clients",
        {"query": "Sarah", "limit": "50", "include_demographics": "true", "include_assignments": "false"},
        None,
    ),
    "get_client_summary": (
        {"client_id": "{client}", "include_recent_sessions": True},
        "GET",
        "/haystack/client-summary",
        {"client_id": "{client}", "include_recent_sessions": "true"},
        None,
    ),
    "get_client_homework_status": (
        {"client_id": "{client}", "status_filter": "assigned", "limit": 3},
        "GET",
        "/clients/{client}/homework",
        {"status": "assigned", "limit": "3"},
        None,
    ),
    "get_client_base": (
        {"limit": 500, "include_inactive": True},
        "GET",
        "/clients",
        {"limit": "500", "includeInactive": "true"},
        None,
    ),
    "get_client_details": ({"client_id": "{client}"}, "GET", "/clients/{client}", {}, None),
    "create_client": (
        {"name": "Ana Lima", "email": "ana@example.org", "date_of_birth": "1990-02-03"},
        "POST",
        "/clients",
        {},
        {"name": "Ana Lima", "email": "ana@example.org", "dateOfBirth": "1990-02-03"},
    ),
    "update_client": (
        {"client_id": "{client}", "phone": "555 1", "status": "inactive"},
        "PATCH",
        "/clients/{client}",
        {},
        {"phone": "555 1", "status": "inactive"},
    ),
    "get_client_mood_history": (
        {"client_id": "{client}", "limit": 2},
        "GET",
        "/client-mood/recent",
        {"clientId": "{client}", "limit": "2"},
        None,
    ),
    "assign_homework": (
        {"client_id": "{client}", "title": "Walk", "instructions": "Daily", "due_at": "2031-01-02T09:00:00Z"},
        "POST",
        "/clients/{client}/homework",
        {},
        {"title": "Walk", "instructions": "Daily", "dueAt": "2031-01-02T09:00:00Z"},
    ),
    "update_homework_status": (
        {"homework_id": "{homework}", "status": "completed"},
        "PATCH",
        "/homework/{homework}",
        {},
        {"status": "completed"},
    ),
    "get_clinic_profile": ({}, "GET", "/practice", {}, None),
    "list_practitioners": (
        {"status": "active", "role": "therapist", "limit": 9},
        "GET",
        "/practitioners",
        {"status": "active", "role": "therapist", "limit": "9"},
        None,
    ),
    "get_clinic_stats": (
        {"date_range": {"from": "2026-01-01", "to": "2026-12-31"}, "practitioner_id": "{lee}"},
        "GET",
        "/practice/stats",
        {"dateFrom": "2026-01-01", "dateTo": "2026-12-31", "practitionerId": "{lee}"},
        None,
    ),
    "get_practice_metrics": ({"period": "week"}, "GET", "/haystack/practice-metrics", {"period": "week"}, None),
    "generate_report": (
        {"report_type": "progress", "client_id": "{client}", "date_range": {"from": "2026-01-01"}},
        "POST",
        "/haystack/generate-report",
        {},
        {"report_type": "progress", "client_id": "{client}", "date_range": {"from": "2026-01-01"}},
    ),
    "get_conversations": ({"client_id": "{client}"}, "GET", "/haystack/conversations", {"client_id": "{client}"}, None),
    "get_conversation_messages": (
        {"client_id": "{client}", "assignment_id": "{conversation_assignment}", "limit": 10, "offset": 0},
        "GET",
        "/haystack/conversation-messages",
        {"client_id": "{client}", "assignment_id": "{conversation_assignment}", "limit": "10", "offset": "0"},
        None,
    ),
    "get_latest_conversation": (
        {"client_id": "{client}", "message_limit": 7},
        "GET",
        "/haystack/latest-conversation",
        {"client_id": "{client}", "message_limit": "7"},
        None,
    ),
    "analyze_conversation": (
        {"client_id": "{client}", "conversation_id": "{conversation}"},
        "POST",
        "/haystack/conversations/{conversation}/analyze",
        {},
        {"client_id": "{client}"},
    ),
    "search_sessions": (
        {"client_name": "Sarah", "date_from": "2020-01-01", "date_to": "2040-01-01", "keywords": "anxious", "limit": 4},
        "GET",
        "/haystack/search-sessions",
        {
            "client_name": "Sarah",
            "date_from": "2020-01-01",
            "date_to": "2040-01-01",
            "keywords": "anxious",
            "limit": "4",
        },
        None,
    ),
    "load_session": (
        {"session_id": "{session}", "client_id": "{client}", "include_segments": True},
        "GET",
        "/haystack/sessions/{session}",
        {"client_id": "{client}", "include_segments": "true"},
        None,
    ),
    "analyze_session_content": (
        {"session_id": "{session}", "client_id": "{client}", "analysis_type": "themes"},
        "POST",
        "/haystack/sessions/{session}/analyze",
        {},
        {"client_id": "{client}", "analysis_type": "themes"},
    ),
    "validate_sessions": (
        {"sessions": [{"session_id": "{session}", "client_id": "{client}"}]},
        "POST",
        "/haystack/sessions/validate",
        {},
        {"sessions": [{"session_id": "{session}", "client_id": "{client}"}]},
    ),
    "get_templates": (
        {"template_type": "progress_note", "search_query": "SOAP"},
        "GET",
        "/templates",
        {"type": "progress_note", "q": "SOAP"},
        None,
    ),
    "store_document": (
        {"client_id": "{client}", "name": "Note", "content": "Went <b>well</b>."},
        "POST",
        "/documents",
        {},
        {"clientId": "{client}", "name": "Note", "content": "Went <b>well</b>."},
    ),
    "list_documents": (
        {"client_id": "{client}", "search_query": "Intake", "limit": 2},
        "GET",
        "/documents",
        {"clientId": "{client}", "q": "Intake", "limit": "2"},
        None,
    ),
    "get_document": ({"document_id": "{document}"}, "GET", "/documents/{document}", {}, None),
    "list_appointments": (
        {
            "client_id": "{client}",
            "status": "scheduled",
            "date_from": "2031-01-01",
            "date_to": "2031-12-31",
            "limit": 5,
        },
        "GET",
        "/appointments",
        {"clientId": "{client}", "status": "scheduled", "from": "2031-01-01", "to": "2031-12-31", "limit": "5"},
        None,
    ),
    "find_free_slots": (
        {"date": "2031-03-04", "duration_minutes": 50, "practitioner_id": "{lee}"},
        "GET",
        "/appointments/availability",
        {"date": "2031-03-04", "durationMinutes": "50", "practitionerId": "{lee}"},
        None,
    ),
    "book_appointment": (
        {
            "client_id": "{client}",
            "starts_at": "2031-05-06T10:00:00Z",
            "duration_minutes": 30,
            "appointment_type": "intake",
            "location": "Room 2",
            "note": "Bring forms",
        },
        "POST",
        "/appointments",
        {},
        {
            "clientId": "{client}",
            "startsAt": "2031-05-06T10:00:00Z",
            "durationMinutes": 30,
            "type": "intake",
            "location": "Room 2",
            "note": "Bring forms",
        },
    ),
    "reschedule_appointment": (
        {"appointment_id": "{appointment}", "starts_at": "2031-03-05T10:00:00Z", "duration_minutes": 40},
        "PATCH",
        "/appointments/{appointment}",
        {},
        {"startsAt": "2031-03-05T10:00:00Z", "durationMinutes": 40},
    ),
    "cancel_appointment": (
        {"appointment_id": "{appointment}", "reason": "Ill"},
        "POST",
        "/appointments/{appointment}/cancel",
        {},
        {"reason": "Ill"},
    ),
    "list_invoices": (
        {"client_id": "{client}", "status": "open", "limit": 5},
        "GET",
        "/invoices",
        {"clientId": "{client}", "status": "open", "limit": "5"},
        None,
    ),
    "get_invoice": ({"invoice_id": "{invoice}"}, "GET", "/invoices/{invoice}", {}, None),
    "create_invoice": (
        {
            "client_id": "{client}",
            "items": [{"description": "Session", "quantity": 2, "unit_cents": 9_000}],
            "due_date": "2031-01-01",
            "currency": "EUR",
        },
        "POST",
        "/invoices",
        {},
        {
            "clientId": "{client}",
            "items": [{"description": "Session", "quantity": 2, "unitCents": 9_000}],
            "dueDate": "2031-01-01",
            "currency": "EUR",
        },
    ),
    "mark_invoice_paid": (
        {"invoice_id": "{invoice}", "method": "card"},
        "POST",
        "/invoices/{invoice}/pay",
        {},
        {"method": "card"},
    ),
    "list_client_notes": (
        {"client_id": "{client}", "search_query": "mornings", "limit": 3},
        "GET",
        "/clients/{client}/notes",
        {"q": "mornings", "limit": "3"},
        None,
    ),
    "add_client_note": (
        {"client_id": "{client}", "content": "Likes tea", "pinned": True},
        "POST",
        "/clients/{client}/notes",
        {},
        {"content": "Likes tea", "pinned": True},
    ),
    "update_client_note": (
        {"note_id": "{note}", "content": "Prefers evenings"},
        "PATCH",
        "/notes/{note}",
        {},
        {"content": "Prefers evenings"},
    ),
    "list_reminders": (
        {"client_id": "{client}", "status": "open", "due_before": "2032-01-01", "limit": 5},
        "GET",
        "/reminders",
        {"clientId": "{client}", "status": "open", "dueBefore": "2032-01-01", "limit": "5"},
        None,
    ),
    "create_reminder": (
        {"text": "Write", "due_at": "2031-01-01T09:00:00Z", "client_id": "{client}"},
        "POST",
        "/reminders",
        {},
        {"text": "Write", "dueAt": "2031-01-01T09:00:00Z", "clientId": "{client}"},
    ),
    "complete_reminder": ({"reminder_id": "{reminder}"}, "POST", "/reminders/{reminder}/complete", {}, {}),
}
"""Tools whose result is the practice's answer as it is."""

CLIENT: dict[str, Row] = {
    "mood_check_in": (
        {"current_mood": "tired", "mood_scale": 3},
        "POST",
        "/client-mood",
        {},
        {"mood": "tired", "scale": 3},
    ),
    "get_client_mood_profile": ({}, "GET", "/client-mood/recent", {}, None),
    "get_user_profile": ({}, "GET", "/account/v2/me", {"timezone": "UTC"}, None),
}
"""The same for the therapist's tools, which clients use."""

LOGIC = {
    "load_session_direct",
    "load_multiple_sessions",
    "get_loaded_sessions",
    "get_session_content",
    "analyze_loaded_session",
    "select_template_by_name",
    "set_selected_template",
    "get_selected_template",
    "get_generated_documents",
    "check_document_readiness",
    "generate_document_from_loaded",
    "generate_document_auto",
    "refine_document",
    "set_client_selection",
    "suggest_navigation",
    "navigate_to_page",
    "coping_strategies",
    "breathing_exercise",
}
"""Proved in test_tools_page.py and test_documents_tools.py."""


def ids(office: Office) -> dict[str, str]:  # noqa: F811
    """What the rows mean by {names}."""
    client = office.client
    return {
        "client": client["id"],
        "lee": office.lee.profile or "",
        "session": client["sessions"][0]["id"],
        "conversation": client["conversations"][0]["id"],
        "conversation_assignment": client["conversations"][0]["assignment_id"],
        "homework": client["assignments"][0]["id"],
        "document": client["documents"][0]["id"],
        "note": client["notes"][0]["id"],
        "appointment": client["appointments"][0]["id"],
        "invoice": client["invoices"][0]["id"],
        "reminder": client["reminders"][0]["id"],
    }


def filled(value: Any, names: dict[str, str]) -> Any:
    text = json.dumps(value)
    for name, id_ in names.items():
        text = text.replace("{" + name + "}", id_)
    return json.loads(text)


def test_every_tool_is_proved_somewhere() -> None:
    assert set(tools.catalogue()) == PRACTITIONER.keys() | CLIENT.keys() | LOGIC
    assert set(tools.catalogue()) == set(calls.table())


@pytest.mark.parametrize("name", [*PRACTITIONER, *CLIENT])
def test_a_tool_makes_its_call_and_gives_the_answer(office: Office, name: str) -> None:  # noqa: F811
    row = PRACTITIONER.get(name) or CLIENT[name]
    arguments, method, path, query, body = (filled(part, ids(office)) for part in row)
    who = office.lee if name in PRACTITIONER else office.sarah

    async def work(desk: Desk) -> dict[str, Any]:
        return await base.run(desk.context(), name, json.dumps(arguments))

    result = at_desk(office, work, who=who)
    assert result["success"], result
    assert result["tool"] == name
    assert set(result) == {"success", "result", "tool", "timestamp"}
    assert office.calls() == [(method, f"/api/v1{path}", query, body)]
    [asked] = office.asked()
    assert asked["token_digest"] == who.user
    assert asked["profile"] == (who.profile if name in PRACTITIONER else None)
    assert result["result"], "the practice answered something"


def test_what_the_model_is_given_is_what_the_practice_answered(office: Office) -> None:  # noqa: F811
    client = office.client["id"]
    pages = {
        "search_clients": ({"query": "o"}, "/haystack/search-clients", {"query": "o"}),
        "get_client_summary": ({"client_id": client}, "/haystack/client-summary", {"client_id": client}),
        "get_templates": ({}, "/templates", {}),
        "list_invoices": ({}, "/invoices", {}),
    }

    async def work(desk: Desk) -> dict[str, Any]:
        return {name: await base.run(desk.context(), name, json.dumps(row[0])) for name, row in pages.items()}

    results = at_desk(office, work)
    for name, (_, path, query) in pages.items():
        assert results[name]["result"] == office.read(path, **query)


def test_what_is_written_is_there_afterwards(office: Office) -> None:  # noqa: F811
    told = {"client_id": office.client["id"], "name": "Note", "content": "{{7*7}} <script>alert(1)</script> 🙂 שלום"}

    async def work(desk: Desk) -> dict[str, Any]:
        return await base.run(desk.context(), "store_document", json.dumps(told))

    stored = at_desk(office, work)["result"]
    assert office.read(f"/documents/{stored['id']}")["content"] == told["content"]


def test_an_id_stays_one_step_of_a_path(office: Office) -> None:  # noqa: F811
    async def work(desk: Desk) -> list[Any]:
        ids = ["..", "%2e%2e", "ü&x=1", "practitioner-1;a"]
        told = [json.dumps({"document_id": id_}) for id_ in ids]
        return [await base.run(desk.context(), "get_document", each) for each in told]

    results = at_desk(office, work)
    assert not any(result["success"] for result in results)
    assert [path for _, path, _, _ in office.calls()] == [
        "/api/v1/documents/%2e%2e",
        "/api/v1/documents/ü&x=1",
        "/api/v1/documents/practitioner-1;a",
    ]


def test_what_the_table_says_of_the_page_is_so() -> None:
    known = {"call", "query", "body", "lists", "has", "each", "then", "reads", "changes", "ui_action"}
    assert all(set(entry) <= known for entry in calls.table().values())
    for name, entry in calls.table().items():
        of_the_tool = tools.catalogue()[name].parameters["properties"]
        asked = {*entry.get("query", {}).values(), *entry.get("body", {}).values()}
        unknown = {each.partition(".")[0] for each in asked} - set(of_the_tool) - {"timezone", "client_id"}
        assert not unknown or "each" in entry, name
