"""What the embedded practice API can be told at start."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from .fields import check_token


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "PRACTICE_"

    configuration_file: Path | None = Field(
        None,
        alias="PRACTICE_CONFIG",
        description="TOML, YAML or JSON file with settings; else practice.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="PRACTICE_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(0, alias="PRACTICE_PORT", description="0: the kernel chooses")
    control_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, alias="PRACTICE_CONTROL_PORT", description="port of the control address, never that of the API"
    )
    storage: Path | None = Field(
        None,
        alias="PRACTICE_STORAGE",
        description="folder of the SQLite file; none: a folder that ends with the server",
    )
    practitioner_token: SecretStr = Field(
        SecretStr(""),
        alias="PRACTICE_PRACTITIONER_TOKEN",
        description="token of a practitioner of a sample practice, whose profile is practitioner-local",
    )
    client_token: SecretStr = Field(
        SecretStr(""),
        alias="PRACTICE_CLIENT_TOKEN",
        description="token of a client of that practice, whose profile is client-local",
    )
    foreign_token: SecretStr = Field(
        SecretStr(""),
        alias="PRACTICE_FOREIGN_TOKEN",
        description="token of a practitioner of another sample practice, whose profile is practitioner-foreign",
    )
    max_body_bytes: Annotated[int, Field(gt=0, le=1024**3)] = Field(
        16 * 1024 * 1024, alias="PRACTICE_MAX_BODY_BYTES", description="a larger request is answered 413"
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("must be a loopback address such as 127.0.0.1: the embedded API is for this machine")
        return host

    @field_validator("practitioner_token", "client_token", "foreign_token")
    @classmethod
    def _showable(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value():
            check_token(token.get_secret_value())
        return token

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.port and self.port == self.control_port:
            raise ValueError(f"port and control_port must differ, both are {self.port}")
        tokens = [token for token in self._tokens() if token]
        if len(tokens) != len(set(tokens)):
            raise ValueError("practitioner_token, client_token and foreign_token must differ")
        return self

    def _tokens(self) -> list[str]:
        given = (self.practitioner_token, self.client_token, self.foreign_token)
        return [token.get_secret_value() for token in given]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
