"""Settings of the faulty service."""

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """`fault` is "" or one of server.FAULTS."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    fault: str = Field(default="", alias="FAULTY_FAULT")
