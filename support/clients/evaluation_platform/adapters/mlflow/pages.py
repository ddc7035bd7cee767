"""Lists of MLflow's, whose pages have no numbers: each tells the token of the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...interface import Refusal


def page_of(number: int | None, asked: Mapping[str, Any], ask: Callable[[Mapping[str, Any]], Any]) -> Any | Refusal:
    """The answer that is the page of that number, from 1; one beyond the last holds nothing."""
    answer = ask(asked)
    for _ in range((number or 1) - 1):
        if isinstance(answer, Refusal):
            return answer
        if not (token := answer.get("next_page_token")):
            return {}
        answer = ask({**asked, "page_token": token})
    return answer
