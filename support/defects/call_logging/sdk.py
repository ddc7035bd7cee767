"""An SDK that loses calls, tells them wrongly, or starts when it should not."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

from support.defects import defect, home

EXPORTER = "trainloop_llm_logging.exporter"
UTILS = "trainloop_llm_logging.instrumentation.utils"
CALLS = ["LS-1", "LS-2", "LS-3", "LS-4"]


@defect("sdk.model-is-lost", breaks=CALLS, at=f"{EXPORTER}:parse_request_body", spreads=["LS"])
def model_is_lost(original: Any) -> Any:
    """Every call is logged as one to the same model."""
    return lambda body: (parsed := original(body)) and {**parsed, "model": "a model"}


@defect("sdk.messages-are-shortened", breaks=["LS-4"], at=f"{EXPORTER}:parse_request_body", spreads=["LS"])
def messages_are_shortened(original: Any) -> Any:
    """Of a long question only the beginning is logged."""

    def parse(body: str) -> Any:
        parsed = original(body)
        if parsed:
            parsed["messages"] = [{**each, "content": each["content"][:12]} for each in parsed["messages"]]
        return parsed

    return parse


@defect("sdk.parameters-are-lost", breaks=["LS-2"], at=f"{EXPORTER}:parse_request_body", spreads=["LS"])
def parameters_are_lost(original: Any) -> Any:
    """With which parameters a model was asked is not logged."""
    return lambda body: (parsed := original(body)) and {**parsed, "modelParams": {}}


@defect("sdk.duration-is-in-seconds", breaks=["LS-4"], at=f"{EXPORTER}:CollectedSample", spreads=["LS"])
def duration_is_in_seconds(original: Any) -> Any:
    """The duration of a call is logged in seconds where milliseconds are promised."""
    return lambda **told: original(**{**told, "durationMs": told["durationMs"] // 1000})


@defect("sdk.answer-to-anthropic-is-lost", breaks=["LS-2", "LS-7"], at=f"{UTILS}:_ANTHROPIC_RE")
def answer_to_anthropic_is_lost(original: Any) -> Any:
    """Of what Anthropic's model says in parts, the first part is logged."""
    return SimpleNamespace(finditer=lambda text: list(original.finditer(text))[:1])


@defect("sdk.clients-of-httpx-are-not-seen", breaks=["LS-1"], at=f"{UTILS}:is_llm_call", spreads=["LS"])
def clients_of_httpx_are_not_seen(original: Any) -> Any:
    """Calls that do not name the standard port are taken for none to a model."""
    return lambda url: original(url) and ":" not in url.removeprefix("http://")


@defect("sdk.loads-a-client-itself", breaks=["LS-5"], at="trainloop_llm_logging.register:collect", spreads=["LS"])
def loads_a_client_itself(original: Any) -> Any:
    """The SDK imports an HTTP library before it is initialised, so that it can never be first."""
    importlib.import_module("requests")
    return original


@defect("sdk.order-is-not-looked-at", breaks=["LS-6"], at="trainloop_llm_logging.register:sys")
def order_is_not_looked_at(_original: Any) -> Any:
    """A program that imports a client too early is not told so."""
    return SimpleNamespace(modules={})


@defect("sdk.stream-loses-its-end", breaks=["LS-7"], at=f"{UTILS}:_OPENAI_RE", spreads=[*CALLS, "LS-92"])
def stream_loses_its_end(original: Any) -> Any:
    """Of a streamed answer the last words are not logged."""

    def finditer(text: str) -> Any:
        said = [
            found for found in original.finditer(text) if json.loads(found[1])["choices"][0]["delta"].get("content")
        ]
        return said[:-1] or said

    return SimpleNamespace(finditer=finditer)


@defect("sdk.failure-ends-the-log", breaks=["LS-8"], at=f"{EXPORTER}:FileExporter.record_llm_call")
def failure_ends_the_log(original: Any) -> Any:
    """After a call that failed nothing is logged any more."""
    failed: list[int] = []

    def record(self: Any, call: Any) -> None:
        if call["status"] >= 400:
            failed.append(call["status"])
        if not failed:
            original(self, call)

    return record


@defect("sdk.failure-is-logged-as-an-answer", breaks=["LS-8"], at=f"{EXPORTER}:parse_response_body")
def failure_is_logged_as_an_answer(original: Any) -> Any:
    """A call that failed is logged as one that was answered with nothing."""
    return lambda body: original(body) or {"content": ""}


@defect("sdk.lines-are-torn", breaks=["LS-9"], at=f"{EXPORTER}:save_samples", spreads=["LS"])
def lines_are_torn(original: Any) -> Any:
    """A line is written in two halves, with those of other programs between them."""

    def save(folder: str, samples: Any) -> None:
        original(folder, samples)
        if len(samples) and samples[0]["durationMs"] % 2:
            home(original).save_samples(folder, [{"half of": samples[0]["input"]}])

    return save


@defect("sdk.times-are-text", breaks=["LS-9"], at=f"{EXPORTER}:CollectedSample", spreads=["LS"])
def times_are_text(original: Any) -> Any:
    """Times are logged as text, not as the numbers of the documented schema."""
    return lambda **told: original(**{**told, "startTimeMs": str(told["startTimeMs"])})


@defect(
    "sdk.file-goes-before-the-environment", breaks=["LS-90"], at="trainloop_llm_logging.register:load_config_into_env"
)
def file_goes_before_the_environment(original: Any) -> Any:
    """What the file says about hosts goes before what the environment says."""

    def load(path: Any) -> None:
        environ = home(original).os.environ
        told = environ.pop("TRAINLOOP_HOST_ALLOWLIST", None)
        original(path)
        listed = environ["TRAINLOOP_HOST_ALLOWLIST"]
        if told is not None and listed.startswith("api.openai.com,"):
            environ["TRAINLOOP_HOST_ALLOWLIST"] = told

    return load


@defect("sdk.files-in-the-wrong-order", breaks=["LS-90"], at="trainloop_llm_logging.register:load_config_into_env")
def files_in_the_wrong_order(original: Any) -> Any:
    """The file beside the program goes before all others, and that of the environment before that of the program."""

    def load(path: Any) -> None:
        beside = home(original).Path("trainloop.config.yaml")
        original(str(beside) if beside.exists() else home(original).os.environ.get("TRAINLOOP_CONFIG_PATH") or path)

    return load


@defect(
    "sdk.folder-is-found-from-elsewhere", breaks=["LS-90"], at="trainloop_llm_logging.config:resolve_data_folder_path"
)
def folder_is_found_from_elsewhere(_original: Any) -> Any:
    """The folder in a file is found from a folder of the SDK's own, not from where the file is."""
    return lambda folder, _config, root: str(root / ".trainloop" / folder)


@defect("sdk.every-host-is-logged", breaks=["LS-90"], at=f"{UTILS}:is_llm_call", spreads=["LS-92"])
def every_host_is_logged(_original: Any) -> Any:
    """Calls to hosts that are not on the list are logged, too."""
    return lambda _url: True


@defect("sdk.folder-is-made-up", breaks=["LS-90"], at="trainloop_llm_logging.register:load_config_into_env")
def folder_is_made_up(original: Any) -> Any:
    """Without a folder the SDK writes to one that it makes up."""

    def load(path: Any) -> None:
        try:
            original(path)
        except ValueError:
            home(original).os.environ["TRAINLOOP_DATA_FOLDER"] = "made-up"

    return load


@defect("sdk.buffer-holds-six", breaks=["LS-91"], at=f"{EXPORTER}:FileExporter._batch_len")
def buffer_holds_six(_original: Any) -> Any:
    """Buffered calls are written at the sixth, not at the fifth."""
    return 6


@defect("sdk.buffer-is-never-flushed", breaks=["LS-91"], at=f"{EXPORTER}:FileExporter.flush")
def buffer_is_never_flushed(_original: Any) -> Any:
    """A program that asks for what is buffered to be written is not heard."""
    return lambda _self: None


@defect("sdk.buffer-has-no-clock", breaks=["LS-91"], at=f"{EXPORTER}:FileExporter._flush_loop")
def buffer_has_no_clock(_original: Any) -> Any:
    """What is buffered is not written when its time has come, only when there is enough of it, or at the end."""
    return lambda _self: None


@defect("sdk.calls-are-buffered-unasked", breaks=["LS-91"], at=f"{EXPORTER}:FileExporter.__init__", spreads=["LS"])
def calls_are_buffered_unasked(original: Any) -> Any:
    """Calls are written five at a time although the program did not ask for that."""
    return lambda self, **_told: original(self, flush_immediately=False)


@defect("sdk.tag-leaves-the-program", breaks=["LS-92"], at=f"{UTILS}:pop_tag")
def tag_leaves_the_program(_original: Any) -> Any:
    """The tag of a call is sent to the model's provider."""
    return lambda headers: next((headers[name] for name in headers if name.lower() == "x-trainloop-tag"), None)


@defect("sdk.tag-is-lost", breaks=["LS-92"], at=f"{EXPORTER}:CollectedSample")
def tag_is_lost(original: Any) -> Any:
    """The tag of a call is not logged."""
    return lambda **told: original(**{**told, "tag": ""})


@defect("sdk.registry-counts-lines-once", breaks=["LS-92"], at=f"{EXPORTER}:update_registry", spreads=["LS-91"])
def registry_counts_lines_once(original: Any) -> Any:
    """The registry counts a line of the program once, however often it asks."""
    seen = set()

    def update(folder: str, place: Any, tag: str) -> None:
        where = (place["file"], place["lineNumber"], tag)
        if where not in seen:
            seen.add(where)
            original(folder, place, tag)

    return update


@defect("sdk.calls-are-disturbed", breaks=["LS-4"], at=f"{EXPORTER}:FileExporter.record_llm_call", spreads=["LS"])
def calls_are_disturbed(original: Any) -> Any:
    """Every call is logged twice."""

    def record(self: Any, call: Any) -> None:
        original(self, call)
        original(self, call)

    return record
