"""Instants as the wire shows them: ISO 8601 in UTC with milliseconds, `2026-03-01T10:00:00.000Z`. They sort as text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TOO_FAR = "is too far away in time"


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """As the wire shows it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp() -> str:
    """The present moment, as the wire shows it."""
    return iso(now())


def parse(text: str) -> datetime:
    """A moment in ISO 8601; without an offset it is UTC. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a moment in ISO 8601, such as 2026-03-01T10:00:00Z") from None
    if len(text) <= len("2026-03-01"):
        raise ValueError("must be a moment with its time, such as 2026-03-01T10:00:00Z")
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(TOO_FAR) from None


def parse_day(text: str) -> date:
    """A day, such as 2026-03-01. Raises ValueError."""
    try:
        if len(text) == len("2026-03-01"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("must be a day, such as 2026-03-01")


def check_moment(text: str) -> str:
    """Raises ValueError unless it is a moment; answers it as the wire shows it."""
    return iso(parse(text))


def check_only(text: str) -> str:
    """Raises ValueError unless it is a moment; answers it as it came."""
    parse(text)
    return text


def check_day(text: str) -> str:
    """Raises ValueError unless it is a day."""
    return parse_day(text).isoformat()


def check_from(text: str) -> str:
    """The beginning of a range: a moment, or a day, which begins at its first moment (UTC). Raises ValueError."""
    return f"{check_day(text)}T00:00:00.000Z" if _is_day(text) else check_moment(text)


def check_until(text: str) -> str:
    """The end of a range: a moment, or a day, which ends at its last millisecond (UTC). Raises ValueError."""
    return f"{check_day(text)}T23:59:59.999Z" if _is_day(text) else check_moment(text)


def check_timezone(name: str) -> str:
    """Raises ValueError unless it is a timezone of the IANA database."""
    zone(name)
    return name


def zone(name: str) -> ZoneInfo:
    """The timezone of that name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no timezone {name[:60]!r}; give one such as Europe/London") from None


def days_ago(days: float) -> str:
    """The moment that many days ago."""
    return iso(now() - timedelta(days=days))


def later(moment: str, minutes: float) -> str:
    """The moment that many minutes after another. Raises ValueError for one that there is not."""
    try:
        return iso(parse(moment) + timedelta(minutes=minutes))
    except OverflowError:
        raise ValueError(TOO_FAR) from None


def within(moment: str | None, since: str | None, until: str | None) -> bool:
    """Whether a moment (or a day) lies in a range; both ends are in it, None leaves one open."""
    if moment is None:
        return False
    return (since is None or moment >= since) and (until is None or moment <= until)


def age(born: str | None) -> int | None:
    """Full years since a day, today."""
    if born is None:
        return None
    day, today = date.fromisoformat(born), now().date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def _is_day(text: str) -> bool:
    return len(text) <= len("2026-03-01")
