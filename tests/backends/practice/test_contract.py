"""Proves that the embedded practice API serves every call of the contract, with fields typed from it, not from code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.backends.practice.conftest import SAID, House


def today(born: date) -> int:
    now = datetime.now(UTC).date()
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("john", ["sam johns", "Sarah Johnson"]),
        ("SARAH", ["Sarah Johnson"]),
        ("h J", ["Sarah Johnson"]),
        ("a", ["Maya Cohen", "sam johns", "Sarah Johnson"]),
        ("nobody", []),
    ],
)
def test_clients_are_found_by_any_part_of_the_name(harbour: House, query: str, names: list[str]) -> None:
    found = harbour.lee.get("/haystack/search-clients", query=query)
    assert [each["name"] for each in found["clients"]] == names
    assert (found["query"], found["total"]) == (query, len(names))


def test_a_search_is_limited_and_says_how_many_there_are(harbour: House) -> None:
    found = harbour.lee.get("/haystack/search-clients", query="a", limit=2)
    assert [each["name"] for each in found["clients"]] == ["Maya Cohen", "sam johns"]
    assert found["total"] == 3


def test_a_found_client_shows_what_was_asked_for(harbour: House) -> None:
    plain = harbour.lee.get("/haystack/search-clients", query="Sarah")["clients"][0]
    assert plain == {
        "client_id": harbour.sarah,
        "name": "Sarah Johnson",
        "status": "active",
        "practitioner_id": harbour.lee.id,
        "practitioner_name": "Dr. Lee",
        "last_session_date": "2026-01-08T10:00:00.000Z",
    }
    full = harbour.lee.get(
        "/haystack/search-clients", query="Sarah", include_demographics="true", include_assignments="true"
    )["clients"][0]
    assert full["demographics"] == {
        "date_of_birth": "1990-04-12",
        "age": today(date(1990, 4, 12)),
        "gender": "female",
        "pronouns": "she/her",
        "email": "sarah@example.org",
        "phone": "+1 555 0100",
    }
    assert [(each["title"], each["status"], each["overdue"]) for each in full["assignments"]] == [
        ("Sleep diary", "assigned", True),
        ("Breathing", "completed", False),
    ]


def test_a_summary_is_computed_from_what_is_stored(harbour: House) -> None:
    known = harbour.lee.get("/haystack/client-summary", client_id=harbour.sarah)
    assert known["client"] == {
        "client_id": harbour.sarah,
        "name": "Sarah Johnson",
        "status": "active",
        "date_of_birth": "1990-04-12",
        "age": today(date(1990, 4, 12)),
        "gender": "female",
        "pronouns": "she/her",
        "practitioner_name": "Dr. Lee",
    }
    assert (known["session_count"], known["document_count"], known["conversation_count"]) == (2, 1, 2)
    assert known["first_session_date"] == "2026-01-01T10:00:00.000Z"
    assert known["last_session_date"] == "2026-01-08T10:00:00.000Z"
    assert known["assignments"] == {"total": 2, "completed": 1, "open": 1, "overdue": 1}
    assert known["mood"] == {
        "entries": 2,
        "average": 4.5,
        "latest": {"mood": "calmer", "scale": 6, "recorded_at": "2026-01-03T09:00:00.000Z"},
    }
    assert known["next_appointment"] == {
        "appointment_id": harbour.made("appointments")["id"],
        "starts_at": "2031-01-06T10:00:00.000Z",
        "ends_at": "2031-01-06T10:50:00.000Z",
        "type": "session",
    }
    assert known["topics"] == ["sleep", "anxious", "badly", "diary", "homework"]
    assert known["summary"] == (
        "Sarah Johnson has had 2 sessions, the last on 2026-01-08. Topics: sleep, anxious, badly, diary, homework. "
        "1 of 2 assignments completed. Mood: 4.5 of 10 on average over 2, at last 6 (calmer). "
        "Next appointment: 2031-01-06T10:00:00.000Z."
    )
    assert [each["title"] for each in known["recent_sessions"]] == ["Sleep", "Intake"]


def test_a_summary_changes_with_what_is_stored(harbour: House) -> None:
    assert (
        "no sessions yet"
        in harbour.lee.get("/haystack/client-summary", client_id=harbour.client("Maya Cohen")["id"])["summary"]
    )
    harbour.lee.post("/documents", {"clientId": harbour.sarah, "name": "Another", "content": "text"})
    known = harbour.lee.get("/haystack/client-summary", client_id=harbour.sarah, include_recent_sessions="false")
    assert known["document_count"] == 2
    assert "recent_sessions" not in known


def test_conversations_are_listed_newest_first(harbour: House) -> None:
    listed = harbour.lee.get("/haystack/conversations", client_id=harbour.sarah)
    assert (listed["client_id"], listed["total"]) == (harbour.sarah, 2)
    assert listed["conversations"][0] == {
        "conversation_id": harbour.made("conversations")["id"],
        "assignment_id": harbour.made("assignments", 1)["id"],
        "client_id": harbour.sarah,
        "title": "Sleep diary",
        "status": "active",
        "started_at": "2026-01-06T20:00:00.000Z",
        "last_message_at": "2026-01-06T20:03:00.000Z",
        "message_count": 3,
    }
    assert listed["conversations"][1]["title"] == "Breathing"


def test_messages_are_read_page_by_page(harbour: House) -> None:
    asked = {"client_id": harbour.sarah, "assignment_id": harbour.made("assignments", 1)["id"]}
    first = harbour.lee.get("/haystack/conversation-messages", **asked, limit=2)
    rest = harbour.lee.get("/haystack/conversation-messages", **asked, limit=2, offset=2)
    assert (first["total"], first["has_more"], rest["has_more"]) == (3, True, False)
    assert first["conversation_id"] == harbour.made("conversations")["id"]
    assert [(each["role"], each["content"]) for each in first["messages"] + rest["messages"]] == [
        ("user", "I slept badly and felt tired. I will write it down."),
        ("assistant", "What helped you rest?"),
        ("user", "A walk helped. Sleep came late."),
    ]
    assert {frozenset(each) for each in first["messages"]} == {
        frozenset({"message_id", "role", "content", "created_at"})
    }


def test_the_latest_conversation_comes_with_its_last_messages(harbour: House) -> None:
    latest = harbour.lee.get("/haystack/latest-conversation", client_id=harbour.sarah, message_limit=2)
    assert latest["conversation"]["title"] == "Sleep diary"
    assert [each["content"] for each in latest["messages"]] == [
        "What helped you rest?",
        "A walk helped. Sleep came late.",
    ]
    none = harbour.lee.get("/haystack/latest-conversation", client_id=harbour.client("Maya Cohen")["id"])
    assert (none["conversation"], none["messages"]) == (None, [])


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Sleep", "Intake"]),
        ({"client_name": "sarah"}, ["Sleep", "Intake"]),
        ({"client_name": "maya"}, []),
        ({"date_from": "2026-01-02"}, ["Sleep"]),
        ({"date_from": "2026-01-01", "date_to": "2026-01-01"}, ["Intake"]),
        ({"date_to": "2026-01-08T09:59:59Z"}, ["Intake"]),
        ({"keywords": "DIARY anxious"}, ["Sleep"]),
        ({"keywords": "diary elephant"}, []),
        ({"limit": 1}, ["Sleep"]),
    ],
)
def test_sessions_are_found(harbour: House, query: dict[str, Any], titles: list[str]) -> None:
    assert [each["title"] for each in harbour.lee.get("/haystack/search-sessions", **query)["sessions"]] == titles


def test_a_session_carries_its_segments(harbour: House) -> None:
    session = harbour.made("sessions", 1)
    path = f"/haystack/sessions/{session['id']}"
    assert harbour.lee.get(path, client_id=harbour.sarah) == {
        "session_id": session["id"],
        "client_id": harbour.sarah,
        "client_name": "Sarah Johnson",
        "practitioner_id": harbour.lee.id,
        "practitioner_name": "Dr. Lee",
        "title": "Sleep",
        "date": "2026-01-08T10:00:00.000Z",
        "duration_minutes": 45,
        "segment_count": 3,
        "word_count": 20,
        "transcription_id": session["transcription_id"],
        "notes": None,
        "segments": [{"speaker": who, "text": text, "startTime": when} for who, text, when in SAID],
    }
    assert "segments" not in harbour.lee.get(path, client_id=harbour.sarah, include_segments="false")


def test_a_session_of_another_client_is_not_found(harbour: House) -> None:
    path = f"/haystack/sessions/{harbour.made('sessions')['id']}"
    harbour.lee.get(path, client_id=harbour.client("Maya Cohen")["id"], expect=404)


THEMES = [
    {"topic": "sleep", "count": 3},
    {"topic": "anxious", "count": 1},
    {"topic": "badly", "count": 1},
    {"topic": "diary", "count": 1},
    {"topic": "homework", "count": 1},
    {"topic": "work", "count": 1},
]
PARTS = {
    "summary": {
        "opening": "How did you sleep?",
        "closing": "Homework: sleep at ten.",
        "duration_seconds": 11,
        "speakers": [
            {"speaker": "Dr. Lee", "segments": 2, "words": 8},
            {"speaker": "Sarah", "segments": 1, "words": 12},
        ],
    },
    "themes": THEMES,
    "sentiment": {"score": -1, "label": "negative", "positive": 0, "negative": 1},
    "action_items": [
        {"speaker": "Sarah", "text": "I will try a sleep diary.", "startTime": 4.5},
        {"speaker": "Dr. Lee", "text": "Homework: sleep at ten.", "startTime": 11},
    ],
}


@pytest.mark.parametrize("kind", ["summary", "themes", "sentiment", "action_items", "full"])
def test_a_session_is_analysed_by_counting(harbour: House, kind: str) -> None:
    path = f"/haystack/sessions/{harbour.made('sessions', 1)['id']}/analyze"
    analysed = harbour.lee.post(path, {"client_id": harbour.sarah, "analysis_type": kind})
    assert {name: analysed[name] for name in PARTS if name in analysed} == (
        PARTS if kind == "full" else {kind: PARTS[kind]}
    )
    assert (analysed["analysis_type"], analysed["segment_count"], analysed["word_count"]) == (kind, 3, 20)
    assert (analysed["client_id"], analysed["client_name"]) == (harbour.sarah, "Sarah Johnson")


def test_a_session_without_segments_cannot_be_analysed(harbour: House) -> None:
    path = f"/haystack/sessions/{harbour.made('sessions')['id']}/analyze"
    harbour.lee.post(path, {"client_id": harbour.sarah}, expect=422)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (
            "progress",
            {
                "sessions": 1,
                "topics": [each["topic"] for each in THEMES],
                "sentiment": "negative",
                "mood_entries": 1,
                "mood_average": 6,
                "mood_trend": None,
                "homework_given": 1,
                "homework_completed": 0,
            },
        ),
        ("summary", {"sessions": ["2026-01-08 Sleep"], "topics": [each["topic"] for each in THEMES], "documents": []}),
        (
            "attendance",
            {"scheduled": 0, "completed": 0, "cancelled": 0, "no_show": 0, "attendance_rate": None},
        ),
        ("billing", {"invoices": [], "invoiced_cents": 0, "paid_cents": 0, "outstanding_cents": 0}),
    ],
)
def test_a_report_is_computed_for_its_range(harbour: House, kind: str, data: object) -> None:
    order = {
        "report_type": kind,
        "client_id": harbour.sarah,
        "date_range": {"from": "2026-01-02", "to": "2026-01-31"},
    }
    report = harbour.lee.post("/haystack/generate-report", order)
    assert report["data"] == data
    assert (report["report_type"], report["client_id"], report["client_name"]) == (
        kind,
        harbour.sarah,
        "Sarah Johnson",
    )
    assert report["content"].startswith(
        f"# {kind.capitalize()} report: Sarah Johnson\nPeriod: 2026-01-02 to 2026-01-31"
    )


def test_a_report_without_a_range_is_about_everything(harbour: House) -> None:
    report = harbour.lee.post("/haystack/generate-report", {"report_type": "billing", "client_id": harbour.sarah})
    assert report["data"] == {
        "invoices": ["INV-0001"],
        "invoiced_cents": 24100,
        "paid_cents": 0,
        "outstanding_cents": 24100,
    }
    assert report["date_range"] == {"from": None, "to": None}


def test_a_range_that_ends_before_it_begins_is_impossible(harbour: House) -> None:
    backwards = {"from": "2026-02-01", "to": "2026-01-01"}
    order = {"report_type": "progress", "client_id": harbour.sarah, "date_range": backwards}
    harbour.lee.post("/haystack/generate-report", order, expect=422)
    harbour.lee.get("/haystack/search-sessions", date_from="2026-02-01", date_to="2026-01-01", expect=422)


def test_practice_metrics_count_the_period(harbour: House) -> None:
    everything = harbour.lee.get("/haystack/practice-metrics", period="all")
    assert everything["clients"] == {"total": 3, "active": 2, "new": 3}
    assert everything["sessions"] == {
        "total": 2,
        "minutes": 95,
        "by_practitioner": [
            {"practitioner_id": harbour.people["Dr. Kim"].id, "name": "Dr. Kim", "sessions": 0},
            {"practitioner_id": harbour.lee.id, "name": "Dr. Lee", "sessions": 2},
            {"practitioner_id": harbour.people["Dr. Old"].id, "name": "Dr. Old", "sessions": 0},
        ],
    }
    assert everything["appointments"] == {"scheduled": 1, "completed": 0, "cancelled": 0, "no_show": 0}
    assert everything["assignments"] == {"total": 2, "completed": 1, "completion_rate": 0.5}
    assert everything["documents"] == 1
    assert everything["billing"] == {"invoiced_cents": 24100, "paid_cents": 0, "outstanding_cents": 24100}
    month = harbour.lee.get("/haystack/practice-metrics")
    assert (month["period"], month["sessions"]["total"], month["documents"]) == ("month", 0, 1)


@pytest.mark.parametrize("by", ["id", "transcription_id"])
def test_a_transcription_is_the_text_of_a_session(harbour: House, by: str) -> None:
    session = harbour.made("sessions", 1)
    found = harbour.lee.get(f"/ai/transcriptions/{session[by]}", clientId=harbour.sarah)
    assert found["segments"] == [{"speaker": who, "text": text, "startTime": when} for who, text, when in SAID]
    assert found["text"].splitlines() == [f"{who}: {text}" for who, text, _ in SAID]
    assert (found["id"], found["sessionId"]) == (session["transcription_id"], session["id"])
    assert (found["clientId"], found["status"], found["durationSeconds"]) == (harbour.sarah, "completed", 11)
    maya = harbour.client("Maya Cohen")["id"]
    harbour.lee.get(f"/ai/transcriptions/{session[by]}", clientId=maya, expect=404)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Letter", "SOAP"]),
        ({"type": "letter"}, ["Letter"]),
        ({"q": "four PARTS"}, ["SOAP"]),
        ({"q": "let"}, ["Letter"]),
        ({"type": "letter", "q": "soap"}, []),
    ],
)
def test_templates_are_found(harbour: House, query: dict[str, Any], names: list[str]) -> None:
    found = harbour.lee.get("/templates", **query)
    assert [each["name"] for each in found["templates"]] == names
    assert found["total"] == len(names)


def test_a_template_names_its_variables(harbour: House) -> None:
    template = harbour.lee.get("/templates", q="SOAP")["templates"][0]
    assert template["variables"] == ["clientName", "date"]
    assert template["content"] == "{{clientName}}: {{ date }} {{clientName}}"
    assert harbour.lee.get(f"/templates/{template['id']}") == template


def test_a_document_is_stored_as_it_was_sent(harbour: House) -> None:
    content = "# Notiz 😴\r\n\tعربى\u202e <script>alert(1)</script> '; DROP TABLE records; --\n" + "x" * 200_000
    order = {
        "clientId": harbour.sarah,
        "name": "Fortschritt",
        "content": content,
        "templateId": harbour.told["templates"][0]["id"],
        "sessionIds": [harbour.made("sessions", 1)["id"]],
    }
    stored = harbour.lee.post("/documents", order)
    assert {name: stored[name] for name in order} == order
    assert (stored["clientName"], stored["practitionerId"], stored["version"]) == ("Sarah Johnson", harbour.lee.id, 1)
    assert harbour.lee.get(f"/documents/{stored['id']}") == stored
    listed = harbour.lee.get("/documents", clientId=harbour.sarah)
    assert [each["name"] for each in listed["documents"]] == ["Fortschritt", "Intake note"]
    assert listed["documents"][0] == stored
    assert harbour.lee.get("/documents", q="fort")["total"] == 1
    assert [each["name"] for each in harbour.lee.get("/documents", limit=1, offset=1)["documents"]] == ["Intake note"]


def test_the_account_is_the_callers(harbour: House) -> None:
    lee = harbour.lee.get("/account/v2/me", timezone="Asia/Tokyo")
    assert lee["localTime"].endswith("+09:00")
    del lee["localTime"]
    home = {"id": harbour.id, "name": "Harbour Practice", "timezone": "Europe/London"}
    assert lee == {
        "id": harbour.lee.id,
        "profileId": harbour.lee.id,
        "type": "practitioner",
        "name": "Dr. Lee",
        "email": "lee@example.org",
        "role": "therapist",
        "timezone": "Asia/Tokyo",
        "practice": home,
    }
    sarah = harbour.people["Sarah Johnson"].get("/account/v2/me")
    assert (sarah["id"], sarah["type"], sarah["timezone"]) == (harbour.sarah, "client", "Europe/London")
    assert sarah["practitioner"] == {"id": harbour.lee.id, "name": "Dr. Lee"}
    harbour.lee.get("/account/v2/me", timezone="Moon/Base", expect=400)


def test_a_client_is_shown_to_the_practice_and_to_themselves(harbour: House) -> None:
    shown = harbour.lee.get(f"/clients/{harbour.sarah}")
    times = {name: shown.pop(name) for name in ("createdAt", "updatedAt")}
    assert all(datetime.fromisoformat(each) for each in times.values())
    assert shown == {
        "id": harbour.sarah,
        "name": "Sarah Johnson",
        "email": "sarah@example.org",
        "phone": "+1 555 0100",
        "dateOfBirth": "1990-04-12",
        "age": today(date(1990, 4, 12)),
        "gender": "female",
        "pronouns": "she/her",
        "status": "active",
        "practitionerId": harbour.lee.id,
        "practitionerName": "Dr. Lee",
    }
    sarah = harbour.people["Sarah Johnson"]
    assert sarah.get(f"/clients/{harbour.sarah}")["name"] == "Sarah Johnson"
    sarah.get(f"/clients/{harbour.client('Maya Cohen')['id']}", expect=404)


def test_recent_moods_are_the_clients_own(harbour: House) -> None:
    sarah = harbour.people["Sarah Johnson"]
    own = sarah.get("/client-mood/recent")
    assert (own["clientId"], own["total"], own["average"], own["trend"]) == (harbour.sarah, 2, 4.5, "rising")
    assert [(each["mood"], each["scale"], each["note"]) for each in own["moods"]] == [
        ("calmer", 6, "after a walk"),
        ("tense", 3, None),
    ]
    assert harbour.lee.get("/client-mood/recent", clientId=harbour.sarah) == own
    assert harbour.people["Maya Cohen"].get("/client-mood/recent")["moods"] == []
    assert sarah.get("/client-mood/recent", limit=1)["average"] == 6
    sarah.get("/client-mood/recent", clientId=harbour.client("Maya Cohen")["id"], expect=403)
    harbour.lee.get("/client-mood/recent", expect=400)


def test_a_policy_violation_is_kept_for_the_administrators(harbour: House) -> None:
    record = {
        "profileId": harbour.lee.id,
        "templateId": "template-of-nobody",
        "templateName": "Diagnosis letter",
        "violationType": "diagnosis_request",
        "templateContent": "Give {{clientName}} a diagnosis",
        "reason": "asks for a diagnosis",
        "confidence": 0.93,
        "clientId": harbour.sarah,
        "metadata": {"timestamp": "2026-03-01T10:00:00.123456+00:00", "generationInstructions": "be firm"},
        "ipAddress": "203.0.113.7",
        "userAgent": "Mozilla/5.0",
    }
    stored = harbour.lee.post("/admin/policy-violations", record)
    assert {name: stored[name] for name in record} == record
    assert set(stored) == {*record, "id", "reportedBy", "createdAt"}
    assert stored["reportedBy"] == harbour.lee.id
    second = harbour.lee.post("/admin/policy-violations", {**record, "reason": "again", "clientId": None})
    listed = harbour.administrator.get("/admin/policy-violations")
    assert (listed["total"], listed["violations"]) == (2, [second, stored])
    assert harbour.administrator.get("/admin/policy-violations", profileId="practitioner-none")["total"] == 0
    harbour.lee.get("/admin/policy-violations", expect=403)
    other = {**record, "profileId": harbour.people["Dr. Kim"].id}
    harbour.lee.post("/admin/policy-violations", other, expect=403)
