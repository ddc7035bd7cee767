"""Telling the scripted model what it will do: each row of a table is one step, in the words of the practice.

A step is a tool, by its words, with its arguments; or one of `STEPS`: it answers, says nothing, fails… Ids are never
written: `the client the search found` is taken by the model itself from the tool result in the request that it gets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from support.checks.phrases import Phrase, Taken, phrases
from support.checks.tables import OfLength, path, put, value
from support.clients.assistant import tools
from support.clients.assistant.tools import Tool
from support.clients.model import Condition, Failure, ScriptedModel, ToolCall, Turn
from support.deeds.chatting import chat
from support.deeds.practice import HERE, Colleague, id_of, practice
from support.world import World

Row = Mapping[str, str]
FOREVER_S = 600.0
ABOUT = "asked about"
"""The column that says about what somebody must ask."""
Whom = tuple[Colleague, str | None] | Condition
"""Somebody's chat, or a condition that requests are known by."""
POLICY = Condition(model="gpt-4o-mini")
"""The requests of the policy: the contract names its model."""
SPOILT: Mapping[str, str] = {
    "(arguments that break off)": '{"query": "Sar',
    "(arguments with half of a character)": '{"query": "Sar\\ud83d"}',
    "(arguments with a number beyond all)": '{"query": "Sarah", "limit": 1e999}',
}
"""Arguments as no tool can take them."""


@dataclass
class Told:
    """What the steps of a table have come to so far: which tools were called, in order, over all turns."""

    called: list[Tool] = field(default_factory=list)


@dataclass
class Step:
    """One row: what it adds to the answer that it belongs to."""

    text: str | tuple[str, ...] | None = None
    call: ToolCall | None = None
    more: dict[str, Any] = field(default_factory=dict)


Hold = int | Literal["opened"] | None
"""Answers are held until so many wait at once, or until all have asked, who ask one right after another."""


def script(
    world: World, rows: Iterable[Row], *, again: bool = False, when: Condition | None = None, held: Hold = None
) -> None:
    """Have the model take these steps, one for each request; rows of the same `turn` are one answer.

    `again`: from the start again when they are used up. `when` binds them to certain requests; rows with the same
    words under `asked about` are bound to requests in which somebody writes these.
    """
    known = [{heading: _known(world, cell) for heading, cell in row.items()} for row in rows]
    for about in dict.fromkeys(row.get(ABOUT, "") for row in known):
        told = [row for row in known if row.get(ABOUT, "") == about]
        bound = Condition(any_user_contains=about) if about else when
        model(world).script(*turns(told), when=bound, repeat=again, held_until=held)


def _known(world: World, cell: str) -> str:
    """`the known client "Sarah Johnson"` is the client by its id, which the model is given without a search."""
    pairs = KNOWN_SESSIONS.sub(lambda found: f"the sessions [{_known_pairs(world, found[1])}]", cell)
    return KNOWN.sub(lambda found: f'the {found[1]} "{id_of(world, HERE, found[1], found[2])}"', pairs)


def _known_pairs(world: World, names: str) -> str:
    ids = [id_of(world, HERE, "session", name) for name in re.findall(r'"([^"]+)"', names)]
    return ", ".join(f"{each} of {practice(world).owners[each]}" for each in ids)


KNOWN = re.compile(r'the known (\w+?) "([^"]+)"')
KNOWN_SESSIONS = re.compile(r'the known sessions ("[^"]+"(?: and "[^"]+")*)')
STRUCTURED: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "sessions": (r"(\S+) of (\S+)", lambda session, client: {"session_id": session, "client_id": client}),
    "items": (r"(.+) (\d+)", lambda what, cents: {"description": what, "unit_cents": int(cents)}),
}
"""Arguments that are lists of objects, and how an entry of each is written."""


def in_chat_of(world: World, whom: Whom | None) -> Condition | None:
    """The requests of somebody's chat, or those that a condition names; None for any, those of documents included."""
    if whom is None or isinstance(whom, Condition):
        return whom
    return Condition(header={"x-client-request-id": f"{chat(world, *whom).session}/*"})


def asked_by(words: str) -> Condition | None:
    """The requests of `, as the policy`, or those of `, when asked about "…"`; None for any."""
    if about := re.fullmatch(r', when asked about "([^"]+)"', words):
        return Condition(any_user_contains=about[1])
    return POLICY if words == ", as the policy" else None


def model(world: World) -> ScriptedModel:
    """The scripted model's control address."""
    scripted: ScriptedModel = world.worker.model.scripted
    return scripted


def turns(rows: Iterable[Row]) -> list[Turn]:
    """The turns that a table tells."""
    told = Told()
    grouped: list[tuple[str, list[tuple[Step, Row]]]] = []
    for number, row in enumerate(rows):
        name = row.get("turn") or f"row {number}"
        if not grouped or grouped[-1][0] != name:
            grouped.append((name, []))
        grouped[-1][1].append((_step(row, told), row))
    return [_turn(group) for _, group in grouped]


def _turn(group: Sequence[tuple[Step, Row]]) -> Turn:
    fields: dict[str, Any] = {}
    calls = tuple(step.call for step, _ in group if step.call is not None)
    if calls:
        fields["tool_calls"] = calls
    for step, row in group:
        if step.text is not None:
            fields["text"] = step.text
        fields.update(step.more)
        fields.update({TIMES[heading]: float(cell) for heading, cell in row.items() if heading in TIMES and cell})
    return Turn(**fields)


TIMES: Mapping[str, str] = {"after": "delay_s", "pause": "chunk_delay_s"}
"""Columns with seconds: before the answer begins, and between its pieces."""


def _step(row: Row, told: Told) -> Step:
    words, cell = row["step"], row.get("with", "")
    for pattern, make in STEPS.items():
        if found := re.fullmatch(pattern, words):
            return make(_text(cell, told) if cell else "", *found.groups())
    return Step(call=_call(words, cell, told))


def _call(words: str, cell: str, told: Told) -> ToolCall:
    quoted = re.fullmatch(r'"([^"]+)"', words)
    tool = tools.find(quoted[1] if quoted else words)
    if tool is None and not quoted:
        steps = ", ".join(STEPS)
        raise ValueError(f'"{words}" is no tool and no step; steps are {steps}; a tool that is none stands in quotes')
    tool = tool or Tool(name=quoted[1] if quoted else words)
    arguments: dict[str, Any] | str = SPOILT[cell] if cell in SPOILT else _arguments(tool, cell, told)
    told.called.append(tool)
    return ToolCall(name=tool.name, arguments=arguments)


def _arguments(tool: Tool, cell: str, told: Told) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for phrase in phrases(cell):
        if phrase.words is None:
            raise ValueError(f"{cell!r}: say which argument of {tool.spoken} that is: the name {cell}")
        first, *rest = path(phrase.words)
        name = tool.argument(first.replace("_", " "))
        put(arguments, (*name.split("."), *rest), _argument(name, phrase, told))
    return arguments


def _argument(name: str, phrase: Phrase, told: Told) -> Any:
    if name in STRUCTURED and isinstance(phrase.value, list):
        return [_entry(name, str(each)) for each in phrase.value]
    if not isinstance(phrase.value, Taken):
        return str(phrase.value) if isinstance(phrase.value, OfLength) else phrase.value
    taken = phrase.value
    if taken.what == "sessions":
        return [_pair(taken, each, told) for each in taken.names or (None,)]
    source = _source(taken, told)
    return reference(told, taken, name if name in source.gives else taken.what)


def _entry(name: str, told: str) -> Any:
    pattern, make = STRUCTURED[name]
    found = re.fullmatch(pattern, told)
    if found is None:
        raise ValueError(f"{told!r} is no entry of the {name}; one is written as {pattern}")
    return make(*found.groups())


def _pair(taken: Taken, name: str | None, told: Told) -> dict[str, str]:
    """A session and whose it is, as tools take several of them."""
    one = Taken("session", taken.source, taken.number, (name,) if name else ())
    return {"session_id": reference(told, one, "session"), "client_id": reference(told, one, "client")}


def reference(told: Told, taken: Taken, what: str) -> str:
    """What the model fills in itself: `${search_clients:result.clients[0].client_id}`."""
    source = _source(taken, told)
    numbered = [tool for tool in told.called if tool.name == source.name]
    number = f"#{taken.number}" if taken.number is not None and len(numbered) > 1 else ""
    return f"${{{source.name}{number}:{source.path(what, *taken.names[:1])}}}"


def _source(taken: Taken, told: Told) -> Tool:
    """The tool whose result is meant: the latest one called whose name holds the words."""
    for tool in reversed(told.called):
        if tool.spoken == taken.source:
            return tool
    for tool in reversed(told.called):
        spoken = [word.removesuffix("s") for word in tool.spoken.split()]
        if all(any(word.startswith(part) for part in spoken) for word in taken.source.split()):
            return tool
    known = ", ".join(tool.spoken for tool in told.called) or "none"
    raise ValueError(f'no earlier step is called "{taken.source}"; earlier steps: {known}')


def _text(cell: str, told: Told) -> str | tuple[str, ...]:
    """What is said: texts and what steps gave, one after the other; a list is said piece by piece."""
    if cell.startswith("["):
        return tuple(str(piece) for piece in value(cell))
    if not re.match(r'^("|\(|what the )', cell):
        return cell
    return "".join(_said(phrase, told) for phrase in phrases(cell))


def _said(phrase: Phrase, told: Told) -> str:
    if isinstance(phrase.value, Taken):
        return reference(told, phrase.value, phrase.value.what.replace(" ", "_"))
    return str(phrase.value)


# What a model does besides calling tools


def _answers(text: Any) -> Step:
    return Step(text=text)


def _breaks_off(text: Any, count: str) -> Step:
    pieces = text if isinstance(text, tuple) else words(text)
    return Step(text=pieces, more={"cut_after": int(count)})


def _fails(text: Any, status: str) -> Step:
    return Step(more={"error": Failure(status=int(status), message=str(text) or None)})


def _judges(kind: str) -> Callable[..., Step]:
    def judge(text: Any, *confidence: str) -> Step:
        found = kind != "harmless"
        sure = float(confidence[0]) if confidence and confidence[0] else 0.95
        said = {"is_violation": found, "violation_type": confidence[1] if found else None}
        return Step(text=json.dumps({**said, "reason": str(text), "confidence": sure}))

    return judge


def _finishes(how: str) -> Callable[..., Step]:
    return lambda text: Step(text=text or None, more={"finish": how})


STEPS: Mapping[str, Callable[..., Step]] = {
    r"answer": _answers,
    r"answer half by half": lambda text: Step(more={"malformed": half_by_half(str(text))}),
    r"search clients half by half": lambda name: Step(more={"malformed": searching_half_by_half(str(name))}),
    r"stop without an ending": lambda text: Step(more={"malformed": half_by_half(str(text), ends=False)}),
    r"answer word by word": lambda text: Step(text=words(str(text))),
    r"say nothing": lambda _: Step(more={"empty": True}),
    r"stay silent": lambda _: Step(text="too late", more={"delay_s": FOREVER_S}),
    r"refuse": lambda text: Step(more={"refusal": str(text)}),
    r"fail with (\d{3})": _fails,
    r"break off after (\d+) words?": _breaks_off,
    r"be stopped by the content filter": _finishes("content_filter"),
    r"run out of room": _finishes("length"),
    r"answer gibberish": lambda text: Step(more={"malformed": text or True}),
    r"judge it harmless(?:, ([\d.]+) sure)?": _judges("harmless"),
    r"judge it neither": lambda text: Step(text=json.dumps({"reason": str(text), "confidence": 0.9})),
    r"judge it a violation(?:, (0\.\d+) sure)? of kind \"([^\"]+)\"": _judges("violation"),
}
"""Steps by their words; `with` says what is said."""


def half_by_half(text: str, *, ends: bool = True) -> str:
    """Words as some gateways stream them: characters beyond the first 65,536 come as two halves, in two pieces.

    Without `ends` the stream ends in order, and the answer does not.
    """
    return _streamed([{"content": half} for half in _halves(text)], "stop" if ends else None)


def searching_half_by_half(name: str) -> str:
    """A search for clients whose arguments come like that."""
    arguments = json.dumps({"query": name}, ensure_ascii=False)
    begun = {"index": 0, "id": "call-halves", "type": "function", "function": {"name": "search_clients"}}
    pieces = [{"index": 0, "function": {"arguments": half}} for half in _halves(arguments)]
    return _streamed([{"tool_calls": [piece]} for piece in (begun, *pieces)], "tool_calls")


def _halves(text: str) -> list[str]:
    units = text.encode("utf-16-be")
    return [units[at : at + 2].decode("utf-16-be", "surrogatepass") for at in range(0, len(units), 2)]


def _streamed(deltas: Sequence[Mapping[str, Any]], finish: str | None) -> str:
    said: list[tuple[Mapping[str, Any], str | None]] = [(delta, None) for delta in deltas]
    said += [({}, finish)] if finish else []
    frames = [
        json.dumps(
            {
                "id": "chatcmpl-halves",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "gpt-4o",
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
            }
        )
        for delta, reason in said
    ]
    return "\n\ndata: ".join([*frames, *(["[DONE]"] if finish else [])])


def words(text: str) -> tuple[str, ...]:
    """A text word by word, the space with the word before it; joined they are the text."""
    return tuple(re.findall(r"\S+\s*|\s+", text))
