"""Money as integers: micro-dollars, so that sums are exact and a limit is a limit."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

MICROS = 1_000_000
"""Micro-dollars in a dollar."""


def charged(dollars: Decimal) -> int:
    """What a call has cost, in micro-dollars: a part of one counts as one."""
    return int((dollars * MICROS).to_integral_value(ROUND_CEILING))


def limit(dollars: Decimal) -> int:
    """What may be spent, in micro-dollars: a part of one does not count."""
    return int((dollars * MICROS).to_integral_value(ROUND_FLOOR))


def told(micros: int) -> str:
    """An amount for people: "$0.0123", with as many digits as it has, two at least."""
    whole, part = divmod(abs(micros), MICROS)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}${whole:,}.{digits}"
