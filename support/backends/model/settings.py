"""What the scripted model can be told at start."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

CATALOGUE = (
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.5",
    "gpt-6-astra",
    "o3",
    "o4-mini",
    "claude-opus-4-5",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "text-embedding-3-small",
    "text-embedding-3-large",
    "text-embedding-ada-002",
    "omni-moderation-latest",
    "text-moderation-latest",
)
"""The models that are always there. A dated snapshot of one, such as gpt-4o-2024-08-06, is there too."""


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "MODEL_"

    configuration_file: Path | None = Field(
        None,
        alias="MODEL_CONFIG",
        description="TOML, YAML or JSON file with settings; else model.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="MODEL_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(0, alias="MODEL_PORT", description="0: the kernel chooses")
    control_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, alias="MODEL_CONTROL_PORT", description="port of the control address, never that of the API"
    )
    keys: SecretStr = Field(
        SecretStr(""), alias="MODEL_KEYS", description="accepted keys, separated by commas; empty: any key is accepted"
    )
    models: str = Field(
        "", alias="MODEL_MODELS", description="further models, separated by commas; an unknown one is refused"
    )
    max_body_bytes: Annotated[int, Field(gt=0, le=1024**3)] = Field(
        32 * 1024 * 1024, alias="MODEL_MAX_BODY_BYTES", description="a larger request is answered 413"
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("must be a loopback address such as 127.0.0.1: the embedded model is for this machine")
        return host

    @model_validator(mode="after")
    def _ports_apart(self) -> Self:
        if self.port and self.port == self.control_port:
            raise ValueError(f"port and control_port must differ, both are {self.port}")
        return self

    def accepted_keys(self) -> tuple[str, ...]:
        """The keys that are accepted; none: any is."""
        return _entries(self.keys.get_secret_value())

    def known_models(self) -> tuple[str, ...]:
        """Every model by name, in the order in which they are listed."""
        return tuple(dict.fromkeys((*CATALOGUE, *_entries(self.models))))


def _entries(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
