"""Two small practices to develop against, for whoever runs the API by itself with tokens in its settings.

Harbour Practice has Dr. Lee (profile `practitioner-local`) with the clients Sarah Johnson and Maya Cohen (profile
`client-local`); Northside Practice has Dr. Patel (profile `practitioner-foreign`).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import accounts, seeding, storage
from .settings import Settings

_SARAH: dict[str, Any] = {
    "name": "Sarah Johnson",
    "email": "sarah.johnson@example.org",
    "date_of_birth": "1990-04-12",
    "pronouns": "she/her",
    "assignments": [{"title": "Sleep diary", "instructions": "Write down when you went to bed and when you rose."}],
    "sessions": [
        {
            "title": "Sleep and work",
            "segments": [
                {"speaker": "Dr. Lee", "text": "How have you slept since we met?", "startTime": 0.0},
                {"speaker": "Sarah", "text": "Badly. I lie awake and worry about work.", "startTime": 6.5},
                {"speaker": "Dr. Lee", "text": "Let us look at what keeps you awake.", "startTime": 14.0},
                {"speaker": "Sarah", "text": "I will try to put work away at eight.", "startTime": 21.0},
            ],
        }
    ],
    "moods": [{"mood": "tense", "scale": 4}, {"mood": "calmer", "scale": 6}],
}
_MAYA: dict[str, Any] = {
    "name": "Maya Cohen",
    "conversations": [
        {
            "title": "Evening check-in",
            "messages": [
                {"role": "user", "content": "I managed to take a walk today."},
                {"role": "assistant", "content": "How was it to be outside?"},
            ],
        }
    ],
    "moods": [{"mood": "hopeful", "scale": 7}],
}
_TEMPLATE = {
    "name": "Progress note",
    "description": "After a session",
    "content": "# Progress note\nClient: {{clientName}}\nPractitioner: {{practitionerName}}\nDate: {{date}}\n",
}


def settle(store: storage.Store, settings: Settings) -> None:
    """Put in the practices whose tokens the settings have, unless they are there."""
    lee, maya, patel = (
        token.get_secret_value() or None
        for token in (settings.practitioner_token, settings.client_token, settings.foreign_token)
    )
    with store.writing() as db:
        if (lee or maya) and not _there(db, lee or maya):
            seeding.create(db, seeding.SeededPractice.model_validate(_harbour(lee, maya)))
        if patel and not _there(db, patel):
            seeding.create(db, seeding.SeededPractice.model_validate(_northside(patel)))


def _harbour(lee: str | None, maya: str | None) -> dict[str, Any]:
    return {
        "name": "Harbour Practice",
        "practitioners": [{"name": "Dr. Lee", "id": "practitioner-local", "token": lee}],
        "clients": [_SARAH, {**_MAYA, "id": "client-local", "token": maya}],
        "templates": [_TEMPLATE],
    }


def _northside(patel: str) -> dict[str, Any]:
    return {
        "name": "Northside Practice",
        "practitioners": [{"name": "Dr. Patel", "id": "practitioner-foreign", "token": patel}],
        "clients": [{"name": "Noah Weber"}],
        "templates": [_TEMPLATE],
    }


def _there(db: sa.Connection, token: str | None) -> bool:
    return accounts.known(db, accounts.digest(token or "")) is not None
