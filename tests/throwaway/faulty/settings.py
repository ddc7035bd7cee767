"""Settings of the faulty service."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """There are none."""

    model_config = ConfigDict(extra="forbid")
