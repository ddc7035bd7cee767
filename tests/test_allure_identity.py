"""A scenario keeps its history: what it is called in the report moves with its meaning, not with its place."""

from __future__ import annotations

from behave.model import Feature
from behave.parser import parse_feature

from support.reporting.labels import Identities, display_name, epic_of, humanised

FEATURE = """
Feature: Datasets

  Scenario: Is found
    Given a step

  Rule: Names are unique

    Scenario: Is found
      Given a step

    Scenario Outline: <who> is refused
      Given <who> for <why>

      Examples:
        | who  | why  |
        | Maya | fun  |
        | Maya | fun  |
        | Lee  |      |
"""


def parsed(text: str, filename: str = "features/evaluation_platform/datasets.feature") -> Feature:
    feature = parse_feature(text, filename=filename)
    assert feature is not None
    return feature


def histories(text: str, target: str = "embedded", filename: str = "features/a/datasets.feature") -> list[str]:
    feature = parsed(text, filename)
    identities = Identities([feature])
    return [identities.of(scenario).history_id(target) for scenario in feature.walk_scenarios()]


def test_every_scenario_has_a_history_of_its_own() -> None:
    ids = histories(FEATURE)
    assert len(set(ids)) == len(ids) == 5


def test_history_survives_moved_lines_and_inserted_rows() -> None:
    moved = FEATURE.replace("  Rule:", "\n\n  Rule:").replace(
        "        | Maya |", "        | Zoe  | fun  |\n        | Maya |", 1
    )
    before, after = histories(FEATURE), histories(moved)
    assert set(before) < set(after)
    assert len(after) == len(before) + 1


def test_history_differs_by_file_rule_and_target() -> None:
    one = histories(FEATURE)
    assert not set(one) & set(histories(FEATURE, filename="features/b/datasets.feature"))
    assert not set(one) & set(histories(FEATURE, target="staging"))
    assert one[0] != one[1]


def test_rows_share_the_case_and_differ_in_history() -> None:
    feature = parsed(FEATURE)
    identities = Identities([feature])
    maya, _, lee = (identities.of(scenario) for scenario in feature.walk_scenarios()[2:])
    assert maya.case_id("embedded") == lee.case_id("embedded")
    assert maya.history_id("embedded") != lee.history_id("embedded")


def test_a_worker_that_sees_a_part_of_a_feature_knows_the_same_identity() -> None:
    feature = parsed(FEATURE)
    identities = Identities([feature])
    second_maya = feature.walk_scenarios()[3]
    whole = identities.of(second_maya)
    feature.run_items = feature.run_items[1:]
    second_maya.parent._scenarios = [second_maya]
    identities.add(feature)
    assert identities.of(second_maya) == whole
    assert whole.number == 1


def test_a_row_is_named_by_its_values() -> None:
    names = [display_name(scenario) for scenario in parsed(FEATURE).walk_scenarios()]
    assert names == ["Is found", "Is found", "Maya is refused", "Maya is refused", "Lee is refused"]
    plain = FEATURE.replace("Outline: <who> is refused", "Outline: Is refused")
    assert display_name(parsed(plain).walk_scenarios()[4]) == "Is refused (who: Lee, why: )"


def test_the_epic_is_the_first_folder_below_features() -> None:
    assert epic_of("features/evaluation_platform/datasets.feature") == "Evaluation platform"
    assert epic_of("features/tracing/deep/spans.feature") == "Tracing"
    assert epic_of("/somewhere/features/tool-daemon/x.feature") == "Tool daemon"
    assert epic_of("features/alone.feature") is None
    assert humanised("call_logging") == "Call logging"
    assert humanised("real_ai") == "Real AI"
