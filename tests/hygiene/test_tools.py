"""Proves that every tool of the assistant is shown at work, alone, in features/assistant/tools.feature.

Three lists are held against each other: the tools of the contract, those that the suite can speak of, and those
that a row or a scenario of the feature calls. That a service offers no other is asked by a scenario there.
"""

from behave.model import ScenarioOutline

from support.clients.assistant.tools import find, tools
from tests.hygiene.suite import scenarios

CONTRACT = """
    search_clients search_specific_clients get_client_summary get_client_homework_status get_client_base
    get_clinic_profile list_practitioners get_clinic_stats get_practice_metrics generate_report
    get_conversations get_conversation_messages get_latest_conversation analyze_conversation
    search_sessions load_session load_session_direct load_multiple_sessions analyze_session_content validate_sessions
    get_loaded_sessions get_session_content analyze_loaded_session
    get_templates select_template_by_name set_selected_template get_selected_template get_generated_documents
    check_document_readiness generate_document_from_loaded generate_document_auto refine_document store_document
    set_client_selection suggest_navigation navigate_to_page
    mood_check_in coping_strategies breathing_exercise get_client_mood_profile get_user_profile
"""
"""The tools that the contract names; it asks for forty, and leaves their names open."""


def test_every_tool_of_the_contract_is_known() -> None:
    assert sorted(set(CONTRACT.split()) - set(tools())) == []


def test_every_known_tool_is_shown_alone() -> None:
    assert sorted(set(tools()) - shown()) == []


def test_what_is_shown_is_a_tool() -> None:
    assert [words for words in called() if find(words) is None] == []


def shown() -> set[str]:
    return {tool.name for words in called() if (tool := find(words))}


def called() -> set[str]:
    """What rows and titles of the scenarios of TC-22 call a tool."""
    found = set()
    for each in scenarios():
        if each.path.name != "tools.feature" or "TC-22" not in each.tags:
            continue
        if isinstance(each.scenario, ScenarioOutline):
            rows = [row for examples in each.scenario.examples for row in examples.table]
            found |= {row["tool"] for row in rows if "tool" in row.headings}
        else:
            found.add(each.scenario.name.split('"')[1])
    assert found, "features/assistant/tools.feature shows no tool"
    return found
