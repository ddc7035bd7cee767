"""Proves that the features keep the style of the house: short, one change each, and in a product owner's words."""

import re
from collections import Counter
from pathlib import Path

import pytest
from behave.model import Feature

from tests.hygiene.suite import features, scenarios

WIRE_IS_THE_SUBJECT = {"resilience", "configuration", "call_logging"}
TECHNICAL = re.compile(
    r"\b(?:https?|json|jsonl|html|yaml|toml|urls?|uris?|status codes?|[45]\d\d errors?|endpoints?|payloads?|fields?"
    r"|null|query parameters?|headers?|request bod(?:y|ies)|response bod(?:y|ies)|uuids?|sqlite|sql|regex|localhost"
    r"|sockets?|stack ?traces?|dict|kwargs)\b"
    r"|(?-i:\b(?:GET|POST|PUT|PATCH|DELETE)\b)",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z]\w+\b")


def about_behaviour(feature: Feature) -> bool:
    path = Path(feature.filename).resolve()
    return path.parent.name not in WIRE_IS_THE_SUBJECT and not re.search("protocol|collector", path.stem)


def test_every_scenario_has_one_when_and_ends_in_an_observation() -> None:
    wrong = []
    for each in scenarios():
        kinds = [step.step_type for step in each.scenario.all_steps]
        if kinds.count("when") != 1 or "then" not in kinds or kinds[-1] != "then":
            wrong.append(f"{each.place} {kinds}")
    assert wrong == []


def test_every_scenario_is_at_most_eight_steps_long() -> None:
    lengths = {each.place: len(list(each.scenario.all_steps)) for each in scenarios()}
    assert {place: length for place, length in lengths.items() if length > 8} == {}


def test_titles_are_unique_over_the_whole_suite() -> None:
    for titles in (
        Counter(each.scenario.name for each in scenarios()),
        Counter(feature.name for feature in features()),
    ):
        assert [title for title, times in titles.items() if times > 1] == []


def test_every_feature_says_why_it_exists() -> None:
    assert [feature.filename for feature in features() if not feature.description] == []


def test_behaviour_is_told_without_technical_words() -> None:
    found = [
        f"{feature.filename}:{number}: {word}"
        for feature in features()
        if about_behaviour(feature)
        for number, word in technical_words(Path(feature.filename).read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "Then the status code is 404",
        "When I POST the dataset",
        "Given the field name is empty",
        "Then ground_truth is kept",
        "| JSON | x |",
    ],
)
def test_a_technical_word_is_found_out(line: str) -> None:
    assert technical_words(line)


@pytest.mark.parametrize(
    "line",
    [
        "Then the post is deleted",
        'And the tool is called "look_up_order"',
        "| the tool | look_up_order |",
        "@needs.platform.tools",
        "# JSON",
    ],
)
def test_a_plain_sentence_is_let_through(line: str) -> None:
    assert technical_words(line) == []


def technical_words(text: str) -> list[tuple[int, str]]:
    """Line and word of what a product owner would stumble over.

    Tags, comments and docstrings are not read; what is quoted or stands in a table may be an identifier.
    """
    found: list[tuple[int, str]] = []
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith('"""'):
            quoted = not quoted
        if quoted or line.lstrip().startswith(("@", "#", '"""')):
            continue
        prose = re.sub(r'"[^"]*"', "", line)
        patterns = [TECHNICAL] if prose.lstrip().startswith("|") else [TECHNICAL, IDENTIFIER]
        found += [(number, match.group()) for pattern in patterns for match in pattern.finditer(prose)]
    return found
