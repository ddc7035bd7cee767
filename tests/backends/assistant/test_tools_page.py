"""Tools that work on the page: sessions are loaded, templates and clients selected, pages offered; each of them alone.

Each is run against the real practice API; what the front end is sent and what stands in the UI state is compared whole.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from support.backends.assistant import tools
from support.backends.assistant.tools import base, calls
from tests.backends.assistant.offices import Desk, Office, Page, at_desk, office, practices  # noqa: F401 - fixtures

SAID = "[00:00] Dr. Lee: How was your week?\n[01:05] Sarah: I felt anxious about work and slept badly."


class Shown:
    """What a few tool calls led to."""

    def __init__(self, office: Office, page: Page | None = None) -> None:  # noqa: F811
        self.office, self.page = office, page or Page()
        self.results: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []

    def run(self, *wanted: tuple[str, dict[str, Any]]) -> Shown:
        """Run them one after another."""

        async def work(desk: Desk) -> None:
            for name, arguments in wanted:
                context, before = desk.context(), self.page.read()
                self.results.append(await base.run(context, name, json.dumps(arguments)))
                actions = [action.as_json() for action in context.actions]
                as_the_table_says(name, before, self.page.keys, actions)
                self.actions += actions

        at_desk(self.office, work, page=self.page)
        return self

    @property
    def result(self) -> Any:
        """What the last one gave."""
        assert self.results[-1]["success"], self.results[-1]
        return self.results[-1]["result"]

    @property
    def error(self) -> str:
        """Why the last one did not."""
        assert not self.results[-1]["success"], self.results[-1]
        return str(self.results[-1]["error"])


def as_the_table_says(name: str, before: Any, after: Any, actions: list[dict[str, Any]]) -> None:
    """calls.toml tells which keys a tool changes and what it sends; nothing else happens."""
    entry = calls.table()[name]
    assert {key for key in after if before.get(key) != after[key]} <= set(entry.get("changes", ()))
    assert {action["type"] for action in actions} <= {entry.get("ui_action")}


@pytest.fixture
def shown(office: Office) -> Shown:  # noqa: F811
    return Shown(office)


def first(shown: Shown, **more: Any) -> dict[str, Any]:
    """Which session: Sarah's first one."""
    client = shown.office.client
    return {"session_id": client["sessions"][0]["id"], "client_id": client["id"], **more}


def test_a_session_is_read_and_loaded(shown: Shown) -> None:
    wanted = first(shown)
    shown.run(("load_session", wanted))
    assert [each["text"] for each in shown.result["segments"]][1].startswith("I felt anxious")
    [loaded] = shown.page.keys["loadedSessions"]
    assert (loaded["sessionId"], loaded["clientId"]) == (wanted["session_id"], wanted["client_id"])
    assert (loaded["clientName"], loaded["content"]) == ("Sarah Johnson", SAID)
    assert loaded["metadata"]["segmentCount"] == 2
    [action] = shown.actions
    assert action["type"] == "load_session_direct"
    assert "content" not in action["payload"]


def test_a_session_without_its_segments_is_described_and_not_loaded(shown: Shown) -> None:
    shown.run(("load_session", first(shown, include_segments=False)))
    assert "segments" not in shown.result
    assert shown.page.keys == {}
    assert shown.actions == []


def test_a_session_is_loaded_from_its_transcription(shown: Shown) -> None:
    wanted = first(shown, client_name="Sarah Johnson")
    shown.run(("load_session_direct", wanted))
    path = f"/api/v1/ai/transcriptions/{wanted['session_id']}"
    assert shown.office.calls() == [("GET", path, {"clientId": wanted["client_id"]}, None)]
    assert shown.page.keys["loadedSessions"][0]["content"] == SAID
    assert [action["type"] for action in shown.actions] == ["load_session_direct"]
    assert shown.actions[0]["payload"]["sessionId"] == wanted["session_id"]


def test_several_sessions_are_loaded_in_order_and_failures_are_named(shown: Shown) -> None:
    client = shown.office.client
    wanted = [{"session_id": each["id"], "client_id": client["id"]} for each in client["sessions"]]
    shown.run(("load_multiple_sessions", {"sessions": [*wanted, {"session_id": "none", "client_id": client["id"]}]}))
    ids = [each["session_id"] for each in wanted]
    assert [path.rpartition("/")[2] for _, path, _, _ in shown.office.calls()] == [*ids, "none"]
    assert [each["sessionId"] for each in shown.page.keys["loadedSessions"]] == ids
    assert [each["sessionId"] for each in shown.result["loaded"]] == ids
    assert [each["session_id"] for each in shown.result["failed"]] == ["none"]
    assert [action["payload"]["sessionId"] for action in shown.actions] == ids
    shown.run(("load_multiple_sessions", {"sessions": [{"session_id": "none", "client_id": client["id"]}]}))
    assert "none" in shown.error


def test_sessions_loaded_at_once_are_all_loaded(office: Office) -> None:  # noqa: F811
    page, client = Page(), office.client

    async def work(desk: Desk) -> None:
        context = desk.context()
        asked = [json.dumps({"session_id": each["id"], "client_id": client["id"]}) for each in client["sessions"]]
        await asyncio.gather(*(base.run(context.for_one_call(), "load_session", each) for each in asked))
        assert context.actions == []

    at_desk(office, work, page=page)
    assert {each["sessionId"] for each in page.keys["loadedSessions"]} == {each["id"] for each in client["sessions"]}


def test_loading_again_replaces(shown: Shown) -> None:
    shown.run(("load_session", first(shown)), ("load_session_direct", first(shown)))
    assert len(shown.page.keys["loadedSessions"]) == 1


def test_loaded_sessions_are_listed_read_and_analysed(shown: Shown) -> None:
    wanted = first(shown)
    shown.run(("load_session", wanted), ("get_loaded_sessions", {}))
    assert shown.result["count"] == 1
    assert "content" not in shown.result["sessions"][0]
    shown.run(("get_session_content", {"session_id": wanted["session_id"]}))
    assert shown.result["content"] == SAID
    question = {"session_id": wanted["session_id"], "analysis_type": "themes", "question": "What troubles her?"}
    shown.run(("analyze_loaded_session", question))
    body = {"client_id": wanted["client_id"], "analysis_type": "themes"}
    path = f"/api/v1/haystack/sessions/{wanted['session_id']}/analyze"
    assert shown.office.calls()[1:] == [("POST", path, {}, body)]
    assert shown.result["analysis"]["analysis_type"] == "themes"
    assert (shown.result["question"], shown.result["content"]) == ("What troubles her?", SAID)


@pytest.mark.parametrize("state", [{}, {"loadedSessions": None}, {"loadedSessions": ["x", {}, {"sessionId": ""}]}])
def test_what_is_not_loaded_cannot_be_read(office: Office, state: dict[str, Any]) -> None:  # noqa: F811
    shown = Shown(office, Page(state)).run(("get_session_content", {"session_id": "session-1"}))
    assert "load it first" in shown.error
    assert office.calls() == []


def test_a_template_is_selected_by_its_exact_name(shown: Shown) -> None:
    shown.run(("select_template_by_name", {"template_name": "soap NOTE"}), ("get_selected_template", {}))
    chosen = shown.page.keys["selectedTemplate"]
    assert (chosen["templateName"], chosen["templateContent"].splitlines()[0]) == (
        "SOAP note",
        "# {{clientName}}, {{date}}",
    )
    assert shown.result["selected"] == chosen
    assert shown.actions == [{"type": "set_selected_template", "payload": chosen}]
    assert shown.office.calls() == [("GET", "/api/v1/templates", {"q": "soap NOTE"}, None)]


def test_a_name_that_fits_several_templates_or_none_is_told(shown: Shown) -> None:
    shown.run(("select_template_by_name", {"template_name": "SOAP"}))
    assert "'SOAP note'" in shown.error
    assert "'SOAP note, short'" in shown.error
    shown.run(("select_template_by_name", {"template_name": "Discharge"}))
    assert "No template is called 'Discharge'" in shown.error
    assert shown.page.keys == {}
    assert shown.actions == []


def test_a_template_is_selected_by_its_id(shown: Shown) -> None:
    template = shown.office.made["templates"][1]
    shown.run(("set_selected_template", {"template_id": template["id"]}))
    assert shown.page.keys["selectedTemplate"]["templateId"] == template["id"]
    assert shown.office.calls() == [("GET", f"/api/v1/templates/{template['id']}", {}, None)]
    assert [action["type"] for action in shown.actions] == ["set_selected_template"]


def test_readiness_names_what_is_missing(shown: Shown) -> None:
    shown.run(("check_document_readiness", {}))
    assert (shown.result["ready"], shown.result["missing"]) == (False, ["a loaded session", "a selected template"])
    template = shown.office.made["templates"][0]["id"]
    shown.run(
        ("load_session", first(shown)),
        ("set_selected_template", {"template_id": template}),
        ("check_document_readiness", {}),
    )
    assert (shown.result["ready"], shown.result["missing"]) == (True, [])


def test_a_client_is_selected(shown: Shown) -> None:
    shown.run(("set_client_selection", {"client_name": "Sarah Johnson", "client_id": "client-1"}))
    client = {"clientId": "client-1", "clientName": "Sarah Johnson"}
    assert shown.page.keys == {"currentClient": client}
    assert shown.actions == [{"type": "set_client_selection", "payload": client}]
    assert shown.office.calls() == []


@pytest.mark.parametrize("name", ["suggest_navigation", "navigate_to_page"])
def test_pages_of_the_application_are_offered_and_no_others(office: Office, name: str) -> None:  # noqa: F811
    shown = Shown(office, Page({"page_url": "https://app.example.org/home"}))
    inside = ["/clients/client-1", "https://app.example.org/clients"]
    for url in inside:
        shown.run((name, {"page_url": url, "page_type": "client_detail", "reason": "To see her file"}))
    assert [action["target"] for action in shown.actions] == inside
    assert shown.actions[0] == {
        "type": name,
        "target": inside[0],
        "payload": {"pageUrl": inside[0], "pageType": "client_detail", "reason": "To see her file"},
    }
    for url in ["//evil.example.org", "javascript:alert(1)", "https://evil.example.org/", "/\\evil", "https://[", "x"]:
        shown.run((name, {"page_url": url, "page_type": "x", "reason": "x"}))
        assert "no page of this application" in shown.error
    assert len(shown.actions) == len(inside)


def test_coping_strategies_fit_the_situation(shown: Shown) -> None:
    shown.run(("coping_strategies", {"situation": "Work is too much and I cannot sleep"}))
    assert len(shown.result["strategies"]) == 6
    shown.run(("coping_strategies", {"situation": "…"}))
    assert len(shown.result["strategies"]) == 3
    assert shown.office.calls() == []


@pytest.mark.parametrize("kind", ["box", "4-7-8", "diaphragmatic", "paced"])
def test_breathing_fills_its_time(shown: Shown, kind: str) -> None:
    shown.run(("breathing_exercise", {"exercise_type": kind, "duration": 15}))
    assert shown.result["duration_minutes"] == 15
    seconds = sum(int(step.split(" for ")[1].split()[0]) for step in shown.result["steps"])
    assert 0 <= 15 * 60 - seconds * shown.result["rounds"] < seconds


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        (
            "mood_check_in",
            '{"current_mood": "low", "mood_scale": 11}',
            "mood_scale: 11 is greater than the maximum of 10",
        ),
        ("mood_check_in", '{"current_mood": "low", "mood_scale": 0}', "mood_scale: 0 is less than the minimum of 1"),
        ("mood_check_in", '{"current_mood": "low", "mood_scale": true}', "mood_scale: True is not of type 'integer'"),
        ("breathing_exercise", '{"duration": 16}', "duration: 16 is greater than the maximum of 15"),
        ("search_specific_clients", '{"query": "S", "limit": 51}', "limit: 51 is greater than the maximum of 50"),
        ("get_client_base", '{"limit": 501}', "limit: 501 is greater than the maximum of 500"),
        ("search_clients", "{}", "'query' is a required property. It takes: query*, limit."),
        ("search_clients", '{"query": null}', "'query' is a required property"),
        ("search_clients", '{"query": ""}', "query: '' should be non-empty"),
        ("search_clients", '{"query": "S", "name": "x"}', "'name' was unexpected"),
        ("search_clients", '{"query": "S', "not valid JSON"),
        ("search_clients", '{"query": NaN}', "not valid JSON"),
        ("search_clients", "[1]", "must be a JSON object"),
        ("search_clients", "[" * 100_000, "not valid JSON"),
        ("search_clients", '{"query": "\\ud800"}', "half of a character"),
        ("get_document", '{"document_id": "../clients"}', "document_id: '../clients' does not match"),
        ("validate_sessions", '{"sessions": [{"session_id": "s"}]}', "sessions.0: 'client_id' is a required property"),
        ("serch_clients", "{}", "There is no tool 'serch_clients' here; did you mean search_clients"),
        ("drop_table", "{}", "There is no tool 'drop_table' here; there are:"),
    ],
)
def test_wrong_calls_are_told_and_ask_the_practice_nothing(
    office: Office,  # noqa: F811
    name: str,
    arguments: str,
    words: str,
) -> None:
    async def work(desk: Desk) -> dict[str, Any]:
        return await base.run(desk.context(), name, arguments)

    result = at_desk(office, work)
    assert (result["success"], result["tool"]) == (False, name)
    assert words in result["error"]
    assert office.calls() == []


def test_only_tools_of_the_persona_run(office: Office) -> None:  # noqa: F811
    async def work(desk: Desk) -> list[Any]:
        context = desk.context(permitted=["coping_strategies"])
        nothing = desk.context(permitted=())
        told = '{"query": "Sarah"}'
        return [await base.run(context, "search_clients", told), await base.run(nothing, "search_clients", told)]

    results = at_desk(office, work)
    assert [result["success"] for result in results] == [False, False]
    assert "coping_strategies" in results[0]["error"]
    assert "there are no tools" in results[1]["error"]
    assert office.calls() == []


def test_null_is_as_good_as_left_out(office: Office) -> None:  # noqa: F811
    async def work(desk: Desk) -> dict[str, Any]:
        return await base.run(desk.context(), "search_clients", '{"query": "Sarah", "limit": null}')

    assert at_desk(office, work)["success"]
    assert office.calls() == [("GET", "/api/v1/haystack/search-clients", {"query": "Sarah"}, None)]


def test_a_tool_that_breaks_tells_nothing_of_the_inside(
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(context: Any, arguments: Any) -> Any:
        raise RuntimeError("secret path /srv/app.py")

    monkeypatch.setattr("support.backends.assistant.tools.therapy.coping", broken)

    async def work(desk: Desk) -> dict[str, Any]:
        return await base.run(desk.context(), "coping_strategies", '{"situation": "x"}')

    result = at_desk(office, work)
    assert not result["success"]
    assert "secret" not in result["error"]
    assert "secret path" in caplog.text


def test_tools_are_offered_as_functions() -> None:
    [offered] = base.offered(["get_client_base"])
    assert offered["type"] == "function"
    function = offered["function"]
    assert function["name"] == "get_client_base"
    assert function["parameters"]["properties"]["limit"]["maximum"] == 500
    with pytest.raises(KeyError):
        base.offered(["none"])
    assert len(tools.catalogue()) >= 45
