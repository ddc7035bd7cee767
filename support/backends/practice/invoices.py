"""Invoices. Money is in whole cents. Numbers run from INV-0001 in each practice. Overdue: open after its due day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import people, storage, times
from .answers import camel
from .errors import conflict, not_found
from .storage import Record

INVOICES = "invoices"
_PAYABLE_DAYS = 30


def add(db: sa.Connection, practice: str, values: Mapping[str, Any]) -> Record:
    """Make an invoice. Raises Problem 404 for an unknown client."""
    people.client(db, practice, values["client_id"])
    content = {
        "currency": "USD",
        "due_date": (times.now() + timedelta(days=_PAYABLE_DAYS)).date().isoformat(),
        "status": "open",
        "paid_at": None,
        "method": None,
        "issued_at": times.stamp(),
        **values,
        "number": next_number(db, practice),
        "total_cents": total(values["items"]),
    }
    if content["status"] == "paid":
        content["paid_at"] = times.stamp()
    return storage.insert(db, practice, INVOICES, content, prefix="invoice", client=values["client_id"])


def next_number(db: sa.Connection, practice: str) -> str:
    """The number after the last one; invoices are never deleted."""
    return f"INV-{storage.count(db, practice, INVOICES) + 1:04}"


def total(items: Sequence[Mapping[str, Any]]) -> int:
    """What they cost, in cents."""
    return sum(item["quantity"] * item["unit_cents"] for item in items)


def get(db: sa.Connection, practice: str, invoice_id: str) -> Record:
    """An invoice. Raises Problem 404."""
    found = storage.find(db, practice, INVOICES, invoice_id)
    if found is None:
        raise not_found("invoice", invoice_id)
    return found


def search(db: sa.Connection, practice: str, *, client_id: str | None, status: str | None) -> list[Record]:
    """Invoices of a client and a status ("overdue" is some of the open ones), newest first. Raises Problem 404."""
    if client_id is not None:
        people.client(db, practice, client_id)
    found = storage.every(db, practice, INVOICES, client_id)[::-1]
    if status == "overdue":
        return [each for each in found if overdue(each)]
    return [each for each in found if status in (None, each["status"])]


def pay(db: sa.Connection, practice: str, invoice_id: str, method: str | None) -> Record:
    """Mark it paid. Raises Problem 404, 409 when it is not open."""
    found = get(db, practice, invoice_id)
    check_open(found)
    changes = {"status": "paid", "paid_at": times.stamp(), "method": method}
    return storage.change(db, practice, INVOICES, found, changes)


def void(db: sa.Connection, practice: str, invoice_id: str) -> Record:
    """Make it void. Raises Problem 404, 409 when it is not open."""
    found = get(db, practice, invoice_id)
    check_open(found)
    return storage.change(db, practice, INVOICES, found, {"status": "void"})


def check_open(invoice: Record) -> None:
    """Raises Problem 409 for one that is paid or void."""
    if invoice["status"] != "open":
        raise conflict(f"the invoice {invoice['number']} is {invoice['status']}")


def overdue(invoice: Record) -> bool:
    """Whether it should have been paid."""
    return bool(invoice["status"] == "open" and invoice["due_date"] < times.now().date().isoformat())


def sum_of(invoices: Sequence[Record], *statuses: str) -> int:
    """What those of these statuses come to, in cents."""
    return sum(each["total_cents"] for each in invoices if each["status"] in statuses)


def shown(invoice: Record, clients: Mapping[str, str]) -> Record:
    """As the wire shows it; names are looked up in these."""
    return {
        **camel(invoice, "id", "number", "client_id"),
        "clientName": clients.get(invoice["client_id"]),
        "items": [camel(item, "description", "quantity", "unit_cents") for item in invoice["items"]],
        **camel(invoice, "total_cents", "currency", "status"),
        "overdue": overdue(invoice),
        **camel(invoice, "due_date", "issued_at", "paid_at", "method"),
    }
