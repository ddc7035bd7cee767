"""Chains of tools: what is made once, what fails on the way, where they end, and what stays in the practice."""

import copy
import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from support.defects import defect, home

AROUND = ["TC", "PA", "UI", "DG", "WS", "ST", "PE"]
"""Blocks whose scenarios look through chains, too."""


@defect("chains.end-with-the-first-failure", breaks=["TC-2"], at="chat:run_call", spreads=AROUND)
def end_with_the_first_failure(original: Any) -> Any:
    """After a tool has failed no other tool of that reply is run."""
    failed: dict[str, dict[str, Any]] = {}

    async def run_call(context: Any, call: Any) -> dict[str, Any]:
        if context.request_id in failed:
            return {**failed[context.request_id], "tool": call.name}
        result: dict[str, Any] = await original(context, call)
        if not result["success"]:
            failed[context.request_id] = result
        return result

    return run_call


@defect("chains.template-is-its-name", breaks=["TC-3", "UI-4"], at="tools.documents:selected", spreads=AROUND)
def template_is_its_name(original: Any) -> Any:
    """A document is written by the name of the selected template, not by what stands in it."""

    def selected(context: Any) -> Any:
        found = original(context)
        return found and {**found, "templateContent": found["templateName"]}

    return selected


def _spoilt(tool: str, spoil: Any) -> Any:
    """What a tool's call answers, spoilt."""

    def wrapper(original: Any) -> Any:
        async def make(context: Any, name: str, arguments: Mapping[str, Any]) -> Any:
            answer = await original(context, name, arguments)
            return spoil(answer) if name == tool else answer

        return make

    return wrapper


@defect("chains.every-session-is-invalid", breaks=["TC-4"], at="tools.calls:make", spreads=AROUND)
def every_session_is_invalid(original: Any) -> Any:
    """Sessions that are there are told to be invalid."""
    spoil = _spoilt("validate_sessions", lambda answer: {**answer, "valid": 0, "invalid": len(answer["sessions"])})
    return spoil(original)


@defect("chains.analysis-without-mood", breaks=["TC-5"], at="tools.calls:make", spreads=AROUND)
def analysis_without_mood(original: Any) -> Any:
    """The analysis of a conversation leaves out how the client felt."""
    spoil = _spoilt("analyze_conversation", lambda answer: {k: v for k, v in answer.items() if k != "sentiment"})
    return spoil(original)


@defect("chains.first-conversation-is-all", breaks=["TC-6"], at="tools.calls:make", spreads=AROUND)
def first_conversation_is_all(original: Any) -> Any:
    """Of several conversations the messages of the one that was read first are told again and again."""
    read: dict[tuple[str, str], Any] = {}

    async def make(context: Any, name: str, arguments: Mapping[str, Any]) -> Any:
        if name != "get_conversation_messages":
            return await original(context, name, arguments)
        key = context.request_id, str(arguments["client_id"])
        if key not in read:
            read[key] = await original(context, name, arguments)
        return read[key]

    return make


@defect("chains.template-is-guessed", breaks=["TC-7"], at="tools.templates:called", spreads=AROUND)
def template_is_guessed(original: Any) -> Any:
    """Of several templates that fit a name, the first is taken without asking."""

    def called(name: str, templates: list[dict[str, str]]) -> dict[str, str]:
        near = [each for each in templates if name.casefold() in each["templateName"].casefold()]
        chosen: dict[str, str] = near[0] if near else original(name, templates)
        return chosen

    return called


@defect("chains.readiness-forgets-the-client", breaks=["TC-8"], at="tools.documents:readiness", spreads=AROUND)
def readiness_forgets_the_client(original: Any) -> Any:
    """Whether a document can be written is told without the client who is selected."""

    async def readiness(context: Any, arguments: Any) -> Any:
        return {**await original(context, arguments), "current_client": None}

    return readiness


@defect("practice.is-asked-but-once", breaks=["TC-9", "PA-5"], at="practice:is_passing", spreads=AROUND)
def is_asked_but_once(_original: Any) -> Any:
    """A practice that fails for a moment is not asked again."""
    return lambda fault: False


@defect("practice.missing-is-unreadable", breaks=["TC-10"], at="practice:content", spreads=AROUND)
def missing_is_unreadable(original: Any) -> Any:
    """That there is no such thing is taken for an answer, and found unreadable."""
    return lambda answer: {} if answer.status_code == 404 else original(answer)


@defect("documents.stored-without-their-end", breaks=["TC-11", "PA-10"], at="tools.calls:body", spreads=AROUND)
def stored_without_their_end(original: Any) -> Any:
    """A document is stored, and stored anew, without its last words."""

    def body(call: Any, arguments: Mapping[str, Any]) -> Any:
        sent = original(call, arguments)
        return {**sent, "content": sent["content"][:-3]} if sent and call.path.startswith("/documents") else sent

    return body


@defect("practice.keeps-the-first-token", breaks=["TC-12"], at="practice:headers", spreads=[*AROUND, "SS"])
def keeps_the_first_token(original: Any) -> Any:
    """Whoever was let in once is asked for with that token for ever, whatever they show later."""
    first: dict[str, Any] = {}

    def headers(caller: Any) -> Any:
        return original(first.setdefault(caller.user, caller))

    return headers


@defect("practice.profile-of-whoever-asked-last", breaks=["TC-12"], at="practice:headers", spreads=[*AROUND, "SS"])
def profile_of_whoever_asked_last(original: Any) -> Any:
    """Every second call of somebody shows the profile of whoever was asked for before."""
    profiles: list[str] = []

    def headers(caller: Any) -> Any:
        shown = original(caller)
        profiles.append(caller.profile or "")
        return {**shown, "ProfileID": profiles[-2]} if len(profiles) % 2 == 0 and "ProfileID" in shown else shown

    return headers


@defect("chains.same-call-is-made-twice", breaks=["TC-14"], at="chat:same", spreads=AROUND)
def same_call_is_made_twice(_original: Any) -> Any:
    """The same call twice in one turn is made twice."""
    return lambda call: (call.id, "")


@defect("chains.order-of-arguments-counts", breaks=["TC-14"], at="chat:same", spreads=AROUND)
def order_of_arguments_counts(_original: Any) -> Any:
    """Two calls that differ only in the order of their arguments are both made."""
    return lambda call: (call.name, call.arguments)


@defect("chains.all-calls-of-a-tool-are-one", breaks=["TC-14"], at="chat:same", spreads=AROUND)
def all_calls_of_a_tool_are_one(_original: Any) -> Any:
    """Of several calls of one tool in one turn only the first is made, whatever they ask."""
    return lambda call: (call.name, "")


def _with_steps(original: Any, change: Any) -> Any:
    async def converse(work: Any) -> None:
        work.state = copy.copy(work.state)
        settings = work.state.settings
        work.state.settings = settings.model_copy(update={"max_iterations": change(settings.max_iterations)})
        await original(work)

    return converse


@defect("chains.go-one-step-too-far", breaks=["TC-15"], at="chat:converse", spreads=AROUND)
def go_one_step_too_far(original: Any) -> Any:
    """An endless chain takes one step more than it may."""
    return _with_steps(original, lambda most: most + 1)


@defect("chains.end-without-a-word", breaks=["TC-15"], at="chat:forward", spreads=AROUND)
def end_without_a_word(original: Any) -> Any:
    """An endless chain is ended without a word about it in the reply."""

    async def forward(work: Any, text: str) -> None:
        if "I stopped here" not in text:
            await original(work, text)

    return forward


@defect("chains.arguments-are-not-checked", breaks=["TC-16"], at="tools.base:argument_faults", spreads=AROUND)
def arguments_are_not_checked(_original: Any) -> Any:
    """What a model gives a tool is passed on unchecked."""
    return lambda schema, arguments: iter(())


@defect("chains.broken-arguments-are-none", breaks=["TC-16"], at="tools.base:read_arguments", spreads=AROUND)
def broken_arguments_are_none(original: Any) -> Any:
    """Arguments that break off are taken for none at all."""

    def read_arguments(tool: Any, text: str) -> Any:
        try:
            json.loads(text or "{}")
        except ValueError:
            text = "{}"
        return original(tool, text)

    return read_arguments


@defect("chains.half-a-character-is-made-whole", breaks=["TC-16"], at="tools.base:loaded", spreads=AROUND)
def half_a_character_is_made_whole(original: Any) -> Any:
    """What a model cuts within a character is filled up with a sign, and looked for."""
    return lambda text: original(text, mending=True)


@defect("chains.endless-numbers-are-told", breaks=["TC-16"], at="replies:read_arguments", spreads=AROUND)
def endless_numbers_are_told(original: Any) -> Any:
    """A number beyond all that a model gives a tool is told to the front end, which cannot read it."""

    def read_arguments(arguments: str) -> Any:
        return json.loads(arguments) if "e999" in arguments else original(arguments)

    return read_arguments


@defect("chains.unknown-tool-does-nothing", breaks=["TC-16"], at="tools.base:run", spreads=AROUND)
def unknown_tool_does_nothing(original: Any) -> Any:
    """A tool that does not exist is told to have done its work."""

    async def run(context: Any, name: str, arguments: str) -> Any:
        known = name in home(original).tools.catalogue()
        return await original(context, name, arguments) if known else home(original).succeeded(name, None)

    return run


@defect("chains.calls-wait-for-each-other", breaks=["TC-17"], at="chat:side_by_side", spreads=AROUND)
def calls_wait_for_each_other(_original: Any) -> Any:
    """The calls of one turn are made one after another."""

    async def side_by_side(work: Any) -> Any:
        return {key: await each for key, each in work.items()}

    return side_by_side


@defect("chains.only-the-first-of-a-turn-is-told", breaks=["TC-17"], at="chat:use_tools", spreads=AROUND)
def only_the_first_of_a_turn_is_told(original: Any) -> Any:
    """Of several calls in one turn every one is answered with what the first one found."""

    async def use_tools(work: Any, context: Any, calls: Any) -> Any:
        told = await original(work, context, calls)
        return [{**each, "content": told[0]["content"]} for each in told]

    return use_tools


@defect("chains.end-after-eight-steps", breaks=["TC-18"], at="chat:converse", spreads=AROUND)
def end_after_eight_steps(original: Any) -> Any:
    """A chain ends after eight tools, however much there is to do."""
    return _with_steps(original, lambda most: min(most, 9))


@defect("chains.pass-over-the-ninth-tool", breaks=["TC-18"], at="tools.base:run", spreads=AROUND)
def pass_over_the_ninth_tool(original: Any) -> Any:
    """In a long chain the ninth tool is told as done, and was not run."""
    turns: Counter[str] = Counter()

    async def run(context: Any, name: str, arguments: str) -> Any:
        turns[context.request_id] += 1
        if turns[context.request_id] == 9:
            return home(original).succeeded(name, {"appointment": {"id": "appointment-of-nobody"}})
        return await original(context, name, arguments)

    return run


@defect("chains.forget-their-beginning", breaks=["TC-18"], at="chat:request", spreads=AROUND)
def forget_their_beginning(original: Any) -> Any:
    """In a long chain the model is not told any more what its first tools found."""

    def request(persona: Any, messages: Any, names: Any) -> Any:
        return original(persona, messages if len(messages) < 16 else [*messages[:2], *messages[-12:]], names)

    return request


@defect("practice.second-try-is-a-second-deed", breaks=["TC-19"], at="practice:idempotency", spreads=AROUND)
def second_try_is_a_second_deed(_original: Any) -> Any:
    """What is tried again is done again, where only the answer was lost."""
    return lambda method, key=None: {}


@defect("documents.refined-are-not-stored", breaks=["TC-19"], at="tools.documents:refined", spreads=AROUND)
def refined_are_not_stored(_original: Any) -> Any:
    """A document that was filed and then refined stays as it was filed."""

    async def refined(_context: Any, document: Mapping[str, Any], _wishes: str) -> str:
        return str(document["content"])

    return refined


@defect("tools.limits-are-ignored", breaks=["TC-22"], at="tools.calls:query", spreads=AROUND)
def limits_are_ignored(original: Any) -> Any:
    """How many were asked for is not told to the practice."""

    def query(call: Any, arguments: Any) -> Any:
        return {name: what for name, what in original(call, arguments).items() if name != "limit"}

    return query


@defect("tools.limits-stand-in-the-body", breaks=["TC-22"], at="practice:PracticeApi.call", spreads=AROUND)
def limits_stand_in_the_body(original: Any) -> Any:
    """How many were asked for is said where the practice does not look for it."""

    async def call(api: Any, caller: Any, method: str, path: str, **what: Any) -> Any:
        query = dict(what.get("query") or {})
        if method == "GET" and "limit" in query:
            what |= {"body": {"limit": query.pop("limit")}, "query": query}
        return await original(api, caller, method, path, **what)

    return call


@defect("tools.answers-lose-their-lists", breaks=["TC-22"], at="tools.base:succeeded", spreads=AROUND)
def answers_lose_their_lists(original: Any) -> Any:
    """Of what a tool found the model is told how many there are, not which."""

    def succeeded(name: str, result: Any) -> Any:
        if isinstance(result, dict):
            result = {key: len(what) if isinstance(what, list) else what for key, what in result.items()}
        return original(name, result)

    return succeeded


@defect("tools.results-name-no-tool", breaks=["TC-22"], at="tools.base:succeeded", spreads=AROUND)
def results_name_no_tool(original: Any) -> Any:
    """A result does not tell which tool it is of."""
    return lambda name, result: {**original(name, result), "tool": "tool"}


@defect("tools.one-that-nobody-knows", breaks=["TC-22"], at="tools.base:offered", spreads=[*AROUND, "PE"])
def one_that_nobody_knows(original: Any) -> Any:
    """The model is offered a tool that nobody has agreed to."""

    def offered(names: Any) -> Any:
        takes = {"type": "object", "properties": {"words": {"type": "string"}}}
        more = {"name": "search_everything", "description": "Search everything.", "parameters": takes}
        return [*original(names), {"type": "function", "function": more}]

    return offered


@defect("tools.currency-is-forgotten", breaks=["TC-22"], at="tools.calls:picked", spreads=AROUND)
def currency_is_forgotten(original: Any) -> Any:
    """An invoice is written in the practice's currency, whatever was asked for."""

    def picked(names: Any, arguments: Any) -> Any:
        return {name: what for name, what in original(names, arguments).items() if name != "currency"}

    return picked


@defect("chains.ends-of-tools-are-not-told", breaks=["TC-1", "TC-17"], at="chat:use_tools", spreads=AROUND)
def ends_of_tools_are_not_told(original: Any) -> Any:
    """That tools begin is told, that they end is not."""

    async def use_tools(work: Any, context: Any, calls: Any) -> Any:
        say = work.say

        async def without(type_: str, /, **fields: Any) -> None:
            if type_ != "tool_call_completed":
                await say(type_, **fields)

        work.say = without
        try:
            return await original(work, context, calls)
        finally:
            work.say = say

    return use_tools


@defect("chains.asked-once-is-known-for-ever", breaks=["TC-14"], at="chat:run_call", spreads=AROUND)
def asked_once_is_known_for_ever(original: Any) -> Any:
    """What a tool found in one turn is told again in the next, without asking the practice."""
    found: dict[tuple[str, str, str], Any] = {}

    async def run_call(context: Any, call: Any) -> Any:
        key = context.request_id, call.name, call.arguments
        if key not in found:
            found[key] = await original(context, call)
        return found[key]

    return run_call


@defect("chains.end-one-step-too-soon", breaks=["TC-15"], at="chat:converse", spreads=AROUND)
def end_one_step_too_soon(original: Any) -> Any:
    """A chain that would end with its last step is taken for an endless one."""
    return _with_steps(original, lambda most: most - 1)


@defect("chains.side-by-side-lose-sessions", breaks=["TC-17"], at="tools.sessions:keep", spreads=AROUND)
def side_by_side_lose_sessions(original: Any) -> Any:
    """Of sessions that are loaded side by side only the last one stays on the page."""

    async def keep(context: Any, session: dict[str, Any]) -> Any:
        here = home(original)
        await context.ui_state.change(loadedSessions=[session])
        shown = here.described(session)
        context.actions.append(here.UiAction("load_session_direct", shown))
        return shown

    return keep


@defect("tools.nothing-found-is-a-failure", breaks=["TC-10"], at="tools.calls:checked", spreads=AROUND)
def nothing_found_is_a_failure(original: Any) -> Any:
    """A search that finds nothing is told as a failure."""

    def checked(call: Any, answer: Any) -> Any:
        read = original(call, answer)
        if call.lists and not read[call.lists]:
            raise home(original).ToolError("There is nothing.")
        return read

    return checked


@defect("tools.of-other-personas-are-run", breaks=["TC-16"], at="tools.base:find", spreads=AROUND)
def of_other_personas_are_run(original: Any) -> Any:
    """A tool that only another persona has is run all the same."""

    def find(context: Any, name: str) -> Any:
        return home(original).tools.catalogue().get(name) or original(context, name)

    return find


@defect("chains.selection-is-looked-up-once", breaks=["TC-3"], at="tools.documents:selected", spreads=AROUND)
def selection_is_looked_up_once(original: Any) -> Any:
    """Which template is selected is looked up once in a turn: one that is selected afterwards is not noticed."""
    found: dict[str, Any] = {}

    def selected(context: Any) -> Any:
        if context.request_id not in found:
            found[context.request_id] = original(context)
        return found[context.request_id]

    return selected


@defect("chains.drafts-are-not-on-the-page", breaks=["TC-3"], at="tools.documents:keep", spreads=AROUND)
def drafts_are_not_on_the_page(_original: Any) -> Any:
    """A document that was written is told, and not kept on the page."""

    async def keep(_context: Any, _draft: Any) -> None:
        return None

    return keep


@defect("chains.oldest-conversation-is-the-latest", breaks=["TC-6"], at="tools.calls:make", spreads=AROUND)
def oldest_conversation_is_the_latest(original: Any) -> Any:
    """Of several conversations that were looked up the oldest is told as the latest."""
    listed: dict[str, list[dict[str, Any]]] = {}

    async def make(context: Any, name: str, arguments: Mapping[str, Any]) -> Any:
        answer = await original(context, name, arguments)
        if name == "get_conversations":
            listed[context.request_id] = answer["conversations"]
        if name != "get_latest_conversation" or not listed.get(context.request_id):
            return answer
        return {**answer, "conversation": listed[context.request_id][-1]}

    return make


@defect("practice.profile-is-shown-but-once", breaks=["TC-12"], at="chat:run_call", spreads=[*AROUND, "SS"])
def profile_is_shown_but_once(original: Any) -> Any:
    """Only the first tool of a chain asks as the practitioner; the others show no profile."""
    begun: set[str] = set()

    async def run_call(context: Any, call: Any) -> Any:
        if context.request_id in begun:
            context = dataclasses.replace(context, caller=dataclasses.replace(context.caller, profile=None))
        begun.add(context.request_id)
        return await original(context, call)

    return run_call


@defect("chains.deeds-are-done-twice", breaks=["TC-19"], at="tools.calls:make", spreads=[*AROUND, "EC", "RL"])
def deeds_are_done_twice(original: Any) -> Any:
    """What a tool enters in the practice is entered twice."""

    async def make(context: Any, name: str, arguments: Mapping[str, Any]) -> Any:
        call = home(original).of(name)
        if call.method == "POST" and not call.path.startswith("/haystack"):
            await original(context, name, arguments)
        return await original(context, name, arguments)

    return make
