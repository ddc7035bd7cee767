"""The routes, a module for each noun. They check what was sent, call the logic of that noun, and shape the answer.

Logic is looked up through its module when a request comes, never bound early: a seeded defect replaces it there.
"""

from __future__ import annotations

from . import (
    account,
    appointments,
    clients,
    conversations,
    documents,
    invoices,
    moods,
    notes,
    practice,
    reminders,
    reports,
    search,
    sessions,
    templates,
    violations,
)

ROUTERS = (
    search.router,
    conversations.router,
    sessions.router,
    reports.router,
    templates.router,
    documents.router,
    account.router,
    moods.router,
    moods.clients_router,
    clients.own_router,
    clients.router,
    notes.router,
    violations.router,
    violations.administrators_router,
    practice.router,
    appointments.router,
    invoices.router,
    reminders.router,
)
"""Every router; where two paths match, the first wins."""
