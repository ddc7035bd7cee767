"""Layered settings: argument > command line > environment > .env > file > default, each value with its origin.

The suite and the backends share this package; it imports nothing else of `support`. A settings model is any pydantic
model. A field's alias, in upper case, is its name in the environment and in `.env`:

    class Settings(BaseModel):
        environment_prefix: ClassVar[str] = "ACCEPTANCE_"  # unknown variables with this prefix are refused
        target: str = Field("embedded", alias="ACCEPTANCE_TARGET", description="Which target file is used.")

    settings = load(Settings, dotenv=Path(".env"), file=Path("acceptance.toml")).value

`read` finds `.env` and the configuration file in a folder; `start` is the whole command line of a backend.
"""

from support.configuring.errors import ConfigurationError, Problem, nearest
from support.configuring.loading import Loaded, load
from support.configuring.reading import files, options, read
from support.configuring.rendering import Row, environment_name, lines, markdown, plain, rows, serialise
from support.configuring.starting import say, start
from support.configuring.writing import write

__all__ = [
    "ConfigurationError",
    "Loaded",
    "Problem",
    "Row",
    "environment_name",
    "files",
    "lines",
    "load",
    "markdown",
    "nearest",
    "options",
    "plain",
    "read",
    "rows",
    "say",
    "serialise",
    "start",
    "write",
]
