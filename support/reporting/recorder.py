"""What is open in the report right now, and Allure's API (`allure.attach`, `allure.step`, `allure.dynamic`) onto it.

Attachments land in the innermost open item: step, hook, scenario; outside all of them they are attachments of the
whole run. Another thread than the one that runs scenarios attaches to what was open there, and nests steps of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import allure_commons
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import (
    ATTACHMENT_PATTERN,
    Attachment,
    ExecutableItem,
    GlobalAttachment,
    GlobalError,
    Globals,
    Label,
    Link,
    Parameter,
    StatusDetails,
    TestAfterResult,
    TestBeforeResult,
    TestResult,
    TestResultContainer,
    TestStepResult,
)
from allure_commons.types import AttachmentType, LinkType
from allure_commons.utils import now, uuid4

from support.reporting.endings import Ending, describe, trace_of
from support.reporting.evidence import Redacted
from support.reporting.labels import merged
from support.reporting.redaction import redact_text


class OutsideScenarioError(RuntimeError):
    """`allure.dynamic` was used where no scenario is open."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"allure.dynamic.{what} describes a scenario and none is open: call it in a scenario's step or hook"
        )


def shown(text: str) -> str:
    """Text as it may stand in a report: redacted, and with what is no Unicode (a lone surrogate) as an escape."""
    return redact_text(text.encode("utf-8", errors="backslashreplace").decode("utf-8"))


def details(ending: Ending, *, known: bool = False) -> StatusDetails | None:
    """Allure's form of a message and trace, redacted; None when there is nothing to say."""
    if not (ending.message or ending.trace):
        return None
    trace = shown(ending.trace) if ending.trace else None
    return StatusDetails(message=shown(ending.message), trace=trace, known=known or None)


def ending_of(fault: BaseException | None) -> Ending:
    """The ending of a block of code that ended with this exception, or without one."""
    if fault is None:
        return Ending("passed")
    verdict = "failed" if isinstance(fault, AssertionError) else "broken"
    return Ending(verdict, describe(fault), trace_of(fault, fault.__traceback__))  # type: ignore[arg-type]


class Recorder:
    """The open items of one report. Registered with allure_commons, it answers Allure's user API."""

    def __init__(self, folder: Path, issue_pattern: str | None = None, link_pattern: str | None = None) -> None:
        self._writer = AllureFileLogger(folder)
        self._patterns = {LinkType.ISSUE: issue_pattern, LinkType.LINK: link_pattern}
        self._test: TestResult | None = None
        self._owner = threading.get_ident()
        self._open: list[tuple[str, ExecutableItem]] = []
        self._of_threads: dict[int, list[tuple[str, ExecutableItem]]] = {}

    # What the formatter tells

    @property
    def test(self) -> TestResult | None:
        """The scenario that is open."""
        return self._test

    def open_test(self, test: TestResult) -> None:
        """A scenario begins, in this thread."""
        self._owner = threading.get_ident()
        self._of_threads.clear()
        self._test = test
        self._open = [(test.uuid, test)]

    def break_off(self) -> None:
        """What is still open inside the scenario was cut off: it is broken there."""
        for _, item in self._open[1:]:
            item.stop, item.status = now(), item.status or "broken"
        del self._open[1:]

    def close_test(self) -> TestResult:
        """The open scenario ends."""
        test = self._test
        assert test is not None
        self._open, self._test = [], None
        return test

    def open_step(self, name: str) -> TestStepResult:
        """A step begins inside the innermost open item."""
        step = TestStepResult(name=name, start=now())
        self._push(uuid4(), step)
        return step

    def close_step(self, step: TestStepResult, ending: Ending) -> None:
        """A step ends, and with it whatever was left open inside it."""
        step.stop, step.status, step.statusDetails = now(), ending.verdict, details(ending)
        self._pop(lambda item: item is step)

    @contextmanager
    def fixture(self, container: TestResultContainer, name: str, *, before: bool) -> Iterator[None]:
        """A hook or cleanup; it is kept in the container when it has anything to show."""
        item = (TestBeforeResult if before else TestAfterResult)(name=name, start=now())
        outside, self._open = self._open, [*self._open, (uuid4(), item)]
        fault: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            fault = raised
            raise
        finally:
            self._open = outside
            ending = ending_of(fault)
            item.stop, item.status, item.statusDetails = now(), ending.verdict, details(ending)
            if fault is not None or item.attachments or item.steps:
                (container.befores if before else container.afters).append(item)

    def write(self, item: TestResult | TestResultContainer) -> None:
        """Put a finished item into the results folder."""
        if isinstance(item, TestResult):
            self._writer.report_result(item)
        else:
            self._writer.report_container(item)

    def give_to_run(self, container: TestResultContainer) -> None:
        """Show the attachments of a container's hooks as the run's."""
        for hook in (*container.befores, *container.afters):
            for attachment in hook.attachments:
                self._add_global(attachment.source, f"{hook.name}: {attachment.name}", attachment.type)

    def attach(
        self, body: Any, name: str | None, kind: Any = AttachmentType.TEXT, extension: str | None = None
    ) -> None:
        """Attach text or bytes to the innermost open item, or to the run."""
        source, mime = self._source(kind, extension)
        self._writer.report_attached_data(_clean(body), source)
        self._add(source, name, mime)

    # Allure's own API

    @allure_commons.hookimpl
    def attach_data(self, body: Any, name: str | None, attachment_type: Any, extension: str | None) -> None:
        """`allure.attach(body, …)`."""
        self.attach(body, name, attachment_type, extension)

    @allure_commons.hookimpl
    def attach_file(self, source: str, name: str | None, attachment_type: Any, extension: str | None) -> None:
        """`allure.attach.file(source, …)`."""
        file_name, mime = self._source(attachment_type, extension)
        self._writer.report_attached_file(source, file_name)
        self._add(file_name, name, mime)

    @allure_commons.hookimpl
    def global_attach_data(self, body: Any, name: str | None, attachment_type: Any, extension: str | None) -> None:
        """`allure.global_attach(body, …)`."""
        source, mime = self._source(attachment_type, extension)
        self._writer.report_attached_data(_clean(body), source)
        self._add_global(source, name, mime)

    @allure_commons.hookimpl
    def global_attach_file(self, source: str, name: str | None, attachment_type: Any, extension: str | None) -> None:
        """`allure.global_attach.file(source, …)`."""
        file_name, mime = self._source(attachment_type, extension)
        self._writer.report_attached_file(source, file_name)
        self._add_global(file_name, name, mime)

    @allure_commons.hookimpl
    def global_error(self, message: str | None, trace: str | None) -> None:
        """`allure.global_error(…)`: an error of the run, not of one scenario."""
        error = GlobalError(message=shown(message or ""), trace=shown(trace) if trace else None, timestamp=now())
        self._writer.report_globals(Globals(errors=[error]))

    @allure_commons.hookimpl
    def start_step(self, uuid: str, title: str, params: dict[str, Any]) -> None:
        """`with allure.step(title):` begins."""
        parameters = [Parameter(name=name, value=shown(str(value))) for name, value in params.items()]
        self._push(uuid, TestStepResult(name=title, start=now(), parameters=parameters))

    @allure_commons.hookimpl
    def stop_step(self, uuid: str, exc_type: Any, exc_val: BaseException | None, exc_tb: Any) -> None:
        """`with allure.step(title):` ends."""
        item = next((item for key, item in self._stack() if key == uuid), None)
        if item is None:
            return  # begun outside any item, or in a scenario that has ended: there is no step to end
        ending = ending_of(exc_val)
        item.stop, item.status, item.statusDetails = now(), ending.verdict, details(ending)
        self._pop(lambda candidate: candidate is item)

    @allure_commons.hookimpl
    def add_title(self, test_title: str) -> None:
        """`allure.dynamic.title`."""
        self._described("title").name = test_title

    @allure_commons.hookimpl
    def add_description(self, test_description: str) -> None:
        """`allure.dynamic.description`."""
        self._described("description").description = test_description

    @allure_commons.hookimpl
    def add_description_html(self, test_description_html: str) -> None:
        """`allure.dynamic.description_html`."""
        self._described("description_html").descriptionHtml = test_description_html

    @allure_commons.hookimpl
    def add_label(self, label_type: str, labels: Sequence[Any]) -> None:
        """`allure.dynamic.label`, and severity, tag, epic, feature, story, … which are labels."""
        test = self._described("label")
        added = [Label(name=_plain(label_type), value=_plain(value)) for value in labels]
        test.labels = merged(test.labels, added)

    @allure_commons.hookimpl
    def add_parameter(self, name: str, value: Any, excluded: bool | None, mode: Any) -> None:
        """`allure.dynamic.parameter`; a parameter of the same name is replaced."""
        test = self._described("parameter")
        told = shown(value if isinstance(value, str) else repr(value)) or '""'
        added = Parameter(name=name, value=told, excluded=excluded, mode=_plain(mode) if mode else None)
        test.parameters = [*(known for known in test.parameters if known.name != name), added]

    @allure_commons.hookimpl
    def add_link(self, url: str, link_type: str, name: str | None) -> None:
        """`allure.dynamic.link`, `.issue`, `.testcase`."""
        test = self._described("link")
        pattern = self._patterns.get(link_type)
        address = pattern.format(url) if pattern and not url.startswith("http") else url
        link = Link(type=_plain(link_type), url=address, name=name or url)
        if all(known.url != link.url for known in test.links):
            test.links.append(link)

    # Inside

    def _described(self, what: str) -> TestResult:
        if self._test is None:
            raise OutsideScenarioError(what)
        return self._test

    def _stack(self) -> list[tuple[str, ExecutableItem]]:
        thread = threading.get_ident()
        return self._open if thread == self._owner else self._of_threads.setdefault(thread, [])

    def _current(self) -> ExecutableItem | None:
        stack = self._stack() or self._open
        return stack[-1][1] if stack else None

    def _push(self, uuid: str, step: TestStepResult) -> None:
        parent = self._current()
        if parent is not None:
            parent.steps.append(step)
            self._stack().append((uuid, step))

    def _pop(self, is_it: Any) -> None:
        stack = self._stack()
        for index, (_, item) in enumerate(stack):
            if is_it(item):
                for _, left in stack[index + 1 :]:
                    left.stop, left.status = now(), left.status or "broken"
                del stack[index:]
                return

    def _source(self, kind: Any, extension: str | None) -> tuple[str, str | None]:
        mime, ending = kind, extension or "attach"
        if isinstance(kind, AttachmentType):
            mime, ending = kind.mime_type, kind.extension
        return ATTACHMENT_PATTERN.format(prefix=uuid4(), ext=ending), mime

    def _add(self, source: str, name: str | None, mime: str | None) -> None:
        item = self._current()
        if item is None:
            self._add_global(source, name, mime)
        else:
            item.attachments.append(Attachment(source=source, name=name or source, type=mime))

    def _add_global(self, source: str, name: str | None, mime: str | None) -> None:
        attachment = GlobalAttachment(source=source, name=name or source, type=mime, timestamp=now())
        self._writer.report_globals(Globals(attachments=[attachment]))


def _plain(value: Any) -> Any:
    """An enum member's value; anything else as it is."""
    return getattr(value, "value", value)


def _clean(body: Any) -> str | bytes:
    """A body as Allure stores it; text is redacted, whoever attaches it."""
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if isinstance(body, Redacted):
        return body.encode("utf-8", errors="backslashreplace")
    return shown(body if isinstance(body, str) else str(body))
