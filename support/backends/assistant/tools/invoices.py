"""Invoices; money in whole cents."""

from __future__ import annotations

from typing import Any

from . import calls
from .base import Tool, ToolContext
from .schema import day, ident, needed, one_of, some, takes, text, whole

_CLIENT = ident("client")
_INVOICE = needed(ident("invoice"))
_ITEM = takes(
    description=needed(text("what was done", 500)),
    quantity=whole("how many", 1, 1_000),
    unit_cents=needed(whole("price of one in cents", 0, 100_000_000)),
)

TOOLS = (
    Tool(
        "list_invoices",
        "Invoices, newest first, with what is outstanding.",
        takes(
            client_id=_CLIENT,
            status=one_of("only those of this status", "open", "paid", "void", "overdue"),
            limit=whole("how many at most", 1, 200),
        ),
    ),
    Tool("get_invoice", "One invoice with its items.", takes(invoice_id=_INVOICE)),
    Tool(
        "create_invoice",
        "Write an invoice to a client.",
        takes(
            client_id=needed(_CLIENT),
            items=needed(some("what is charged", _ITEM, 100)),
            due_date=day("when it is due"),
            currency={"type": "string", "pattern": "^[A-Z]{3}$", "description": "currency such as USD"},
        ),
        "invoices:create",
    ),
    Tool(
        "mark_invoice_paid",
        "Note that an invoice was paid.",
        takes(invoice_id=_INVOICE, method=text("how it was paid, such as card or transfer", 100)),
    ),
)


async def create(context: ToolContext, arguments: dict[str, Any]) -> Any:
    """Write an invoice, its items in the practice's words."""
    return await calls.make(
        context, "create_invoice", arguments | {"items": [_item(item) for item in arguments["items"]]}
    )


def _item(item: dict[str, Any]) -> dict[str, Any]:
    return {("unitCents" if name == "unit_cents" else name): value for name, value in item.items()}
