"""Programs and their clients that deal badly with trouble: networks, refusals, failures, half answers, lost traces."""

import os
from typing import Any

from support.defects import defect, home

NETWORK = ["ER-1", "ER-2", "ER-3", "ER-4", "ER-5"]
REFUSALS = ["ER-10", "ER-11", "ER-12", "ER-13"]
FAILURES = ["ER-14", "ER-15", "ER-16", "ER-17"]
LOSSES = ["ER-24", "ER-25", "ER-26"]


@defect("calls.error-names-no-host", breaks=NETWORK, at="support.programs.calls:host")
def error_names_no_host(_original: Any) -> Any:
    """An error does not say whom the program had asked."""
    return lambda _error: None


@defect("suite.run-names-its-own-proxy", breaks=["ER-1"], at="support.running.greeting:_silent")
def run_names_its_own_proxy(original: Any) -> Any:
    """A run that gets no answer names the proxy before the platform, which nobody has ever heard of."""

    def silent(exchange: Any, system: Any, silence: Any) -> tuple[str, str]:
        why, remedy = original(exchange, system, silence)
        return why.replace(system.proxy.upstream, system.proxy.address.removeprefix("http://")), remedy

    return silent


@defect("calls.error-tells-the-key", breaks=NETWORK, at="support.programs.calls:told")
def error_tells_the_key(original: Any) -> Any:
    """An error shows the keys that the program had used."""
    return lambda error: f"{original(error)} with {os.environ['HH_API_KEY']} and {os.environ['OPENAI_API_KEY']}"


@defect("calls.failure-is-remembered", breaks=NETWORK, at="support.programs.calls:until_served")
def failure_is_remembered(original: Any) -> Any:
    """After a failure of the network every later call fails, too."""

    def unavailable() -> None:
        raise ConnectionError("the server was not reached before")

    def until_served(_call: Any) -> Any:
        ended: Any = home(original).attempt(unavailable)
        return ended

    return until_served


@defect("calls.waits-longer-than-told", breaks=["ER-2", "ER-3"], at="support.programs.calls:main")
def waits_longer_than_told(original: Any) -> Any:
    """A program waits six times as long for a silent server as it was told."""
    return lambda arguments: original({**arguments, "waits_s": arguments["waits_s"] * 6})


@defect("calls.half-an-answer-is-taken", breaks=["ER-5"], at="support.programs.calls:attempt")
def half_an_answer_is_taken(original: Any) -> Any:
    """What had come before the connection was reset is taken for the answer."""

    def attempt(call: Any) -> Any:
        ended = original(call)
        cut = ended["error"] and "reset" in ended["error"]["text"]
        return {**ended, "answer": "HTTP/1.1 200", "error": None} if cut else ended

    return attempt


@defect("calls.refused-connection-is-a-timeout", breaks=["ER-1", "ER-4"], at="support.programs.calls:attempt")
def refused_connection_is_a_timeout(original: Any) -> Any:
    """A server that cannot be reached is told as one that was too slow."""

    def attempt(call: Any) -> Any:
        ended = original(call)
        if ended["error"] and "Errno" in ended["error"]["text"]:
            ended["error"]["type"] = "builtins.TimeoutError"
        return ended

    return attempt


@defect(
    "model-client.retry-after-is-ignored",
    breaks=["ER-6"],
    at="openai._base_client:BaseClient._parse_retry_after_header",
)
def retry_after_is_ignored(_original: Any) -> Any:
    """The client of the model comes back when it likes, not when it was told to."""
    return lambda _self, _headers=None: None


@defect(
    "model-client.pauses-do-not-grow",
    breaks=["ER-7"],
    at="openai._base_client:BaseClient._calculate_retry_timeout",
    spreads=["ER-6"],
)
def models_pauses_do_not_grow(_original: Any) -> Any:
    """The client of the model pauses for the same time again and again."""
    return lambda *_arguments, **_more: 0.2


@defect(
    "model-client.comes-back-in-step",
    breaks=["ER-7"],
    at="openai._base_client:random",
)
def models_clients_come_back_in_step(_original: Any) -> Any:
    """Clients of the model that failed together come back together."""
    return lambda: 0.5


@defect("platform-client.pauses-do-not-grow", breaks=["ER-7"], at="honeyhive.utils.retry:BackoffStrategy.get_delay")
def platforms_pauses_do_not_grow(original: Any) -> Any:
    """The client of the platform pauses for the same time again and again."""
    return lambda self, _attempt: original(self, 1)


@defect("platform-client.comes-back-in-step", breaks=["ER-7"], at="honeyhive.utils.retry:BackoffStrategy.get_delay")
def platforms_clients_come_back_in_step(_original: Any) -> Any:
    """Clients of the platform that failed together come back together."""
    return lambda self, attempt: self.initial_delay * self.multiplier ** (attempt - 1)


@defect("calls.tries-more-often-than-told", breaks=["ER-8"], at="support.programs.calls:main")
def tries_more_often_than_told(original: Any) -> Any:
    """A program tries once more than it was told."""
    return lambda arguments: original({**arguments, "retries": arguments["retries"] + 1})


@defect("platform-client.first-error-is-told", breaks=["ER-8"], at="honeyhive.utils.retry:RetryConfig.execute")
def first_error_is_told(original: Any) -> Any:
    """After all tries the client of the platform tells the first error, not the last."""

    def execute(self: Any, request_fn: Any, operation: str = "request") -> Any:
        first: list[Any] = []

        def requested() -> Any:
            answer = request_fn()
            first.append(answer)
            return answer if answer.status_code == 200 else first[0]

        return original(self, requested, operation)

    return execute


@defect("platform-client.creation-is-repeated", breaks=["ER-9"], at="honeyhive.api.client:DatasetsAPI.create")
def creation_is_repeated(original: Any) -> Any:
    """What was not confirmed in time is created once more, under a name that is still free."""

    def create(self: Any, request: Any) -> Any:
        try:
            return original(self, request)
        except Exception as failure:
            if not type(failure).__module__.startswith("httpx"):
                raise
            return original(self, request.model_copy(update={"name": f"{request.name} (2)"}))

    return create


@defect("model-client.refusals-are-repeated", breaks=REFUSALS, at="openai._base_client:BaseClient._should_retry")
def models_refusals_are_repeated(_original: Any) -> Any:
    """The client of the model asks again although it was refused."""
    return lambda _self, _response: True


@defect("platform-client.refusals-are-repeated", breaks=REFUSALS, at="honeyhive.utils.retry:RetryConfig.should_retry")
def platforms_refusals_are_repeated(_original: Any) -> Any:
    """The client of the platform asks again although it was refused."""
    return lambda _self, response: bool(response.status_code >= 400)


@defect(
    "model-client.every-error-looks-alike", breaks=[*REFUSALS, *FAILURES], at="openai._client:OpenAI._make_status_error"
)
def every_error_looks_alike(original: Any) -> Any:
    """The client of the model tells every error answer as the same error."""

    def make(_self: Any, message: str, *, body: object, response: Any) -> Any:
        return home(original).APIStatusError(message, response=response, body=body)

    return make


@defect(
    "platform-client.errors-have-no-status",
    breaks=[*REFUSALS, *FAILURES],
    at="honeyhive._generated.api_config:HTTPException.__init__",
)
def platforms_errors_have_no_status(original: Any) -> Any:
    """The client of the platform tells every error answer as the same error."""
    return lambda self, status, _message, **more: original(self, status // 1000, "the call failed", **more)


@defect(
    "platform-client.reading-errors-have-no-status",
    breaks=[*REFUSALS, *FAILURES],
    at="honeyhive.utils.retry:APIError",
    spreads=["ER-8"],
)
def platforms_reading_errors_have_no_status(original: Any) -> Any:
    """When events cannot be read, the client of the platform does not say why."""
    return lambda _message, **_response: original("the events cannot be read")


@defect("model-client.failures-are-final", breaks=FAILURES, at="openai._base_client:BaseClient._should_retry")
def models_failures_are_final(original: Any) -> Any:
    """The client of the model does not ask again after a failure."""
    return lambda self, response: response.status_code < 500 and original(self, response)


@defect("platform-client.failures-are-final", breaks=FAILURES, at="honeyhive.utils.retry:RetryConfig.should_retry")
def platforms_failures_are_final(original: Any) -> Any:
    """The client of the platform does not ask again after a failure."""
    return lambda self, response: response.status_code < 500 and original(self, response)


@defect("platform-client.unreadable-is-empty", breaks=["ER-18"], at="httpx:Response.json")
@defect("model-client.unreadable-is-empty", breaks=["ER-18"], at="httpx2:Response.json")
def unreadable_is_empty(original: Any) -> Any:
    """What is no JSON is taken for an empty answer."""

    def json(self: Any, **more: Any) -> Any:
        try:
            return original(self, **more)
        except ValueError:
            return {}

    return json


@defect(
    "platform-client.answers-are-not-checked",
    breaks=["ER-19", "ER-20"],
    at="honeyhive._generated.services.Datasets_service:CreateDatasetResponse",
)
def platforms_answers_are_not_checked(original: Any) -> Any:
    """The client of the platform hands out an answer with parts that are missing or wrong."""
    return original.model_construct


@defect(
    "platform-client.lists-are-not-checked",
    breaks=["ER-19", "ER-20"],
    at="honeyhive._generated.services.Datasets_service:GetDatasetsResponse",
)
def platforms_lists_are_not_checked(original: Any) -> Any:
    """The client of the platform hands out a list that is missing, or is none."""
    return original.model_construct


@defect("platform-client.events-are-not-checked", breaks=["ER-20"], at="honeyhive.api.client:EventExportResponse")
def platforms_events_are_not_checked(original: Any) -> Any:
    """The client of the platform hands out for a list of events what is none."""
    return original.model_construct


@defect("calls.answers-are-not-checked", breaks=["ER-19", "ER-20"], at="support.programs.calls:asks_strictly")
def models_answers_are_not_checked(original: Any) -> Any:
    """The client of the model hands out an answer with parts that are missing or wrong."""
    return home(original).asks_the_model


@defect("batches.partial-success-is-success", breaks=["ER-21", "ER-23"], at="support.programs.batches:refused")
def partial_success_is_success(_original: Any) -> Any:
    """A batch that was stored in part is taken for one that was stored whole."""
    return lambda _extra: {}


@defect("batches.another-row-is-told", breaks=["ER-21", "ER-23"], at="support.programs.batches:refused")
def another_row_is_told(original: Any) -> Any:
    """Of a bad row the program learns that it is the one before."""
    return lambda extra: {index - 1: reason for index, reason in original(extra).items()}


@defect("batches.good-rows-are-given-up", breaks=["ER-21"], at="support.programs.batches:send", spreads=["ER-23"])
def good_rows_are_given_up(original: Any) -> Any:
    """When one row is bad, the program takes all of them for failed."""

    def send(client: Any, events: Any) -> Any:
        fate = original(client, events)
        return {**fate, "refused": dict.fromkeys(range(len(events)), "type")} if fate["refused"] else fate

    return send


@defect("batches.failure-is-silent", breaks=["ER-22"], at="support.programs.batches:send", spreads=["ER-23"])
def failed_batch_is_silent(original: Any) -> Any:
    """A batch of which nothing was stored is taken for one that was."""
    return lambda client, events: {**original(client, events), "error": None}


@defect("batches.all-rows-are-sent-again", breaks=["ER-23"], at="support.programs.batches:failed")
def all_rows_are_sent_again(_original: Any) -> Any:
    """When some rows failed, all of them are sent again, and the good ones are stored twice."""
    return lambda events, _fate: list(events)


@defect("batches.failed-rows-are-given-up", breaks=["ER-23"], at="support.programs.batches:failed", spreads=["ER-22"])
def failed_rows_are_given_up(original: Any) -> Any:
    """Of the rows that failed, only the first is sent again."""
    return lambda events, fate: original(events, fate)[:1]


@defect("degraded.loss-is-not-told", breaks=LOSSES, at="support.programs.degraded:Reporting.tell")
def loss_is_not_told(_original: Any) -> Any:
    """Nobody is told that steps are not recorded."""
    return lambda _self, _loss: None


@defect("degraded.loss-is-told-as-success", breaks=LOSSES, at="support.programs.degraded:Reporting.tell")
def loss_is_told_as_success(original: Any) -> Any:
    """Of steps that are not recorded, it is told that they are."""
    return lambda self, loss: original(self, loss.partition(":")[0].replace("not recorded", "recorded"))


@defect("degraded.loss-is-told-a-hundred-times", breaks=LOSSES, at="support.programs.degraded:Reporting.tell")
def loss_is_told_a_hundred_times(original: Any) -> Any:
    """That steps are not recorded is told a hundred times."""

    def tell(self: Any, loss: str) -> None:
        for _ in range(100):
            original(self, loss)

    return tell


@defect("degraded.loss-is-told-for-every-batch", breaks=LOSSES, at="support.programs.degraded:Reporting.lose")
def loss_is_told_for_every_batch(original: Any) -> Any:
    """That steps are not recorded is told anew for every few of them."""

    def lose(self: Any, spans: int) -> None:
        original(self, spans)
        self.tell(f"{spans} steps are not recorded")

    return lose


@defect("degraded.loss-is-miscounted", breaks=LOSSES, at="support.programs.degraded:Reporting.lose")
def loss_is_miscounted(original: Any) -> Any:
    """Of every few steps that are not recorded, one is counted."""
    return lambda self, _spans: original(self, 1)


@defect("degraded.loss-ends-the-work", breaks=LOSSES, at="support.programs.degraded:Reporting.shutdown")
def loss_ends_the_work(original: Any) -> Any:
    """A program whose steps are not recorded ends without its result."""

    def shutdown(self: Any) -> None:
        original(self)
        if self._lost:
            os._exit(3)

    return shutdown


@defect("degraded.loss-tells-the-key", breaks=["ER-25"], at="support.programs.degraded:Reporting.tell", spreads=LOSSES)
def loss_tells_the_key(original: Any) -> Any:
    """Who is told that steps are not recorded sees the key, too."""
    return lambda self, loss: original(self, f"{loss} (Authorization: Bearer {os.environ['HH_API_KEY']})")


@defect("platforms-tracer.loss-is-not-told", breaks=LOSSES, at="honeyhive.tracer.processing.otlp_exporter:safe_log")
def tracers_loss_is_not_told(_original: Any) -> Any:
    """Nobody is told that the platform's tracer has not recorded steps."""
    return lambda *_said, **_more: None


@defect("calls.answer-from-nowhere", breaks=NETWORK, at="support.programs.calls:until_served")
def answer_from_nowhere(_original: Any) -> Any:
    """After a failure of the network a program asks nobody any more, and says that all is well."""
    return lambda _call: {"answer": "All is well.", "error": None, "seconds": 0.01}


@defect("calls.answers-are-made-up", breaks=FAILURES, at="support.programs.calls:attempt")
def answers_are_made_up(original: Any) -> Any:
    """Whatever the server answers in the end, the program tells something else."""

    def attempt(call: Any) -> Any:
        ended = original(call)
        return {**ended, "answer": "it went well"} if ended["error"] is None else ended

    return attempt
