"""Runs of this suite that deal badly with a real model: with its key, its failures, its slowness, and above all money.

Seeded in the process of the run, from which its gate and its workers are forked.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

from support.defects import defect, home


@defect("real-ai.skips-without-the-variable", breaks=["AI-1"], at="support.running.real_ai:reason_to_skip")
def skips_without_the_variable(original: Any) -> Any:
    """Without a key, scenarios are skipped for a reason that does not say what is missing."""
    return lambda settings, target: "there is no real model" if original(settings, target) else None


@defect("real-ai.no-key-skips-everything", breaks=["AI-1"], at="support.running.real_ai:asks")
def no_key_skips_everything(_original: Any) -> Any:
    """Without a key, scenarios are skipped that ask no model."""
    return lambda _scenario: True


@defect(
    "real-ai.key-skips-the-others", breaks=["AI-1"], at="support.running.lifecycle:reason_to_skip", spreads=["AI-90"]
)
def key_skips_the_others(original: Any) -> Any:
    """With a key, scenarios that ask no model are skipped."""

    def reason_to_skip(scenario: Any, worker: Any) -> str | None:
        other = worker.settings.openai_api_key and not home(original).real_ai.asks(scenario)
        return "only real AI is run" if other else original(scenario, worker)

    return reason_to_skip


@defect("real-ai.key-is-not-checked", breaks=["AI-2"], at="support.running.asking:Asking._check_key")
def key_is_not_checked(_original: Any) -> Any:
    """An invalid key is found out by the first scenario that asks."""
    return lambda _self: None


@defect("real-ai.refusals-are-asked-again", breaks=["AI-2", "AI-3"], at="support.spending.gate:is_transient")
def refusals_are_asked_again(_original: Any) -> Any:
    """What a provider refuses for good, the key or a question, is asked again and again."""
    return lambda status: status >= 400


@defect("real-ai.asks-once", breaks=["AI-3"], at="support.spending.retrying:TransientError.passes")
def asks_once(_original: Any) -> Any:
    """What fails in passing is not asked again."""
    return property(lambda _self: False)


@defect("real-ai.asks-again-at-once", breaks=["AI-3"], at="support.spending.gate:trying")
def asks_again_at_once(original: Any) -> Any:
    """What fails in passing is asked again without a pause."""
    return lambda _first_pause_s: original(0.0)


@defect("real-ai.pauses-are-not-as-told", breaks=["AI-3"], at="support.spending.gate:trying")
def pauses_are_not_as_told(original: Any) -> Any:
    """The first pause is a third of a second, whatever the run is told; the next ones double, as they should."""
    return lambda _first_pause_s: original(0.33)


@defect("real-ai.provider-must-not-wish", breaks=["AI-3"], at="support.spending.retrying:TransientError.retry_after_s")
def provider_must_not_wish(_original: Any) -> Any:
    """How long the provider wants to be left alone is ignored."""
    return property(lambda _self: None)


@defect("real-ai.undecided-fails", breaks=["AI-3"], at="support.spending.books:Books.spent_by")
def undecided_fails(original: Any) -> Any:
    """A scenario whose model could not be asked is reported by what its steps made of that, not as undecided."""
    return lambda self, scenario: original(self, scenario).model_copy(update={"unasked": ()})


@defect("real-ai.time-has-no-tiers", breaks=["AI-4"], at="support.running.time_limits:limit_of")
def time_has_no_tiers(original: Any) -> Any:
    """Every scenario may take twice as long as it says."""

    def limit_of(scenario: Any) -> Any:
        limit = original(scenario)
        return None if limit is None else limit * 2

    return limit_of


@defect("real-ai.time-is-told-not-kept", breaks=["AI-4"], at="support.running.time_limits:Clock._ring")
def time_is_told_not_kept(_original: Any) -> Any:
    """A scenario that takes too long is not broken off; it fails when it has ended."""
    return lambda _self, _number, _frame: None


@defect("real-ai.untold-limit-is-the-tightest", breaks=["AI-4"], at="support.running.time_limits:REAL_AI_S")
def untold_limit_is_the_tightest(_original: Any) -> Any:
    """A scenario that names no limit may take as long as those of the tightest."""
    return 15


@defect("real-ai.second-tries-are-free", breaks=["AI-5"], at="support.spending.gate:Gate._book")
def second_tries_are_free(original: Any) -> Any:
    """Only the first try of a call is in the bill."""

    def book(self: Any, call: Any, trial: Any, reservation: Any, *more: Any) -> Any:
        if call.attempt == 1:
            return original(self, call, trial, reservation, *more)
        return self.books.ledger.settle(reservation, 0)

    return book


@defect("real-ai.no-usage-no-cost", breaks=["AI-5"], at="support.spending.gate:Trial.cost")
def no_usage_no_cost(original: Any) -> Any:
    """An answer that does not say what it has used is taken for free."""

    def cost(self: Any, prices: Any) -> Any:
        charged, used = original(self, prices)
        return (charged, used) if used else (0, None)

    return cost


@defect("real-ai.judges-are-nobody", breaks=["AI-5"], at="support.spending.books:Books._named")
def judges_are_nobody(_original: Any) -> Any:
    """What the judge has asked is counted as if the persona had."""
    return lambda _self, call: call


@defect("real-ai.unpriced-is-free", breaks=["AI-5"], at="support.spending.prices:Prices.find")
def unpriced_is_free(original: Any) -> Any:
    """A model without a price is taken for a cheap one."""

    def find(self: Any, model: str) -> Any:
        with contextlib.suppress(LookupError):
            return original(self, model)
        return original(self, "gpt-4o-mini")

    return find


@defect("real-ai.output-is-not-priced", breaks=["AI-5", "AI-8"], at="support.spending.prices:Prices.cost")
def output_is_not_priced(original: Any) -> Any:
    """What the model answers is charged at the price of what it was asked."""

    def cost(self: Any, model: str, usage: Any, service_tier: Any = None) -> Any:
        tokens = type(usage)(input_tokens=usage.input_tokens + usage.output_tokens)
        return original(self, model, tokens, service_tier)

    return cost


@defect("real-ai.nothing-is-set-aside", breaks=["AI-6"], at="support.spending.ledger:_Account.has_room")
def nothing_is_set_aside(_original: Any) -> Any:
    """A call is let through when anything is left of the budget, whatever it may cost."""
    return lambda self, _worst: self.limit is None or self.spent < self.limit


@defect("real-ai.calls-under-way-are-forgotten", breaks=["AI-6"], at="support.spending.ledger:_Account.left")
def calls_under_way_are_forgotten(_original: Any) -> Any:
    """Calls that are made at the same time may each have the whole rest of the budget."""
    return property(lambda self: None if self.limit is None else self.limit - self.spent)


@defect("real-ai.scenarios-have-no-budget", breaks=["AI-6"], at="support.spending.ledger:Ledger.limit_scenario")
def scenarios_have_no_budget(_original: Any) -> Any:
    """What a scenario may cost is read, and forgotten."""
    return lambda _self, _scenario, _limit: None


@defect("real-ai.calls-are-not-counted", breaks=["AI-6"], at="support.spending.gatekeeper:Ledger")
def calls_are_not_counted(original: Any) -> Any:
    """How many calls a run may make is read, and forgotten."""
    return lambda limit, _calls: original(limit, 10**9)


@defect("real-ai.broken-streams-are-nearly-free", breaks=["AI-5"], at="support.spending.meter:_closes")
def broken_streams_are_nearly_free(_original: Any) -> Any:
    """A stream that breaks off is charged what it told at its beginning."""
    return lambda _flavour, _event: True


@defect("real-ai.ten-answers-are-one", breaks=["AI-6"], at="support.spending.gate:Asked.read")
def ten_answers_are_one(original: Any) -> Any:
    """However many answers a call asks for, its worst case is that of one."""

    def read(flavour: Any, body: bytes) -> Any:
        asked = original(flavour, body)
        return dataclasses.replace(asked, tokens_out=asked.tokens_out and asked.tokens_out // asked.choices, choices=1)

    return staticmethod(read)


@defect("real-ai.models-are-free", breaks=["AI-6"], at="support.spending.gate:Request.lists_a_model")
def models_are_free(_original: Any) -> Any:
    """Whatever is done with a model below its name passes, and costs nothing by the bill."""
    return property(lambda self: self.path.startswith("/models/"))


@defect("real-ai.nonsense-of-a-judge-breaks", breaks=["AI-93"], at="support.judging.client:Client.__call__")
def nonsense_of_a_judge_breaks(_original: Any) -> Any:
    """What a judge answers is taken for what it should be, whatever it is."""

    def ask(self: Any, request: Any, request_id: str) -> Any:
        answer = self._client.chat.completions.create(**request, extra_headers={"x-client-request-id": request_id})
        return answer.choices[0].message.content, answer.choices[0].finish_reason

    return ask


@defect("real-ai.nonsense-of-a-judge-passes", breaks=["AI-93"], at="support.checks.judged:Judged.outcome")
def nonsense_of_a_judge_passes(original: Any) -> Any:
    """A reply that its judge could not judge counts as a good one."""
    return property(lambda self: "success" if self.decision is None else original.fget(self))


@defect("real-ai.shares-spend-as-the-whole", breaks=["AI-92"], at="support.running.asking:budget_of")
def shares_spend_as_the_whole(original: Any) -> Any:
    """Each share of a run may spend the whole budget, so that all together spend several."""
    return lambda settings, _shares: original(settings, 1)


@defect("real-ai.spent-is-green", breaks=["AI-6"], at="support.running.asking:Asking.finish")
def spent_is_green(original: Any) -> Any:
    """A run that has stopped asking for want of money is green, as far as that is concerned."""
    return lambda self: original(self)[:0]


@defect("real-ai.calls-go-on", breaks=["AI-7"], at="support.spending.gate:Gate._until_gone")
def calls_go_on(_original: Any) -> Any:
    """What was asked when a scenario ends, or is interrupted, is answered to the end, for nobody."""

    async def until_gone(_self: Any, _desk: Any, _receive: Any, work: Any) -> None:
        await work

    return until_gone


@defect("real-ai.bill-is-not-told", breaks=["AI-8"], at="support.running.asking:Asking.lines")
def bill_is_not_told(_original: Any) -> Any:
    """The console does not say what a run has cost."""
    return lambda _self: []


@defect("real-ai.bill-is-not-reported", breaks=["AI-8"], at="support.running.asking:Asking.report")
def bill_is_not_reported(_original: Any) -> Any:
    """The report has no table of what a run has cost."""
    return lambda _self, _folders: None


@defect("real-ai.guard-sleeps", breaks=["AI-90"], at="support.spending.guard:install")
def guard_sleeps(_original: Any) -> Any:
    """A program that asks the provider by itself is let through."""
    return lambda _address, _tell: None


@defect("real-ai.rehearsal-is-reported-as-real", breaks=["AI-91"], at="support.running.asking:Asking.facts")
def rehearsal_is_reported_as_real(_original: Any) -> Any:
    """The report says of a rehearsal which model was asked and judged, as if it had been."""
    return lambda self: {"real AI": f"{self.address}, judged by gpt-4.1", "budget": "$1.00"}


@defect("real-ai.rehearsal-keeps-quiet", breaks=["AI-91"], at="support.reporting.spending:lines")
def rehearsal_keeps_quiet(original: Any) -> Any:
    """At the end of a rehearsal, its costs are told as if they were real."""
    return lambda statement, budget, rehearsal: original(statement, budget, rehearsal=False)
