"""Tools that go to the provider of models."""

from __future__ import annotations

import json
from typing import Annotated

import openai
from pydantic import Field

from ..outcome import Outcome
from ..providers import Ask, ProviderError, describe
from .base import Arguments, Context, Tool


class Chat(Arguments):
    """Arguments of `chat`."""

    prompt: Annotated[str, Field(min_length=1)] = Field(description="what the model is asked")
    system: str = Field("", description="how the model is to behave")
    model: str | None = Field(None, description="the model to ask; without it, the daemon's own choice")


async def chat(context: Context, arguments: Chat) -> Outcome:
    """Ask the model."""
    ask = Ask(arguments.prompt, arguments.system, arguments.model)
    answer = await context.state.providers.ask(ask)
    return Outcome(answer.text, not answer.degraded, answer.provider, answer.degraded)


class ListModels(Arguments):
    """`listmodels` takes no arguments."""


async def list_models(context: Context, _arguments: ListModels) -> Outcome:
    """The models of the provider."""
    provider = context.state.providers.first
    try:
        models = await provider.list_models()
    except openai.OpenAIError as cause:
        raise ProviderError(f"the provider {provider.name} lists no models: {describe(cause)}") from cause
    return Outcome(json.dumps({"provider": provider.name, "models": models}), provider=provider.name)


CHAT = Tool("chat", "Asks the model a question and answers with what it says.", Chat, __name__, "chat", provider=True)
LIST_MODELS = Tool(
    "listmodels",
    "Lists the models that the provider offers.",
    ListModels,
    __name__,
    "list_models",
    repeatable=True,
    provider=True,
)
