"""Prompts as configurations: what the suite says of one is its latest version; every change is a new version.

A name of Phoenix's is an identifier, of small letters, digits, `-` and `_`: any other is spelt in one, and read back.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from ...foreign import naming
from ...interface import (
    Accepted,
    Configuration,
    Created,
    Deleted,
    Fields,
    Malformation,
    NotOffered,
    Page,
    Refusal,
    Updated,
)
from ...things import need
from ...translation import parse
from .pages import PAGE, Turned, page_of, turn, turn_graph, whole
from .wire import Wire

WORDS = {
    "name": "name",
    "provider": "model_provider",
    "model": "model_name",
    "call_type": "template_type",
    "template": "template",
    "hyperparameters": "invocation_parameters",
    "response_format": "response_format",
    "functions": "tools",
    "user_properties": "metadata",
    "limit": "limit",
}
IDENTIFIER = re.compile(r"[a-z0-9]([_a-z0-9-]*[a-z0-9])?")
SPELT = re.compile(r"named-(.*)-z", re.DOTALL)
CHOICES = {"auto": "zero_or_more", "none": "none", "required": "one_or_more"}
"""Which function a model calls, as the suite says it, and Phoenix."""
STOP = {"anthropic": "stop_sequences", "google": "stop_sequences", "aws": "stop_sequences"}
"""What stop words are called among the parameters of a provider's model; `stop` of all others'."""
PROMPT = "id name createdAt"
VERSION = """
    version {
        modelProvider modelName templateType metadata createdAt
        template {
            ... on PromptChatTemplate { messages { role content { ... on TextContentPart { text { text } } } } }
        }
        invocationParameters {
            ... on PromptOpenAIInvocationParameters { temperature max_tokens: maxTokens top_p: topP stop }
            ... on PromptAnthropicInvocationParameters {
                temperature the_max_tokens: maxTokens top_p: topP stop_sequences: stopSequences
            }
        }
        tools { tools { ... on PromptToolFunction { function { name parameters } } } toolChoice { type } }
        responseFormat { jsonSchema { name schema } }
    }"""
NAMED, LATEST = (f"query($id: ID!) {{ node(id: $id) {{ ... on Prompt {{ {part} }} }} }}" for part in (PROMPT, VERSION))
LIST = (
    "query($first: Int, $after: String, $filter: PromptFilter) {"
    f" prompts(first: $first, after: $after, filter: $filter) {{ edges {{ node {{ {PROMPT} {VERSION} }} }}"
    " pageInfo { hasNextPage endCursor } } }"
)
UNSAID = {"environments", "tags", "forced_function", "type"}


class Configurations:
    """See `interface.Configurations`; the interfaces differ in how a prompt is read."""

    noun = "configuration"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`. What is answered is the version, without the prompt's own id."""
        prompt = {"name": spelt(fields["name"])} if "name" in fields else {}
        answer = self._wire.ask("POST", "prompts", {"prompt": prompt, "version": _version(fields)})
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        every = self._all()
        if isinstance(every, Refusal):
            return every
        ids = {each["name"]: each["id"] for each in every}
        return Created(id=need(ids, prompt["name"], "prompts.create", str))

    def _all(self) -> Sequence[Any] | Refusal:
        """Every prompt as REST lists it: name and id."""
        return whole(lambda cursor: turn(self._wire, "prompts", cursor, {"limit": PAGE}))

    @abstractmethod
    def get(self, thing_id: str) -> Configuration | Refusal:
        """See `interface.Things`."""

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Configuration] | Refusal:
        """See `interface.Things`."""
        if beyond := sorted(set(filters) - {"name"}):
            raise NotOffered(f"the adapter of Phoenix chooses no prompt by {', '.join(beyond)}")
        size = PAGE if limit is None else limit
        turned = page_of(page, lambda cursor: self._turn(size, cursor, filters.get("name")))
        if isinstance(turned, Refusal):
            return naming(turned, WORDS)
        found, cursor = turned
        return Page[Configuration](items=tuple(found), page=page, limit=limit, has_next=cursor is not None)

    @abstractmethod
    def _turn(self, size: Any, cursor: str | None, name: str | None) -> Turned: ...

    def find(self, name: str) -> Page[Configuration] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: a new version, of which the rest is that of the latest."""
        if "name" in changes:
            raise NotOffered("the name of a prompt stays")
        latest = self._wire.ask("GET", f"prompts/{thing_id}/latest")
        if isinstance(latest, Refusal):
            return latest
        whole = {**_of_rest("", "", need(latest, "data", "prompts.latest")).fields, **changes}
        said = {name: value for name, value in whole.items() if name in changes or value not in (None, [], "LLM", "")}
        answer = self._wire.ask("POST", f"prompts/{thing_id}/versions", {"version": _version(said)})
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", f"prompts/{thing_id}")
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("prompts", how)


class RestConfigurations(Configurations):
    """As REST shows them: a prompt by itself has a name, and its version everything else."""

    def get(self, thing_id: str) -> Configuration | Refusal:
        """See `interface.Things`."""
        latest = self._wire.ask("GET", f"prompts/{thing_id}/latest")
        if isinstance(latest, Refusal):
            return latest
        every = self._all()
        if isinstance(every, Refusal):
            return every
        names = {each["id"]: each["name"] for each in every}
        return _of_rest(thing_id, need(names, thing_id, "prompts.get"), need(latest, "data", "prompts.latest"))

    def _turn(self, size: Any, cursor: str | None, name: str | None) -> Turned:
        if name is not None:  # REST finds one by its name, and tells no id of it
            latest = self._wire.ask("GET", f"prompts/{spelt(name)}/latest")
            if isinstance(latest, Refusal):
                return ([], None) if latest.reason == "not found" else latest
            every = self._all()
            if isinstance(every, Refusal):
                return every
            named = [each for each in every if each["name"] == spelt(name)]
            return [_of_rest(each["id"], each["name"], latest["data"]) for each in named], None
        turned = turn(self._wire, "prompts", cursor, {"limit": size})
        if isinstance(turned, Refusal):
            return turned
        found: list[Configuration] = []
        for each in turned[0]:
            latest = self._wire.ask("GET", f"prompts/{each['id']}/latest")
            if isinstance(latest, Refusal):
                return latest
            found.append(_of_rest(each["id"], each["name"], latest["data"]))
        return found, turned[1]


class GraphConfigurations(Configurations):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Configuration | Refusal:
        """See `interface.Things`: in two questions, since of a prompt that is gone either part may tell its fault."""
        latest = self._wire.query("node", LATEST, id=thing_id)
        if isinstance(latest, Refusal):
            return latest
        named = self._wire.query("node", NAMED, id=thing_id)
        return named if isinstance(named, Refusal) else _of_graph({**named, **latest})

    def _turn(self, size: Any, cursor: str | None, name: str | None) -> Turned:
        """One page; the filter is a part of the name."""
        part = {} if name is None else {"filter": {"col": "name", "value": spelt(name)}}
        turned = turn_graph(self._wire.query("prompts", LIST, first=size, after=cursor, **part), "edges")
        return turned if isinstance(turned, Refusal) else ([_of_graph(each) for each in turned[0]], turned[1])


def spelt(name: Any) -> Any:
    """The identifier that a name is spelt in; what is no text stays as it is, for Phoenix to refuse."""
    if not isinstance(name, str) or (IDENTIFIER.fullmatch(name) and not SPELT.fullmatch(name)):
        return name
    return f"named-{re.sub(r'[^a-z0-9-]', lambda sign: f'_{ord(sign[0]):x}_', name)}-z"


def read(identifier: str) -> str:
    """The name that an identifier spells."""
    spelling = SPELT.fullmatch(identifier)
    return re.sub(r"_([0-9a-f]+)_", lambda sign: chr(int(sign[1], 16)), spelling[1]) if spelling else identifier


def _version(fields: Fields) -> dict[str, Any]:
    """The version that product fields are said in; what is wrong in them, or lacks, is Phoenix's to refuse."""
    if beyond := sorted(UNSAID & set(fields)):
        raise NotOffered(f"the adapter of Phoenix says nothing of a prompt's {', '.join(beyond)}")
    body: dict[str, Any] = {"template_format": "MUSTACHE"}
    provider = fields.get("provider")
    if "provider" in fields:
        body["model_provider"] = provider.upper() if isinstance(provider, str) else provider
    if "model" in fields:
        body["model_name"] = fields["model"]
    if "call_type" in fields:
        body["template_type"] = {"chat": "CHAT", "completion": "STR"}.get(fields["call_type"], fields["call_type"])
    if "template" in fields:
        body["template"] = _template(fields["template"])
    family = provider if isinstance(provider, str) else "openai"
    said = fields.get("hyperparameters", {})
    if isinstance(said, Mapping):
        said = {STOP.get(family, name) if name == "stop" else name: value for name, value in said.items()}
    body["invocation_parameters"] = {"type": family, family: said}
    if "response_format" in fields:
        body["response_format"] = fields["response_format"]
    if "functions" in fields:
        body["tools"] = _tools(fields["functions"], fields.get("function_choice"))
    if "user_properties" in fields:
        body["metadata"] = fields["user_properties"]
    known = {*WORDS, "function_choice"}
    return {**body, **{name: value for name, value in fields.items() if name not in known}}


def _template(template: Any) -> Any:
    if isinstance(template, str):
        return {"type": "string", "template": template}
    return {"type": "chat", "messages": template}


def _tools(functions: Any, choice: str | None) -> Any:
    if not isinstance(functions, list):
        return functions
    tools = [
        {"type": "function", "function": {"name": each["name"], "parameters": each["parameters"]}} for each in functions
    ]
    chosen = {} if choice is None else {"tool_choice": {"type": CHOICES.get(choice, choice)}}
    return {"type": "tools", "tools": tools, **chosen}


def _of_rest(thing_id: str, name: str, wire: Mapping[str, Any]) -> Configuration:
    template = wire["template"]
    messages = template.get("messages") if template["type"] == "chat" else template["template"]
    parameters = wire["invocation_parameters"]
    tools = wire.get("tools") or {}
    return _thing(
        {"id": thing_id, "name": read(name)},
        {
            "provider": wire["model_provider"],
            "model": wire["model_name"],
            "call_type": wire["template_type"],
            "template": messages,
            "hyperparameters": parameters[parameters["type"]],
            "response_format": wire.get("response_format"),
            "user_properties": wire.get("metadata"),
        },
        [each["function"] for each in tools.get("tools", ())],
        (tools.get("tool_choice") or {}).get("type"),
    )


def _of_graph(wire: Mapping[str, Any]) -> Configuration:
    version = need(wire, "version", "prompts")
    messages = [
        {"role": each["role"].lower(), "content": "".join(part["text"]["text"] for part in each["content"])}
        for each in version["template"].get("messages", ())
    ]
    told = {name.removeprefix("the_"): value for name, value in version["invocationParameters"].items()}
    form = version["responseFormat"]
    tools = version["tools"] or {}
    return _thing(
        {"id": wire["id"], "name": read(wire["name"]), "created_at": wire["createdAt"]},
        {
            "provider": version["modelProvider"],
            "model": version["modelName"],
            "call_type": version["templateType"],
            "template": messages,
            "hyperparameters": {name: value for name, value in told.items() if value is not None},
            "response_format": None if form is None else {"type": "json_schema", "json_schema": form["jsonSchema"]},
            "user_properties": version["metadata"],
            "updated_at": version["createdAt"],
        },
        [each["function"] for each in tools.get("tools", ())],
        (tools.get("toolChoice") or {}).get("type"),
    )


def _thing(
    prompt: Mapping[str, Any], version: Mapping[str, Any], functions: Sequence[Mapping[str, Any]], choice: str | None
) -> Configuration:
    choices = {theirs: ours for ours, theirs in CHOICES.items()}
    called = [{"id": each["name"], "name": each["name"], "parameters": each["parameters"]} for each in functions]
    said = {"stop" if name in STOP.values() else name: what for name, what in version["hyperparameters"].items()}
    told = {
        **prompt,
        **version,
        "type": "LLM",  # there are no others
        "provider": version["provider"].lower(),
        "call_type": {"CHAT": "chat", "STR": "completion"}.get(version["call_type"], version["call_type"]),
        "hyperparameters": said or None,
        "user_properties": version["user_properties"] or None,
        "functions": called or None,
        "function_choice": None if choice is None else choices.get(choice.lower(), choice),
    }
    return parse(Configuration, told, "prompts")
