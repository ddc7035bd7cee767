"""Personas: as what the model is asked, with which tools, and what nobody is to read."""

import dataclasses
from datetime import timedelta
from typing import Any

from support.defects import defect, home

CHATS = ["PE", "WS", "ST", "TC", "PA", "UI", "DG", "PV", "EC", "SS", "RL", "RD"]
"""Every block whose scenarios chat."""


def asking(change: Any) -> Any:
    """A wrapper of `chat:request` that asks what `change` makes of a persona's request."""

    def wrapper(original: Any) -> Any:
        def request(persona: Any, messages: Any, names: Any) -> Any:
            return change(persona, original(persona, messages, names))

        return request

    return wrapper


@defect(
    "personas.temperature-and-token-limit-not-sent",
    breaks=["PE-1", "PE-2", "PE-3", "PE-90"],
    at="model:arguments",
    spreads=["PE", "PV", "DG"],
)
def temperature_and_token_limit_not_sent(original: Any) -> Any:
    """The model is asked at its own temperature and without a limit, whatever the persona says."""

    def arguments(request: Any) -> Any:
        return {name: what for name, what in original(request).items() if name not in ("temperature", "max_tokens")}

    return arguments


@defect("personas.one-model-for-all", breaks=["PE-3", "PE-90"], at="chat:request", spreads=["PE"])
def one_model_for_all(original: Any) -> Any:
    """Every persona speaks through the same model."""
    return asking(lambda _, asked: dataclasses.replace(asked, model="gpt-4o"))(original)


@defect("personas.one-temperature-for-all", breaks=["PE-2", "PE-90"], at="chat:request", spreads=["PE"])
def one_temperature_for_all(original: Any) -> Any:
    """Every persona speaks at the same temperature."""
    return asking(lambda _, asked: dataclasses.replace(asked, temperature=0.7))(original)


@defect("personas.zero-is-no-temperature", breaks=["PE-90"], at="model:arguments", spreads=["PE"])
def zero_is_no_temperature(original: Any) -> Any:
    """A persona that is to be exact, at a temperature of nought, is asked at the usual one."""

    def arguments(request: Any) -> Any:
        return {name: what for name, what in original(request).items() if name != "temperature" or what}

    return arguments


@defect(
    "personas.all-get-the-web-assistant-s-prompt",
    breaks=["PE-2", "PE-3"],
    at="personas:prompt",
    spreads=["PE"],
)
def all_get_the_web_assistants_prompt(original: Any) -> Any:
    """Whoever talks to the therapist, or the transcriber, talks to somebody instructed for practitioners."""

    def prompt(persona: Any, ui_state: Any, now: Any) -> str:
        known = persona.name == "web_assistant"
        return str(original(persona, ui_state, now)) if known else "You are the assistant of a mental-health practice."

    return prompt


@defect("personas.prompt-is-left-out", breaks=["PE-1", "PE-2", "PE-3"], at="chat:opening", spreads=CHATS)
def prompt_is_left_out(original: Any) -> Any:
    """The model is told what was said, and not who it is."""

    def opening(work: Any, shown: Any) -> Any:
        return original(work, shown)[1:]

    return opening


@defect("personas.every-tool-for-everybody", breaks=["PE-4", "PE-5", "PE-7"], at="personas:tools_on", spreads=CHATS)
def every_tool_for_everybody(original: Any) -> Any:
    """Every persona is offered every tool."""
    return lambda persona, page_type: list(home(original).tools.catalogue())


@defect("personas.tools-beyond-the-list-are-run", breaks=["PE-5"], at="tools.base:find", spreads=["PE", "TC"])
def tools_beyond_the_list_are_run(original: Any) -> Any:
    """A tool that the persona was not offered is run when the model asks for it."""

    def find(context: Any, name: str) -> Any:
        known = home(original).tools.catalogue()
        return known[name] if name in known else original(context, name)

    return find


@defect("personas.tool-of-nobody-s-is-offered", breaks=["PE-4", "TC-22"], at="tools.base:offered", spreads=CHATS)
def tool_of_nobodys_is_offered(original: Any) -> Any:
    """Every persona is offered a tool, too, that nobody has described."""

    def offered(names: Any) -> Any:
        known = original(names)
        unknown = {"name": "format_disk", "description": "Formats a disk.", "parameters": {"type": "object"}}
        return [*known, {"type": "function", "function": unknown}]

    return offered


@defect("personas.tool-of-nobody-s-succeeds", breaks=["PE-5"], at="tools.base:run", spreads=["PE", "TC"])
def tool_of_nobodys_succeeds(original: Any) -> Any:
    """A tool that there is not is told to the model as run."""

    async def run(context: Any, name: str, arguments_json: str) -> Any:
        base = home(original)
        known = name in base.tools.catalogue()
        return await original(context, name, arguments_json) if known else base.succeeded(name, {})

    return run


@defect("personas.unknown-one-becomes-the-first", breaks=["PE-6"], at="personas:named", spreads=["PE", "SS"])
def unknown_one_becomes_the_first(original: Any) -> Any:
    """Whoever asks for a persona that there is not gets another one."""
    return lambda personas, name: personas.get(name) or original(personas, max(personas))


@defect("personas.refusal-names-nobody", breaks=["PE-6"], at="routes.sessions:unknown_persona", spreads=["PE", "SS"])
def refusal_names_nobody(original: Any) -> Any:
    """A persona that there is not is refused, and nobody is told which there are."""
    return lambda fault: original(fault) | {"msg": "invalid"}


@defect("personas.nearly-right-is-right", breaks=["PE-6"], at="personas:named", spreads=["PE", "SS"])
def nearly_right_is_right(original: Any) -> Any:
    """A name that is only like a persona's is taken for it."""
    return lambda personas, name: original(personas, name.strip(" ,").lower().rpartition("/")[2])


@defect("personas.page-narrows-nothing", breaks=["PE-7"], at="personas:tools_on", spreads=["PE", "UI"])
def page_narrows_nothing(original: Any) -> Any:
    """On the page of the bills the model is offered everything."""
    return lambda persona, page_type: original(persona, None)


@defect("personas.page-narrows-only-what-is-offered", breaks=["PE-7"], at="chat:tool_context", spreads=["PE", "UI"])
def page_narrows_only_what_is_offered(original: Any) -> Any:
    """What a page has no use for is not offered there, and yet it is run."""
    return lambda work, ui, names: original(work, ui, work.persona.tools)


@defect("personas.the-last-page-stays", breaks=["PE-7"], at="chat:page_type", spreads=["PE", "UI"])
def the_last_page_stays(original: Any) -> Any:
    """Whoever leaves a page for another has the tools of the first one still, and so has everybody else."""
    first: list[Any] = []

    def page_type(shown: Any) -> Any:
        found = original(shown)
        first.extend([found] if found == "billing" else [])
        return first[0] if first else found

    return page_type


@defect("personas.page-is-not-told", breaks=["PE-8"], at="personas:page_line", spreads=["PE", "UI"])
def page_is_not_told(_original: Any) -> Any:
    """The assistant does not know where the user is."""
    return lambda ui_state: ""


@defect("personas.loaded-sessions-are-not-told", breaks=["PE-8"], at="personas:loaded_lines", spreads=["PE", "UI"])
def loaded_sessions_are_not_told(_original: Any) -> Any:
    """The assistant does not know which sessions are open."""
    return lambda ui_state: "Sessions may be loaded."


@defect("personas.loaded-sessions-are-told-for-ever", breaks=["PE-8"], at="personas:loaded_lines", spreads=["PE", "UI"])
def loaded_sessions_are_told_for_ever(original: Any) -> Any:
    """What was closed, or is open in another tab, is told as open."""
    last: dict[str, Any] = {}

    def loaded_lines(ui_state: Any) -> str:
        if ui_state.get("loadedSessions"):
            last.update(ui_state)
        return str(original(last or ui_state))

    return loaded_lines


@defect("personas.the-day-is-greenwich-s", breaks=["PE-8"], at="personas:today", spreads=["PE"])
def the_day_is_greenwichs(original: Any) -> Any:
    """The assistant takes the date of Greenwich for that of the practice."""
    return lambda settings: original(settings.model_copy(update={"timezone": "UTC"}))


@defect("personas.the-day-is-yesterday", breaks=["PE-8"], at="personas:today", spreads=["PE"])
def the_day_is_yesterday(original: Any) -> Any:
    """The assistant is a day behind, wherever the practice is."""
    return lambda settings: original(settings) - timedelta(days=1)


@defect("personas.page-is-told-as-it-is", breaks=["PE-8", "PE-9"], at="personas:quoted", spreads=["PE", "UI"])
def page_is_told_as_it_is(_original: Any) -> Any:
    """What stands on a page can write lines of its own into the instructions."""
    return str


@defect("personas.messages-can-instruct", breaks=["PE-9"], at="chat:opening", spreads=["PE"])
def messages_can_instruct(original: Any) -> Any:
    """A message that begins like an instruction is told to the model as one."""

    def opening(work: Any, shown: Any) -> Any:
        told = original(work, shown)
        for message in told:
            if message["role"] == "user" and message["content"].startswith(("SYSTEM", "Ignore all")):
                message["role"] = "system"
        return told

    return opening


@defect("personas.front-end-chooses", breaks=["PE-9"], at="connections:queue", spreads=["PE"])
def front_end_chooses(original: Any) -> Any:
    """A message that names a persona changes that of the session."""

    def queue(connection: Any, frame: Any) -> None:
        if name := frame.get("persona_type"):
            sessions = home(original).chat.sessions
            loaded = sessions.loaded
            sessions.loaded = lambda value: loaded(value | {"persona_type": name})
        original(connection, frame)

    return queue


@defect("personas.long-messages-instruct", breaks=["PE-9"], at="chat:opening", spreads=CHATS)
def long_messages_instruct(original: Any) -> Any:
    """What somebody writes at length is told to the model as an instruction."""

    def opening(work: Any, shown: Any) -> Any:
        told = original(work, shown)
        return [
            each | {"role": "system"} if each["role"] == "user" and len(each["content"]) > 40 else each for each in told
        ]

    return opening


@defect("personas.front-end-instructs", breaks=["PE-9"], at="connections:queue", spreads=["PE"])
def front_end_instructs(original: Any) -> Any:
    """A message may bring instructions of its own, which replace the persona's."""
    wanted: dict[Any, str] = {}

    def queue(connection: Any, frame: Any) -> None:
        original(connection, frame)
        if system := frame.get("system"):
            chat, turn = home(original).chat, connection.jobs._queue[-1].turn  # noqa: SLF001 - its newest job
            wanted[turn], opening = system, chat.opening
            chat.opening = lambda work, shown: [
                {"role": "system", "content": wanted[work.turn]}
                if work.turn in wanted and each["role"] == "system"
                else each
                for each in opening(work, shown)
            ]

    return queue


@defect("personas.records-can-instruct", breaks=["PE-9"], at="chat:use_tools", spreads=CHATS)
def records_can_instruct(original: Any) -> Any:
    """What a tool found is told to the model as an instruction, too, when it sounds like one."""

    async def use_tools(work: Any, context: Any, calls: Any) -> Any:
        told = await original(work, context, calls)
        return [*told, *({**each, "role": "system"} for each in told if "SYSTEM:" in each["content"])]

    return use_tools


@defect("personas.recited-prompt-goes-out", breaks=["PE-10"], at="disclosure:Guard.release", spreads=["PE", "ST"])
def recited_prompt_goes_out(_original: Any) -> Any:
    """A model that recites its instructions is passed on."""
    return lambda guard, text: text


@defect("personas.recited-as-it-is-only", breaks=["PE-10"], at="disclosure:seen_as", spreads=["PE"])
def recited_as_it_is_only(original: Any) -> Any:
    """Instructions are recognised only where they are recited with the same signs between their letters."""

    def seen_as(text: str) -> Any:
        return home(original).Seen(text, range(len(text)))

    return seen_as


@defect("personas.recited-in-code", breaks=["PE-10"], at="disclosure:encoded", spreads=["PE"])
def recited_in_code(_original: Any) -> Any:
    """Instructions in base64 are not recognised."""
    return lambda _prompt: ()


@defect("personas.recited-in-part", breaks=["PE-10"], at="disclosure:every", spreads=["PE"])
def recited_in_part(_original: Any) -> Any:
    """Only whole sentences of the instructions are recognised, not a part of a long one."""
    return lambda _line, _length: ()


@defect(
    "personas.prompt-is-guarded-word-by-word", breaks=["PE-10"], at="disclosure:Secret.__init__", spreads=["PE", "ST"]
)
def prompt_is_guarded_word_by_word(original: Any) -> Any:
    """Whatever the instructions say, too, is kept back, however common it is."""

    def init(self: Any, prompt: str) -> None:
        original(self, prompt)
        words = home(original)
        lines = [words.seen_as(line).letters for line in prompt.splitlines()]
        self.sentences = {part: part for line in lines for part in words.every(line, words.SENTENCE)}
        self.beginnings = set(self.sentences)

    return init


@defect("personas.tools-are-told-the-prompt", breaks=["PE-10"], at="disclosure:Guard.cleared", spreads=["PE"])
def tools_are_told_the_prompt(_original: Any) -> Any:
    """What the model tells its tools is shown as it is, instructions included."""
    return lambda guard, value: value


@defect("personas.errors-quote-the-provider", breaks=["PE-10"], at="chat:told", spreads=["PE", "ST", "WS"])
def errors_quote_the_provider(original: Any) -> Any:
    """An error tells the provider's own words, which may quote what it was told."""

    def told(failure: BaseException, work: Any) -> Any:
        fault = original(failure, work)
        if failure.__cause__ is not None:
            fault.args = (f"{fault} {failure.__cause__}",)
        return fault

    return told
