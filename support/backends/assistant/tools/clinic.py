"""The practice itself: who works there, and its figures."""

from __future__ import annotations

from .base import Tool
from .schema import date_range, ident, needed, one_of, takes, text, whole

TOOLS = (
    Tool("get_clinic_profile", "The practice: name, address, services, opening hours.", takes()),
    Tool(
        "list_practitioners",
        "The practitioners of the practice.",
        takes(
            status=one_of("only those of this status", "active", "inactive"),
            role=text("only those of this role", 100),
            limit=whole("how many at most", 1, 200),
        ),
    ),
    Tool(
        "get_clinic_stats",
        "Counts of clients, sessions, documents, appointments and invoices within days.",
        takes(
            date_range=date_range("which days; all when left out"),
            practitioner_id=ident("practitioner whose figures are wanted; all when left out"),
        ),
    ),
    Tool(
        "get_practice_metrics",
        "The practice's figures over a period up to today, with billing.",
        takes(period=one_of("which period", "week", "month", "quarter", "year", "all")),
    ),
    Tool(
        "generate_report",
        "A written report on a client from the practice's records.",
        takes(
            report_type=needed(one_of("what it is about", "progress", "summary", "attendance", "billing")),
            client_id=needed(ident("client")),
            date_range=date_range("which days; all when left out"),
        ),
    ),
)
