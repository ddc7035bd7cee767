"""Proves the suite's client of the practice API against the embedded one: seeding, log, faults, end states, undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from support.clients.practice import (
    ClientContent,
    NewAppointment,
    NewAssignment,
    NewClient,
    NewConversation,
    NewDocument,
    NewInvoice,
    NewItem,
    NewMessage,
    NewMood,
    NewNote,
    NewPractice,
    NewPractitioner,
    NewReminder,
    NewSegment,
    NewSession,
    NewTemplate,
    OpeningHours,
    Person,
    PracticeContent,
    PracticeControl,
    PracticeReader,
    RefusedError,
    SeededPractice,
    UnreachableError,
    digest,
)
from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload
from support.running.worker import Worker
from support.settings import Settings
from support.targets import find

SARAH = NewClient(
    name="Sarah Johnson",
    email="sarah@example.org",
    date_of_birth=date(1990, 4, 12),
    assignments=[NewAssignment(title="Diary", due_at=datetime(2026, 1, 12, tzinfo=UTC))],
    conversations=[NewConversation(title="Diary", messages=[NewMessage(role="user", content="Hello")])],
    sessions=[NewSession(title="Sleep", segments=[NewSegment(speaker="Sarah", text="Badly", start_time=2.5)])],
    moods=[NewMood(mood="tense", scale=3)],
    documents=[NewDocument(name="Intake", content="note")],
    notes=[NewNote(content="prefers mornings", pinned=True)],
    appointments=[NewAppointment(starts_at=datetime(2031, 1, 6, 10, tzinfo=UTC))],
    invoices=[NewInvoice(items=[NewItem(description="Session", unit_cents=100, quantity=2)])],
    reminders=[NewReminder(text="Call", due_at=datetime(2031, 1, 5, 9, tzinfo=UTC))],
)
HARBOUR = NewPractice(
    name="Harbour",
    timezone="Europe/London",
    opening_hours=OpeningHours(from_="08:00", to="12:00"),
    practitioners=[NewPractitioner(name="Dr. Lee"), NewPractitioner(name="Dr. Kim", role="psychologist")],
    clients=[SARAH, NewClient(name="Maya Cohen", practitioner="Dr. Kim")],
    templates=[NewTemplate(name="SOAP", content="{{clientName}}")],
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    server = ForkServer(preload("practice"))
    server.start()
    launcher = Launcher(server, tmp_path_factory.mktemp("practice"))
    yield launcher.start("practice")
    launcher.close()
    server.close()


@pytest.fixture
def secrets() -> list[str]:
    return []


@pytest.fixture
def control(backend: Backend, secrets: list[str]) -> Iterator[PracticeControl]:
    with PracticeControl(backend.control, on_secret=secrets.append) as made:
        yield made
        made.clear_faults()


@pytest.fixture
def harbour(control: PracticeControl) -> Iterator[SeededPractice]:
    made = control.seed(HARBOUR)
    yield made
    control.delete(made.id)


def ask(backend: Backend, person: Person, path: str) -> httpx.Response:
    return httpx.get(f"{backend.address}/api/v1{path}", headers=person.headers, verify=False, trust_env=False)


def test_a_seeded_practice_tells_ids_and_tokens(
    backend: Backend, control: PracticeControl, harbour: SeededPractice, secrets: list[str]
) -> None:
    lee, sarah, maya = harbour.practitioner("Dr. Lee"), harbour.client("Sarah Johnson"), harbour.client("Maya Cohen")
    people = [harbour.administrator, lee, harbour.practitioner("Dr. Kim"), sarah, maya]
    assert secrets == [each.token for each in people]
    assert not any(token in repr(harbour) for token in secrets)
    assert (sarah.practitioner_id, maya.practitioner_id) == (lee.id, harbour.practitioner("Dr. Kim").id)
    assert sarah.conversations[0].assignment_id == sarah.assignments[0].id
    things = [*sarah.sessions, *sarah.moods, *sarah.documents, *sarah.invoices, *sarah.reminders, *harbour.templates]
    assert [each.name for each in things] == ["Sleep", "tense", "Intake", "INV-0001", "Call", "SOAP"]
    with PracticeReader(backend.address, lee) as reader:
        session = reader.get(f"/haystack/sessions/{sarah.sessions[0].id}", client_id=sarah.id)
        assert session["segments"] == [{"speaker": "Sarah", "text": "Badly", "startTime": 2.5}]
        shown = reader.get(f"/clients/{sarah.id}")
        assert (shown["dateOfBirth"], shown["email"]) == ("1990-04-12", "sarah@example.org")
        assert reader.get("/practice")["openingHours"] == {"from": "08:00", "to": "12:00"}
        assert reader.get("/reminders")["total"] == 1
    assert ask(backend, sarah, "/account/v2/me").json()["id"] == sarah.profile
    assert control.practices()[harbour.id] == "Harbour"


def test_a_name_that_is_not_there_is_told_with_those_that_are(harbour: SeededPractice) -> None:
    with pytest.raises(LookupError, match=r"'Dr. Who'.*Dr. Lee, Dr. Kim"):
        harbour.practitioner("Dr. Who")


def test_more_is_added_later(control: PracticeControl, harbour: SeededPractice, secrets: list[str]) -> None:
    added = control.add(harbour.id, PracticeContent(clients=[NewClient(name="Ann", practitioner="Dr. Kim")]))
    ann = added.client("Ann")
    assert secrets[-1] == ann.token
    things = control.add_to_client(harbour.id, ann.id, ClientContent(sessions=[NewSession(title="First")]))
    assert [each.name for each in things.sessions] == ["First"]
    assert control.counts()[harbour.id]["sessions"] == 2


def test_what_was_asked_is_read_by_person_token_and_path(
    backend: Backend, control: PracticeControl, harbour: SeededPractice
) -> None:
    lee, sarah = harbour.practitioner("Dr. Lee"), harbour.client("Sarah Johnson")
    ask(backend, lee, "/haystack/search-clients?query=Sarah")
    ask(backend, sarah, "/account/v2/me?timezone=UTC")
    search, account = control.requests(practice=harbour.id)
    assert (search.method, search.route, search.query, search.status) == (
        "GET",
        "/haystack/search-clients",
        {"query": "Sarah"},
        200,
    )
    assert (search.profile, account.profile) == (lee.id, None)
    assert search.bears(lee.token)
    assert not search.bears(sarah.token)
    assert control.requests(person=sarah.id) == control.requests(token=sarah.token) == [account]
    assert control.requests(practice=harbour.id, path="/haystack/*", method="GET") == [search]
    assert control.requests(practice=harbour.id, since=search.number) == [account]
    control.forget(harbour.id)
    assert control.requests(practice=harbour.id) == []


def test_faults_are_ordered_seen_and_cleared(
    backend: Backend, control: PracticeControl, harbour: SeededPractice
) -> None:
    lee = harbour.practitioner("Dr. Lee")
    control.fail(practice=harbour.id, path="/clients", status=502, times=1)
    control.fail(practice=harbour.id, path="/clients", malformed=True, times=1)
    control.fail(person=lee.id, path="/practice", status=418, body={"tea": True})
    answers = [ask(backend, lee, "/clients") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [502, 200, 200]
    assert answers[1].text == '{"truncated": [1, 2, {"name": "'
    assert ask(backend, lee, "/practice").json() == {"tea": True}
    assert [(fault.hits, fault.remaining) for fault in control.faults()] == [(1, 0), (1, 0), (1, None)]
    control.clear_faults(harbour.id)
    assert [fault.status for fault in control.faults()] == [418]
    control.clear_faults()
    assert ask(backend, lee, "/practice").status_code == 200


def test_the_end_state_is_read_whole(backend: Backend, control: PracticeControl, harbour: SeededPractice) -> None:
    lee, sarah = harbour.practitioner("Dr. Lee"), harbour.client("Sarah Johnson")
    many = [NewDocument(name=f"Note {number}", content="x") for number in range(205)]
    control.add_to_client(harbour.id, harbour.client("Maya Cohen").id, ClientContent(documents=many))
    record = {
        "profileId": lee.id,
        "templateId": "t",
        "templateName": "n",
        "violationType": "diagnosis",
        "templateContent": "c",
        "reason": "r",
        "confidence": 0.5,
        "metadata": {"timestamp": "2026-03-01T10:00:00Z"},
    }
    url = f"{backend.address}/api/v1/admin/policy-violations"
    assert httpx.post(url, json=record, headers=lee.headers, verify=False).status_code == 201
    with PracticeReader(f"{backend.address}/api/v1", harbour.administrator) as reader:
        names = [document.name for document in reader.documents()]
        assert names == [each.name for each in reversed(many)] + ["Intake"]
        assert [document.content for document in reader.documents(client_id=sarah.id)] == ["note"]
        (violation,) = reader.violations()
        assert (violation.violation_type, violation.reported_by, violation.client_id) == ("diagnosis", lee.id, None)
        assert reader.violations(profile_id="nobody") == []
    with PracticeReader(backend.address, lee) as reader:
        with pytest.raises(RefusedError, match="administrators only") as refused:
            reader.violations()
        assert refused.value.status == 403


def test_tokens_are_given_and_revoked(backend: Backend, control: PracticeControl, harbour: SeededPractice) -> None:
    lee = harbour.practitioner("Dr. Lee")
    second = lee.model_copy(update={"token": control.new_token(harbour.id, lee.id)})
    assert ask(backend, second, "/practice").status_code == 200
    assert control.revoke(harbour.id, lee.id) == 2
    assert [ask(backend, each, "/practice").status_code for each in (lee, second)] == [401, 401]


def test_what_was_meant_for_a_practice_is_seen_whoever_asked(backend: Backend, control: PracticeControl) -> None:
    earlier = control.seed(NewPractice(name="Earlier", practitioners=[NewPractitioner(name="Dr. Ray")]))
    harbour = control.seed(NewPractice(name="Harbour", practitioners=[NewPractitioner(name="Dr. Lee")]))
    ray, lee = earlier.practitioners[0], harbour.practitioners[0]
    control.revoke(earlier.id, ray.id)
    control.revoke(harbour.id, lee.id)
    new = control.new_token(harbour.id, lee.id)
    for token in (lee.token, ray.token, new, "of-nobody", None):
        shown = {"Authorization": f"Bearer {token}", "ProfileID": lee.id} if token else {}
        httpx.get(f"{backend.address}/api/v1/practice", headers=shown, trust_env=False, verify=False)
    asked = [each.token_digest for each in control.meant_for(harbour)]
    assert asked == [digest(lee.token), digest(new), digest("of-nobody"), None]
    assert [each.token_digest for each in control.meant_for(earlier)] == [digest(ray.token), digest("of-nobody"), None]
    for practice in (earlier, harbour):
        control.delete(practice.id)


def test_a_deleted_practice_leaves_nothing(control: PracticeControl) -> None:
    before = control.counts()
    made = control.seed(HARBOUR)
    assert control.counts()[made.id]["clients"] == 2
    control.delete(made.id)
    assert control.counts() == before
    with pytest.raises(RefusedError, match=made.id):
        control.delete(made.id)


def test_an_order_that_makes_no_sense_is_refused_with_its_field(control: PracticeControl) -> None:
    nobody = NewPractice(name="Nobody's", clients=[NewClient(name="Ann")])
    with pytest.raises(RefusedError, match="practitioner: the practice has none"):
        control.seed(nobody)
    with pytest.raises(RefusedError, match="at most one of them"):
        control.fail(status=500, reset=True)


def test_silence_names_the_address() -> None:
    with PracticeControl("http://127.0.0.1:9") as control, pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9"):
        control.counts()


def test_a_worker_holds_the_practice_clean_and_with_a_foreign_canary(tmp_path: Path) -> None:
    worker = Worker(Settings(results_folder=tmp_path), find("embedded"), "run", ())
    try:
        worker.start(["practice"])
        practice = worker.practice
        before = practice.counts()
        made = practice.orders.seed(HARBOUR)
        assert practice.counts() != before
        with httpx.Client(
            base_url=practice.address, headers=made.practitioner("Dr. Lee").headers, verify=False
        ) as http:
            assert http.get("/api/v1/clients").json()["total"] == 2
            worker.drain()
            assert worker.canary.sightings() == []
            practice.orders.fail(status=500)
            assert http.get("/api/v1/clients").status_code == 500
            assert practice.ordered_failures() == 1
            practice.calm()
            practice.restart()
            assert http.get("/api/v1/clients").status_code == 200
            assert practice.neighbour is not None
            theirs = practice.neighbour.practitioners[0].headers
            http.get("/api/v1/haystack/search-clients?query=canary", headers=theirs)
            worker.drain()
            assert worker.canary.sightings() == ["GET /api/v1/haystack/search-clients?query=canary of practice"]
        with practice.reader(made) as reader:
            assert [each.name for each in reader.documents()] == ["Intake"]
        practice.sweep()
        assert practice.counts() == before
        assert practice.environment() == {"NESTJS_API_URL": practice.address}
    finally:
        worker.close()
