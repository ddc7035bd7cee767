"""The nouns of an evaluation platform, as data: names in prose, product fields, filters, operations.

Steps that are generic over the noun (``When she creates a {noun} with``) look everything up here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel

from .interface import Configuration, Datapoint, Dataset, Event, Metric, Project, Run, Tool

Verb = Literal["create", "get", "list", "update", "delete"]
ALL_VERBS: tuple[Verb, ...] = ("create", "get", "list", "update", "delete")


@dataclass(frozen=True)
class Noun:
    """One noun. ``key`` is its name in code, ``required`` the fields without which it cannot be created.

    ``smallest`` is the smallest valid body, without the name: what a scenario need not say.
    """

    key: str
    plural: str
    model: type[BaseModel]
    required: tuple[str, ...] = ("name",)
    filters: tuple[str, ...] = ()
    verbs: tuple[Verb, ...] = ALL_VERBS
    aliases: tuple[str, ...] = ()
    named: bool = True
    smallest: Mapping[str, object] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The product fields, by the words that tables of scenarios use."""
        return tuple(self.model.model_fields)


_CHAT = [{"role": "system", "content": "You answer in one sentence."}]

NOUNS: Mapping[str, Noun] = MappingProxyType(
    {
        noun.key: noun
        for noun in (
            Noun("dataset", "datasets", Dataset, filters=("name", "id")),
            Noun(
                "datapoint",
                "datapoints",
                Datapoint,
                required=("inputs",),
                filters=("ids", "dataset"),
                named=False,
                smallest={"inputs": {"question": "What is the capital of France?"}},
            ),
            Noun(
                "configuration",
                "configurations",
                Configuration,
                required=("name", "provider", "model", "call_type"),
                filters=("name", "environment", "tags"),
                aliases=("prompt", "prompts"),
                smallest={"provider": "openai", "model": "gpt-4o", "call_type": "chat", "template": _CHAT},
            ),
            Noun(
                "tool",
                "tools",
                Tool,
                required=("name", "parameters", "type"),
                filters=("name", "type"),
                smallest={"type": "function", "parameters": {"type": "object", "properties": {}}},
            ),
            Noun(
                "metric",
                "metrics",
                Metric,
                required=("name", "type", "criteria"),
                filters=("type", "id"),
                smallest={
                    "type": "PYTHON",
                    "criteria": "def score(event):\n    return 1.0\n",
                    "return_type": "float",
                },
            ),
            Noun(
                "run",
                "runs",
                Run,
                required=(),
                filters=("dataset", "ids", "name", "status", "sort_by", "sort_order"),
                aliases=("experiment", "experiments", "experiment run", "experiment runs", "evaluation", "evaluations"),
            ),
            Noun(
                "project",
                "projects",
                Project,
                filters=("name",),
                verbs=("create", "get", "list", "update"),
            ),
            Noun(
                "session",
                "sessions",
                Event,
                required=(),
                filters=("name", "source", "metadata.*", "user_properties.*"),
                smallest={"source": "acceptance"},
            ),
            Noun(
                "event",
                "events",
                Event,
                required=("type", "inputs"),
                filters=("session", "type", "name", "source", "metadata.*"),
                verbs=("create", "get", "list", "update"),
                smallest={"type": "tool", "inputs": {}, "source": "acceptance"},
            ),
        )
    }
)

_BY_NAME: Mapping[str, Noun] = {
    name: noun for noun in NOUNS.values() for name in (noun.key, noun.plural, *noun.aliases)
}


def noun(name: str) -> Noun:
    """The noun of that name in prose, singular or plural.

    Raises:
        LookupError: no such noun; the message names the nearest.

    """
    found = _BY_NAME.get(name.lower())
    if found is None:
        near = difflib.get_close_matches(name.lower(), _BY_NAME, n=3)
        raise LookupError(f"no noun {name!r}; known: {', '.join(sorted(_BY_NAME))}; nearest: {', '.join(near) or '-'}")
    return found
