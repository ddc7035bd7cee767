"""Proves that a real model is asked in TLS, as all are: with its certificate checked, by an authority that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.clients.model import ScriptedModel, Turn
from tests.backends.model_process import ModelProcess
from tests.conftest import BehaveProject
from tests.spending.test_run import asks, bill, feature, project  # noqa: F401 - a fixture
from tests.tls import certificate, door


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """A certificate that no authority of this machine has signed."""
    return certificate(tmp_path)


@pytest.fixture
def behind_tls(
    project: Callable[..., BehaveProject],  # noqa: F811
    model_process: ModelProcess,
    pem: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BehaveProject]:
    """A run whose real model is the scripted one behind TLS."""
    with door(model_process.address, pem) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        yield project(feature(asks("real")))


def test_a_model_in_tls_is_asked_where_its_authority_is_named(
    behind_tls: BehaveProject, scripted: ScriptedModel, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.script(Turn.saying("Well."))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    run = behind_tls.run("-D", "report=no")
    assert run.verdicts() == {"real": "passed"}, run.output
    assert "will ask https://127.0.0.1:" in run.output
    [asked] = [each for each in scripted.received() if each.usage]
    assert asked.usage is not None
    assert bill(behind_tls)["spent"] == -(-asked.usage.prompt * 5 // 2) + asked.usage.completion * 10


def test_a_model_whose_certificate_nobody_vouches_for_is_not_asked(
    behind_tls: BehaveProject, scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.script(Turn.saying("Well."))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    run = behind_tls.run("-D", "report=no", "-D", "retry_pause_s=0.01")
    assert run.code != 0
    assert "certificate verify failed" in run.output.lower(), run.output
    assert scripted.received() == [], "it was told the key all the same"
