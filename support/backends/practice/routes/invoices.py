"""Invoices."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Query as QueryParameters
from fastapi import Response
from pydantic import Field

from .. import invoices, people
from ..answers import answer, created, page
from ..calls import Call, CallContext, new_router
from ..fields import CamelBody, CamelQuery, Cents, Day, Id, Limit200, Line, Name
from ..storage import Record

router = new_router()


class InvoicesQuery(CamelQuery):
    """Parameters of GET /invoices."""

    client_id: Id | None = None
    status: Literal["open", "paid", "void", "overdue"] | None = None
    limit: Limit200 = 50


class Item(CamelBody):
    """A line of an invoice."""

    description: Name
    quantity: Annotated[int, Field(ge=1, le=1_000)] = 1
    unit_cents: Cents


class NewInvoice(CamelBody):
    """Body of POST /invoices."""

    client_id: Id
    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    due_date: Day | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"


class Payment(CamelBody):
    """Body of POST /invoices/{id}/pay."""

    method: Line | None = None


class Nothing(CamelBody):
    """Body of POST /invoices/{id}/void."""


@router.get("/invoices")
def list_invoices(query: Annotated[InvoicesQuery, QueryParameters()], call: Call) -> Response:
    """Invoices by client and status, newest first, and what they come to."""
    with call.reading() as db:
        found = invoices.search(db, call.practice, client_id=query.client_id, status=query.status)
        shown = _shown(db, call, page(found, query.limit))
    return answer(
        {
            "total": len(found),
            "totalCents": invoices.sum_of(found, "open", "paid"),
            "outstandingCents": invoices.sum_of(found, "open"),
            "invoices": shown,
        }
    )


@router.get("/invoices/{invoice_id}")
def get_invoice(invoice_id: str, call: Call) -> Response:
    """One invoice."""
    with call.reading() as db:
        shown = _shown(db, call, [invoices.get(db, call.practice, invoice_id)])
    return answer(shown[0])


@router.post("/invoices")
def create_invoice(body: NewInvoice, call: Call) -> Response:
    """Make an invoice."""
    values = body.model_dump(exclude_none=True)
    with call.writing() as db:
        shown = _shown(db, call, [invoices.add(db, call.practice, values)])
    return created(shown[0])


@router.post("/invoices/{invoice_id}/pay")
def pay(invoice_id: str, call: Call, body: Payment | None = None) -> Response:
    """Mark an invoice paid."""
    with call.writing() as db:
        method = body.method if body else None
        shown = _shown(db, call, [invoices.pay(db, call.practice, invoice_id, method)])
    return created(shown[0])


@router.post("/invoices/{invoice_id}/void")
def void(invoice_id: str, call: Call, body: Nothing | None = None) -> Response:
    """Make an invoice void."""
    with call.writing() as db:
        shown = _shown(db, call, [invoices.void(db, call.practice, invoice_id)])
    return created(shown[0])


def _shown(db: sa.Connection, call: CallContext, found: list[Record]) -> list[Record]:
    clients = people.names(db, call.practice, people.CLIENTS)
    return [invoices.shown(each, clients) for each in found]
