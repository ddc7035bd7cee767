"""Templates of documents; their variables stand in double braces: {{clientName}}."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import storage
from .answers import camel
from .errors import not_found
from .storage import Record

TEMPLATES = "templates"
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def add(db: sa.Connection, practice: str, values: Mapping[str, Any]) -> Record:
    """Add a template."""
    return storage.insert(db, practice, TEMPLATES, values, prefix="template")


def get(db: sa.Connection, practice: str, template_id: str) -> Record:
    """A template. Raises Problem 404."""
    found = storage.find(db, practice, TEMPLATES, template_id)
    if found is None:
        raise not_found("template", template_id)
    return found


def search(db: sa.Connection, practice: str, *, kind: str | None, query: str) -> list[Record]:
    """Templates of a type, and with a text in name or description, case-insensitively; by name."""
    wanted = query.strip().casefold()
    found = [
        each
        for each in storage.every(db, practice, TEMPLATES)
        if (kind is None or each["type"].casefold() == kind.casefold())
        and wanted in f"{each['name']}\n{each['description'] or ''}".casefold()
    ]
    return sorted(found, key=lambda each: (each["name"].casefold(), each["id"]))


def variables(content: str) -> list[str]:
    """The names in double braces, each once, in their order."""
    return list(dict.fromkeys(_VARIABLE.findall(content)))


def shown(template: Record) -> Record:
    """As the wire shows it."""
    return {
        **camel(template, "id", "name", "type", "description", "content"),
        "variables": variables(template["content"]),
        **camel(template, "created_at", "updated_at"),
    }
