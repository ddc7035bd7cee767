"""Whether scenarios of real AI are run, and what they are called in bills. Light: every run imports it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from behave.model import Scenario

from support.settings import Settings
from support.targets import Target

if TYPE_CHECKING:
    from support.running.asking import Asking

TAG = "real_ai"
METERED = "model.metered"


def asks(scenario: Scenario) -> bool:
    """Whether a scenario asks a real model."""
    return TAG in scenario.effective_tags


def title(scenario: Scenario) -> str:
    """What a scenario is called in bills."""
    return f"{scenario.location} {scenario.name}"


def reason_to_skip(settings: Settings, target: Target) -> str | None:
    """Why no scenario of real AI is run, in words; None when they are."""
    if settings.rehearsal:
        return None
    if settings.openai_api_key is None:
        return "OPENAI_API_KEY is not set: there is no real model to ask"
    if METERED not in target.claims and settings.provider_limit_usd is None:
        return (
            f"the target {target.name} does not claim {METERED}, so that nobody sees what it spends: limit its key at "
            "the provider, and declare that in ACCEPTANCE_PROVIDER_LIMIT_USD"
        )
    return None


def prepare(settings: Settings, target: Target, selected: Iterable[Scenario], shares: int = 1) -> Asking | None:
    """Real AI for a run's scenarios, or for one of its shares; None when none needs it, or it cannot be had.

    Raises ConfigError for a key that the provider refuses, or a model without a price; nothing was spent then.
    """
    scenarios = [scenario for scenario in selected if asks(scenario)]
    if not scenarios or reason_to_skip(settings, target) is not None:
        return None
    prepared: Asking = importlib.import_module("support.running.asking").Asking(settings, scenarios, shares)
    return prepared
