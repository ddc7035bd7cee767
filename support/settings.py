"""Every setting of the suite: typed, bounded, with a meaning and an origin. Read once, before anything starts."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from support import configuring
from support.configuring import Loaded


def _plain_address(address: str) -> str:
    if not re.fullmatch(r"(?:http|ws)s?://[^/@\s?#]+(/[^@\s?#]*)?", address):
        raise ValueError("is no address like https://platform.example (without user, password and query)")
    return address.rstrip("/")


Address = Annotated[str, AfterValidator(_plain_address)]
Seconds = Annotated[float, Field(gt=0, le=600)]

SHORTEST_SECRET = 4
"""Characters; a shorter one would be found, and masked, all over ordinary text."""


def _maskable(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"has fewer than {SHORTEST_SECRET} characters and could not be masked in the report")
    if not re.fullmatch("[ -~]+", secret.get_secret_value()):
        raise ValueError("holds what no header can carry: a secret is plain ASCII in one line; copy it anew")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_maskable)]


def _redis_address(address: SecretStr) -> SecretStr:
    if not re.fullmatch(r"rediss?://([^/@\s?#]*@)?[^/@\s?#]+(/\d*)?", address.get_secret_value()):
        raise ValueError("is no address like redis://user:password@redis.example:6379/0")
    if password := urlsplit(address.get_secret_value()).password:
        _maskable(SecretStr(password))
    return address


RedisAddress = Annotated[SecretStr, AfterValidator(_redis_address)]

STEM = "acceptance"
"""The configuration file is `acceptance.toml`, or of another known suffix."""


class Settings(BaseModel):
    """Environment and .env use the upper-case alias; command line (`-D name=value`) and files the field's name."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_default=True)
    environment_prefix: ClassVar[str] = "ACCEPTANCE_"

    target: str = Field(
        default="embedded",
        alias="ACCEPTANCE_TARGET",
        min_length=1,
        description="What is tested: the name of a file in `support/targets/`, or the path of one.",
    )
    configuration_file: Path | None = Field(
        default=None,
        alias="ACCEPTANCE_CONFIG",
        description="TOML, YAML or JSON file with settings; "
        f"else the first of {', '.join(configuring.files(STEM))} that exists.",
    )
    results_folder: Path = Field(
        default=Path("allure-results"),
        alias="ACCEPTANCE_RESULTS",
        description="Folder of the Allure results; emptied when a run starts.",
    )
    source_url: Address | None = Field(
        default=None,
        alias="ACCEPTANCE_SOURCE_URL",
        description="Where the repository's files are shown, for the links of the report (`…/blob/main`); "
        "else GitHub Actions says it, or they are looked for on the disk.",
    )
    load: bool = Field(default=False, alias="ACCEPTANCE_LOAD", description="Run the scenarios tagged `@load`, too.")
    soak_s: float = Field(
        default=20.0,
        alias="ACCEPTANCE_SOAK_S",
        ge=5,
        le=86_400,
        allow_inf_nan=False,
        description="Seconds that a soak lasts (`@load`); an hour every night.",
    )
    load_workers: int = Field(
        default=0,
        alias="ACCEPTANCE_LOAD_WORKERS",
        ge=0,
        le=64,
        description="Workers of Locust that play the crowds of load; 0: one process does.",
    )
    load_master: str | None = Field(
        default=None,
        alias="ACCEPTANCE_LOAD_MASTER",
        pattern=r"^[^\s:/]+:\d{1,5}$",
        description="host:port to await `load_workers` of other machines at; none: they are started here.",
    )
    evidence_max_bytes: int = Field(
        default=64 * 1024,
        alias="ACCEPTANCE_EVIDENCE_MAX_BYTES",
        ge=1024,
        le=16 * 1024 * 1024,
        description="Bytes of one body that are kept as evidence; a longer one is cut, and says so.",
    )
    connect_timeout_s: Seconds = Field(
        default=5.0, alias="ACCEPTANCE_CONNECT_TIMEOUT_S", description="Seconds until a connection must stand."
    )
    request_timeout_s: Seconds = Field(
        default=30.0,
        alias="ACCEPTANCE_REQUEST_TIMEOUT_S",
        description="Seconds until a request must be answered; not below the connect timeout.",
    )
    hh_api_url: Address | None = Field(
        default=None,
        alias="HH_API_URL",
        description="Address of a remote evaluation platform, for target files that name this setting.",
    )
    hh_api_key: Secret | None = Field(
        default=None, alias="HH_API_KEY", description="Key of the project on the remote evaluation platform."
    )
    hh_foreign_key: Secret | None = Field(
        default=None,
        alias="HH_FOREIGN_KEY",
        description="Key of another project there, for what is asked about two teams; without it that is skipped.",
    )
    hh_project: str | None = Field(
        default=None,
        alias="HH_PROJECT",
        min_length=1,
        description="Name of the project on the remote evaluation platform.",
    )
    openai_api_key: Secret | None = Field(
        default=None,
        alias="OPENAI_API_KEY",
        description="Key of the real model; without it `@real_ai` scenarios are skipped.",
    )
    openai_base_url: Address | None = Field(
        default=None,
        alias="OPENAI_BASE_URL",
        description="Address of the real model, where it is not OpenAI's own. SSL_CERT_FILE: who vouches for it.",
    )
    openai_model: str = Field(
        default="gpt-4o",
        alias="OPENAI_MODEL",
        min_length=1,
        description="Model that the suite asks itself; personas name their own.",
    )
    rehearsal: bool = Field(
        default=False,
        alias="ACCEPTANCE_REHEARSAL",
        description="Run `@real_ai` scenarios against the scripted model: free, and no statement about a real one.",
    )
    budget_usd: float = Field(
        default=1.0,
        alias="ACCEPTANCE_BUDGET_USD",
        ge=0,
        le=100_000,
        allow_inf_nan=False,
        description="Dollars that a run may spend on real models, and a shard its share of: no call can exceed them.",
    )
    model_calls: int = Field(
        default=1000,
        alias="ACCEPTANCE_MODEL_CALLS",
        ge=1,
        le=1_000_000,
        description="Calls to real models that a run may make, failed ones included.",
    )
    retry_pause_s: Seconds = Field(
        default=2.0,
        alias="ACCEPTANCE_RETRY_PAUSE_S",
        description="Seconds before a failed call to a real model is made again; each further pause is twice as long.",
    )
    patience: float = Field(
        default=1.0,
        alias="ACCEPTANCE_PATIENCE",
        gt=0,
        le=100,
        allow_inf_nan=False,
        description="Factor on the time limits of scenarios (`@within.15s`): above 1 where everything is slow.",
    )
    spending_file: Path = Field(
        default=Path("spending.json"),
        alias="ACCEPTANCE_SPENDING",
        description="File that tells what a run has spent, call by call; the next run estimates from it.",
    )
    provider_limit_usd: float | None = Field(
        default=None,
        alias="ACCEPTANCE_PROVIDER_LIMIT_USD",
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="Limit set at the provider for a remote assistant's key, whose calls this suite cannot see.",
    )
    judge_model: str = Field(
        default="gpt-4.1",
        alias="JUDGE_MODEL",
        min_length=1,
        description="Model that judges replies: another than those that are judged.",
    )
    judge_accept_provisional: bool = Field(
        default=False,
        alias="JUDGE_ACCEPT_PROVISIONAL",
        description="Let judges gate whose labels no person has made; the report says so.",
    )
    assistant_url: Address | None = Field(
        default=None,
        alias="ASSISTANT_URL",
        description="Address of a remote assistant service, for target files that name this setting.",
    )
    assistant_token: Secret | None = Field(
        default=None, alias="ASSISTANT_TOKEN", description="Token of a practitioner of the remote assistant service."
    )
    assistant_profile: str | None = Field(
        default=None, alias="ASSISTANT_PROFILE", min_length=1, description="Profile of that practitioner."
    )
    assistant_client_token: Secret | None = Field(
        default=None,
        alias="ASSISTANT_CLIENT_TOKEN",
        description="Token of a client, who talks to the therapist.",
    )
    assistant_client_profile: str | None = Field(
        default=None, alias="ASSISTANT_CLIENT_PROFILE", min_length=1, description="Profile of that client."
    )
    assistant_foreign_token: Secret | None = Field(
        default=None,
        alias="ASSISTANT_FOREIGN_TOKEN",
        description="Token of a practitioner of another practice on the remote assistant service.",
    )
    assistant_foreign_profile: str | None = Field(
        default=None,
        alias="ASSISTANT_FOREIGN_PROFILE",
        min_length=1,
        description="Profile of that other practitioner.",
    )
    tool_daemon_url: Address | None = Field(
        default=None,
        alias="TOOL_DAEMON_URL",
        description="Address of a remote tool daemon, for target files that name this setting.",
    )
    tool_daemon_token: Secret | None = Field(
        default=None, alias="TOOL_DAEMON_TOKEN", description="What clients of the remote tool daemon present."
    )
    redis_url: RedisAddress | None = Field(
        default=None,
        alias="REDIS_URL",
        description="A Redis server to use instead of one of the suite's own; it is never stopped or emptied.",
    )
    ci: bool = Field(default=False, alias="CI", description="Whether a CI server runs the suite; CI servers set it.")

    @field_validator("ci", mode="before")
    @classmethod
    def _any_text_is_true(cls, value: object) -> object:
        """CI servers set it to `true`, `1` or their own name."""
        return value.lower() not in {"0", "false", "no", "off"} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _timeouts_in_order(self) -> Self:
        if self.connect_timeout_s > self.request_timeout_s:
            raise ValueError(
                f"connect_timeout_s ({self.connect_timeout_s:g}) must not exceed "
                f"request_timeout_s ({self.request_timeout_s:g})"
            )
        return self


def read(
    *,
    arguments: Mapping[str, Any] | None = None,
    command_line: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Loaded[Settings]:
    """Read the settings from all layers; `.env` and the configuration file are looked for in `folder` (default: cwd).

    Raises ConfigurationError with every problem at once.
    """
    return configuring.read(
        Settings, STEM, arguments=arguments, command_line=command_line, environment=environment, folder=folder
    )
