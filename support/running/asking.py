"""Real AI in the process that runs the workers: its estimate, the check of its key, its gate and its bill."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from behave.exception import ConfigError
from behave.model import Scenario

from support.reporting import evidence, metrics, spending
from support.reporting.redaction import redact_text
from support.running.real_ai import TAG, title
from support.settings import Settings
from support.spending import GateError, Gatehouse, OpenGate, Statement
from support.spending.estimate import estimate
from support.spending.money import limit, told
from support.spending.prices import Prices, UnpricedError

OPENAI = "https://api.openai.com/v1"
RAISE = "raise ACCEPTANCE_BUDGET_USD, or the last scenarios will not be run"
UNLIMITED = 10**15
"""Micro-dollars of a rehearsal that was given no budget."""
ELSEWHERE = "name a file that can be written in ACCEPTANCE_SPENDING"
INTERRUPTED = "the run was interrupted"
REMEDY = "put a valid key into OPENAI_API_KEY (and its address into OPENAI_BASE_URL, where it is not OpenAI's)"


def budget_of(settings: Settings, shares: int) -> int:
    """What a run that is split into so many shares may spend in one of them, in micro-dollars."""
    return limit(Decimal(str(settings.budget_usd)) / shares)


def _unwritable(file: Path) -> str | None:
    """Why a file cannot be written, found without touching it; None when it seems so that it can."""
    if file.is_dir():
        return f"{file} is a folder"
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}"
    return None if os.access(file if file.exists() else file.parent, os.W_OK) else f"{file} may not be written"


class Asking:
    """Real AI, or its rehearsal, for one run. Made before the workers are forked; finished after they have ended.

    `shares`: into how many the run is split; each may spend its share of the budget, whatever the others do.
    Raises ConfigError for a key that the provider refuses, or a model without a price; nothing was spent then.
    """

    def __init__(self, settings: Settings, scenarios: Sequence[Scenario], shares: int = 1) -> None:
        self._settings = settings
        self._shares = shares
        self._scenarios = scenarios
        self.rehearsal = settings.rehearsal
        key = settings.openai_api_key
        self.address = settings.openai_base_url or OPENAI
        self._budget = self._limit = budget_of(settings, shares)
        if self.rehearsal and "budget_usd" not in settings.model_fields_set:
            self._limit = UNLIMITED  # nothing is paid: a rehearsal shows what the budget of a real run must be
        self._statement: Statement | None = None
        if why := _unwritable(settings.spending_file):
            raise ConfigError(f"nothing was asked: what is spent cannot be written down: {why}: {ELSEWHERE}")
        about = self._about()
        try:
            self._gate = OpenGate(
                limit=self._limit,
                calls=settings.model_calls,
                pause_s=settings.retry_pause_s,
                upstream=None if self.rehearsal else self.address,
                upstream_key=None if self.rehearsal or key is None else key.get_secret_value(),
            )
        except GateError as fault:
            raise ConfigError(str(fault)) from fault
        print(about, flush=True)  # noqa: T201 - before the first call, on the console
        if not self.rehearsal:
            self._check_key()

    @property
    def house(self) -> Gatehouse:
        """What workers are given."""
        return self._gate.house

    def _about(self) -> str:
        """What is going to be asked, and what it will cost."""
        models = [self._settings.openai_model, self._settings.judge_model]
        prices = Prices(OPENAI if self.rehearsal else self.address)
        steps = {title(each): [step.name for step in each.all_steps] for each in self._scenarios}
        try:
            cost = estimate(steps, models, prices, self._settings.spending_file)
        except UnpricedError as unknown:
            raise ConfigError(f"nothing was asked: {unknown}") from unknown
        short = "" if cost.micro_dollars <= self._budget else f"; the budget is {told(self._budget)}: {RAISE}"
        count = f"{len(self._scenarios)} scenario{'' if len(self._scenarios) == 1 else 's'}"
        if self.rehearsal:
            return f"REHEARSAL: {count} of @{TAG} against the scripted model, free; a real one would cost {cost}{short}"
        share = f" (one of {self._shares} shares of the run's budget)" if self._shares > 1 else ""
        return (
            f"real AI: {count} will ask {self.address}, for {cost}, and for {told(self._limit)} at most{share}{short}"
        )

    def _check_key(self) -> None:
        refusal = self.house.check()
        if refusal is None:
            return
        self.close()
        said = redact_text(str(refusal["said"]))
        if refusal["status"] in (401, 403):
            raise ConfigError(f"{self.address} refuses the key ({refusal['status']}: {said}): {REMEDY}")
        raise ConfigError(f"{self.address} could not be asked whether it takes the key: {said}")

    def let_go(self) -> None:
        """Drop a forked worker's hold on the gate."""
        self._gate.let_go()

    def break_off(self) -> None:
        """End every call under way: the user has interrupted the run. A gate that is gone has none."""
        with contextlib.suppress(GateError):
            self.house.stop(INTERRUPTED)

    def finish(self) -> list[str]:
        """Take the bill, when all workers have ended, and end the gate; answers what makes the run red."""
        try:
            self._statement = self.house.statement()
        except GateError as fault:
            return [str(fault)]
        finally:
            self.close()
        problems = []
        try:
            self._keep(self._statement)
        except OSError as fault:
            problems.append(f"what was spent ({told(self._statement.spent)}) could not be written down: {fault}")
        problems += [f"a real model was to be asked outside @{TAG}: {each}" for each in self._statement.violations]
        if self._statement.stopped not in (None, INTERRUPTED):
            problems.append(f"real AI was stopped: {self._statement.stopped}")
        return problems

    def _keep(self, statement: Statement) -> None:
        kept: dict[str, Any] = {**statement.model_dump(), "rehearsal": self.rehearsal, "sums": []}
        for kind, name, spend in spending.sums(statement):
            told_sum = spend.model_dump(include={"micro_dollars", "tokens", "calls"})
            kept["sums"].append({"by": kind, "what": name, **told_sum})
        self._settings.spending_file.write_text(redact_text(json.dumps(kept, indent=1)), encoding="utf-8")

    def facts(self) -> dict[str, str]:
        """What the report says of the run's surroundings."""
        what = spending.REHEARSED if self.rehearsal else f"{self.address}, judged by {self._settings.judge_model}"
        spent = {} if self._statement is None else {"spent": told(self._statement.spent)}
        return {"real AI": what, "budget": told(self._budget), **spent}

    def report(self, folders: Iterable[Path]) -> None:
        """Put the bill into the report: a table of the whole run, and figures with their trend."""
        if self._statement is None:
            return
        name = "what the model would have cost (REHEARSAL)" if self.rehearsal else "what the model has cost"
        evidence.attach(name, spending.bill(self._statement, name), "html")
        evidence.attach(f"{name}, as a sheet", spending.sheet(self._statement), "csv")
        if log := self._gate.log_text():
            evidence.attach("log of the gate to the model", log)
        for folder in folders:
            metrics.write(folder, "spending", [] if self.rehearsal else spending.metrics(self._statement))

    def lines(self) -> list[str]:
        """The bill for the console."""
        return (
            [] if self._statement is None else spending.lines(self._statement, self._budget, rehearsal=self.rehearsal)
        )

    def close(self) -> None:
        """End the gate."""
        self._gate.close()
