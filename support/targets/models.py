"""The shape of a target file."""

import functools
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from support.configuring import environment_name, nearest
from support.environments import Environment, lock_of
from support.settings import Address, Settings

FOLDER = Path(__file__).parent
ADAPTERS = FOLDER.parent / "clients" / "evaluation_platform" / "adapters"
SYSTEMS = ("evaluation_platform", "model", "practice", "redis", "assistant", "tool_daemon")
"""The systems that there are; each has its embedded backend in the folder of its name."""
ONLY_EMBEDDED = {
    "model": "a real model is named by the settings OPENAI_BASE_URL and OPENAI_API_KEY",
    "redis": "a server elsewhere is named by the setting REDIS_URL",
}
"""Systems that a target file puts nowhere else, and how another one is used."""


@functools.cache
def capabilities() -> dict[str, str]:
    """Every capability with its meaning, from `capabilities.toml`."""
    with (FOLDER / "capabilities.toml").open("rb") as file:
        return {name: str(meaning) for name, meaning in tomllib.load(file).items()}


def _known_capability(name: str) -> str:
    if name not in capabilities():
        raise ValueError(f"is no capability; {nearest(name, capabilities())}")
    return name


def _setting(name: str) -> str:
    variables = {environment_name(info) for info in Settings.model_fields.values()} - {""}
    if name not in variables:
        raise ValueError(f"is no setting; {nearest(name, variables)}")
    return name


def _known_system(name: str) -> str:
    if name not in SYSTEMS:
        raise ValueError(f"is no system; {nearest(name, SYSTEMS)}")
    return name


def _known_adapter(name: str) -> str:
    known = sorted(path.stem for path in ADAPTERS.iterdir() if path.stem.isidentifier() and path.stem[0] != "_")
    if name not in known:
        raise ValueError(f"is no adapter; {nearest(name, known)}")
    return name


Capability = Annotated[str, AfterValidator(_known_capability)]
SystemName = Annotated[str, AfterValidator(_known_system)]
SettingName = Annotated[str, AfterValidator(_setting)]
AdapterName = Annotated[str, AfterValidator(_known_adapter)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """What the system promises about time."""

    visible_within_s: float = Field(
        default=0.0, ge=0, le=600, description="Seconds until an acknowledged write can be read."
    )
    computed_within_s: float = Field(
        5.0, ge=0, le=600, description="Seconds until what the platform computes of a write (scores) can be read."
    )


class SettingNames(_Strict):
    """Which settings hold what a target file must not (keys) or need not (the rest)."""

    address: SettingName | None = None
    key: SettingName | None = None
    project: SettingName | None = None
    foreign_key: SettingName | None = Field(None, description="Another team's key, which need not be given.")


class Installed(_Strict):
    """A foreign program that the suite itself starts, from an interpreter environment of its own.

    In the texts of `run`, `files` and `environment` these names in braces are filled in: `port` (a free one of the
    loopback), `folder` (where it may write; the same after a restart), `bin` (of its environment), and `secrets`.
    """

    packages: dict[str, str] = Field(min_length=1, description="What is installed, by exact version.")
    environment_of: str | None = Field(None, description="The target whose environment it is; left out: its own.")
    run: tuple[str, ...] = Field(min_length=1, description="The command line that serves until it is stopped.")
    environment: dict[str, str] = Field(default={}, description="Variables that it is told.")
    files: dict[str, str] = Field(default={}, description="Text files that are written into its folder, by name.")
    secrets: tuple[str, ...] = Field(default=(), description="Names of secrets that are made anew for each run.")
    ready: str = Field("/", pattern="^/", description="Path that is answered with status 200 once it serves.")
    starts_within_s: float = Field(60.0, gt=0, le=600)

    def kept_as(self, name: str) -> Environment:
        """The interpreter environment of this platform, which is the target of that name."""
        owner = self.environment_of or name
        return Environment(owner, self.packages, lock_of(owner))


class SystemTarget(_Strict):
    """One system: embedded, installed, or at an address."""

    embedded: bool = False
    installed: Installed | None = None
    adapter: AdapterName = Field("honeyhive", description="Who speaks the wire of an evaluation platform.")
    address: Address | None = None
    settings: SettingNames = SettingNames()
    project: Literal["exclusive", "shared"] = Field(
        default="shared", description="exclusive: nobody else writes to the project, so that whole lists can be checked"
    )
    claims: frozenset[Capability] = frozenset()
    limits: Limits = Limits()

    @property
    def place(self) -> str:
        """The field that says where it is."""
        places = {"embedded": self.embedded, "installed": self.installed, "address": self.address}
        return next((field for field, given in places.items() if given), "settings.address")

    @property
    def started_here(self) -> bool:
        """Whether the suite itself starts it."""
        return self.embedded or self.installed is not None

    @model_validator(mode="after")
    def _at_one_place(self) -> Self:
        remote = [self.address is not None, self.settings.address is not None]
        if sum([self.embedded, self.installed is not None, *remote]) != 1:
            raise ValueError("needs exactly one of `embedded = true`, `installed`, `address` and `settings.address`")
        if any(remote) and self.settings.key is None:
            raise ValueError("needs `settings.key`, the name of the setting that holds its key")
        return self


class Target(_Strict):
    """A target file."""

    name: str = Field(min_length=1)
    description: str = Field(min_length=1)
    systems: dict[SystemName, SystemTarget] = Field(min_length=1)

    @field_validator("systems")
    @classmethod
    def _where_it_can_be(cls, systems: dict[str, SystemTarget]) -> dict[str, SystemTarget]:
        for name, other_way in ONLY_EMBEDDED.items():
            if name in systems and not systems[name].embedded:
                raise ValueError(f"{name}.{systems[name].place} cannot be: write `embedded = true`; {other_way}")
        return systems

    @property
    def claims(self) -> frozenset[str]:
        """The capabilities claimed by all its systems."""
        return frozenset().union(*(system.claims for system in self.systems.values()))
