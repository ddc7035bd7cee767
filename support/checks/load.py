"""What is said of a crowd: that all of it was served, and in time."""

from __future__ import annotations

from support.deeds.load import MEASURED, Coming


def served(coming: Coming, count: int, what: str) -> None:
    """So many were ended at least, and nothing that anybody in the crowd did failed."""
    entry, faults = coming.report.of(MEASURED[what]), [str(each) for each in coming.report.errors]
    so = entry.count >= count and not faults and not coming.report.exceptions
    coming.verdicts.append((f"at least {count} {what}, and no error", so))
    assert not coming.report.exceptions, f"the crowd itself broke down: {coming.report.exceptions[0].message}"
    assert not faults, f"expected no error, but there were: {'; '.join(faults)}"
    assert entry.count >= count, f"expected at least {count} {what}, but there were {entry.count}"


def in_time(coming: Coming, share: int, what: str, within_ms: float) -> None:
    """So many of a hundred took at most so long."""
    entry = coming.report.of(MEASURED[what])
    took = entry.within_ms(share / 100)
    coming.verdicts.append((f"{share} of 100 {what} within {within_ms:g} ms: {took:g} ms", took <= within_ms))
    assert entry.count, f"there were no {what}"
    assert took <= within_ms, f"expected {share} of 100 {what} within {within_ms:g} ms, but they took {took:g} ms"


def connected(coming: Coming, count: int) -> None:
    """The service had so many connections of the crowd at some moment, by what its machine says of it."""
    most = max((each.connections for each in coming.signs), default=0)
    coming.verdicts.append((f"{count} connections at once: {most}", most >= count))
    assert most >= count, f"expected {count} open connections at once, but there were {most} at most"
