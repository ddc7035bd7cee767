"""Prompts as configurations: what the suite says of one is its latest version; every change is a new version.

A prompt is known by its name. MLflow keeps it as a registered model, and whatever is said in a version of it as tags of
that version, by the names that MLflow's own client gives them: nothing but that client looks at what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...foreign import naming
from ...interface import (
    Accepted,
    Configuration,
    ContractBroken,
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
from .pages import page_of
from .wire import Wire, quoted

IS_PROMPT, TEXT = "mlflow.prompt.is_prompt", "mlflow.prompt.text"
TYPE, CONFIG, FORM = "_mlflow_prompt_type", "_mlflow_prompt_model_config", "_mlflow_prompt_response_format"
OURS = {"key": IS_PROMPT, "value": "true"}
"""The tag that makes a registered model a prompt."""
TYPES = {"chat": "chat", "completion": "text"}
MODEL = {"provider": "provider", "model": "model_name"}
"""What is said of the model, beside its parameters."""
STOP = "stop_sequences"
SAID = {*MODEL, "call_type", "template", "hyperparameters", "response_format", "user_properties"}
UNSAID = {"environments", "tags", "functions", "function_choice", "forced_function", "type"}
WORDS = {"name": "name", "user_properties": "tags", "limit": "max_results"}
VERSION = "2.0"
AT_ONCE = 1000
"""How many prompts are asked for at once."""


class Configurations:
    """See `interface.Configurations`."""

    noun = "configuration"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`: a prompt, and its first version; without that it is taken away again."""
        name = {"name": fields["name"]} if "name" in fields else {}
        body = _version(fields)
        made = self._wire.ask("POST", "registered-models/create", {**name, "tags": [OURS]}, version=VERSION)
        if isinstance(made, Refusal):
            return naming(made, WORDS)
        answer = self._wire.ask("POST", "model-versions/create", {**name, **body}, version=VERSION)
        if isinstance(answer, Refusal):
            gone = self.delete(fields["name"])
            if isinstance(gone, Refusal):
                raise ContractBroken("registered-models/delete", f"the prompt {fields['name']} stays behind", gone)
            return naming(answer, WORDS)
        return Created(id=need(made, "registered_model.name", "registered-models/create", str))

    def get(self, thing_id: str) -> Configuration | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", "registered-models/get", query={"name": thing_id}, version=VERSION)
        if isinstance(answer, Refusal):
            return answer
        return _thing(need(answer, "registered_model", "registered-models/get"))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Configuration] | Refusal:
        """See `interface.Things`; what was changed last comes first."""
        if beyond := sorted(set(filters) - {"name"}):
            raise NotOffered(f"the adapter of MLflow chooses no prompt by {', '.join(beyond)}")
        conditions = [f"tags.`{IS_PROMPT}` = 'true'", *(f"name = {quoted(name)}" for name in filters.values())]
        asked: dict[str, Any] = {
            "filter": " AND ".join(conditions),
            "order_by": "last_updated_timestamp DESC",
            "max_results": AT_ONCE if limit is None else limit,
        }
        answer = page_of(page, asked, self._search)
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        found = answer.get("registered_models", [])
        more = bool(answer.get("next_page_token"))
        return Page[Configuration](items=tuple(map(_thing, found)), page=page, limit=limit, has_next=more)

    def _search(self, asked: Mapping[str, Any]) -> Any | Refusal:
        return self._wire.ask("GET", "registered-models/search", query=asked, version=VERSION)

    def find(self, name: str) -> Page[Configuration] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: a new version, of which the rest is that of the latest."""
        if "name" in changes:
            raise NotOffered("a prompt is known by its name, which stays")
        before = self.get(thing_id)
        if isinstance(before, Refusal):
            return before
        kept = {name: value for name, value in before.fields.items() if name in SAID and value is not None}
        body = {"name": thing_id, **_version({**kept, **changes})}
        answer = self._wire.ask("POST", "model-versions/create", body, version=VERSION)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", "registered-models/delete", {"name": thing_id}, version=VERSION)
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("registered-models/create", how, version=VERSION)


def _version(fields: Fields) -> dict[str, Any]:
    """The version that product fields are said in; what MLflow has no place for is sent as it is, for it to refuse."""
    if beyond := sorted(UNSAID & set(fields)):
        raise NotOffered(f"the adapter of MLflow says nothing of a prompt's {', '.join(beyond)}")
    template, type_ = fields.get("template", []), fields.get("call_type")
    said = {STOP if name == "stop" else name: value for name, value in fields.get("hyperparameters", {}).items()}
    config = {**said, **{word: fields[name] for name, word in MODEL.items() if name in fields}}
    tags = {
        IS_PROMPT: "true",
        TEXT: template if isinstance(template, str) else json.dumps(template),
        CONFIG: json.dumps(config),
        **({} if type_ is None else {TYPE: TYPES.get(type_, type_)}),
        **({FORM: json.dumps(fields["response_format"])} if "response_format" in fields else {}),
        **fields.get("user_properties", {}),
    }
    more = {name: value for name, value in fields.items() if name not in {*SAID, "name"}}
    return {**more, "source": "prompt-template", "tags": [{"key": key, "value": tags[key]} for key in tags]}


def _thing(wire: Mapping[str, Any]) -> Configuration:
    version: Mapping[str, Any] = next(iter(wire.get("latest_versions", [])), {})
    tags = {each["key"]: each.get("value", "") for each in version.get("tags", [])}
    type_, text = tags.get(TYPE, "text"), tags.get(TEXT, "")
    config = json.loads(tags.get(CONFIG, "{}"))
    said = {"stop" if name == STOP else name: value for name, value in config.items() if name not in MODEL.values()}
    own = {key: value for key, value in tags.items() if not key.startswith(("mlflow.", "_mlflow"))}
    told = {
        "id": wire.get("name"),
        "name": wire.get("name"),
        "type": "LLM",  # there are no others
        **{name: config.get(word) or "" for name, word in MODEL.items()},
        "call_type": next((ours for ours, theirs in TYPES.items() if theirs == type_), type_),
        "template": json.loads(text) if type_ == "chat" else text,
        "hyperparameters": said or None,
        "response_format": json.loads(tags[FORM]) if FORM in tags else None,
        "user_properties": own or None,
    }
    return parse(Configuration, told, "registered-models")
