"""What the service can be told at start. Durations take fractions."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""The largest WebSocket message; a larger one closes the connection with 1009."""

MAX_BODY_BYTES = 32 * 1024 * 1024
"""The largest body of a REST call; a larger one is answered 413."""

Port = Annotated[int, Field(ge=0, le=65535)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class Settings(BaseModel):
    """Each field's alias is the name of its environment variable."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment_prefix: ClassVar[str] = "ASSISTANT_"

    configuration_file: Path | None = Field(
        None,
        alias="ASSISTANT_CONFIG",
        description="TOML, YAML or JSON file with settings; else assistant.toml, .yaml, .yml or .json",
    )
    host: str = Field("127.0.0.1", alias="HOST", description="address to listen at")
    port: Port = Field(0, alias="PORT", description="0: the kernel chooses")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="the least that is logged, to stderr"
    )
    timezone: str = Field("UTC", alias="TZ", description="time zone of the date that the prompts tell")
    personas: Path | None = Field(
        None, alias="ASSISTANT_PERSONAS", description="folder of persona files; none: those of the package"
    )

    openai_api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="key of the model provider; none: the service says it has no model"
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1", alias="OPENAI_BASE_URL", description="address of the model provider, with /v1"
    )
    openai_timeout: Seconds = Field(
        60.0, alias="OPENAI_TIMEOUT", description="seconds that the model may be silent before it is given up"
    )
    openai_max_retries: Annotated[int, Field(ge=0, le=10)] = Field(
        2, alias="OPENAI_MAX_RETRIES", description="how often a failed model request is made again"
    )
    max_requests_per_user: Count = Field(
        10, alias="MAX_REQUESTS_PER_USER", description="model requests of one user at once; the next wait"
    )
    limiter_idle: Seconds = Field(
        300.0, alias="LIMITER_IDLE", description="seconds after which the limiter of an idle user is forgotten"
    )

    practice_url: str = Field(
        "http://127.0.0.1:3000", alias="NESTJS_API_URL", description="address of the practice API"
    )
    practice_timeout: Seconds = Field(
        10.0, alias="PRACTICE_TIMEOUT", description="seconds for one try of a call to the practice API"
    )
    practice_tries: Annotated[int, Field(ge=1, le=10)] = Field(
        3, alias="PRACTICE_TRIES", description="how often a call that may yet succeed is tried, the first one included"
    )

    document_model: str = Field(
        "gpt-4o", alias="DOCUMENT_MODEL", description="model that writes documents and summaries"
    )
    document_max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        8_192, alias="DOCUMENT_MAX_TOKENS", description="tokens of one document or summary at most"
    )
    document_context_tokens: Annotated[int, Field(ge=100, le=100_000_000)] = Field(
        128_000,
        alias="DOCUMENT_CONTEXT_TOKENS",
        description="the model's window: a prompt (a token for every 4 characters) and its answer must fit",
    )
    policy_model: str = Field(
        "gpt-4o-mini", alias="POLICY_MODEL", description="model that checks what documents are asked for"
    )
    violation_pause: Seconds = Field(
        30.0, alias="VIOLATION_PAUSE", description="seconds at most between tries to report a violation"
    )
    violation_drain: Seconds = Field(
        1.5, alias="VIOLATION_DRAIN", description="seconds at the end to report violations that are still waiting"
    )

    redis_url: SecretStr | None = Field(
        None, alias="REDIS_URL", description="redis://…; none: sessions live in this process only"
    )
    redis_required: bool = Field(
        False, alias="REDIS_REQUIRED", description="health answers 503 while Redis is away (else memory is good enough)"
    )
    redis_timeout: Seconds = Field(
        1.0, alias="REDIS_TIMEOUT", description="seconds for one operation, waiting for a connection included"
    )
    redis_pool: Count = Field(20, alias="REDIS_POOL", description="connections to Redis at most")
    redis_check: Seconds = Field(
        0.5, alias="REDIS_CHECK", description="seconds between looks whether Redis is there, or back"
    )
    session_timeout_minutes: Annotated[float, Field(gt=0, le=525_600, allow_inf_nan=False)] = Field(
        240.0, alias="SESSION_TIMEOUT_MINUTES", description="minutes without activity after which a session is gone"
    )
    ui_state_hours: Annotated[float, Field(gt=0, le=8_760, allow_inf_nan=False)] = Field(
        24.0, alias="UI_STATE_HOURS", description="hours that the UI state is kept after its last change"
    )
    cleanup_interval: Seconds = Field(
        60.0, alias="CLEANUP_INTERVAL", description="seconds between removals of what has expired in memory"
    )

    history_limit: Count = Field(
        40, alias="HISTORY_LIMIT", description="messages of the conversation that the model is sent at most"
    )
    max_iterations: Annotated[int, Field(ge=1, le=1_000)] = Field(
        25, alias="MAX_ITERATIONS", description="model requests of one chat turn at most"
    )
    max_message_chars: Count = Field(
        200_000, alias="MAX_MESSAGE_CHARS", description="characters of one chat message at most"
    )

    auth_timeout: Seconds = Field(
        10.0, alias="AUTH_TIMEOUT", description="seconds for a connection without a token to show one (close 4401)"
    )
    idle_timeout: Seconds = Field(
        300.0, alias="IDLE_TIMEOUT", description="seconds of silence after which a connection is closed (4408)"
    )
    max_connections: Count = Field(
        1_000, alias="MAX_CONNECTIONS", description="WebSocket connections at once; the next is closed (1013)"
    )
    max_pending: Count = Field(
        256, alias="MAX_PENDING", description="frames of one connection that may wait; the next is told `busy`"
    )
    send_queue: Count = Field(
        256, alias="SEND_QUEUE", description="frames that may wait for a slow reader before the service waits for it"
    )
    send_timeout: Seconds = Field(
        10.0, alias="SEND_TIMEOUT", description="seconds that a reader may take nothing before it is closed (1008)"
    )
    ping_interval: Seconds = Field(
        20.0, alias="PING_INTERVAL", description="seconds between pings, which find connections whose peer is gone"
    )
    ping_timeout: Seconds = Field(20.0, alias="PING_TIMEOUT", description="seconds to answer a ping")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"no time zone {name!r}; give one of the IANA names, such as Europe/Berlin") from None
        return name

    @field_validator("openai_base_url", "practice_url")
    @classmethod
    def _web_address(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return address.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, address: SecretStr | None) -> SecretStr | None:
        text = address.get_secret_value() if address else ""
        if text and not text.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return address if text else None

    @model_validator(mode="after")
    def _redis_to_require(self) -> Self:
        if self.redis_required and self.redis_url is None:
            raise ValueError("redis_required needs a redis_url")
        return self

    @property
    def session_seconds(self) -> float:
        """How long a session lives without activity."""
        return self.session_timeout_minutes * 60

    @property
    def ui_state_seconds(self) -> float:
        """How long a UI state is kept after its last change."""
        return self.ui_state_hours * 3600
