"""The seeded defects of the configuration, each applied inside the command that a scenario configures and starts.

What they replace is named in full: the suite's commands and the backends share it.
"""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from support import settings
from support.configuring import ConfigurationError, say
from support.configuring.rendering import serialise
from support.defects import defect, home

LOADING = "support.configuring.loading"
READING = "support.configuring.reading"
REFUSALS = ("CV-1", "CV-2", "CV-3", "CV-8", "CV-10", "CV-11", "CV-12", "CV-13")
"""The promises whose scenarios look at a refusal as a whole."""
ALL = ("CV", "TD")
"""The blocks that look at settings of every kind."""


def let_pass(original: Any, words: str) -> Any:
    """A validation that lets a combination pass when its complaint holds these words."""

    def validated(model: Any, values: Any) -> Any:
        try:
            return original(model, values)
        except ValidationError as fault:
            if not all(words in error["msg"] for error in fault.errors()):
                raise
            return model.model_construct(**values)

    return validated


def replacing(original: Any, *kinds: str) -> Any:
    """A validation that takes the default for what has a fault of such a kind, by Pydantic's names."""

    def validated(model: Any, values: Any) -> Any:
        try:
            return original(model, values)
        except ValidationError as fault:
            keys = {error["loc"][0] for error in fault.errors() if error["loc"] and error["type"] in kinds}
            key = home(original)._key  # noqa: SLF001 - the defect stands in for the original
            return original(model, {n: each for n, each in values.items() if key(n, model.model_fields[n]) not in keys})

    return validated


def defaulting(original: Any, **other: Any) -> Any:
    """A validation that knows other defaults."""

    def validated(model: Any, values: Any) -> Any:
        return original(model, {**{name: each for name, each in other.items() if name in model.model_fields}, **values})

    return validated


@defect("configuring.equal-ports-pass", breaks=["CV-1"], at=f"{LOADING}:_validated")
def equal_ports_pass(original: Any) -> Any:
    """A platform is started with both of its addresses at one port."""
    return let_pass(original, "must differ")


@defect("configuring.unordered-timeouts-pass", breaks=["CV-1", "CV-12"], at=f"{LOADING}:_validated")
def unordered_timeouts_pass(original: Any) -> Any:
    """A connection may take longer than the request that it is for."""
    return let_pass(original, "must not exceed")


@defect(
    "configuring.request-timeout-is-in-milliseconds", breaks=["CV-1", "CV-12"], at=f"{LOADING}:_validated", spreads=ALL
)
def request_timeout_is_in_milliseconds(original: Any) -> Any:
    """The timeout of a connection, in seconds, is compared with that of its request in milliseconds, and refused."""

    def validated(model: Any, values: Any) -> Any:
        given = values.get("request_timeout_s")
        if isinstance(given, int | float) and not isinstance(given, bool):
            original(model, {**values, "request_timeout_s": given / 1000})
        return original(model, values)

    return validated


@defect("configuring.free-ports-are-equal", breaks=["CV-1"], at=f"{LOADING}:_validated", spreads=ALL)
def free_ports_are_equal(original: Any) -> Any:
    """Two addresses of which each may have any free port are refused as having the same."""

    def validated(model: Any, values: Any) -> Any:
        if values.get("port") == values.get("control_port") == 0:
            original(model, {**values, "port": 8001, "control_port": 8001})
        return original(model, values)

    return validated


@defect(
    "configuring.opens-before-it-reads",
    breaks=["CV-1", "CV-14"],
    at="support.configuring.starting:read",
    spreads=REFUSALS,
)
def opens_before_it_reads(original: Any) -> Any:
    """A backend opens its socket, and only then looks at its configuration."""

    def read(*arguments: Any, **more: Any) -> Any:
        with socket.socket() as early:
            early.bind(("127.0.0.1", 0))
            return original(*arguments, **more)

    return read


@defect("configuring.names-only-the-first-missing", breaks=["CV-2"], at="support.targets.loading:_lacking")
def names_only_the_first_missing(original: Any) -> Any:
    """Of all that a target needs and that is missing, only the first is named."""
    return lambda *arguments: original(*arguments)[:1]


@defect("configuring.missing-is-not-named", breaks=["CV-2"], at="support.targets.loading:_lacking")
def missing_is_not_named(original: Any) -> Any:
    """A target that needs what nobody has given is refused without the name of it."""
    return lambda *arguments: [replace(problem, field="a setting") for problem in original(*arguments)]


@defect("configuring.required-fields-one-by-one", breaks=["CV-2"], at=f"{LOADING}:_explain")
def required_fields_one_by_one(original: Any) -> Any:
    """Of all required fields that are missing, only the first is named."""

    def explain(*arguments: Any) -> Any:
        problems = list(original(*arguments))
        missing = [problem for problem in problems if problem.fault == "is required"]
        return [problem for problem in problems if problem not in missing[1:]]

    return explain


@defect(
    "configuring.wrong-type-without-origin",
    breaks=["CV-3"],
    at=f"{LOADING}:_explain",
    spreads=("CV-10", "CV-11", "CV-12", "CV-13", "CV-1"),
)
def wrong_type_without_origin(original: Any) -> Any:
    """A wrong value is refused without a word on where it was said."""
    return lambda *arguments: [replace(problem, origin="value") for problem in original(*arguments)]


@defect(
    "configuring.wrong-type-tells-the-secret",
    breaks=["CV-3", "CV-13"],
    at=f"{LOADING}:holds_secret",
    spreads=("CV-10", "CV-11"),
)
def wrong_type_tells_the_secret(_original: Any) -> Any:
    """A secret of a wrong type is refused with its value in the message."""
    return lambda _annotation: False


@defect("configuring.environment-over-command-line", breaks=["CV-4"], at=f"{LOADING}:_merged")
def environment_over_command_line(original: Any) -> Any:
    """What the environment says goes before what the command line says."""
    return lambda layers: original([layers[0], layers[2], layers[1], *layers[3:]])


@defect("configuring.file-over-dotenv", breaks=["CV-4"], at=f"{LOADING}:_merged")
def file_over_dotenv(original: Any) -> Any:
    """What the file says goes before what .env says."""
    return lambda layers: original([*layers[:3], layers[4], layers[3]])


@defect("configuring.argument-is-a-fallback", breaks=["CV-4"], at=f"{LOADING}:_merged", spreads=("CV-13",))
def argument_is_a_fallback(original: Any) -> Any:
    """What a calling program decides is used only where nobody else says anything."""
    return lambda layers: original([*layers[1:], layers[0]])


@defect("configuring.first-place-decides-alone", breaks=["CV-4"], at=f"{LOADING}:_merged", spreads=ALL)
def first_place_decides_alone(original: Any) -> Any:
    """The most explicit place that says anything decides everything: what the others say is left unread."""
    return lambda layers: original([layer for layer in layers if layer.values or layer.problems][:1])


@defect("configuring.another-default", breaks=["CV-5"], at=f"{LOADING}:_validated", spreads=("CV-4", "CV-12"))
def another_default(original: Any) -> Any:
    """The default of a request's timeout, and of a metric's, is another than the documented one."""
    return defaulting(original, request_timeout_s=60.0, metric_seconds=5.0)


@defect("configuring.dotenv-cuts-at-the-hash", breaks=["CV-6"], at=f"{READING}:from_dotenv")
def dotenv_cuts_at_the_hash(original: Any) -> Any:
    """A value of .env ends at a hash, although it stands in quotes."""

    def from_dotenv(path: Any) -> Any:
        layer = original(path)
        layer.values = {name: value.split("#")[0].strip() for name, value in layer.values.items()}
        return layer

    return from_dotenv


@defect(
    "configuring.dotenv-is-not-read",
    breaks=["CV-6"],
    at=f"{READING}:from_dotenv",
    spreads=("CV-1", "CV-3", "CV-4", "CV-8", "CV-10", "CV-11", "CV-12", "CV-13", "CV-14"),
)
def dotenv_is_not_read(original: Any) -> Any:
    """.env is left unread."""
    return lambda path: original(path.with_name("no.env"))


@defect("configuring.yaml-is-all-text", breaks=["CV-7"], at="support.configuring.sources:PARSERS", spreads=("CV-9",))
def yaml_is_all_text(original: Any) -> Any:
    """In a YAML file everything is text, `null` too."""
    return {**original, ".yaml": lambda text: yaml.load(text, yaml.BaseLoader)}  # noqa: S506


@defect("configuring.last-of-a-name-counts", breaks=["CV-8"], at="support.configuring.sources:_check_table")
def last_of_a_name_counts(_original: Any) -> Any:
    """Of a name that a file has twice the last one counts, without a word."""
    return lambda table: None


@defect("configuring.last-file-is-followed", breaks=["CV-7", "CV-8"], at=f"{READING}:files", spreads=("CV-14",))
def last_file_is_followed(original: Any) -> Any:
    """Of several configuration files the last is followed, not the first."""
    return lambda stem: original(stem)[::-1]


@defect("configuring.faulty-files-are-passed-over", breaks=["CV-8"], at=f"{LOADING}:_layer", spreads=ALL)
def faulty_files_are_passed_over(original: Any) -> Any:
    """A file that is broken, absent, or of no known kind is passed over without a word."""

    def layer(*arguments: Any) -> Any:
        found = original(*arguments)
        found.problems = []
        return found

    return layer


@defect("configuring.broken-file-without-line", breaks=["CV-8"], at=f"{READING}:from_file")
def broken_file_without_line(original: Any) -> Any:
    """A broken file is refused without the line of the fault."""

    def from_file(path: Any) -> Any:
        layer = original(path)
        layer.problems = [replace(problem, origin="file") for problem in layer.problems]
        return layer

    return from_file


@defect("configuring.json-in-latin", breaks=["CV-8"], at="support.configuring.sources:PARSERS")
def json_in_latin(original: Any) -> Any:
    """What a JSON file says beyond ASCII is garbled."""

    def parse(text: str) -> Any:
        return original[".json"](text.encode().decode("latin-1"))

    return {**original, ".json": parse}


@defect("configuring.written-without-numbers", breaks=["CV-9"], at="support.configuring.writing:plain")
def written_without_numbers(original: Any) -> Any:
    """A written configuration lacks its numbers above one, as if nobody had said them."""

    def plain(value: Any, *, secrets: bool) -> Any:
        content = original(value, secrets=secrets)
        return {name: each for name, each in content.items() if not (isinstance(each, int | float) and each > 1)}

    return plain


@defect("configuring.unknown-names-pass", breaks=["CV-10"], at=f"{LOADING}:_known", spreads=("CV-3", "CV-11"))
def unknown_names_pass(original: Any) -> Any:
    """A misspelt name is left unread, without a word."""
    return lambda layer, names, _prefix, *, near: original(layer, names, None, near=near and False)


@defect("configuring.names-of-others-are-taken", breaks=["CV-10"], at=f"{LOADING}:_known", spreads=ALL)
def names_of_others_are_taken(original: Any) -> Any:
    """A variable of another program is taken for the setting whose name ends so."""

    def known(layer: Any, names: Any, prefix: Any, *, near: bool) -> Any:
        for name in [each for each in layer.values if prefix and f"{prefix}{each}" in names]:
            layer.values.setdefault(f"{prefix}{name}", layer.values[name])
            layer.origins.setdefault(f"{prefix}{name}", layer.origins[name])
        return original(layer, names, prefix, near=near)

    return known


@defect("configuring.no-nearest-name", breaks=["CV-10"], at=f"{LOADING}:nearest", spreads=("CV-3", "CV-11"))
def no_nearest_name(_original: Any) -> Any:
    """An unknown name is refused without the name that was meant."""
    return lambda _name, _known: ""


@defect(
    "configuring.out-of-bounds-is-replaced", breaks=["CV-11"], at=f"{LOADING}:_validated", spreads=("CV-3", "CV-10")
)
def out_of_bounds_is_replaced(original: Any) -> Any:
    """A number out of its bounds is silently replaced by the default."""
    return replacing(original, "greater_than", "greater_than_equal", "less_than", "less_than_equal")


@defect(
    "configuring.wrong-type-is-called-missing",
    breaks=["CV-3", "TD-27"],
    at=f"{LOADING}:_explain",
    spreads=("CV-1", "CV-10", "CV-11", "CV-12", "CV-13"),
)
def wrong_type_is_called_missing(original: Any) -> Any:
    """A value of a wrong type is refused as if nothing had been said."""
    return lambda *arguments: [replace(problem, fault="is required") for problem in original(*arguments)]


@defect("configuring.retries-wait-longer", breaks=["TD-17"], at=f"{LOADING}:_validated", spreads=("CV-5", "TD-26"))
def retries_wait_longer(original: Any) -> Any:
    """With nothing told the daemon waits for two seconds, not for one, before it tries again."""
    return defaulting(original, retry_base=2.0)


@defect("configuring.layers-are-nearer", breaks=["TD-8"], at=f"{LOADING}:_validated", spreads=("CV-5", "TD-26"))
def layers_are_nearer(original: Any) -> Any:
    """With nothing told the daemon leaves its shim less time than was promised."""
    return defaulting(original, daemon_timeout=190.0)


@defect("configuring.experts-may-outlast-their-tool", breaks=["TD-24"], at=f"{LOADING}:_validated")
def experts_may_outlast_their_tool(original: Any) -> Any:
    """An expert may take as long as the tool that asks it."""
    return let_pass(original, "must be below tool_timeout")


@defect(
    "configuring.senseless-is-replaced",
    breaks=["CV-11"],
    at=f"{LOADING}:_validated",
    spreads=("CV-1", "CV-3", "CV-10", "CV-12", "TD-24", "TD-27"),
)
def senseless_is_replaced(original: Any) -> Any:
    """What is empty, or cannot be what it is meant to be, is silently replaced by the default."""
    return replacing(original, "string_too_short", "value_error", "finite_number", "float_type", "int_type")


@defect("configuring.valid-numbers-are-refused", breaks=["CV-11"], at=f"{LOADING}:_validated", spreads=ALL)
def valid_numbers_are_refused(original: Any) -> Any:
    """A number within its bounds is refused as out of them."""

    def validated(model: Any, values: Any) -> Any:
        numbers = [name for name, value in values.items() if isinstance(value, int | float) and value > 0]
        return original(model, values | dict.fromkeys(numbers[:1], -1))

    return validated


@defect("configuring.another-address", breaks=["CV-5"], at=f"{LOADING}:_validated", spreads=("CV", "TD-26"))
def another_address(original: Any) -> Any:
    """With nothing told, what serves does so at another address than the documented one."""
    return defaulting(original, host="127.0.0.2")


@defect("configuring.settings-shown-in-clear", breaks=["CV-13"], at=f"{LOADING}:rows")
def settings_shown_in_clear(original: Any) -> Any:
    """The settings are shown with the secrets in clear."""

    def rows(value: Any, origins: Any) -> Any:
        shown = {name: getattr(value, name) for name in type(value).model_fields}
        clear = {name: each.get_secret_value() for name, each in shown.items() if hasattr(each, "get_secret_value")}
        return [replace(row, value=clear.get(row.name, row.value)) for row in original(value, origins)]

    return rows


@defect("configuring.help-tells-what-is-set", breaks=["CV-13"], at="support.configuring.starting:_parser", spreads=ALL)
def help_tells_what_is_set(original: Any) -> Any:
    """Who asks a backend for help is told what is set at the moment, the secrets in clear."""

    def parser(model: Any, stem: str, program: str) -> Any:
        asked = original(model, stem, program)
        with suppress(ConfigurationError):
            asked.epilog += f"\nset: {serialise(home(original).read(model, stem).value, secrets=True)}"
        return asked

    return parser


@defect("configuring.suites-help-tells-what-is-set", breaks=["CV-13"], at="support.cli:app")
def suites_help_tells_what_is_set(original: Any) -> Any:
    """Who asks the suite for help is told what is set at the moment, the secrets in clear."""

    def app(argv: Any = None, **more: Any) -> Any:
        if "--help" in (argv or ()):
            say(serialise(settings.read().value, secrets=True))
        return original(argv, **more)

    return app


@defect(
    "configuring.failure-repeats-the-address",
    breaks=["CV-13"],
    at="support.backends.evaluation_platform.storage:_engine",
)
def failure_repeats_the_address(original: Any) -> Any:
    """A database that cannot be opened is told by its address, with the password in it."""

    def engine(url: str) -> Any:
        try:
            return original(url)
        except Exception as fault:
            raise OSError(f"{url} cannot be opened: {fault}") from fault

    return engine


@defect("configuring.written-with-secrets-unasked", breaks=["CV-13"], at="support.configuring.writing:plain")
def written_with_secrets_unasked(original: Any) -> Any:
    """A written configuration holds the secrets, although nobody asked for them."""
    return lambda value, **_: original(value, secrets=True)


@defect("configuring.report-knows-no-secrets", breaks=["CV-13"], at="support.running.configuration:register_secret")
def report_knows_no_secrets(_original: Any) -> Any:
    """The keys of the configuration stand in the report wherever a step tells them."""
    return lambda _secret: None


@defect("configuring.dotenv-is-read-twice", breaks=["CV-14"], at=f"{READING}:from_dotenv")
def dotenv_is_read_twice(original: Any) -> Any:
    """.env is read a second time, when it may say something else."""
    return lambda path: original(path) and original(path)


@defect("configuring.emulators-dotenv-is-read-twice", breaks=["CV-14"], at="support.processes.keeping:from_dotenv")
def emulators_dotenv_is_read_twice(original: Any) -> Any:
    """The emulators' .env is read a second time, when it may say something else."""
    return lambda path: original(path) and original(path)


@defect("configuring.last-start-is-remembered", breaks=["CV-14"], at="support.configuring.starting:read")
def last_start_is_remembered(original: Any) -> Any:
    """A backend that has been started before is what it was then, whatever its files say now."""
    kept = Path("last-start")

    def read(model: Any, stem: str, **sources: Any) -> Any:
        if kept.exists():
            return original(model, stem, arguments=json.loads(kept.read_text(encoding="utf-8")))
        found = original(model, stem, **sources)
        kept.write_text(serialise(found.value, secrets=True), encoding="utf-8")
        return found

    return read


@defect(
    "configuring.follows-the-file-while-running",
    breaks=["CV-14"],
    at="support.backends.evaluation_platform.calls:read_body",
)
def follows_the_file_while_running(original: Any) -> Any:
    """A running platform looks into its configuration again with each request."""

    async def read_body(request: Any, _limit: int) -> Any:
        from support.configuring import read  # noqa: PLC0415 - only inside the platform

        settings = read(type(request.state.call.settings), "evaluation_platform").value
        return await original(request, settings.max_body_bytes)

    return read_body


DAEMON = "support.backends.tool_daemon.settings"


@defect("configuring.timeouts-in-any-order", breaks=["TD-8", "TD-10"], at=f"{DAEMON}:check_hierarchy")
def timeouts_in_any_order(_original: Any) -> Any:
    """A tool daemon is started whose tools may take longer than the daemon waits for them."""
    return lambda _settings: None


@defect("configuring.margins-are-ignored", breaks=["TD-8", "TD-10"], at=f"{DAEMON}:MARGINS")
def margins_are_ignored(original: Any) -> Any:
    """The limits of a tool daemon need only be in order, without the time that it takes to stop and to tell."""
    return dict.fromkeys(original, 1.0)


@defect("configuring.environment-is-not-read", breaks=["TD-9", "TD-23"], at=f"{LOADING}:from_environment", spreads=ALL)
def environment_is_not_read(original: Any) -> Any:
    """What the environment says is left unread."""
    return lambda _environment: original({})


@defect("configuring.defaults-over-everything", breaks=["TD-25"], at=f"{LOADING}:_validated", spreads=ALL)
def defaults_over_everything(original: Any) -> Any:
    """A setting that has a default keeps it, whatever anybody says."""

    def validated(model: Any, values: Any) -> Any:
        return original(model, {name: each for name, each in values.items() if model.model_fields[name].is_required()})

    return validated


@defect("configuring.no-time-is-too-short-or-long", breaks=["TD-24"], at=f"{LOADING}:_validated", spreads=ALL)
def no_time_is_too_short_or_long(original: Any) -> Any:
    """A limit of no time, of less than none, or of for ever is taken."""
    bounds = {"greater_than", "greater_than_equal", "less_than_equal", "finite_number"}

    def validated(model: Any, values: Any) -> Any:
        try:
            return original(model, values)
        except ValidationError as fault:
            if any(error["type"] not in bounds for error in fault.errors()):
                raise
            return model.model_construct(**values)

    return validated


@defect("configuring.another-heartbeat", breaks=["TD-26"], at=f"{LOADING}:_validated", spreads=ALL)
def another_heartbeat(original: Any) -> Any:
    """With nothing told, the heartbeats of a tool daemon come at another interval than the documented one."""

    def validated(model: Any, values: Any) -> Any:
        other = {"heartbeat_interval": 6.0} if "heartbeat_interval" in model.model_fields else {}
        return original(model, {**other, **values})

    return validated


@defect("configuring.fractions-are-cut", breaks=["TD-27"], at=f"{LOADING}:_parsed", spreads=ALL)
def fractions_are_cut(original: Any) -> Any:
    """Of half a second a whole one is made."""

    def parsed(value: Any, info: Any) -> Any:
        found = original(value, info)
        is_time = isinstance(found, str) and found.replace(".", "", 1).isdigit() and "." in found
        return str(max(1, int(float(found)))) if is_time else found

    return parsed


@defect("configuring.token-is-not-missed", breaks=["TD-28"], at=f"{DAEMON}:require")
def token_is_not_missed(_original: Any) -> Any:
    """A tool daemon is started without the token that its clients are to present."""
    return lambda _settings: None


@defect(
    "configuring.files-are-read-twice", breaks=["TD-29"], at="support.configuring.starting:read", spreads=("CV-14",)
)
def files_are_read_twice(original: Any) -> Any:
    """A backend reads its files, and then reads them again: what it serves with may be half of each."""

    def read(*arguments: Any, **more: Any) -> Any:
        original(*arguments, **more)
        return original(*arguments, **more)

    return read
