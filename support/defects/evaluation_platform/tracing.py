"""Tracing: spans taken in, told from each other, made into events of sessions, kept."""

import contextlib
import dataclasses
import re
import secrets
import threading
import uuid
import zlib
from typing import Any

from support.defects import defect, home

EVERY_TRACE = [f"TR-{number}" for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)]
"""Scenarios that look at what they promise through spans that were stored."""


def told(**changes: Any) -> Any:
    """A wrapper of `spans.as_event` that changes these fields of every event, each by a function of field and event."""

    def wrapper(original: Any) -> Any:
        def as_event(span: Any) -> dict[str, Any]:
            event: dict[str, Any] = original(span)
            return {**event, **{name: change(event[name], event) for name, change in changes.items()}}

        return as_event

    return wrapper


def without(*words: str) -> Any:
    """What is left of an object without the keys that hold one of these words."""
    return lambda what, _event: {key: one for key, one in what.items() if not any(word in key for word in words)}


# Spans and sessions --------------------------------------------------------------------------------------------------


@defect("tracing.parentage-is-lost", breaks=["TR-1"], at="collector:parent_event", spreads=EVERY_TRACE)
def parentage_is_lost(_original: Any) -> Any:
    """Every event hangs directly below its session, whatever span it was within."""
    return lambda _span, _known: None


@defect("tracing.session-is-by-trace-alone", breaks=["TR-1"], at="spans:session_of", spreads=EVERY_TRACE)
def session_is_by_trace_alone(_original: Any) -> Any:
    """Spans land in a session of their trace, whichever session they name."""
    return lambda span: str(uuid.UUID(hex=span.trace_id))


@defect("tracing.attributes-become-text", breaks=["TR-1"], at="otlp:value_of", spreads=EVERY_TRACE)
def attributes_become_text(original: Any) -> Any:
    """Numbers and yes or no in the attributes of a span come back as text."""

    def value_of(value: Any) -> Any:
        found = original(value)
        return found if isinstance(found, list | dict | None) else str(found)

    return value_of


@defect("tracing.early-children-stay-orphans", breaks=["TR-1", "TR-9"], at="collector:adopt_children")
def early_children_stay_orphans(original: Any) -> Any:
    """A span that arrives after those within it, becomes an event of which they know nothing."""

    def adopt_children(db: Any, project: str, parents: Any) -> None:
        events, spans = home(original).events, home(original).spans
        derived = [spans.derived_id(span.trace_id, span.span_id) for span, _ in parents]
        for child in events.children_of(db, project, derived):
            events.change(db, project, child, {"parent_id": child["session_id"]})

    return adopt_children


@defect("tracing.type-is-always-tool", breaks=["TR-1", "TR-2"], at="spans:event_type_of", spreads=EVERY_TRACE)
def type_is_always_tool(_original: Any) -> Any:
    """A model call is stored as a tool, as everything else is."""
    return lambda _span: "tool"


@defect("tracing.untold-type-is-model", breaks=["TR-1"], at="spans:speaks_of_model", spreads=EVERY_TRACE)
def untold_type_is_model(_original: Any) -> Any:
    """What says nothing of its type is stored as a model call, whatever it tells."""
    return lambda _span: True


@defect("tracing.model-calls-have-sessions-of-their-own", breaks=["TR-2"], at="spans:session_of", spreads=EVERY_TRACE)
def model_calls_have_sessions_of_their_own(original: Any) -> Any:
    """The model call of a workflow and the data processing after it are two sessions."""

    def session_of(span: Any) -> str:
        own = str(uuid.uuid5(uuid.NAMESPACE_OID, span.span_id))
        return own if home(original).event_type_of(span) == "model" else str(original(span))

    return session_of


# Failures ------------------------------------------------------------------------------------------------------------


@defect("tracing.error-without-message", breaks=["TR-3"], at="spans:error_of")
def error_without_message(original: Any) -> Any:
    """A failed span is an error event that does not say what failed."""
    return lambda span: original(span) and "error"


@defect("tracing.error-is-no-error", breaks=["TR-3"], at="spans:error_of")
def error_is_no_error(_original: Any) -> Any:
    """A failed span is stored as an event like any other."""
    return lambda _span: None


# Contents ------------------------------------------------------------------------------------------------------------


@defect("tracing.other-alphabets-are-dropped", breaks=["TR-97"], at="spans:in_order")
def other_alphabets_are_dropped(original: Any) -> Any:
    """What a span says under a name that is not of plain letters is lost."""
    return lambda attributes: [(name, value) for name, value in original(attributes) if name.isascii()]


@defect("tracing.what-looks-like-json-is-dropped", breaks=["TR-97"], at="spans:parse_if_json")
def what_looks_like_json_is_dropped(original: Any) -> Any:
    """A text that begins like an object and is none is lost."""

    def parse_if_json(value: Any) -> Any:
        found = original(value)
        return None if isinstance(found, str) and found.startswith("{") else found

    return parse_if_json


@defect("tracing.halves-of-characters-are-dropped", breaks=["TR-97"], at="spans:parse_if_json")
def halves_of_characters_are_dropped(original: Any) -> Any:
    """A text that holds half a character comes back without it."""

    def parse_if_json(value: Any) -> Any:
        return original(re.sub(r"\\ud[89a-f]..", "", value) if isinstance(value, str) else value)

    return parse_if_json


@defect("tracing.numbered-things-become-a-list", breaks=["TR-97"], at="spans:with_lists")
def numbered_things_become_a_list(original: Any) -> Any:
    """An object whose entries are called 0, 1, 2 comes back as a list."""

    def with_lists(value: Any) -> Any:
        numbered = isinstance(value, dict) and value and list(value) == [str(place) for place in range(len(value))]
        return [with_lists(one) for one in value.values()] if numbered else original(value)

    return with_lists


@defect("tracing.thing-replaces-its-parts", breaks=["TR-97"], at="spans:in_order")
def thing_replaces_its_parts(original: Any) -> Any:
    """What a span says of a thing takes the place of what it says of the thing's parts."""
    return lambda attributes: original(attributes)[::-1]


@defect("tracing.feedback-and-user-are-dropped", breaks=["TR-98"], at="spans:as_event")
def feedback_and_user_are_dropped(original: Any) -> Any:
    """What a span says of how its user liked it, and of who that was, is not kept."""
    return told(feedback=lambda _what, _event: {}, user_properties=lambda _what, _event: {})(original)


@defect("tracing.configuration-is-dropped", breaks=["TR-98"], at="spans:as_event", spreads=["TR-4"])
def configuration_is_dropped(original: Any) -> Any:
    """With which configuration a step was done is not kept."""
    return told(config=lambda _what, _event: {})(original)


@defect("tracing.times-are-an-hour-late", breaks=["TR-99"], at="spans:milliseconds")
def times_are_an_hour_late(original: Any) -> Any:
    """Every span is said to have been an hour later than it was."""
    return lambda nanoseconds: original(nanoseconds) + 3_600_000


@defect("tracing.times-are-whole-milliseconds", breaks=["TR-99"], at="spans:milliseconds", spreads=EVERY_TRACE)
def times_are_whole_milliseconds(original: Any) -> Any:
    """When a span began and ended is kept to the millisecond."""
    return lambda nanoseconds: int(original(nanoseconds))


@defect("tracing.bare-output-is-dropped", breaks=["TR-98"], at="spans:in_order", spreads=[*EVERY_TRACE, "EV-4"])
def bare_output_is_dropped(original: Any) -> Any:
    """What a span gives as its output, and not as a part of it, is lost."""
    return lambda attributes: [pair for pair in original(attributes) if pair[0] != "honeyhive_outputs"]


@defect("tracing.openinference-is-not-understood", breaks=["TR-98"], at="spans:place_openinference")
def openinference_is_not_understood(_original: Any) -> Any:
    """What OpenInference's tracers say of input and output is in neither."""
    return lambda _made, _attributes: None


@defect("tracing.service-is-dropped", breaks=["TR-1"], at="spans:as_event")
def service_is_dropped(original: Any) -> Any:
    """Of which service a span is, which its resource says, is not kept."""
    return told(source=lambda _what, _event: None)(original)


@defect("tracing.scores-are-dropped", breaks=["TR-1"], at="spans:as_event")
def scores_are_dropped(original: Any) -> Any:
    """What a span says of how good a step was is not kept."""
    return told(metrics=lambda _what, _event: {})(original)


@defect("tracing.tokens-are-dropped", breaks=["TR-4", "TR-12"], at="spans:as_event", spreads=["TR-1"])
def tokens_are_dropped(original: Any) -> Any:
    """What a model call has cost in tokens is not kept."""
    return told(metadata=without("tokens"))(original)


@defect("tracing.model-name-is-dropped", breaks=["TR-4", "TR-12"], at="spans:as_event", spreads=["TR-1"])
def model_name_is_dropped(original: Any) -> Any:
    """Which model was called is not kept."""
    return told(metadata=without("model"), config=without("model"))(original)


@defect(
    "tracing.steps-of-a-conversation-are-skipped", breaks=["TR-4", "TR-8"], at="collector:take", spreads=EVERY_TRACE
)
def steps_of_a_conversation_are_skipped(original: Any) -> Any:
    """Of a session's events with the type tool, only the first is stored."""
    seen: dict[str, str] = {}

    def take(db: Any, project: str, received: Any) -> Any:
        spans = home(original).spans
        kept = [
            each
            for each in received
            if spans.event_type_of(each) != "tool"
            or seen.setdefault(spans.session_of(each), each.span_id) == each.span_id
        ]
        return original(db, project, kept)

    return take


@defect("tracing.inputs-are-not-kept", breaks=["TR-8"], at="spans:as_event", spreads=EVERY_TRACE)
def inputs_are_not_kept(original: Any) -> Any:
    """What went into a step is not stored, only what came out of it."""
    return told(inputs=lambda _what, _event: {})(original)


@defect("tracing.digits-are-masked", breaks=["TR-8"], at="spans:as_event", spreads=EVERY_TRACE)
def digits_are_masked(original: Any) -> Any:
    """Digits in what a tool was given and what it made come back as signs."""

    def masked(what: Any, event: Any) -> Any:
        return _masked(what) if event["event_type"] == "tool" else what

    return told(inputs=masked, outputs=masked)(original)


def _masked(what: Any) -> Any:
    if isinstance(what, dict):
        return {key: _masked(one) for key, one in what.items()}
    return re.sub(r"\d", "#", what) if isinstance(what, str) else what


# Tenants -------------------------------------------------------------------------------------------------------------


@defect("tracing.spans-go-to-whoever-was-first", breaks=["TR-5"], at="collector:take")
def spans_go_to_whoever_was_first(original: Any) -> Any:
    """Spans of a name that another tenant has used are stored with that tenant."""
    owners: dict[str, str] = {}

    def take(db: Any, project: str, received: Any) -> Any:
        refused = 0
        for each in received:
            refused += original(db, owners.setdefault(each.name, project), [each])
        return refused

    return take


@defect("tracing.tenant-attribute-is-dropped", breaks=["TR-5"], at="spans:as_event")
def tenant_attribute_is_dropped(original: Any) -> Any:
    """An event does not say whose it is."""
    return told(metadata=without("tenant"))(original)


# Batches -------------------------------------------------------------------------------------------------------------


@defect("tracing.batch-drops-its-last-span", breaks=["TR-6"], at="collector:take", spreads=EVERY_TRACE)
def batch_drops_its_last_span(original: Any) -> Any:
    """The last span of a batch is acknowledged with the others and never stored."""
    return lambda db, project, received: original(db, project, received[:-1] if len(received) > 1 else received)


@defect("tracing.second-claim-of-an-event-id-is-dropped", breaks=["TR-96"], at="collector:new_spans")
def second_claim_of_an_event_id_is_dropped(original: Any) -> Any:
    """Of spans that ask for the same event id only the first is stored; all are acknowledged."""

    def new_spans(received: Any, known: Any) -> Any:
        first: dict[str, Any] = {}
        for span, event in original(received, known):
            first.setdefault(event["event_id"], (span, event))
        return list(first.values())

    return new_spans


@defect("tracing.repeated-batch-is-stored-twice", breaks=["TR-6", "TR-9"], at="collector:take", spreads=EVERY_TRACE)
def repeated_batch_is_stored_twice(original: Any) -> Any:
    """A span that is sent again becomes a second event."""
    seen: set[tuple[str, str, str]] = set()

    def take(db: Any, project: str, received: Any) -> Any:
        fresh = []
        for each in received:
            key = (project, each.trace_id, each.span_id)
            again = key in seen and home(original).otlp.is_valid(each)
            fresh.append(dataclasses.replace(each, span_id=secrets.token_hex(8)) if again else each)
            seen.add(key)
        return original(db, project, fresh)

    return take


@defect("tracing.repeated-span-replaces-the-first", breaks=["TR-6", "TR-9"], at="collector:take")
def repeated_span_replaces_the_first(original: Any) -> Any:
    """A span that is sent again overwrites what it said the first time."""

    def take(db: Any, project: str, received: Any) -> Any:
        collector = home(original)
        known = collector.stored_spans(db, project, received)
        for each in received:
            if collector.span_key(each) in known:
                event = collector.events.find(db, project, known[collector.span_key(each)])
                collector.events.change(db, project, event, {"outputs": collector.spans.as_event(each)["outputs"]})
        return original(db, project, received)

    return take


@defect("tracing.batch-waits-for-the-next", breaks=["TR-6", "TR-11"], at="collector:take", spreads=EVERY_TRACE)
def batch_waits_for_the_next(original: Any) -> Any:
    """A batch of a trace is stored when the next one of its project comes; the last one waits for ever."""
    waiting: dict[str, Any] = {}

    def take(db: Any, project: str, received: Any) -> Any:
        before, waiting[project] = waiting.get(project, []), received
        return original(db, project, before)

    return take


# Collector -----------------------------------------------------------------------------------------------------------


@defect("tracing.acknowledged-before-it-is-kept", breaks=["TR-9"], at="collector:take", spreads=EVERY_TRACE)
def acknowledged_before_it_is_kept(original: Any) -> Any:
    """Spans are acknowledged at once and stored half a second later: those of a service that is killed are lost."""
    later: list[tuple[str, Any]] = []

    def take(db: Any, project: str, received: Any) -> Any:
        kept = [each for each in received if home(original).otlp.is_valid(each)]
        later.append((project, kept))
        engine = db.engine

        def store() -> None:
            with engine.begin() as own:
                while later:
                    original(own, *later.pop(0))

        threading.Timer(0.5, store).start()
        return len(received) - len(kept)

    return take


@defect("tracing.packed-exports-are-refused", breaks=["TR-9"], at="otlp:decompress", spreads=EVERY_TRACE)
def packed_exports_are_refused(original: Any) -> Any:
    """An export that is packed with gzip is refused."""

    def decompress(body: bytes, encoding: Any, limit: int) -> bytes:
        if encoding == "gzip":
            raise home(original).Problem(415, "Content-Encoding: gzip is not taken here")
        return bytes(original(body, encoding, limit))

    return decompress


@defect("tracing.unpacked-size-is-not-looked-at", breaks=["TR-9"], at="otlp:gunzip")
def unpacked_size_is_not_looked_at(original: Any) -> Any:
    """A small packed export may be of any size unpacked."""
    return lambda body, _limit: original(body, 1 << 30)


@defect("tracing.only-the-first-stream-is-unpacked", breaks=["TR-9"], at="otlp:gunzip")
def only_the_first_stream_is_unpacked(original: Any) -> Any:
    """Of an export that is packed piece by piece only the first piece is stored; the whole is acknowledged."""

    def gunzip(body: bytes, limit: int) -> Any:
        first = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        with contextlib.suppress(zlib.error):
            first.decompress(body)
        return original(body.removesuffix(first.unused_data), limit)

    return gunzip


@defect("tracing.malformed-exports-are-acknowledged", breaks=["TR-9"], at="otlp:decode")
def malformed_exports_are_acknowledged(original: Any) -> Any:
    """What cannot be read is acknowledged as if it had been stored."""

    def decode(payload: bytes, encoding: str) -> Any:
        try:
            return original(payload, encoding)
        except home(original).Problem:
            return []

    return decode


SENDS_SPANS = [*EVERY_TRACE, "TR-90", "TR-91", "EV-4"]


@defect("tracing.json-is-acknowledged-and-lost", breaks=["TR-9"], at="otlp:decode_json", spreads=SENDS_SPANS)
def json_is_acknowledged_and_lost(original: Any) -> Any:
    """An export in JSON is acknowledged, and nothing of it is stored."""

    def decode_json(payload: bytes) -> Any:
        list(original(payload))
        return iter(())

    return decode_json


@defect("tracing.every-media-type-is-taken", breaks=["TR-9"], at="otlp:media_type")
def every_media_type_is_taken(original: Any) -> Any:
    """An export is taken for protobuf whatever it calls itself."""
    return lambda header: original("application/json" if "json" in (header or "") else "application/x-protobuf")


@defect("tracing.refusals-are-not-in-protobuf", breaks=["TR-9"], at="otlp:refusal")
def refusals_are_not_in_protobuf(_original: Any) -> Any:
    """A protobuf export that is refused is answered in another encoding."""
    return lambda _encoding, _message: None


@defect("tracing.refused-spans-are-not-reported", breaks=["TR-9"], at="collector:answer")
def refused_spans_are_not_reported(original: Any) -> Any:
    """An export of which some spans were refused is answered as if all had been stored."""
    return lambda encoding, _refused: original(encoding, 0)


@defect("tracing.any-key-may-export", breaks=["TR-9"], at="auth:admit")
def any_key_may_export(original: Any) -> Any:
    """Spans are taken from whoever sends them, with or without a key."""

    def admit(db: Any, admin_key: str, header: Any, path: str) -> Any:
        auth = home(original)
        try:
            return original(db, admin_key, header, path)
        except auth.Problem:
            if not path.endswith("/traces"):
                raise
            first = db.execute(auth.KEYS.select()).mappings().first()
            return auth.Key(first["id"], auth.Kind(first["kind"]), first["project_id"])

    return admit


# Agents --------------------------------------------------------------------------------------------------------------


@defect("tracing.tools-of-agents-are-models", breaks=["TR-12"], at="spans:event_type_of")
def tools_of_agents_are_models(original: Any) -> Any:
    """The tools that an agent's framework has run are stored as model calls."""

    def event_type_of(span: Any) -> str:
        operation = span.attributes.get("gen_ai.operation.name")
        return "model" if operation == "execute_tool" else str(original(span))

    return event_type_of
