"""Proves the routes that the embedded practice API offers beyond the contract, as ROUTES.md says them."""

from __future__ import annotations

import pytest

from tests.backends.practice.conftest import House


def test_the_client_base_is_listed(harbour: House) -> None:
    base = harbour.lee.get("/clients")
    assert [each["name"] for each in base["clients"]] == ["Maya Cohen", "Sarah Johnson"]
    assert (base["total"], base["active"], base["inactive"]) == (2, 2, 1)
    everybody = harbour.lee.get("/clients", includeInactive="true", limit=1, offset=1)
    assert ([each["name"] for each in everybody["clients"]], everybody["total"]) == (["sam johns"], 3)
    assert (
        harbour.lee.get("/clients", practitionerId=harbour.people["Dr. Kim"].id, includeInactive="true")["total"] == 1
    )
    assert harbour.lee.get("/clients", q="MAYA")["total"] == 1


def test_a_client_is_added_and_changed(harbour: House) -> None:
    added = harbour.lee.post("/clients", {"name": "Nóra Žižek", "email": "nora@example.org"})
    assert (added["name"], added["practitionerId"], added["status"]) == ("Nóra Žižek", harbour.lee.id, "active")
    path = f"/clients/{added['id']}"
    changed = harbour.lee.send("PATCH", path, {"phone": "1", "email": None, "status": "inactive"}, expect=200)
    assert (changed["phone"], changed["email"], changed["status"], changed["name"]) == (
        "1",
        None,
        "inactive",
        "Nóra Žižek",
    )
    assert harbour.lee.get(path) == changed
    harbour.lee.post("/clients", {"name": "Double", "email": "SARAH@example.org"}, expect=409)
    harbour.lee.send("PATCH", path, {"email": "sarah@example.org"}, expect=409)


def test_homework_is_given_and_done(harbour: House) -> None:
    path = f"/clients/{harbour.sarah}/homework"
    listed = harbour.lee.get(path)
    assert (listed["clientName"], listed["total"], listed["completed"], listed["open"], listed["overdue"]) == (
        "Sarah Johnson",
        2,
        1,
        1,
        1,
    )
    assert (listed["completionRate"], [each["title"] for each in listed["homework"]]) == (
        0.5,
        ["Sleep diary", "Breathing"],
    )
    assert [each["title"] for each in harbour.lee.get(path, status="overdue")["homework"]] == ["Sleep diary"]
    assert [each["title"] for each in harbour.lee.get(path, status="completed")["homework"]] == ["Breathing"]
    order = {"title": "Walk", "instructions": "daily", "dueAt": "2031-01-01T00:00:00.000Z"}
    given = harbour.lee.post(path, order)
    assert {name: given[name] for name in order} == order
    assert (given["status"], given["overdue"], given["completedAt"]) == ("assigned", False, None)
    done = harbour.lee.send("PATCH", f"/homework/{given['id']}", {"status": "completed"}, expect=200)
    assert done["completedAt"] is not None
    assert harbour.lee.get(path)["completed"] == 2


def test_the_practice_and_its_practitioners_are_shown(harbour: House) -> None:
    assert harbour.lee.get("/practice") == {
        "id": harbour.id,
        "name": "Harbour Practice",
        "timezone": "Europe/London",
        "address": None,
        "phone": "+44 20 7946 0000",
        "email": None,
        "website": None,
        "services": ["CBT"],
        "openingHours": {"from": "09:00", "to": "17:00"},
        "practitionerCount": 2,
        "clientCount": 2,
    }
    listed = harbour.lee.get("/practitioners")
    assert [each["name"] for each in listed["practitioners"]] == ["Dr. Kim", "Dr. Lee", "Dr. Old"]
    assert listed["practitioners"][1] == {
        "id": harbour.lee.id,
        "name": "Dr. Lee",
        "email": "lee@example.org",
        "role": "therapist",
        "status": "active",
        "specialties": ["sleep"],
        "clientCount": 2,
    }
    assert [each["name"] for each in harbour.lee.get("/practitioners", status="inactive")["practitioners"]] == [
        "Dr. Old"
    ]
    assert [each["name"] for each in harbour.lee.get("/practitioners", role="Psychologist")["practitioners"]] == [
        "Dr. Kim"
    ]


def test_stats_are_of_a_range_and_a_practitioner(harbour: House) -> None:
    stats = harbour.lee.get("/practice/stats", dateFrom="2026-01-01", dateTo="2031-12-31")
    assert stats["clients"] == {"total": 3, "active": 2, "inactive": 1, "new": 3}
    assert (stats["sessions"], stats["documents"]) == (2, 1)
    assert stats["appointments"] == {"scheduled": 1, "completed": 0, "cancelled": 0, "noShow": 0}
    assert stats["invoices"] == {"total": 1, "paid": 0, "overdue": 1}
    kim = harbour.lee.get("/practice/stats", practitionerId=harbour.people["Dr. Kim"].id)
    assert (kim["clients"]["total"], kim["sessions"], kim["documents"], kim["invoices"]["total"]) == (1, 0, 0, 0)
    assert harbour.lee.get("/practice/stats", dateTo="2026-01-01")["sessions"] == 1
    harbour.lee.get("/practice/stats", practitionerId="practitioner-none", expect=404)
    harbour.lee.get("/practice/stats", dateFrom="2026-02-01", dateTo="2026-01-01", expect=422)


def test_a_conversation_is_analysed_by_the_clients_words(harbour: House) -> None:
    conversation = harbour.made("conversations")
    analysed = harbour.lee.post(f"/haystack/conversations/{conversation['id']}/analyze", {"client_id": harbour.sarah})
    assert analysed["themes"][:2] == [{"topic": "badly", "count": 1}, {"topic": "helped", "count": 1}]
    assert analysed["sentiment"] == {"score": 0.33, "label": "positive", "positive": 2, "negative": 1}
    assert [(each["role"], each["text"]) for each in analysed["action_items"]] == [("user", "I will write it down.")]
    assert (analysed["message_count"], analysed["user_messages"], analysed["assistant_messages"]) == (3, 2, 1)
    empty = harbour.made("conversations", 1)
    harbour.lee.post(f"/haystack/conversations/{empty['id']}/analyze", {"client_id": harbour.sarah}, expect=422)


def test_sessions_are_validated_in_the_order_sent(harbour: House, northside: House) -> None:
    good, maya = harbour.made("sessions")["id"], harbour.client("Maya Cohen")["id"]
    asked = [
        {"session_id": good, "client_id": harbour.sarah},
        {"session_id": "session-none", "client_id": harbour.sarah},
        {"session_id": good, "client_id": maya},
        {"session_id": good, "client_id": northside.sarah},
        {"session_id": northside.made("sessions")["id"], "client_id": harbour.sarah},
    ]
    judged = harbour.lee.post("/haystack/sessions/validate", {"sessions": asked})
    assert (judged["valid"], judged["invalid"]) == (1, 4)
    reasons = [None, "unknown session", "session of another client", "unknown client", "unknown session"]
    assert judged["sessions"] == [
        {**each, "valid": reason is None, "reason": reason} for each, reason in zip(asked, reasons, strict=True)
    ]


def test_a_document_is_refined_and_deleted(harbour: House) -> None:
    path = f"/documents/{harbour.made('documents')['id']}"
    before = harbour.lee.get(path)
    after = harbour.lee.send("PATCH", path, {"content": "Sleeps better"}, expect=200)
    assert (after["version"], after["content"], after["name"]) == (2, "Sleeps better", "Intake note")
    assert after["createdAt"] == before["createdAt"]
    assert harbour.lee.send("DELETE", path, expect=200) == {"id": before["id"], "deleted": True}
    harbour.lee.get(path, expect=404)
    harbour.lee.send("DELETE", path, expect=404)


def test_a_client_reports_a_mood(harbour: House) -> None:
    maya = harbour.people["Maya Cohen"]
    reported = maya.post("/client-mood", {"mood": "hopeful 🌱", "scale": 7, "note": "slept"})
    assert (reported["mood"], reported["scale"], reported["note"]) == ("hopeful 🌱", 7, "slept")
    assert maya.get("/client-mood/recent")["moods"] == [reported]
    harbour.lee.post("/client-mood", {"mood": "fine", "scale": 7}, expect=403)


def test_appointments_are_booked_moved_and_cancelled(harbour: House) -> None:
    order = {"clientId": harbour.client("Maya Cohen")["id"], "startsAt": "2031-01-06T10:50:00Z", "durationMinutes": 30}
    booked = harbour.lee.post("/appointments", order)
    assert (booked["startsAt"], booked["endsAt"]) == ("2031-01-06T10:50:00.000Z", "2031-01-06T11:20:00.000Z")
    assert (booked["clientName"], booked["practitionerName"], booked["status"], booked["type"]) == (
        "Maya Cohen",
        "Dr. Lee",
        "scheduled",
        "session",
    )
    path = f"/appointments/{booked['id']}"
    assert harbour.lee.get(path) == booked
    listed = harbour.lee.get("/appointments?from=2031-01-06&to=2031-01-06")
    assert [each["clientName"] for each in listed["appointments"]] == ["Sarah Johnson", "Maya Cohen"]
    assert harbour.lee.get("/appointments", clientId=harbour.sarah)["total"] == 1
    assert harbour.lee.get("/appointments", practitionerId=harbour.people["Dr. Kim"].id)["total"] == 0
    harbour.lee.send("PATCH", path, {"startsAt": "2031-01-06T10:49:00Z"}, expect=409)
    moved = harbour.lee.send("PATCH", path, {"startsAt": "2031-01-06T12:00:00Z", "note": "by phone"}, expect=200)
    assert (moved["endsAt"], moved["note"]) == ("2031-01-06T12:30:00.000Z", "by phone")
    cancelled = harbour.lee.post(f"{path}/cancel", {"reason": "ill"})
    assert (cancelled["status"], cancelled["cancelReason"]) == ("cancelled", "ill")
    harbour.lee.post(f"{path}/cancel", expect=409)
    harbour.lee.send("PATCH", path, {"note": "x"}, expect=409)
    assert harbour.lee.get("/appointments", status="scheduled")["total"] == 1


def test_two_appointments_never_overlap(harbour: House) -> None:
    taken = {"clientId": harbour.sarah, "startsAt": "2031-01-06T10:49:59Z"}
    refused = harbour.lee.post("/appointments", taken, expect=409)
    assert "2031-01-06T10:00:00.000Z" in refused["message"]
    harbour.lee.post("/appointments", {**taken, "practitionerId": harbour.people["Dr. Kim"].id})
    assert harbour.lee.get("/appointments")["total"] == 2


def test_free_slots_lie_in_the_opening_hours(harbour: House) -> None:
    free = harbour.lee.get("/appointments/availability", date="2031-01-06")
    assert [each["startsAt"][11:16] for each in free["slots"]] == [
        "09:00",
        "11:00",
        "12:00",
        "13:00",
        "14:00",
        "15:00",
        "16:00",
    ]
    assert free["slots"][0]["endsAt"] == "2031-01-06T09:50:00.000Z"
    summer = harbour.lee.get("/appointments/availability", date="2031-07-07", durationMinutes=480)
    assert summer["slots"] == [{"startsAt": "2031-07-07T08:00:00.000Z", "endsAt": "2031-07-07T16:00:00.000Z"}]
    assert (summer["timezone"], summer["practitionerId"]) == ("Europe/London", harbour.lee.id)


def test_invoices_are_made_paid_and_voided(harbour: House) -> None:
    order = {
        "clientId": harbour.client("Maya Cohen")["id"],
        "items": [
            {"description": "Session", "unitCents": 9000},
            {"description": "Book", "quantity": 3, "unitCents": 150},
        ],
        "dueDate": "2031-01-31",
        "currency": "EUR",
    }
    made = harbour.lee.post("/invoices", order)
    assert (made["number"], made["totalCents"], made["status"], made["overdue"]) == ("INV-0002", 9450, "open", False)
    assert made["items"][0] == {"description": "Session", "quantity": 1, "unitCents": 9000}
    assert (made["currency"], made["dueDate"], made["clientName"]) == ("EUR", "2031-01-31", "Maya Cohen")
    listed = harbour.lee.get("/invoices")
    assert [each["number"] for each in listed["invoices"]] == ["INV-0002", "INV-0001"]
    assert (listed["total"], listed["totalCents"], listed["outstandingCents"]) == (2, 33550, 33550)
    assert [each["number"] for each in harbour.lee.get("/invoices", status="overdue")["invoices"]] == ["INV-0001"]
    path = f"/invoices/{made['id']}"
    paid = harbour.lee.post(f"{path}/pay", {"method": "card"})
    assert (paid["status"], paid["method"]) == ("paid", "card")
    assert paid["paidAt"]
    assert harbour.lee.get(path) == paid
    harbour.lee.post(f"{path}/pay", expect=409)
    harbour.lee.post(f"{path}/void", {}, expect=409)
    assert harbour.lee.post(f"/invoices/{harbour.made('invoices')['id']}/void", {})["status"] == "void"
    assert harbour.lee.get("/invoices")["outstandingCents"] == 0


def test_notes_are_kept_pinned_first(harbour: House) -> None:
    path = f"/clients/{harbour.sarah}/notes"
    pinned = harbour.lee.post(path, {"content": "allergic to lavender", "pinned": True})
    newest = harbour.people["Dr. Kim"].post(path, {"content": "stood in"})
    listed = harbour.lee.get(path)
    assert [each["content"] for each in listed["notes"]] == ["allergic to lavender", "stood in", "prefers mornings"]
    assert [each["practitionerName"] for each in listed["notes"]] == ["Dr. Lee", "Dr. Kim", "Dr. Lee"]
    assert harbour.lee.get(path, q="LAVENDER")["notes"] == [pinned]
    changed = harbour.lee.send("PATCH", f"/notes/{newest['id']}", {"content": "stood in twice"}, expect=200)
    assert (changed["content"], changed["pinned"]) == ("stood in twice", False)
    harbour.lee.send("DELETE", f"/notes/{pinned['id']}", expect=200)
    assert harbour.lee.get(path)["total"] == 2
    harbour.lee.send("PATCH", f"/notes/{pinned['id']}", {"content": "x"}, expect=404)


def test_reminders_are_their_owners(harbour: House) -> None:
    made = harbour.lee.post("/reminders", {"text": "Write the letter", "dueAt": "2030-01-01T08:00:00Z"})
    assert (made["clientId"], made["clientName"], made["status"]) == (None, None, "open")
    listed = harbour.lee.get("/reminders")
    assert [each["text"] for each in listed["reminders"]] == ["Write the letter", "Call the GP"]
    assert harbour.lee.get("/reminders", clientId=harbour.sarah)["reminders"][0]["clientName"] == "Sarah Johnson"
    assert harbour.lee.get("/reminders", dueBefore="2030-12-31")["total"] == 1
    kim = harbour.people["Dr. Kim"]
    assert kim.get("/reminders")["total"] == 0
    kim.post(f"/reminders/{made['id']}/complete", expect=404)
    done = harbour.lee.post(f"/reminders/{made['id']}/complete", {})
    assert done["status"] == "done"
    assert done["doneAt"]
    harbour.lee.post(f"/reminders/{made['id']}/complete", expect=409)
    assert [each["text"] for each in harbour.lee.get("/reminders", status="open")["reminders"]] == ["Call the GP"]
    harbour.lee.send("DELETE", f"/reminders/{made['id']}", expect=200)
    assert harbour.lee.get("/reminders")["total"] == 1


@pytest.mark.parametrize("key", ["k-1", "k" * 200])
def test_what_is_sent_twice_under_one_key_is_done_once(harbour: House, key: str) -> None:
    order = {"clientId": harbour.sarah, "name": "Once", "content": "text"}
    first = harbour.lee.post("/documents", order, headers={"Idempotency-Key": key})
    assert harbour.lee.post("/documents", order, headers={"Idempotency-Key": key}) == first
    assert harbour.lee.get("/documents", q="once")["total"] == 1
    harbour.lee.post("/documents", {**order, "content": "other"}, expect=422, headers={"Idempotency-Key": key})
    kim = harbour.people["Dr. Kim"].post("/documents", order, headers={"Idempotency-Key": key})
    assert kim["id"] != first["id"]


def test_what_was_refused_can_be_tried_again_under_its_key(harbour: House) -> None:
    order = {"clientId": harbour.sarah, "startsAt": "2031-01-06T10:00:00Z"}
    harbour.lee.post("/appointments", order, expect=409, headers={"Idempotency-Key": "again"})
    harbour.lee.post(f"/appointments/{harbour.made('appointments')['id']}/cancel")
    harbour.lee.post("/appointments", order, headers={"Idempotency-Key": "again"})
    harbour.lee.post("/documents", {}, expect=400, headers={"Idempotency-Key": "k" * 201})
