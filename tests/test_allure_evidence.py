"""Evidence: what is attached is redacted and bounded, and attaching without a reporter does nothing.

The recorder that receives it is the real one, writing into a real folder; no behave is needed for that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import allure
import allure_commons
import pytest
from allure_commons import model2
from pydantic import BaseModel

from support.reporting import evidence
from support.reporting.endings import Ending
from support.reporting.recorder import OutsideScenarioError, Recorder

SECRET = "hh_" + "ThisIsVerySecretIndeed42"


class Reported:
    """A recorder with one open scenario, and what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recorder = Recorder(folder)
        self.test = model2.TestResult(uuid="1", name="scenario")
        self.recorder.open_test(self.test)

    def attached(self) -> dict[str, tuple[str, str]]:
        """Type and text by name."""
        return {
            attachment.name: (attachment.type, (self.folder / attachment.source).read_text(encoding="utf-8"))
            for attachment in self.test.attachments
        }


@pytest.fixture
def reported(tmp_path: Path) -> Iterator[Reported]:
    reported = Reported(tmp_path)
    allure_commons.plugin_manager.register(reported.recorder)
    yield reported
    allure_commons.plugin_manager.unregister(reported.recorder)


def test_each_kind_has_its_type(reported: Reported) -> None:
    for kind in ("text", "json", "html", "csv"):
        evidence.attach(kind, "[1]", kind)
    evidence.attach("png", b"\x89PNG", "png")
    types = {attachment.name: attachment.type for attachment in reported.test.attachments}
    assert types == {
        "text": "text/plain",
        "json": "application/json",
        "html": "text/html",
        "csv": "text/csv",
        "png": "image/png",
    }


def test_bytes_that_are_no_text_are_shown_as_escapes(reported: Reported) -> None:
    evidence.attach("body", b"caf\xc3\xa9 \xff")
    assert reported.attached()["body"] == ("text/plain", "café \\xff")


def test_secrets_are_masked_in_name_text_and_json(reported: Reported) -> None:
    evidence.attach(f"POST /?api_key={SECRET}", f"Authorization: Bearer {SECRET}")
    evidence.attach_json("answer", {"api_key": SECRET, "pin_token": 123456, "name": "kept"})
    allure.attach(f"token={SECRET}", name="attached directly")
    with allure.step("a sub-step"):
        allure.attach(f'{{"password": "{SECRET}"}}', name="inside")
    everything = [*reported.attached(), *(path.read_text() for path in reported.folder.glob("*-attachment.*"))]
    assert len(everything) == 7
    assert not any(SECRET in text for text in everything)
    answer = json.loads(reported.attached()["answer"][1])
    assert answer["name"] == "kept"
    assert "123456" not in str(answer["pin_token"])


def test_what_is_too_long_loses_its_middle_after_redaction(reported: Reported) -> None:
    limit = evidence.TEXT_LIMIT
    at_the_cut = "x" * (limit * 3 // 4 - 10) + f" Bearer {SECRET} " + "y" * limit
    evidence.attach("long", at_the_cut)
    kind, text = reported.attached()["long"]
    assert len(text) < limit + 100
    assert "characters left out" in text
    assert not any(SECRET[:length] in text for length in range(8, len(SECRET)))
    assert text.endswith("y" * 100)
    assert kind == "text/plain"


def test_shortened_json_is_told_as_text(reported: Reported) -> None:
    evidence.attach("long", json.dumps(["x"] * evidence.TEXT_LIMIT), "json")
    assert reported.attached()["long"][0] == "text/plain"


def test_an_image_over_the_limit_is_named(reported: Reported) -> None:
    evidence.attach("screen", b"\x89PNG" + bytes(evidence.IMAGE_LIMIT), "png")
    kind, text = reported.attached()["screen"]
    assert (kind, "5,000,004 bytes" in text) == ("text/plain", True)


def test_redacted_text_is_not_searched_again(reported: Reported) -> None:
    evidence.attach("clean", evidence.Redacted(f"Bearer {SECRET}"))
    assert SECRET in reported.attached()["clean"][1]


class Dataset(BaseModel):
    name: str
    size: int


def test_a_comparison_shows_expected_actual_difference_and_the_nearest(reported: Reported) -> None:
    evidence.attach_comparison(Dataset(name="a", size=3), {"name": "a", "size": 2}, nearest=["b", "c"])
    told = {name: text for name, (_, text) in reported.attached().items()}
    assert json.loads(told["Expected"]) == {"name": "a", "size": 3}
    assert json.loads(told["Actual"]) == {"name": "a", "size": 2}
    assert '-  "size": 3' in told["Difference"]
    assert '+  "size": 2' in told["Difference"]
    assert told["Nearest candidates"] == "b\n\nc"


def test_without_a_reporter_nothing_happens(tmp_path: Path) -> None:
    evidence.attach("nobody listens", "text")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_unicode_is_shown_as_an_escape(reported: Reported) -> None:
    evidence.attach("body", "caf\udce9")
    evidence.attach("clean", evidence.Redacted("\ud800"))
    step = reported.recorder.open_step("asks")
    reported.recorder.close_step(step, Ending("failed", "found \udce9"))
    reported.recorder.write(reported.recorder.close_test())
    told = {name: text for name, (_, text) in reported.attached().items()}
    assert told == {"body": "caf\\udce9", "clean": "\\ud800"}
    (result,) = (json.loads(path.read_text(encoding="utf-8")) for path in reported.folder.glob("*-result.json"))
    assert result["steps"][0]["statusDetails"]["message"] == "found \\udce9"


def test_evidence_outside_a_scenario_is_the_runs(reported: Reported) -> None:
    reported.recorder.close_test()
    evidence.attach("between", "two scenarios")
    (told,) = (json.loads(path.read_text()) for path in reported.folder.glob("*-globals.json"))
    (attachment,) = told["attachments"]
    assert attachment["name"] == "between"
    assert (reported.folder / attachment["source"]).read_text() == "two scenarios"


def test_evidence_of_a_hook_is_the_hooks_and_of_an_empty_hook_nothing_is_kept(reported: Reported) -> None:
    container = model2.TestResultContainer(uuid="2")
    with reported.recorder.fixture(container, "before_scenario", before=True):
        evidence.attach("from the hook", "text")
    with reported.recorder.fixture(container, "before_tag", before=True):
        pass
    assert [(hook.name, len(hook.attachments)) for hook in container.befores] == [("before_scenario", 1)]
    assert reported.test.attachments == []


def test_describing_without_an_open_scenario_is_an_error_that_says_so(reported: Reported) -> None:
    reported.recorder.close_test()
    with pytest.raises(OutsideScenarioError, match=r"allure\.dynamic\.label .* none is open"):
        allure.dynamic.severity("critical")


def test_a_message_with_a_secret_is_masked_in_the_result(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.open_test(model2.TestResult(uuid="1", name="scenario"))
    step = recorder.open_step("When it is asked")
    with pytest.raises(ConnectionError), recorder_step(recorder, "inside"):
        raise ConnectionError(f"refused with Bearer {SECRET}")
    recorder.write(recorder.close_test())
    assert step.steps[0].status == "broken"
    (written,) = (path.read_text() for path in tmp_path.glob("*-result.json"))
    assert SECRET not in written
    assert "refused with Bearer" in written


class recorder_step:  # noqa: N801 - reads as a statement
    """`with allure.step(…)`, on one recorder without registering it."""

    def __init__(self, recorder: Recorder, title: str) -> None:
        self.recorder, self.title = recorder, title

    def __enter__(self) -> None:
        self.recorder.start_step("u", self.title, {})

    def __exit__(self, *raised: object) -> None:
        kind, value, trace = raised
        assert value is None or isinstance(value, BaseException)
        self.recorder.stop_step("u", kind, value, trace)
