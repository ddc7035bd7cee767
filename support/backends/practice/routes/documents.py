"""Documents about clients."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import documents, people
from ..answers import answer, created, page
from ..calls import Call, new_router
from ..fields import CamelBody, CamelQuery, Id, Limit200, Line, Name, Offset, Text

router = new_router()


class NewDocument(CamelBody):
    """Body of POST /documents."""

    client_id: Id
    name: Name
    content: Text
    template_id: Id | None = None
    session_ids: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)


class DocumentChanges(CamelBody):
    """Body of PATCH /documents/{id}."""

    name: Name = ""
    content: Text = ""


class DocumentsQuery(CamelQuery):
    """Parameters of GET /documents."""

    client_id: Id | None = None
    q: Line = ""
    limit: Limit200 = 50
    offset: Offset = 0


@router.get("/documents")
def list_documents(query: Annotated[DocumentsQuery, QueryParameters()], call: Call) -> Response:
    """Documents by client and text, newest first."""
    with call.reading() as db:
        found = documents.search(db, call.practice, client_id=query.client_id, query=query.q)
        clients = people.names(db, call.practice, people.CLIENTS)
    shown = [documents.shown(each, clients) for each in page(found, query.limit, query.offset)]
    return answer({"total": len(found), "documents": shown})


@router.post("/documents")
def store_document(body: NewDocument, call: Call) -> Response:
    """Store a document."""
    with call.writing() as db:
        stored = documents.add(db, call.practice, call.person, body.sent())
        clients = people.names(db, call.practice, people.CLIENTS)
    return created(documents.shown(stored, clients))


@router.get("/documents/{document_id}")
def get_document(document_id: str, call: Call) -> Response:
    """One document."""
    with call.reading() as db:
        found = documents.get(db, call.practice, document_id)
        clients = people.names(db, call.practice, people.CLIENTS)
    return answer(documents.shown(found, clients))


@router.patch("/documents/{document_id}")
def update_document(document_id: str, body: DocumentChanges, call: Call) -> Response:
    """Change a document."""
    with call.writing() as db:
        changed = documents.update(db, call.practice, document_id, body.sent())
        clients = people.names(db, call.practice, people.CLIENTS)
    return answer(documents.shown(changed, clients))


@router.delete("/documents/{document_id}")
def delete_document(document_id: str, call: Call) -> Response:
    """Delete a document."""
    with call.writing() as db:
        documents.delete(db, call.practice, document_id)
    return answer({"id": document_id, "deleted": True})
