"""JUnit XML that tells the same story as the Allure report.

behave's own reporter counts a scenario that was never run as skipped, loses skip reasons, names no undefined step,
writes one feature over another when two paths are given, and tells nothing of hooks above the scenarios. This one
takes verdict and message from `endings`, has one suite a feature file with every chosen scenario and no other, and a
test case of its own for hooks and cleanups that failed when there was nothing left to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any
from xml.etree import ElementTree as Xml

from behave.configuration import Configuration
from behave.exception import ConfigError
from behave.model import Feature, Rule, Scenario
from behave.model_type import Status
from behave.reporter.base import Reporter
from behave.reporter.junit import JUnitReporter as BehaveJUnitReporter

from support import places
from support.reporting import labels
from support.reporting.endings import Ending, is_chosen, scenario_ending, why_not_run
from support.reporting.redaction import redact_text

ELEMENTS = {"failed": "failure", "broken": "error", "skipped": "skipped"}
HOOKS_CASE = "hooks and cleanups"
RUN_SUITE = "run"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def install(config: Configuration, features: Iterable[Feature]) -> None:
    """Put this reporter in the place of behave's own, if `--junit` asks for one. Before any hook has run."""
    for index, reporter in enumerate(config.reporters):
        if isinstance(reporter, BehaveJUnitReporter):
            config.reporters[index] = JUnitReporter(config, features)


class JUnitReporter(Reporter):  # type: ignore[misc]
    """Writes `TESTS-<file>.xml` into the configured folder, from which it removes those of an earlier run."""

    def __init__(self, config: Configuration, features: Iterable[Feature]) -> None:
        super().__init__(config)
        self._folder = Path(config.junit_directory)
        self._chosen = {
            id(scenario) for feature in features for scenario in feature.walk_scenarios() if is_chosen(scenario, config)
        }
        self._problems: list[str] = []
        if why := places.why_no_folder(self._folder):
            raise ConfigError(f"--junit-directory {self._folder} {why}")
        for old in self._folder.glob("TESTS-*.xml"):
            old.unlink()

    def feature(self, feature: Feature) -> None:
        """A feature has ended, or will never be run."""
        scenarios = [scenario for scenario in feature.walk_scenarios() if id(scenario) in self._chosen]
        if scenarios:
            stem = dotted(feature.filename)
            cases = [self._case(stem, scenario) for scenario in scenarios]
            cases += [_hooks_case(stem, holder) for holder in _failed_afterwards(feature, scenarios)]
            self._write(stem, f"{stem}.{labels.feature_name(feature)}", cases)

    def run_problem(self, message: str) -> None:
        """An error of the run that belongs to no scenario."""
        self._problems.append(message)

    def end(self) -> None:
        """The run has ended: its own problems make a suite."""
        if self._problems:
            cases = []
            for number, message in enumerate(self._problems, 1):
                case = Xml.Element("testcase", classname=RUN_SUITE, name=f"problem {number}", status="error", time="0")
                _add(case, Ending("broken", message), "RunProblem")
                cases.append(case)
            self._write(RUN_SUITE, RUN_SUITE, cases)

    def _case(self, stem: str, scenario: Scenario) -> Xml.Element:
        reason = why_not_run(scenario, "the run was stopped before it")
        ending = scenario_ending(scenario, not_run=f"not run: {reason}")
        case = Xml.Element("testcase", _place(stem, scenario))
        case.set("status", scenario.status.name)
        case.set("time", f"{scenario.duration:.6f}")
        _add(case, ending, _kind(scenario))
        steps = (f"{step.keyword} {step.name} … {step.status.name} in {step.duration:.3f}s" for step in scenario)
        _text(case, "system-out", "\n".join([*steps, *_captured(scenario, "stdout")]))
        errors = [*_captured(scenario, "stderr"), *_captured(scenario, "log")]
        if errors:
            _text(case, "system-err", "\n".join(errors))
        return case

    def _write(self, stem: str, name: str, cases: list[Xml.Element]) -> None:
        suite = Xml.Element("testsuite", name=_valid(name), tests=str(len(cases)))
        for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(attribute, str(sum(case.find(element) is not None for case in cases)))
        suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.6f}")
        suite.set("timestamp", datetime.now(UTC).isoformat(timespec="seconds"))
        suite.extend(cases)
        Xml.ElementTree(suite).write(self._folder / f"TESTS-{stem}.xml", encoding="utf-8", xml_declaration=True)


def dotted(filename: str) -> str:
    """`features/a/b.feature` becomes `features.a.b`: unlike behave's, not shortened, so that no two files share one."""
    parts = PurePath(labels.posix(filename)).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("..", "/"))


def _place(stem: str, scenario: Scenario) -> dict[str, str]:
    rule = labels.rule_of(scenario)
    parts = (stem, labels.feature_name(scenario.feature), rule.name if rule else "")
    return {
        "classname": _valid(".".join(part for part in parts if part)),
        "name": _valid(str(scenario.name).strip()),
        "file": labels.posix(scenario.filename),
        "line": str(scenario.line),
    }


def _failed_afterwards(feature: Feature, scenarios: list[Scenario]) -> list[Feature | Rule]:
    """The feature and the rules whose hooks or cleanups failed with nothing left to run that could tell of it."""
    failed = []
    for holder in (feature, *(item for item in feature.run_items if isinstance(item, Rule))):
        inside = [item for item in scenarios if holder is feature or labels.rule_of(item) is holder]
        own = holder.hook_failed or holder.status in (Status.hook_error, Status.cleanup_error)
        if own and inside and not any(scenario.status.is_untested() for scenario in inside):
            failed.append(holder)
    return failed


def _hooks_case(stem: str, holder: Feature | Rule) -> Xml.Element:
    name = f"{HOOKS_CASE} of the {holder.type} {holder.name}"
    case = Xml.Element("testcase", classname=_valid(stem), name=_valid(name), status="hook_error", time="0")
    _add(case, Ending("broken", (holder.error_message or "failed without a message").strip()), "HookError")
    return case


def _add(case: Xml.Element, ending: Ending, kind: str) -> None:
    if ending.verdict in ELEMENTS:
        element = Xml.SubElement(case, ELEMENTS[ending.verdict], message=_valid(redact_text(ending.message)))
        if ending.verdict != "skipped":
            element.set("type", kind)
            element.text = _valid(redact_text(ending.trace or ending.message))
    elif ending.message:
        properties = Xml.SubElement(case, "properties")
        Xml.SubElement(properties, "property", name="note", value=_valid(redact_text(ending.message)))


def _kind(scenario: Scenario) -> str:
    """The class of what was raised, or the status."""
    statements: tuple[Any, ...] = (*(step for step in scenario.all_steps if step.status.has_failed()), scenario)
    exceptions = (statement.exception for statement in statements if statement.exception is not None)
    raised = next(exceptions, None)
    return type(raised).__name__ if raised is not None else str(scenario.status.name)


def _captured(scenario: Scenario, stream: str) -> list[str]:
    parts = ((part.name, getattr(part, stream)) for part in scenario.captured.captures)
    return [f"\nCaptured {stream} ({name}):\n{text.rstrip()}" for name, text in parts if text.strip()]


def _text(case: Xml.Element, element: str, text: str) -> None:
    Xml.SubElement(case, element).text = _valid(redact_text(text))


def _valid(text: str) -> str:
    """The text with what XML cannot hold written as a code point."""
    return NOT_XML.sub(lambda found: f"U+{ord(found.group()):04X}", text)
