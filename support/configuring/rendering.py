"""Settings made visible: secrets masked everywhere, and a round trip through text."""

import json
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

MASK = "**********"
FILE_FIELD = "configuration_file"
"""The field that names the configuration file, where a model has one. It cannot stand in that file itself."""


@dataclass(frozen=True)
class Row:
    """One setting as shown: field, environment name ("" when it has none), masked value, origin, meaning."""

    name: str
    environment: str
    value: str
    origin: str
    meaning: str


def rows(value: BaseModel, origins: dict[str, str]) -> list[Row]:
    """Every field of a settings model, in the order of its declaration."""
    shown = value.model_dump(mode="json", by_alias=False)
    return [
        Row(name, environment_name(info), text(shown[name]), origins.get(name, ""), info.description or "")
        for name, info in type(value).model_fields.items()
    ]


def environment_name(info: FieldInfo) -> str:
    """A field's name in the environment: its alias when that is upper case, else none ("")."""
    alias = info.validation_alias
    return alias if isinstance(alias, str) and alias.isupper() else ""


def text(value: Any) -> str:
    """A dumped (and so already masked) value as people write it."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lines(shown: list[Row]) -> str:
    """One line a setting, for programs: name, environment name, value, origin and meaning, separated by tabs."""
    return "\n".join("\t".join((row.name, row.environment, row.value, row.origin, row.meaning)) for row in shown)


def markdown(shown: list[Row]) -> str:
    """A table of names, defaults and meanings, as the documentation has it."""
    head = ["| setting | environment, `.env` | default | meaning |", "|---|---|---|---|"]
    return "\n".join(
        head
        + [
            f"| `{row.name}` | `{row.environment}` | {f'`{row.value}`' if row.value else 'none'} | {row.meaning} |"
            for row in shown
        ]
    )


def plain(value: BaseModel, *, secrets: bool = False) -> dict[str, Any]:
    """The value as JSON: what `load(arguments=…)` reads back to an equal value.

    Fields that hold secrets are left out, so that they come from the environment again; `secrets=True` gives them
    in clear, for what only their owner can read.
    """
    content = {
        name: getattr(value, name)
        for name, info in type(value).model_fields.items()
        if name != FILE_FIELD and (secrets or not holds_secret(info.annotation))
    }
    found: dict[str, Any] = to_jsonable_python(_revealed(content))
    return found


def serialise(value: BaseModel, *, secrets: bool = False) -> str:
    """JSON (and so YAML) that `load(file=…)` reads back to an equal value; for `secrets` see `plain`."""
    return json.dumps(plain(value, secrets=secrets), indent=2, ensure_ascii=False) + "\n"


def holds_secret(annotation: Any) -> bool:
    """True when a value of this type may hold a secret, at any depth."""
    if annotation in (SecretStr, SecretBytes):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any(holds_secret(info.annotation) for info in annotation.model_fields.values())
    return any(holds_secret(part) for part in get_args(annotation))


def _revealed(value: Any) -> Any:
    if isinstance(value, SecretStr | SecretBytes):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return {name: _revealed(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_revealed(item) for item in value]
    return value
