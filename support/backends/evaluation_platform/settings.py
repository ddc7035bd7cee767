"""What the embedded evaluation platform can be told at start."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "PLATFORM_"

    configuration_file: Path | None = Field(
        None,
        alias="PLATFORM_CONFIG",
        description="TOML, YAML or JSON file with settings; else evaluation_platform.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="PLATFORM_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(0, alias="PLATFORM_PORT", description="0: the kernel chooses")
    control_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, alias="PLATFORM_CONTROL_PORT", description="port of the control address, never that of the API"
    )
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
    max_body_bytes: Annotated[int, Field(gt=0, le=1024**3)] = Field(
        16 * 1024 * 1024, alias="PLATFORM_MAX_BODY_BYTES", description="a larger request is answered 413"
    )

    metric_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        3.0, alias="PLATFORM_METRIC_SECONDS", description="time limit of a PYTHON metric on one event"
    )
    metric_memory_mb: Annotated[int, Field(ge=64, le=16 * 1024)] = Field(
        256, alias="PLATFORM_METRIC_MEMORY_MB", description="memory limit of a PYTHON metric"
    )
    metric_model: str = Field(
        "gpt-4o-mini", alias="PLATFORM_METRIC_MODEL", min_length=1, description="model of LLM metrics that name none"
    )
    metric_model_seconds: Annotated[float, Field(gt=0, le=600)] = Field(
        30.0, alias="PLATFORM_METRIC_MODEL_SECONDS", description="time limit of a model's answer to an LLM metric"
    )
    openai_base_url: str = Field("", alias="OPENAI_BASE_URL", description="address of the model of LLM metrics")
    openai_api_key: SecretStr = Field(
        SecretStr(""), alias="OPENAI_API_KEY", description="key of the model; empty: LLM metrics cannot be computed"
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

    @model_validator(mode="after")
    def _ports_apart(self) -> Self:
        if self.port and self.port == self.control_port:
            raise ValueError(f"port and control_port must differ, both are {self.port}")
        return self

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
