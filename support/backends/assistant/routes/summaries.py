"""Summaries over REST."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from support.backends.assistant import rest, summaries
from support.backends.assistant.state import State

router = APIRouter(tags=["summaries"])


class MessageBody(BaseModel):
    """A message."""

    role: rest.NotBlank
    content: rest.Text | None = None


class ConversationBody(BaseModel):
    """A conversation."""

    id: rest.Text
    createdAt: rest.Text  # noqa: N815 - on the wire
    messages: list[MessageBody]

    def conversation(self) -> summaries.Conversation:
        """As it is summarised; a message without content says nothing."""
        said = [summaries.Message(one.role, one.content or "") for one in self.messages]
        return summaries.Conversation(self.id, self.createdAt, said)


class SummaryBody(BaseModel):
    """The conversations of one summary."""

    conversations: list[ConversationBody]


@router.post("/summarize-ai-conversations", summary="Summarise conversations with the assistant")
async def summarise(request: Request, body: SummaryBody, caller: rest.Asking) -> dict[str, Any]:
    """One summary of all of them."""
    state: State = request.app.state.assistant
    conversations = [one.conversation() for one in body.conversations]
    with rest.told("conversations"):
        return await summaries.summarise(
            state.settings, state.model, conversations, caller, f"summary-{uuid.uuid4().hex}/1"
        )
