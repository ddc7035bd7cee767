"""Documents and summaries: written from what was said, what they say of themselves, and what keeps them back."""

import contextlib
import dataclasses
import datetime
from typing import Any

from pydantic import model_validator

from support.defects import defect, home


@defect("documents.lose-what-was-said", breaks=["DG-1"], at="documents:transcript", spreads=["DG"])
def lose_what_was_said(_original: Any) -> Any:
    """A document is written without what was said."""
    return lambda order: "The transcript is on file."


@defect("documents.metadata-names-no-client", breaks=["DG-13"], at="documents:metadata", spreads=["DG"])
def metadata_names_no_client(original: Any) -> Any:
    """A document does not tell whom it is about."""

    def metadata(order: Any, written: Any) -> Any:
        return {name: what for name, what in original(order, written).items() if name != "clientId"}

    return metadata


WRITING = ["DG", "PV", "EC"]
"""Every block whose scenarios have something written."""


def ordering(change: Any) -> Any:
    """A wrapper of `documents:request` that has `change` of an order written."""

    def wrapper(original: Any) -> Any:
        def request(settings: Any, order: Any) -> Any:
            return original(settings, dataclasses.replace(order, **change(order)))

        return request

    return wrapper


@defect("documents.template-is-left-out", breaks=["DG-1"], at="documents:material", spreads=WRITING)
def template_is_left_out(original: Any) -> Any:
    """A document is written from what was said, by no template."""

    def material(order: Any, settings: Any) -> str:
        bare = dataclasses.replace(order.template, content="Any form will do.")
        return str(original(dataclasses.replace(order, template=bare), settings))

    return material


@defect("documents.count-words-by-length", breaks=["DG-13"], at="prompts:word_count", spreads=WRITING)
def count_words_by_length(_original: Any) -> Any:
    """A document says that it has a word for every six characters."""
    return lambda text: len(text) // 6


@defect("documents.lines-are-joined", breaks=["DG-13"], at="documents:finished", spreads=WRITING)
def lines_are_joined(original: Any) -> Any:
    """The lines of a document are run together."""
    return lambda order, settings, text: " ".join(original(order, settings, text).split())


@defect("documents.nothing-said-is-nothing-told", breaks=["DG-2"], at="documents:transcript", spreads=WRITING)
def nothing_said_is_nothing_told(original: Any) -> Any:
    """Where nothing was said, the model is not told so, and makes something up."""
    return lambda order: original(order) if order.transcript.strip() else ""


@defect("documents.long-talks-lose-their-end", breaks=["DG-3", "EC-2"], at="transcripts:rendered", spreads=WRITING)
def long_talks_lose_their_end(original: Any) -> Any:
    """Of a long talk only the first ninety segments are read."""
    return lambda segments: original(list(segments)[:90])


@defect("documents.what-is-said-twice-is-told-once", breaks=["DG-3"], at="transcripts:rendered", spreads=WRITING)
def what_is_said_twice_is_told_once(original: Any) -> Any:
    """What is asked again in the same words is not told again."""

    def rendered(segments: Any) -> Any:
        return original(list({(each["speaker"], each["text"]): each for each in segments}.values()))

    return rendered


@defect("documents.nobody-knows-who-spoke", breaks=["DG-3"], at="transcripts:line", spreads=WRITING)
def nobody_knows_who_spoke(original: Any) -> Any:
    """What was said is told without who said it."""
    return lambda segment: original({**segment, "speaker": "Speaker"})


@defect("documents.placeholders-by-one-spelling", breaks=["DG-4"], at="placeholders:plain", spreads=["DG"])
def placeholders_by_one_spelling(_original: Any) -> Any:
    """A placeholder is known only when it is spelt as in the manual."""
    return lambda name: name


@defect("documents.placeholders-are-left-to-the-model", breaks=["DG-4"], at="placeholders:substituted", spreads=WRITING)
def placeholders_are_left_to_the_model(_original: Any) -> Any:
    """The model has to guess what a placeholder stands for."""
    return lambda text, values: text


@defect("documents.placeholders-stay-in-the-text", breaks=["DG-4"], at="placeholders:finished", spreads=WRITING)
def placeholders_stay_in_the_text(_original: Any) -> Any:
    """A placeholder that the model did not fill in stands in the signed document."""
    return lambda text, values, quoted: text


@defect("documents.date-of-greenwich", breaks=["DG-4"], at="documents:known", spreads=["DG"])
def date_of_greenwich(original: Any) -> Any:
    """A document bears the date of Greenwich, not that of the practice."""
    return lambda order, settings: original(order, settings.model_copy(update={"timezone": "UTC"}))


@defect("documents.names-in-plain-letters", breaks=["DG-5", "EC-7"], at="documents:known", spreads=["DG", "EC"])
def names_in_plain_letters(original: Any) -> Any:
    """Names lose the letters that an old machine does not know."""

    def known(order: Any, settings: Any) -> Any:
        return {name: what.encode("ascii", "replace").decode() for name, what in original(order, settings).items()}

    return known


@defect("documents.changes-are-not-kept", breaks=["DG-6"], at="tools.documents:refined", spreads=WRITING)
def changes_are_not_kept(original: Any) -> Any:
    """A changed document is as it was before."""

    async def refined(context: Any, document: Any, wishes: str) -> str:
        await original(context, document, wishes)
        return str(document["content"])

    return refined


@defect("documents.a-draft-replaces-the-other", breaks=["DG-6"], at="tools.documents:generated", spreads=WRITING)
def a_draft_replaces_the_other(original: Any) -> Any:
    """Of several drafts only the last one is known."""
    return lambda context: original(context)[-1:]


@defect("documents.changes-forget-the-document", breaks=["DG-6"], at="documents:refining", spreads=WRITING)
def changes_forget_the_document(original: Any) -> Any:
    """A document is changed from the wishes alone."""

    def refining(settings: Any, order: Any) -> Any:
        bare = dataclasses.replace(order.template, content="(on file)")
        return original(settings, dataclasses.replace(order, template=bare))

    return refining


@defect("documents.wishes-are-not-told", breaks=["DG-7"], at="documents:request", spreads=WRITING)
def wishes_are_not_told(original: Any) -> Any:
    """What the practitioner wishes beside the template is not told to the model that writes."""
    return ordering(lambda order: {"instructions": ""})(original)


@defect("documents.the-first-talk-is-kept", breaks=["DG-7"], at="documents:request", spreads=WRITING)
def the_first_talk_is_kept(original: Any) -> Any:
    """A document that is written again is written from what was known the first time."""
    first: dict[str, str] = {}
    return ordering(lambda order: {"transcript": first.setdefault(order.client.id, order.transcript)})(original)


@defect("documents.orders-share-a-desk", breaks=["DG-8"], at="documents:Writer.write", spreads=WRITING)
def orders_share_a_desk(original: Any) -> Any:
    """Of two documents that are asked for at once, the first is written of the second one's client."""
    desk: list[Any] = []

    async def write(writer: Any, order: Any, caller: Any, request_id: str) -> Any:
        desk.append(order)
        await writer.violation("template", order, caller, request_id)
        return await original(writer, desk[-1], caller, request_id)

    return write


@defect("documents.all-that-is-open-goes-in", breaks=["DG-8"], at="tools.documents:subject", spreads=WRITING)
def all_that_is_open_goes_in(_original: Any) -> Any:
    """Sessions of every client that are open go into one client's document."""
    return lambda loaded, current: sorted(loaded, key=lambda each: each["clientId"] != current.get("clientId"))


def instead(text: str) -> Any:
    """A wrapper of `prompts:text_of` that takes an answer without text for this one."""

    def wrapper(original: Any) -> Any:
        def text_of(completion: Any) -> str:
            try:
                return str(original(completion))
            except home(original).EmptyAnswerError:
                return completion.choices[0].message.content or text

        return text_of

    return wrapper


def forgiving(*kinds: str) -> Any:
    """A wrapper of `documents:Writer.write` for which a model's fault of these kinds is a text like any other."""

    def wrapper(original: Any) -> Any:
        async def write(writer: Any, order: Any, caller: Any, request_id: str) -> Any:
            documents = home(original)
            try:
                return await original(writer, order, caller, request_id)
            except documents.prompts.ModelFault as fault:
                if fault.code not in kinds:
                    raise
                return documents.Written(str(fault), documents.prompts.now())

        return write

    return wrapper


@defect("documents.silence-is-a-document", breaks=["DG-9"], at="documents:Writer.write", spreads=WRITING)
def silence_is_a_document(original: Any) -> Any:
    """A model that stays silent is answered with a document that says so."""
    return forgiving("model_timeout")(original)


@defect("documents.silence-is-a-failure", breaks=["DG-9"], at="model:ModelTimeoutError.status", spreads=WRITING)
def silence_is_a_failure(_original: Any) -> Any:
    """That the model was given up for its silence is told as a failure of its."""
    return 502


@defect("documents.nothing-is-a-document", breaks=["DG-10"], at="prompts:text_of", spreads=WRITING)
def nothing_is_a_document(original: Any) -> Any:
    """An answer without text becomes a document that says that it is one."""
    return instead("Document generated.")(original)


@defect("documents.a-beginning-is-a-document", breaks=["DG-10", "DG-11"], at="prompts:text_of", spreads=WRITING)
def a_beginning_is_a_document(original: Any) -> Any:
    """A text that was cut off, or stopped by the filter, is passed off as the document."""

    def text_of(completion: Any) -> str:
        text = completion.choices[0].message.content
        return text if text and text.strip() else str(original(completion))

    return text_of


@defect("documents.reason-is-not-told", breaks=["DG-10", "DG-11"], at="prompts:text_of", spreads=WRITING)
def reason_is_not_told(original: Any) -> Any:
    """That nothing was written is told, and not why the model stopped."""

    def text_of(completion: Any) -> str:
        prompts = home(original)
        try:
            return str(original(completion))
        except prompts.EmptyAnswerError:
            raise prompts.EmptyAnswerError("wrote nothing", "unknown") from None

    return text_of


@defect(
    "documents.no-model-is-a-silent-one",
    breaks=["DG-12"],
    at="model:ModelNotConfiguredError.__init__",
    spreads=["DG", "ST"],
)
def no_model_is_a_silent_one(_original: Any) -> Any:
    """Without a model the user is told to try again, for ever."""

    def init(fault: Any) -> None:
        Exception.__init__(fault, "The language model could not answer. Please try again.")

    return init


@defect("documents.empty-templates-are-taken", breaks=["DG-14"], at="rest:checked_visible", spreads=["DG", "EC"])
def empty_templates_are_taken(_original: Any) -> Any:
    """A template without a word is taken."""
    return lambda text: text


@defect("documents.broken-templates-are-taken", breaks=["DG-14"], at="placeholders:checked", spreads=["DG"])
def broken_templates_are_taken(_original: Any) -> Any:
    """A template with a placeholder that never ends is taken."""
    return lambda template: template


def reading(change: Any) -> Any:
    """A wrapper of `routes.documents:DocumentBody` that reads what `change` makes of an order."""

    def wrapper(original: Any) -> Any:
        class DocumentBody(original):  # type: ignore[misc]
            @model_validator(mode="before")
            @classmethod
            def changed(cls, order: Any) -> Any:
                return change(order)

        return DocumentBody

    return wrapper


def made_up(order: dict[str, Any]) -> dict[str, Any]:
    """An order in which every part that it lacks, or leaves empty, stands with something in it."""
    standard = {
        "template": {"id": "standard", "name": "Standard", "content": "Write a note."},
        "transcript": {"segments": []},
        "clientInfo": {"id": "unknown", "name": "The client"},
        "practitionerInfo": {"id": "unknown", "name": "The practitioner"},
    }

    def whole(part: Any, given: Any) -> Any:
        if given is None or (isinstance(given, str) and not given.strip()):
            return part
        if isinstance(part, dict) and isinstance(given, dict):
            return {**given, **{name: whole(inner, given.get(name)) for name, inner in part.items()}}
        return given

    made: dict[str, Any] = whole(standard, order)
    return made


@defect(
    "documents.what-is-missing-is-made-up",
    breaks=["DG-14", "EC-4"],
    at="routes.documents:DocumentBody",
    spreads=["DG", "EC"],
)
def what_is_missing_is_made_up(original: Any) -> Any:
    """What an order lacks, or leaves empty, the service makes up."""
    return reading(made_up)(original)


def with_any_template(order: dict[str, Any]) -> dict[str, Any]:
    """An order whose template is one, whatever was given for it."""
    given = order.get("template")
    if isinstance(given, str):
        return order | {"template": {"id": "text", "name": "Text", "content": given}}
    if isinstance(given, dict) and isinstance(given.get("content"), int):
        return order | {"template": given | {"content": str(given["content"])}}
    return order


@defect("documents.templates-of-any-kind-are-taken", breaks=["DG-14"], at="routes.documents:DocumentBody")
def templates_of_any_kind_are_taken(original: Any) -> Any:
    """A template that is no more than a text, or whose text is a number, is taken."""
    return reading(with_any_template)(original)


@defect("documents.refusals-do-not-say-what", breaks=["DG-90"], at="rest:answer_invalid", spreads=["DG", "EC", "SS"])
def refusals_do_not_say_what(original: Any) -> Any:
    """What is malformed is refused, without a word on what it is."""

    async def answer_invalid(_request: Any, _failure: Exception) -> Any:
        fault = {"type": "value_error", "loc": ["body"], "msg": "The request is invalid.", "input": None}
        return home(original).JSONResponse({"detail": [fault]}, 422)

    return answer_invalid


@defect("documents.long-ones-are-cut", breaks=["DG-15"], at="prompts:check_length", spreads=WRITING)
def long_ones_are_cut(_original: Any) -> Any:
    """What is longer than the model can read is sent all the same, to be cut off somewhere, and nobody is told."""
    return lambda settings, wanted, what: None


@defect("documents.half-the-window-is-used", breaks=["DG-15"], at="prompts:estimated_tokens", spreads=WRITING)
def half_the_window_is_used(original: Any) -> Any:
    """What the model could read is refused as too long."""
    return lambda wanted: original(wanted) * 2


@defect("summaries.only-the-last-conversation", breaks=["DG-18"], at="summaries:request", spreads=["DG", "EC"])
def only_the_last_conversation(original: Any) -> Any:
    """Of several conversations the last one is summarised."""
    return lambda settings, conversations: original(settings, list(conversations)[-1:])


@defect("summaries.only-a-few", breaks=["DG-18"], at="summaries:request", spreads=["DG", "EC"])
def only_a_few(original: Any) -> Any:
    """Of many conversations the first ten are summarised."""
    return lambda settings, conversations: original(settings, list(conversations)[:10])


@defect("summaries.refuse-several", breaks=["DG-18"], at="summaries:check_content", spreads=["DG", "EC"])
def refuse_several(original: Any) -> Any:
    """Several conversations at once are refused."""

    def check_content(conversations: Any) -> None:
        original(conversations if len(conversations) == 1 else [])

    return check_content


@defect("summaries.count-one", breaks=["DG-18"], at="summaries:metadata", spreads=["DG", "EC"])
def count_one(original: Any) -> Any:
    """A summary of several says that it is of one."""
    return lambda conversations, summary: original(conversations, summary) | {"conversation_count": 1}


@defect("summaries.one-of-nothing-refuses-all", breaks=["EC-4"], at="summaries:check_content", spreads=["DG", "EC"])
def one_of_nothing_refuses_all(original: Any) -> Any:
    """Several conversations are refused where in one of them nothing was said."""

    def check_content(conversations: Any) -> None:
        for each in conversations or [()]:
            original([each] if each else [])

    return check_content


@defect("summaries.of-nothing", breaks=["DG-18", "EC-4"], at="summaries:check_content", spreads=["DG", "EC"])
def of_nothing(_original: Any) -> Any:
    """Where nothing was said the model is asked all the same, and makes something up."""
    return lambda conversations: None


@defect("documents.faults-are-answered-as-success", breaks=["DG-90"], at="rest:told", spreads=WRITING)
def faults_are_answered_as_success(original: Any) -> Any:
    """A fault of the model is answered as success, with the fault in it."""

    @contextlib.contextmanager
    def told(part: str) -> Any:
        rest = home(original)
        try:
            with original(part):
                yield
        except rest.HTTPException as fault:
            if fault.status_code < 429:
                raise
            now = datetime.datetime.now(datetime.UTC).isoformat()
            body = {"content": fault.detail, "summary": fault.detail, "metadata": {}, "status": "success"}
            raise rest.HTTPException(200, body | {"generatedAt": now}) from fault

    return told


@defect("documents.faults-are-all-one", breaks=["DG-90"], at="rest:told", spreads=WRITING)
def faults_are_all_one(original: Any) -> Any:
    """Whatever is wrong with the model, the user is told to ask less often."""

    @contextlib.contextmanager
    def told(part: str) -> Any:
        rest = home(original)
        try:
            with original(part):
                yield
        except rest.HTTPException as fault:
            raise rest.HTTPException(min(fault.status_code, 429), fault.detail) from fault

    return told


@defect("documents.faults-tell-the-provider-s-words", breaks=["DG-90"], at="model:as_model_fault", spreads=WRITING)
def faults_tell_the_providers_words(original: Any) -> Any:
    """What the provider said of its keys and hosts is told to the user."""

    def as_model_fault(fault: Exception) -> Any:
        found = original(fault)
        found.args = (f"{found} {fault}",)
        return found

    return as_model_fault


@defect("documents.for-anybody", breaks=["DG-91"], at="rest:caller", spreads=["DG", "SS", "EC"])
def for_anybody(original: Any) -> Any:
    """Whoever shows no token is served as somebody."""

    def caller(request: Any) -> Any:
        rest = home(original)
        try:
            return original(request)
        except rest.HTTPException:
            return rest.caller_from("anybody", request.headers, None)

    return caller
