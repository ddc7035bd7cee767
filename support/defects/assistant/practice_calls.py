"""Calls to the practice: as whom, how often, and what becomes of what it answers."""

import html
import logging
import re
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any

from support.defects import defect, home

AROUND = ["TC", "PA", "UI", "DG", "WS", "ST", "PE"]
"""Blocks whose scenarios look through calls to the practice, too."""


@defect("practice.profile-of-clients-is-told", breaks=["PA-3"], at="practice:is_client", spreads=AROUND)
def profile_of_clients_is_told(_original: Any) -> Any:
    """Clients are asked for with a profile, as practitioners are."""
    return lambda profile: False


@defect("practice.cookies-are-kept", breaks=["PA-92"], at="practice:no_cookies", spreads=AROUND)
def cookies_are_kept(_original: Any) -> Any:
    """Whatever the practice has handed to one caller is shown to it for every other one, too."""
    return CookieJar


@defect("practice.is-asked-as-itself", breaks=["PA-1", "WS-8"], at="practice:headers", spreads=AROUND)
def is_asked_as_itself(original: Any) -> Any:
    """The practice is asked with a token of the service's own."""
    return lambda caller: {**original(caller), "Authorization": "Bearer token-of-the-service"}


@defect("practice.refusals-are-tried-again", breaks=["PA-4"], at="practice:is_passing", spreads=AROUND)
def refusals_are_tried_again(original: Any) -> Any:
    """What the practice does not allow is tried again."""
    return lambda fault: original(fault) or isinstance(fault, home(original).PracticeRefusedError)


@defect("practice.is-asked-as-nobody-after-a-refusal", breaks=["PA-4"], at="practice:PracticeApi.send", spreads=AROUND)
def is_asked_as_nobody_after_a_refusal(original: Any) -> Any:
    """What the practice does not allow somebody is asked for once more, without saying by whom."""

    async def send(api: Any, request: Mapping[str, Any], *, again: bool) -> Any:
        answer = await original(api, request, again=again)
        if answer.status_code in (401, 403):
            await original(api, {**request, "headers": {}}, again=again)
        return answer

    return send


@defect("practice.refusals-are-not-told", breaks=["PA-4"], at="chat:tell_refusals", spreads=AROUND)
def refusals_are_not_told(_original: Any) -> Any:
    """That the practice does not allow something is not told to whoever asks."""

    async def tell_refusals(_work: Any, context: Any) -> None:
        context.refused.clear()

    return tell_refusals


@defect("practice.refusals-tell-the-exception", breaks=["PA-4"], at="chat:refusal_text", spreads=AROUND)
def refusals_tell_the_exception(_original: Any) -> Any:
    """Whoever is refused reads the text of an exception."""
    return lambda status: (
        f"PracticeRefusedError: {status} for http://10.0.0.7:3000/api/v1/haystack (practice.py, line 98)"
    )


@defect("practice.every-refusal-is-told", breaks=["PA-4"], at="chat:tell_refusals", spreads=AROUND)
def every_refusal_is_told(original: Any) -> Any:
    """Three refusals in one turn are told three times."""

    async def tell_refusals(work: Any, context: Any) -> None:
        for refusal in list(context.refused):
            context.refused[:] = [refusal]
            work.refusals_told.clear()
            await original(work, context)

    return tell_refusals


@defect("tools.failures-are-told-as-successes", breaks=["PA-5", "TC-10"], at="tools.base:failed", spreads=AROUND)
def failures_are_told_as_successes(original: Any) -> Any:
    """A tool that failed is told to have found nothing."""
    return lambda name, error: home(original).succeeded(name, {"total": 0})


@defect("practice.is-asked-ten-times", breaks=["PA-5"], at="practice:retrying", spreads=AROUND)
def is_asked_ten_times(original: Any) -> Any:
    """A practice that fails is asked ten times, whatever was set."""

    def retrying(api: Any) -> Any:
        stop = home(original).tenacity.stop_after_attempt(10)
        wait = home(original).tenacity.wait_none()
        return original(api).copy(stop=stop, wait=wait)

    return retrying


@defect("practice.silence-is-waited-out", breaks=["PA-6"], at="practice:PracticeApi.send", spreads=AROUND)
def silence_is_waited_out(_original: Any) -> Any:
    """Whoever asks a practice that is silent waits as long as it is."""

    async def send(api: Any, request: Any, *, again: bool) -> Any:
        del again
        return await api.http.request(**request, timeout=30.0)

    return send


@defect("practice.silence-is-forgetting", breaks=["PA-6"], at="practice:is_repeatable", spreads=AROUND)
def silence_is_forgetting(_original: Any) -> Any:
    """What may have been done already is asked again, and the doubt is not told."""
    return lambda method, path: True


@defect("practice.gibberish-is-nothing", breaks=["PA-7"], at="practice:parsed", spreads=AROUND)
def gibberish_is_nothing(original: Any) -> Any:
    """An answer that breaks off is taken for nothing found."""

    def parsed(answer: Any) -> Any:
        try:
            return original(answer)
        except home(original).PracticeMalformedError:
            return {"total": 0, "clients": [], "templates": [], "segments": [], "session_id": "", "client_id": ""}

    return parsed


@defect("practice.every-answer-is-believed", breaks=["PA-7"], at="tools.calls:checked", spreads=AROUND)
def every_answer_is_believed(_original: Any) -> Any:
    """An answer that is something else is passed on as if it were one."""
    return lambda call, answer: answer


@defect("templates.markup-is-escaped", breaks=["PA-8"], at="tools.templates:parsed", spreads=AROUND)
def markup_is_escaped(original: Any) -> Any:
    """A template with markup is selected with its signs replaced."""

    def parsed(template: Any) -> Any:
        read = original(template)
        return {**read, "templateContent": html.escape(read["templateContent"])}

    return parsed


@defect("templates.placeholders-are-lost", breaks=["PA-8"], at="tools.templates:parsed", spreads=AROUND)
def placeholders_are_lost(original: Any) -> Any:
    """A template is selected with its placeholders filled in, by nothing."""

    def parsed(template: Any) -> Any:
        read = original(template)
        return {**read, "templateContent": re.sub(r"\{\{.*?\}\}", "", read["templateContent"])}

    return parsed


@defect("templates.only-their-whole-name", breaks=["PA-8"], at="tools.templates:called", spreads=AROUND)
def only_their_whole_name(original: Any) -> Any:
    """A template is found only by its name to the letter."""

    def called(name: str, templates: list[dict[str, str]]) -> Any:
        return original(name, [each for each in templates if each["templateName"] == name])

    return called


@defect("sessions.loaded-without-their-end", breaks=["PA-9"], at="tools.sessions:as_loaded", spreads=AROUND)
def loaded_without_their_end(original: Any) -> Any:
    """Of a long session only the first hundred pieces are loaded."""

    def as_loaded(session: Any, client: Any, name: Any, answer: Mapping[str, Any], metadata: Any) -> Any:
        return original(session, client, name, {**answer, "segments": answer["segments"][:100]}, metadata)

    return as_loaded


@defect("sessions.loaded-again-are-there-twice", breaks=["PA-9"], at="tools.sessions:keep", spreads=AROUND)
def loaded_again_are_there_twice(original: Any) -> Any:
    """A session that is loaded again is on the page twice."""

    async def keep(context: Any, session: dict[str, Any]) -> Any:
        here = home(original)
        await context.ui_state.change(loadedSessions=[*here.loaded_sessions(context), session])
        shown = here.described(session)
        context.actions.append(here.UiAction("load_session_direct", shown))
        return shown

    return keep


@defect("sessions.one-that-is-missing-hides-all", breaks=["PA-9"], at="tools.sessions:load_several", spreads=AROUND)
def one_that_is_missing_hides_all(original: Any) -> Any:
    """Of several sessions none is loaded when one of them is not there."""

    async def load_several(context: Any, arguments: Any) -> Any:
        before = context.ui_state.read().get("loadedSessions")
        found = await original(context, arguments)
        if found["failed"]:
            await context.ui_state.change(loadedSessions=before or [])
            raise home(original).ToolError("Not all of the sessions could be loaded.")
        return found

    return load_several


@defect("documents.stored-with-plain-signs", breaks=["PA-10"], at="tools.calls:body", spreads=AROUND)
def stored_with_plain_signs(original: Any) -> Any:
    """Documents are stored without whatever is no plain letter."""

    def body(call: Any, arguments: Mapping[str, Any]) -> Any:
        sent = original(call, arguments)
        if sent and "content" in sent:
            sent["content"] = sent["content"].encode("ascii", "ignore").decode()
        return sent

    return body


@defect("practice.tokens-are-logged", breaks=["PA-90"], at="practice:headers", spreads=AROUND)
def tokens_are_logged(original: Any) -> Any:
    """The log tells as whom the practice is asked, token and all."""

    def headers(caller: Any) -> Any:
        logging.getLogger(original.__module__).info("asking as %s", caller.token.get_secret_value())
        return original(caller)

    return headers


@defect("chat.what-is-said-is-logged", breaks=["PA-90"], at="chat:note", spreads=AROUND)
def what_is_said_is_logged(original: Any) -> Any:
    """The log tells what users write."""

    def note(work: Any) -> None:
        logging.getLogger(original.__module__).info("answered: %s", work.turn.text)
        original(work)

    return note


@defect("chat.replies-are-logged", breaks=["PA-90"], at="chat:actions_to_deliver", spreads=AROUND)
def replies_are_logged(original: Any) -> Any:
    """The log tells what users are answered."""

    def actions_to_deliver(reply: Any) -> Any:
        logging.getLogger(original.__module__).info("answered: %s", "".join(reply.pieces))
        return original(reply)

    return actions_to_deliver


@defect("practice.conflicts-are-tried-again", breaks=["PA-91"], at="practice:is_passing", spreads=AROUND)
def conflicts_are_tried_again(original: Any) -> Any:
    """What the practice finds wrong with an order is ordered again."""
    return lambda fault: original(fault) or isinstance(fault, home(original).PracticeError)


@defect("sessions.looked-at-are-loaded", breaks=["PA-9"], at="tools.sessions:load", spreads=AROUND)
def looked_at_are_loaded(original: Any) -> Any:
    """A session that is only looked at is put on the page, without its words."""

    async def load(context: Any, arguments: Any) -> Any:
        answer = await original(context, arguments)
        if not arguments.get("include_segments", True):
            await home(original).keep(context, home(original).from_session({**answer, "segments": []}))
        return answer

    return load


@defect(
    "sessions.loaded-but-for-the-last-word", breaks=["PA-9"], at="tools.sessions:as_loaded", spreads=[*AROUND, "EC"]
)
def loaded_but_for_the_last_word(original: Any) -> Any:
    """Of a session that is loaded what was said last is missing."""

    def as_loaded(session: Any, client: Any, name: Any, answer: Mapping[str, Any], metadata: Any) -> Any:
        return original(session, client, name, {**answer, "segments": answer["segments"][:-1]}, metadata)

    return as_loaded


@defect("templates.selected-by-description", breaks=["PA-8"], at="tools.templates:parsed", spreads=AROUND)
def selected_by_description(original: Any) -> Any:
    """Of a template what it is for is taken for what stands in it."""

    def parsed(template: Any) -> Any:
        read = original(template)
        return {**read, "templateContent": read["templateDescription"] or read["templateName"]}

    return parsed
