"""Policy violations: what the assistant refused to write, reported by it in the name of its user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from . import people, storage
from .answers import camel
from .errors import forbidden
from .storage import Record

VIOLATIONS = "violations"
_FIELDS = (
    "profile_id",
    "template_id",
    "template_name",
    "violation_type",
    "template_content",
    "reason",
    "confidence",
    "client_id",
    "metadata",
    "ip_address",
    "user_agent",
)


def add(db: sa.Connection, practice: str, reporter: str, values: Mapping[str, Any]) -> Record:
    """Add a record. Raises Problem 403 for another's profile, 404 for an unknown client.

    The template is not looked up: one that breaks the rules need not be stored here.
    """
    check_profile(values["profile_id"], reporter)
    if values.get("client_id") is not None:
        people.client(db, practice, values["client_id"])
    content = {**values, "reported_by": reporter}
    return storage.insert(db, practice, VIOLATIONS, content, prefix="violation", client=values.get("client_id"))


def check_profile(profile: str, reporter: str) -> None:
    """Raises Problem 403 unless somebody reports in their own name."""
    if profile != reporter:
        raise forbidden("profileId: it is not the profile of this token")


def search(db: sa.Connection, practice: str, profile: str | None) -> list[Record]:
    """Records of everybody or of one profile, newest first."""
    every = storage.every(db, practice, VIOLATIONS)
    return [each for each in every if profile in (None, each["profile_id"])][::-1]


def shown(violation: Record) -> Record:
    """As the wire shows it."""
    return camel(violation, "id", *_FIELDS, "reported_by", "created_at")
