"""Violations reach the practice in the background: each once, in order, through outages, and none is lost silently."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from support.backends.assistant.practice import PracticeApi
from support.backends.assistant.violations import Outbox
from tests.backends.assistant.offices import Desk, Office, at_desk, caller, office, practices  # noqa: F401 - fixtures


def a_record(office: Office, reason: str, **more: Any) -> dict[str, Any]:  # noqa: F811
    return {
        "profileId": office.lee.profile,
        "templateId": "t-1",
        "templateName": "Template",
        "violationType": "diagnosis",
        "templateContent": "Diagnose.",
        "reason": reason,
        "confidence": 0.9,
        "metadata": {"timestamp": "2026-11-20T10:00:00Z", "generationInstructions": ""},
        **more,
    }


def reasons(office: Office) -> list[str]:  # noqa: F811
    """What the administrator reads, oldest first."""
    found = office.read("/admin/policy-violations", caller(office.made["administrator"]))["violations"]
    return [each["reason"] for each in found][::-1]


async def empty(outbox: Outbox) -> None:
    """Wait until everything was taken."""
    assert outbox.worker is not None
    await asyncio.wait_for(outbox.worker, 5)
    assert not outbox.waiting


def test_reports_wait_out_an_outage_and_arrive_in_order(office: Office) -> None:  # noqa: F811
    office.fault(path="*/policy-violations", status=503, times=7)

    async def work(desk: Desk) -> float:
        outbox = desk.writer.outboxes.of(desk.who.user)
        started = time.monotonic()
        for number in range(5):
            outbox.put(desk.who, a_record(office, f"Reason {number}"))
        at_once = time.monotonic() - started
        await empty(outbox)
        return at_once

    assert at_desk(office, work, violation_pause=0.05) < 0.05
    assert reasons(office) == [f"Reason {number}" for number in range(5)]


@pytest.mark.parametrize("fault", [{"status": 429}, {"reset": True}, {"status": 500}])
def test_what_passes_is_tried_again(office: Office, fault: dict[str, Any]) -> None:  # noqa: F811
    office.fault(path="*/policy-violations", times=4, **fault)

    async def work(desk: Desk) -> None:
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "Once"))
        await empty(desk.writer.outboxes.of(desk.who.user))

    at_desk(office, work, violation_pause=0.02)
    assert reasons(office) == ["Once"]
    assert len({each["headers"]["idempotency-key"] for each in office.asked() if each["method"] == "POST"}) == 1


def test_one_that_is_refused_for_good_is_in_the_log_and_does_not_hold_up_others(
    office: Office,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work(desk: Desk) -> None:
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "Refused", clientId="client-of-nobody"))
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "Taken"))
        await empty(desk.writer.outboxes.of(desk.who.user))

    at_desk(office, work)
    assert reasons(office) == ["Taken"]
    [line] = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert json.loads(line[line.index("{") :])["reason"] == "Refused"
    assert office.lee.token.get_secret_value() not in caplog.text


def test_an_answer_that_cannot_be_read_means_that_it_was_taken(office: Office) -> None:  # noqa: F811
    office.fault(method="POST", path="*/policy-violations", malformed=True, processed=True)

    async def work(desk: Desk) -> None:
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "Once"))
        await empty(desk.writer.outboxes.of(desk.who.user))

    at_desk(office, work)
    assert reasons(office) == ["Once"]


def test_what_waits_at_the_end_is_delivered_or_named(
    office: Office,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def delivered(desk: Desk) -> None:
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "At the last moment"))

    at_desk(office, delivered)
    assert reasons(office) == ["At the last moment"]

    async def lost(desk: Desk) -> None:
        nowhere = Outbox(PracticeApi("http://127.0.0.1:9", pause_s=0.01), 0.02)
        for number in range(2):
            nowhere.put(desk.who, a_record(office, f"Undelivered {number}"))
        await nowhere.close(0.1)
        await nowhere.practice.close()

    at_desk(office, lost)
    lines = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert len(lines) == 2
    assert all("was not reported before the service stopped" in line for line in lines)
    assert "Undelivered 1" in lines[1]


def test_a_report_that_the_practice_never_takes_holds_up_nobody_else(office: Office) -> None:  # noqa: F811
    office.fault(path="*/policy-violations", status=500, person=office.lee.profile)
    kim = caller(office.made["practitioners"][1])

    async def work(desk: Desk) -> None:
        desk.writer.outboxes.of(desk.who.user).put(desk.who, a_record(office, "Never taken"))
        outbox = desk.writer.outboxes.of(kim.user)
        outbox.put(kim, a_record(office, "Taken", profileId=kim.profile))
        await empty(outbox)

    at_desk(office, work, violation_pause=0.02, violation_drain=0.1)
    assert reasons(office) == ["Taken"]
