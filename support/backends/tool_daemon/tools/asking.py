"""Tools that go to the provider of models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..outcome import Outcome
from ..providers import Answer, Ask
from .base import Arguments, Context, Tool


class Chat(Arguments):
    """Arguments of `chat`."""

    prompt: Annotated[str, Field(min_length=1)] = Field(description="what the model is asked")
    system: str = Field("", description="how the model is to behave")
    model: str | None = Field(None, description="the model to ask; without it, the daemon's own choice")


async def chat(context: Context, arguments: Chat) -> Outcome:
    """Ask the model."""
    return outcome(await context.state.providers.ask(Ask(arguments.prompt, arguments.system, arguments.model)))


def outcome(answer: Answer) -> Outcome:
    """What a provider answered, as the tool's own answer."""
    return Outcome(answer.text, not answer.degraded, answer.provider, answer.degraded)


class ListModels(Arguments):
    """`listmodels` takes no arguments."""


async def list_models(context: Context, _arguments: ListModels) -> Outcome:
    """The models of the provider."""
    return outcome(await context.state.providers.list_models())


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
