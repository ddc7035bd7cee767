"""The shape of a target file."""

import functools
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from support.configuring import environment_name, nearest
from support.settings import Address, Settings

FOLDER = Path(__file__).parent
SYSTEMS = ("evaluation_platform", "model", "practice", "redis", "assistant", "tool_daemon")
"""The systems that there are; each has its embedded backend in the folder of its name."""


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


Capability = Annotated[str, AfterValidator(_known_capability)]
SystemName = Annotated[str, AfterValidator(_known_system)]
SettingName = Annotated[str, AfterValidator(_setting)]


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


class SystemTarget(_Strict):
    """One system: embedded, or at an address."""

    embedded: bool = False
    address: Address | None = None
    settings: SettingNames = SettingNames()
    project: Literal["exclusive", "shared"] = Field(
        default="shared", description="exclusive: nobody else writes to the project, so that whole lists can be checked"
    )
    claims: frozenset[Capability] = frozenset()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _at_one_place(self) -> Self:
        places = [self.embedded, self.address is not None, self.settings.address is not None]
        if sum(places) != 1:
            raise ValueError("needs exactly one of `embedded = true`, `address` and `settings.address`")
        if not self.embedded and self.settings.key is None:
            raise ValueError("needs `settings.key`, the name of the setting that holds its key")
        return self


class Target(_Strict):
    """A target file."""

    name: str = Field(min_length=1)
    description: str = Field(min_length=1)
    systems: dict[SystemName, SystemTarget] = Field(min_length=1)

    @property
    def claims(self) -> frozenset[str]:
        """The capabilities claimed by all its systems."""
        return frozenset().union(*(system.claims for system in self.systems.values()))
