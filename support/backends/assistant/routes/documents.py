"""Documents over REST."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Self

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, Field

from support.backends.assistant import documents, placeholders, rest, transcripts
from support.backends.assistant.state import State

router = APIRouter(tags=["documents"])


def _whole(content: str) -> str:
    return placeholders.checked(rest.checked_visible(content))


TemplateText = Annotated[str, rest.VISIBLE, AfterValidator(_whole)]


class TemplateBody(BaseModel):
    """A template; {{clientName}}, {{practitionerName}} and {{date}} are filled in."""

    id: rest.NotBlank
    name: rest.NotBlank
    content: TemplateText


class Segment(BaseModel):
    """Something that was said; `startTime` in seconds."""

    speaker: rest.Text
    text: rest.Text
    startTime: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)] | None = None  # noqa: N815 - on the wire


class Transcript(BaseModel):
    """What was said, in order; may be nothing."""

    segments: list[Segment]


class PersonBody(BaseModel):
    """Somebody."""

    id: rest.NotBlank
    name: rest.NotBlank


class DocumentBody(BaseModel):
    """What a document is made of."""

    template: TemplateBody
    transcript: Transcript
    clientInfo: PersonBody  # noqa: N815 - on the wire
    practitionerInfo: PersonBody  # noqa: N815 - on the wire
    generationInstructions: rest.Text | None = None  # noqa: N815 - on the wire

    def order(self: Self) -> documents.Order:
        """The order that it is."""
        return documents.Order(
            template=documents.Template(self.template.id, self.template.name, self.template.content),
            transcript=transcripts.rendered([segment.model_dump() for segment in self.transcript.segments]),
            client=documents.Person(self.clientInfo.id, self.clientInfo.name),
            practitioner=documents.Person(self.practitionerInfo.id, self.practitionerInfo.name),
            instructions=self.generationInstructions or "",
        )


@router.post("/generate-document-from-template", summary="Write a document from a template and a transcript")
async def generate_document(request: Request, body: DocumentBody, caller: rest.Asking) -> dict[str, Any]:
    """The document, or the warning that it is against the policy."""
    state: State = request.app.state.assistant
    order = body.order()
    with rest.told("transcript"):
        outcome = await state.writer.write(order, caller, f"document-{uuid.uuid4().hex}/1")
    return documents.answer(order, outcome)
