"""What the embedded evaluation platform can be told at start."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "PLATFORM_"

    host: str = Field("127.0.0.1", alias="PLATFORM_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(0, alias="PLATFORM_PORT", description="0: the kernel chooses")
    control_port: Annotated[int, Field(ge=0, le=65535)] = Field(0, alias="PLATFORM_CONTROL_PORT")
    storage: Path | None = Field(
        None,
        alias="PLATFORM_STORAGE",
        description="folder of the SQLite file; none: a folder that ends with the server",
    )
    database_url: SecretStr = Field(
        SecretStr(""), alias="PLATFORM_DATABASE_URL", description="SQLAlchemy URL; goes before PLATFORM_STORAGE"
    )
    keys: SecretStr = Field(
        SecretStr(""),
        alias="PLATFORM_KEYS",
        description="projects and keys to have from the start, as 'project=key,project=key'",
    )
    admin_key: SecretStr = Field(
        SecretStr(""), alias="PLATFORM_ADMIN_KEY", description="may create and list projects; empty: nobody may"
    )
    max_body_bytes: Annotated[int, Field(gt=0)] = Field(
        16 * 1024 * 1024, alias="PLATFORM_MAX_BODY_BYTES", description="a larger request is answered 413"
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("must be a loopback address such as 127.0.0.1: the embedded platform is for this machine")
        return host

    @field_validator("keys")
    @classmethod
    def _pairs(cls, keys: SecretStr) -> SecretStr:
        for number, entry in enumerate(_entries(keys), start=1):
            project, separator, key = entry.partition("=")
            if not (separator and project.strip() and key.strip()):
                raise ValueError(f"entry {number} is not of the form project=key")
        return keys

    def seeded_keys(self) -> list[tuple[str, str]]:
        """The (project name, key) pairs of `keys`, in order."""
        pairs = (entry.partition("=") for entry in _entries(self.keys))
        return [(project.strip(), key.strip()) for project, _, key in pairs]


def _entries(keys: SecretStr) -> list[str]:
    return [entry for entry in keys.get_secret_value().split(",") if entry.strip()]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
