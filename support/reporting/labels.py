"""What a scenario is called and filed under in the report: identity over time, names, labels, links, parameters.

Identity does not move when lines, rows or other scenarios do: it is made of the file, the rule, the title and the
row's values, never of positions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from allure_commons.mapping import parse_tag
from allure_commons.model2 import Label, Link, Parameter
from allure_commons.types import ALLURE_UNIQUE_LABELS, LabelType, Severity
from allure_commons.utils import host_tag, md5, platform_label, thread_tag
from behave.model import Feature, Rule, Scenario, ScenarioOutline

FEATURES_FOLDER = "features"
ABBREVIATIONS = {"ai": "AI", "ui": "UI"}
EXPLICIT_WINS = (LabelType.EPIC, LabelType.FEATURE, LabelType.STORY)


@dataclass(frozen=True)
class Identity:
    """A scenario's place in the suite: file, rule ("" without one), title, the row's values, and which of equals."""

    file: str
    rule: str
    title: str
    row: tuple[tuple[str, str], ...]
    number: int
    """0, or 1, 2, … for the second, third, … scenario that is the same in everything else."""

    @property
    def full_name(self) -> str:
        """File, rule and title; the same for all rows of an outline."""
        return ": ".join(part for part in (self.file, self.rule, self.title) if part)

    def history_id(self, target: str) -> str:
        """The same from run to run against one target."""
        return str(md5(*self._case(target), *(f"{name}={value}" for name, value in self.row)))

    def case_id(self, target: str) -> str:
        """As the history id, but for the whole outline."""
        return str(md5(*self._case(target)))

    def _case(self, target: str) -> list[str]:
        equals = [f"#{self.number}"] if self.number else []
        # The separator keeps ("a", "bc") and ("ab", "c") apart.
        return [f"{part}\x1f" for part in (self.file, self.rule, self.title, target, *equals)]


class Identities:
    """The identity of every scenario of a run. It is made from whole features, before a worker prunes them."""

    def __init__(self, features: Iterable[Feature] = ()) -> None:
        self._known: dict[int, Identity] = {}
        self._seen: Counter[tuple[object, ...]] = Counter()
        for feature in features:
            self.add(feature)

    def add(self, feature: Feature) -> None:
        """Take in a feature's scenarios, those not known yet."""
        for scenario in feature.walk_scenarios():
            self.of(scenario)

    def of(self, scenario: Scenario) -> Identity:
        """The identity of a scenario."""
        if id(scenario) not in self._known:
            rule = rule_of(scenario)
            parts = (posix(scenario.filename), rule.name if rule else "", title_of(scenario), row_of(scenario))
            self._known[id(scenario)] = Identity(*parts, number=self._seen[parts])
            self._seen[parts] += 1
        return self._known[id(scenario)]


def posix(path: str) -> str:
    """A path with forward slashes, on any system."""
    return PurePath(path).as_posix()


def rule_of(scenario: Scenario) -> Rule | None:
    """The rule that holds a scenario or the outline of a row."""
    holder: Any = scenario.parent
    while holder is not None and not isinstance(holder, Rule):
        holder = getattr(holder, "parent", None)
    return holder


def outline_of(scenario: Scenario) -> ScenarioOutline | None:
    """The outline that a scenario is a row of."""
    return scenario.parent if isinstance(scenario.parent, ScenarioOutline) else None


def title_of(scenario: Scenario) -> str:
    """The title; for a row of an outline the outline's, with its placeholders."""
    outline = outline_of(scenario)
    return str((outline or scenario).name)


def row_of(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The values of a row of an outline by heading, in order; empty for a plain scenario."""
    row = getattr(scenario, "_row", None)
    return tuple(row.items()) if row is not None else ()


def display_name(scenario: Scenario) -> str:
    """The title as written; a row's values stand in the title or, where it has no placeholder, behind it."""
    row = row_of(scenario)
    title = title_of(scenario)
    if not row:
        return title or str(scenario.keyword)
    named = title
    for heading, value in row:
        named = named.replace(f"<{heading}>", value)
    if named != title:
        return named
    return f"{title} ({', '.join(f'{heading}: {value}' for heading, value in row)})"


def parameters_of(scenario: Scenario) -> list[Parameter]:
    """The row's values; a blank cell is shown as two quotation marks."""
    return [Parameter(name=name, value=value or '""') for name, value in row_of(scenario)]


def title_path(scenario: Scenario) -> list[str]:
    """Folders, feature and rule above a scenario."""
    rule = rule_of(scenario)
    folders = PurePath(posix(scenario.filename)).parts[:-1]
    return [*folders, feature_name(scenario.feature), *([rule.name] if rule else [])]


def feature_name(feature: Feature) -> str:
    """The feature's name, or its file's when it has none."""
    return str(feature.name) or PurePath(feature.filename).stem


def humanised(folder: str) -> str:
    """`evaluation_platform` becomes `Evaluation platform`, `real_ai` becomes `Real AI`."""
    words = [ABBREVIATIONS.get(word, word) for word in re.split(r"[_\- ]+", folder.strip())]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def epic_of(filename: str) -> str | None:
    """The first folder below `features/`, humanised; None for a file that lies in no folder of its own."""
    folders = PurePath(posix(filename)).parts[:-1]
    if FEATURES_FOLDER in folders:
        folders = folders[folders.index(FEATURES_FOLDER) + 1 :]
    return humanised(folders[0]) if folders and folders[0] not in ("..", "/") else None


def tags_of(scenario: Scenario) -> list[str]:
    """All tags that hold for a scenario, from the feature's down to its own, each once."""
    rule = rule_of(scenario)
    tags = [*scenario.feature.tags, *(rule.tags if rule else ()), *scenario.tags]
    return list(dict.fromkeys(map(str, tags)))


def links_of(scenario: Scenario, issue_pattern: str | None = None, link_pattern: str | None = None) -> list[Link]:
    """The links that `@allure.issue=`, `@allure.tms=` and `@allure.link=` tags make."""
    parsed = (parse_tag(tag, issue_pattern=issue_pattern, link_pattern=link_pattern) for tag in tags_of(scenario))
    return [item for item in parsed if isinstance(item, Link)]


def labels_of(scenario: Scenario, target: str) -> list[Label]:
    """Epic, feature and story from folder, feature and rule; behaviour ids and other tags; severity; place; worker."""
    rule = rule_of(scenario)
    labels = [
        Label(name=LabelType.SEVERITY, value=Severity.NORMAL.value),
        Label(name=LabelType.EPIC, value=epic_of(scenario.filename)),
        Label(name=LabelType.FEATURE, value=feature_name(scenario.feature)),
        Label(name=LabelType.STORY, value=rule.name if rule else None),
        Label(name=LabelType.FRAMEWORK, value="behave"),
        Label(name=LabelType.LANGUAGE, value=platform_label()),
        Label(name=LabelType.HOST, value=host_tag()),
        Label(name=LabelType.THREAD, value=thread_tag()),
        Label(name="location", value=posix(str(scenario.location))),
        Label(name="target", value=target),
    ]
    labels = [label for label in labels if label.value]
    explicit = (parse_tag(tag) for tag in tags_of(scenario))
    return merged(labels, [item for item in explicit if isinstance(item, Label)])


def merged(labels: Sequence[Label], explicit: Sequence[Label]) -> list[Label]:
    """Labels with explicit ones added: epic, feature and story replace derived ones, a unique label its forerunner."""
    replaced = {label.name for label in explicit if label.name in (*EXPLICIT_WINS, *ALLURE_UNIQUE_LABELS)}
    kept = [label for label in labels if label.name not in replaced]
    unique = {label.name: label for label in explicit if label.name in ALLURE_UNIQUE_LABELS}
    others = [label for label in explicit if label.name not in ALLURE_UNIQUE_LABELS]
    added: list[Label] = []
    for label in (*unique.values(), *others):
        if label not in (*kept, *added):
            added.append(label)
    return [*kept, *added]
