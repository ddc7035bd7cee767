"""What the tool daemon can be told at start. All durations are in seconds, and may be fractions."""

from __future__ import annotations

import ipaddress
from itertools import pairwise
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from support.configuring import ConfigurationError, Problem

HOUR = 3_600.0
Seconds = Annotated[float, Field(gt=0, le=HOUR, allow_inf_nan=False)]
LongSeconds = Annotated[float, Field(gt=0, le=168 * HOUR, allow_inf_nan=False)]
Places = Annotated[int, Field(ge=1, le=10_000)]

SHORTEST_TOKEN = 8
LAYERS = ("tool_timeout", "daemon_timeout", "shim_timeout", "client_timeout")
"""The timeouts of a call, innermost first."""
MARGINS = {"daemon_timeout": 1.5, "shim_timeout": 1.25, "client_timeout": 1.25}
"""How many times as long as the layer below it each one must at least be: time to stop, to answer, and to travel."""


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "DAEMON_"

    configuration_file: Path | None = Field(
        None,
        alias="DAEMON_CONFIG",
        description="TOML, YAML or JSON file with settings; else tool_daemon.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="DAEMON_HOST", description="loopback address to listen at")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, alias="DAEMON_PORT", description="0: the kernel chooses; the shim must be told"
    )
    token: SecretStr = Field(
        SecretStr(""), alias="DAEMON_TOKEN", description="what clients must present: at least 8 characters"
    )
    hello_timeout: Seconds = Field(
        15.0, alias="DAEMON_HELLO_TIMEOUT", description="a client that has not said hello by then is sent away"
    )
    ping_interval: Seconds = Field(
        20.0, alias="DAEMON_PING_INTERVAL", description="between two pings; one left unanswered that long ends it"
    )
    heartbeat_interval: Seconds = Field(
        8.0, alias="DAEMON_HEARTBEAT_INTERVAL", description="between two reports of a call's progress"
    )
    session_timeout: LongSeconds = Field(
        3600.0, alias="DAEMON_SESSION_TIMEOUT", description="a session that is silent for so long is closed"
    )
    session_limit: Places = Field(100, alias="DAEMON_SESSION_LIMIT", description="sessions at once")
    sweep_interval: Seconds = Field(
        60.0, alias="DAEMON_SWEEP_INTERVAL", description="between two looks for silent sessions"
    )
    global_inflight: Places = Field(24, alias="DAEMON_GLOBAL_INFLIGHT", description="calls at once, of all clients")
    provider_inflight: Places = Field(
        8, alias="DAEMON_PROVIDER_INFLIGHT", description="calls at once that need the same provider"
    )
    session_inflight: Places = Field(8, alias="DAEMON_SESSION_INFLIGHT", description="calls at once of one session")
    tool_timeout: Seconds = Field(120.0, alias="DAEMON_TOOL_TIMEOUT", description="a tool is stopped then")
    daemon_timeout: Seconds = Field(
        180.0,
        alias="DAEMON_DAEMON_TIMEOUT",
        description="a call is answered by then, whatever its tool does; at least 1.5 times the tool timeout",
    )
    shim_timeout: Seconds = Field(
        240.0,
        alias="DAEMON_SHIM_TIMEOUT",
        description="the shim waits so long for the daemon's answer; at least 1.25 times the daemon's",
    )
    client_timeout: Seconds = Field(
        300.0,
        alias="DAEMON_CLIENT_TIMEOUT",
        description="what clients are advised to wait for an answer; at least 1.25 times the shim's",
    )
    breaker_threshold: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, alias="DAEMON_BREAKER_THRESHOLD", description="failed operations in a row that open a provider's circuit"
    )
    breaker_recovery: Seconds = Field(
        300.0, alias="DAEMON_BREAKER_RECOVERY", description="an open circuit lets one operation try after that"
    )
    retry_base: Seconds = Field(
        1.0, alias="DAEMON_RETRY_BASE", description="pause before the first of three retries; it doubles each time"
    )
    provider_timeout: Seconds = Field(
        30.0, alias="DAEMON_PROVIDER_TIMEOUT", description="one request to a provider is given up then"
    )
    cache_ttl: Annotated[float, Field(ge=0, le=24 * HOUR, allow_inf_nan=False)] = Field(
        600.0, alias="DAEMON_CACHE_TTL", description="answers are kept for identical calls so long; 0: never"
    )
    cache_entries: Places = Field(
        1000, alias="DAEMON_CACHE_ENTRIES", description="answers kept at once, and as many of experts; the oldest go"
    )
    cache_max_bytes: Annotated[int, Field(ge=1, le=1024**3)] = Field(
        64 * 1024 * 1024,
        alias="DAEMON_CACHE_MAX_BYTES",
        description="bytes of the answers kept at once, and as many of experts; a larger answer is not kept",
    )
    expert_timeout: Seconds = Field(
        90.0, alias="DAEMON_EXPERT_TIMEOUT", description="an expert analysis is given up then; below the tool timeout"
    )
    expert_heartbeat_interval: Seconds = Field(
        5.0, alias="DAEMON_EXPERT_HEARTBEAT_INTERVAL", description="between two reports that an analysis goes on"
    )
    model: str = Field("gpt-4o-mini", min_length=1, alias="DAEMON_MODEL", description="model of calls that name none")
    openai_base_url: str = Field(
        "", alias="OPENAI_BASE_URL", description="address of the provider; empty: OpenAI's own"
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""), alias="OPENAI_API_KEY", description="key of the provider; empty: tools that need it fail"
    )
    fallback_base_url: str = Field(
        "", alias="DAEMON_FALLBACK_BASE_URL", description="provider to ask while the circuit of the first is open"
    )
    fallback_api_key: SecretStr = Field(
        SecretStr(""), alias="DAEMON_FALLBACK_API_KEY", description="its key; empty: a fixed text is answered instead"
    )
    fallback_model: str = Field("gpt-4o-mini", min_length=1, alias="DAEMON_FALLBACK_MODEL", description="its model")
    log_directory: Path | None = Field(
        None,
        alias="DAEMON_LOG_DIRECTORY",
        description="folder of log, metrics and health file; none: a folder that ends with the daemon",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="DAEMON_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_max_bytes: Annotated[int, Field(ge=1000, le=1024**3)] = Field(
        10 * 1024 * 1024, alias="DAEMON_LOG_MAX_BYTES", description="a log or metrics file of that size is rotated"
    )
    log_count: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, alias="DAEMON_LOG_COUNT", description="rotated files of each kind that are kept"
    )
    health_interval: Seconds = Field(
        10.0, alias="DAEMON_HEALTH_INTERVAL", description="between two writings of the health file"
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("must be a loopback address such as 127.0.0.1: put a proxy with TLS before the daemon")
        return host

    @field_validator("token")
    @classmethod
    def _hard_to_guess(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters")
        return token

    @field_validator("openai_base_url", "fallback_base_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("is no address; give one such as https://model.example/v1")
        return url

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_hierarchy(self)
        if self.expert_timeout >= self.tool_timeout and "expert_timeout" in self.model_fields_set:
            raise ValueError(
                f"expert_timeout ({self.expert_timeout:g}) must be below tool_timeout ({self.tool_timeout:g})"
            )
        return self

    @property
    def timeouts(self) -> dict[str, float]:
        """The timeouts of a call by layer (tool, daemon, shim, client), in seconds, innermost first."""
        return {layer.removesuffix("_timeout"): getattr(self, layer) for layer in LAYERS}

    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        held = (self.token, self.openai_api_key, self.fallback_api_key)
        return tuple(secret.get_secret_value() for secret in held if secret.get_secret_value())


def check_hierarchy(settings: Settings) -> None:
    """Raise ValueError unless each layer gives the one below it the time to end and to say so."""
    for inner, outer in pairwise(LAYERS):
        below, given = getattr(settings, inner), getattr(settings, outer)
        if given < MARGINS[outer] * below * (1 - 1e-9):  # 1.5 times 0.2 is a little more than 0.3
            raise ValueError(
                f"{outer} ({given:g}) must be at least {MARGINS[outer]:g} times {inner} ({below:g}); "
                f"raise it to {MARGINS[outer] * below:g} or more, or lower {inner}"
            )


def require(settings: Settings) -> None:
    """Raise ConfigurationError, naming all that is missing, unless the daemon can be started with these settings."""
    missing = [
        Problem("token", "not given", "is required", "set DAEMON_TOKEN in the environment or in .env")
        for _ in range(not settings.token.get_secret_value())
    ]
    if settings.fallback_base_url and not settings.fallback_api_key.get_secret_value():
        remedy = "set DAEMON_FALLBACK_API_KEY, or leave DAEMON_FALLBACK_BASE_URL empty"
        missing.append(Problem("fallback_api_key", "not given", "is required with fallback_base_url", remedy))
    if missing:
        raise ConfigurationError("The configuration is refused", missing)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
