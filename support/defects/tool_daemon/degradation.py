"""Circuit breakers, retries and expert analyses that do harm or no good."""

from __future__ import annotations

import dataclasses
from typing import Any

from tenacity import wait_fixed

from support.defects import defect, home


@defect("breaker.counts-attempts", breaks=["TD-14"], at="providers:tell_of_retry", spreads=["TD"])
def counts_attempts(original: Any) -> Any:
    """Every attempt counts as an operation, so that one unlucky call nearly opens the circuit."""

    def tell_of_retry(provider: Any, state: Any) -> None:
        provider.breaker.failed()
        original(provider, state)

    return tell_of_retry


@defect("breaker.never-opens", breaks=["TD-14", "TD-15"], at="breaker:Breaker.trip", spreads=["TD"])
def never_opens(_original: Any) -> Any:
    """A provider that fails again and again is asked again and again."""
    return lambda _self: None


@defect("breaker.opens-early", breaks=["TD-14"], at="breaker:Breaker.failed", spreads=["TD"])
def opens_early(original: Any) -> Any:
    """The circuit opens one failure too early."""

    def failed(self: Any) -> None:
        self.failures += self.failures == 0
        original(self)

    return failed


@defect("breaker.opens-late", breaks=["TD-14"], at="breaker:Breaker.failed", spreads=["TD"])
def opens_late(_original: Any) -> Any:
    """The circuit opens one failure too late."""

    def failed(self: Any) -> None:
        self.failures += 1
        if self.trying or self.failures > self.threshold:
            self.trip()

    return failed


@defect("breaker.success-is-forgotten", breaks=["TD-14"], at="breaker:Breaker.succeeded", spreads=["TD-16"])
def success_is_forgotten(original: Any) -> Any:
    """Failures are counted over all time, whatever went well in between."""

    def succeeded(self: Any) -> None:
        failures = self.failures
        original(self)
        self.failures = failures

    return succeeded


@defect("breaker.blames-the-provider-for-nonsense", breaks=["TD-14"], at="providers:speaks_against")
def blames_the_provider(_original: Any) -> Any:
    """A question that the provider rightly refuses counts as a failure of the provider."""
    return lambda _failure: True


@defect("breaker.waits-for-ever", breaks=["TD-14"], at="providers:out_of_time")
def waits_for_ever(_original: Any) -> Any:
    """A provider that never answers in time is never left alone: only an error counts as a failure."""
    return lambda _end: False


@defect("breaker.open-one-asks", breaks=["TD-15"], at="breaker:Breaker.admit", spreads=["TD"])
def open_one_asks(_original: Any) -> Any:
    """An open circuit changes nothing: the provider is asked all the same."""
    return lambda _self: True


@defect("breaker.open-one-fails", breaks=["TD-15"], at="providers:Providers.fall_back", spreads=["TD-16"])
def open_one_fails(original: Any) -> Any:
    """With an open circuit calls fail, instead of being answered with the fallback."""

    async def fall_back(self: Any, _ask: Any) -> Any:
        raise home(original).ProviderError(f"the circuit of {self.first.name} is open")

    return fall_back


@defect("breaker.fallback-provider-is-not-asked", breaks=["TD-15"], at="providers:Providers.fall_back")
def fallback_provider_is_not_asked(original: Any) -> Any:
    """There is a fallback provider, and it is not asked."""

    async def fall_back(self: Any, _ask: Any) -> Any:
        del self
        return home(original).Answer(home(original).FALLBACK_TEXT, None, None, degraded=True)

    return fall_back


@defect("breaker.failing-fallback-fails-the-call", breaks=["TD-15"], at="providers:Providers.fall_back")
def failing_fallback_fails_the_call(original: Any) -> Any:
    """When the fallback provider fails, too, so does the call, instead of being answered at once."""

    async def fall_back(self: Any, request: Any) -> Any:
        answer = await original(self, request)
        if self.fallback is not None and answer.provider is None:
            raise home(original).ProviderError("the fallback gave no answer, too")
        return answer

    return fall_back


@defect("breaker.list-of-models-goes-past-it", breaks=["TD-15"], at="providers:Providers.list_models")
def list_of_models_goes_past_it(_original: Any) -> Any:
    """Whoever wants to know the models has the provider asked that is to be left alone."""
    return lambda self: self.first.list_models()


@defect("breaker.makeshift-answer-is-kept", breaks=["TD-15"], at="providers:Providers.fall_back", spreads=["TD-16"])
def makeshift_answer_is_kept(original: Any) -> Any:
    """What was answered in need is answered for long after the need."""

    async def fall_back(self: Any, ask: Any) -> Any:
        answer = await original(self, ask)
        return home(original).Answer(answer.text, answer.provider, answer.model, degraded=False)

    return fall_back


@defect("breaker.success-closes-nothing", breaks=["TD-16"], at="breaker:Breaker.succeeded", spreads=["TD"])
def success_closes_nothing(original: Any) -> Any:
    """After the trial went well the circuit stays open."""

    def succeeded(self: Any) -> None:
        if self.trying:
            self.trip()
        else:
            original(self)

    return succeeded


@defect("breaker.failed-trial-is-forgiven", breaks=["TD-16"], at="breaker:Breaker.failed", spreads=["TD"])
def failed_trial_is_forgiven(original: Any) -> Any:
    """A trial that fails closes the circuit, as if the count began anew."""

    def failed(self: Any) -> None:
        if self.trying:
            self.failures, self.opened_at, self.trying = 1, None, False
        else:
            original(self)

    return failed


@defect("breaker.everybody-tries", breaks=["TD-16"], at="breaker:Breaker.admit", spreads=["TD"])
def everybody_tries(original: Any) -> Any:
    """As soon as the circuit is half-open, all waiting operations rush at the provider."""

    def admit(self: Any) -> bool:
        if self.recovered():
            self.trying = False
        return bool(original(self))

    return admit


def recovering(factor: float) -> Any:
    """A circuit that lets somebody try after another time than the operator's."""

    def wrapper(original: Any) -> Any:
        def recovered(self: Any) -> bool:
            return bool(original(dataclasses.replace(self, recovery=self.recovery * factor)))

        return recovered

    return wrapper


@defect("breaker.tries-too-early", breaks=["TD-16"], at="breaker:Breaker.recovered", spreads=["TD"])
def tries_too_early(original: Any) -> Any:
    """An open circuit lets somebody try after a fifth of the time for which it should leave the provider alone."""
    return recovering(0.2)(original)


@defect("breaker.tries-too-late", breaks=["TD-16"], at="breaker:Breaker.recovered", spreads=["TD"])
def tries_too_late(original: Any) -> Any:
    """An open circuit lets somebody try only after eight times the time."""
    return recovering(8)(original)


@defect("retries.pause-is-constant", breaks=["TD-17"], at="providers:pauses")
def pause_is_constant(_original: Any) -> Any:
    """Every repetition comes after the same pause, half the first one: a busy machine stretches it, too."""
    return lambda base: wait_fixed(base / 2)


@defect("retries.none", breaks=["TD-17"], at="providers:RETRIES", spreads=["TD"])
def no_retries(_original: Any) -> Any:
    """A failure is told at once, although it may be over the next moment."""
    return 0


@defect("retries.one-too-many", breaks=["TD-17"], at="providers:RETRIES", spreads=["TD"])
def one_too_many(original: Any) -> Any:
    """A failing provider is asked once more than it should be."""
    return original + 1


@defect("retries.what-is-refused", breaks=["TD-17"], at="providers:worth_retrying", spreads=["TD"])
def what_is_refused_is_repeated(_original: Any) -> Any:
    """A question that the provider refuses is asked again and again."""
    return lambda _failure: True


# Expert


@defect("expert.forgets", breaks=["TD-18"], at="expert:Expert.finished")
def forgets(_original: Any) -> Any:
    """A question that was judged is judged again."""

    def finished(self: Any, key: str, work: Any) -> None:
        self.in_progress.pop(key, None)
        if not work.task.cancelled():
            work.task.exception()

    return finished


@defect("expert.does-not-read-the-material", breaks=["TD-18"], at="expert:Expert.identity")
def does_not_read_the_material(original: Any) -> Any:
    """The same question on other material is taken for the same question."""
    return lambda self, question: original(self, question[:1])


@defect("expert.is-asked-unasked", breaks=["TD-18"], at="tools.analysis:analyze", spreads=["TD"])
def is_asked_unasked(original: Any) -> Any:
    """The expert is asked although the agent does not want it."""
    return lambda context, arguments: original(context, arguments.model_copy(update={"use_assistant_model": True}))


@defect("expert.works-twice", breaks=["TD-19", "TD-20"], at="expert:Expert.join")
def works_twice(original: Any) -> Any:
    """A question that is being judged is judged a second time for the second asker."""

    def join(self: Any, key: str, ask: Any) -> Any:
        self.in_progress.pop(key, None)
        return original(self, key, ask)

    return join


@defect("expert.stops-with-the-first", breaks=["TD-19"], at="expert:Expert.leave")
def stops_with_the_first(original: Any) -> Any:
    """When the agent goes that asked first, those who wait for the same get nothing."""

    def leave(self: Any, work: Any, key: str, *why: str) -> None:
        original(self, work, key, *why)
        if work.waiting and not work.task.done():
            self.in_progress.pop(key, None)
            work.task.cancel()

    return leave


@defect("expert.mixes-up-questions", breaks=["TD-20", "TD-18"], at="expert:Expert.identity")
def mixes_up_questions(_original: Any) -> Any:
    """When several questions are judged at once, all get the first one's answer."""
    return lambda _self, _question: "the question"


@defect("expert.patience-tenfold", breaks=["TD-21"], at="expert:Expert.limited", spreads=["TD"])
def patience_tenfold(original: Any) -> Any:
    """An expert is waited for ten times as long as told."""

    async def limited(self: Any, ask: Any) -> Any:
        longer = self.settings.model_copy(update={"expert_timeout": self.settings.expert_timeout * 10})
        self.settings = longer
        return await original(self, ask)

    return limited


@defect("expert.silence-is-kept", breaks=["TD-21"], at="expert:Expert.finished")
def silence_is_kept(original: Any) -> Any:
    """After a judgement that came too late there is none for long."""

    def finished(self: Any, key: str, work: Any) -> None:
        original(self, key, work)
        if not work.task.cancelled() and work.task.exception() is not None:
            self.cache.put(key, "no judgement")

    return finished


@defect("expert.is-not-heard-of", breaks=["TD-22"], at="expert:Expert.keep_beating")
def is_not_heard_of(_original: Any) -> Any:
    """While the expert works nothing is heard of it."""

    async def keep_beating(_self: Any, _beat: Any) -> None:
        """Say nothing."""

    return keep_beating


@defect("expert.heartbeats-too-rare", breaks=["TD-22"], at="expert:Expert.keep_beating")
def expert_heartbeats_too_rare(original: Any) -> Any:
    """The expert is heard of at four times its interval."""

    async def keep_beating(self: Any, beat: Any) -> None:
        async for elapsed in home(original).clock.ticks(self.settings.expert_heartbeat_interval * 4):
            await beat(elapsed)

    return keep_beating
