"""Placeholders in templates: {{clientName}}, {{practitionerName}} and {{date}} are known; the model fills in others."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.\- ]{0,100}?)\s*\}\}")
NOT_STATED = "[not stated]"


def checked(template: str) -> str:
    """The template. Raises ValueError for one with a placeholder that never ends."""
    at = unclosed(template)
    if at is not None:
        raise ValueError(f"the placeholder that begins at character {at + 1} is not closed with }}}}")
    return template


def unclosed(template: str) -> int | None:
    """Where a placeholder begins that never ends, in characters from the start; None when all are whole."""
    at = template.find("{{")
    while at >= 0:
        end = template.find("}}", at + 2)
        if end < 0 or "{{" in template[at + 2 : end].lstrip("{"):
            return at
        at = template.find("{{", end + 2)
    return None


def substituted(text: str, values: Mapping[str, str]) -> str:
    """The known placeholders replaced, each once: what a value holds is not looked at again."""
    known = {plain(name): value for name, value in values.items()}
    return _PLACEHOLDER.sub(lambda found: known.get(plain(found[1]), found[0]), text)


def finished(text: str, values: Mapping[str, str], quoted: str) -> str:
    """A written text without placeholders: known ones replaced, others marked as not stated.

    One that the material itself holds (`quoted`: transcript and names) is somebody's words, and stays.
    """
    known = {plain(name): value for name, value in values.items()}

    def replace(found: re.Match[str]) -> str:
        return found[0] if found[0] in quoted else known.get(plain(found[1]), NOT_STATED)

    return _PLACEHOLDER.sub(replace, text)


def names(template: str) -> list[str]:
    """The names of the placeholders, in the order of their first use."""
    return list(dict.fromkeys(found[1] for found in _PLACEHOLDER.finditer(template)))


def plain(name: str) -> str:
    """A name as it is compared: clientName, client_name and CLIENT NAME are one."""
    return re.sub(r"[_\- ]", "", name).casefold()
