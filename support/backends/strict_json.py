"""Where Python reads more than JSON says, or than can be written again: NaN, endless numbers, endless nesting."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn


def finite(digits: str) -> float:
    """A number with a fraction or an exponent. Raises ValueError for one that is too large."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def read(content: str | bytes, number: Callable[[str], float] = finite) -> Any:
    """JSON by the letter, in finite numbers. Raises ValueError; RecursionError for what is nested too deeply."""
    return json.loads(content, parse_constant=_refuse, parse_float=number)


def is_deeper(value: Any, most: int) -> bool:
    """Whether more than so many lists and objects stand within each other."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level if isinstance(outer, list | dict) for inner in _within(outer)]
        if not level:
            return False
    return True


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _within(value: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
