"""Appointments."""

from __future__ import annotations

from .base import Tool
from .schema import day, day_or_moment, ident, moment, needed, one_of, takes, text, whole

_APPOINTMENT = needed(ident("appointment"))
_PRACTITIONER = ident("practitioner; the user when left out")
_LENGTH = whole("length in minutes", 5, 480)

TOOLS = (
    Tool(
        "list_appointments",
        "Appointments by start.",
        takes(
            client_id=ident("client"),
            practitioner_id=ident("practitioner"),
            status=one_of("only those of this status", "scheduled", "completed", "cancelled", "no_show"),
            date_from=day_or_moment("not before"),
            date_to=day_or_moment("not after"),
            limit=whole("how many at most", 1, 200),
        ),
    ),
    Tool(
        "find_free_slots",
        "When an appointment could be made on a day.",
        takes(date=needed(day("which day")), duration_minutes=_LENGTH, practitioner_id=_PRACTITIONER),
    ),
    Tool(
        "book_appointment",
        "Make an appointment with a client. Only when the user has said when.",
        takes(
            client_id=needed(ident("client")),
            starts_at=needed(moment("when it starts")),
            duration_minutes=_LENGTH,
            practitioner_id=_PRACTITIONER,
            appointment_type=text("kind of appointment, such as session or intake", 100),
            location=text("where", 200),
            note=text("a note for the practitioner", 2_000),
        ),
    ),
    Tool(
        "reschedule_appointment",
        "Move an appointment.",
        takes(
            appointment_id=_APPOINTMENT,
            starts_at=needed(moment("when it starts from now on")),
            duration_minutes=_LENGTH,
        ),
    ),
    Tool(
        "cancel_appointment",
        "Cancel an appointment. Only when the user has asked for it.",
        takes(appointment_id=_APPOINTMENT, reason=text("why", 1_000)),
    ),
)
