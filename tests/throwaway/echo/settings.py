"""Settings of the throw-away backend."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """As a real backend's: a database, keys, ports."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    database_url: str = Field(default="", alias="ECHO_DATABASE_URL")
    keys: SecretStr = Field(default=SecretStr(""), alias="ECHO_KEYS")
    admin_key: SecretStr = Field(default=SecretStr(""), alias="ECHO_ADMIN_KEY")
    port: int = Field(default=0, alias="ECHO_PORT")
    control_port: int = Field(default=0, alias="ECHO_CONTROL_PORT")
    fault: str = Field(default="", alias="ECHO_FAULT")
