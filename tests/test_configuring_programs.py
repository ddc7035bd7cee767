"""Proves that a program's command line reads every source once, writes what reads back, and refuses in words."""

import json
import stat
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from support.configuring import ConfigurationError, options, read, start, write
from support.configuring.sources import Layer, from_dotenv

SECRET = "hush-4711-hush"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_by_name=True)
    environment_prefix: ClassVar[str] = "TRIAL_"
    configuration_file: Path | None = Field(default=None, alias="TRIAL_CONFIG")
    number: int = Field(default=1, alias="TRIAL_NUMBER", ge=1, description="How many.")
    key: SecretStr | None = Field(default=None, alias="TRIAL_KEY")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**layers: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(Model, "trial", **{"environment": {}, **layers})  # type: ignore[arg-type]
    return str(caught.value)


def test_a_file_cannot_name_another_file(here: Path) -> None:
    (here / "trial.json").write_text('{"configuration_file": "other.json", "number": 2}')
    assert "configuration_file (file trial.json): cannot stand in the configuration file itself" in refused()


def test_dotenv_is_read_once_though_it_names_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / ".env").write_text("TRIAL_CONFIG=other.yaml\nTRIAL_KEY=hush\n")
    (here / "other.yaml").write_text("number: 3\n")
    opened: list[Path] = []

    def counting(path: Path) -> Layer:
        opened.append(path)
        return from_dotenv(path)

    monkeypatch.setattr("support.configuring.reading.from_dotenv", counting)
    loaded = read(Model, "trial", environment={})
    assert (loaded.value.number, loaded.origins["key"], len(opened)) == (3, ".env line 2", 1)


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_what_is_written_is_its_owners_only_and_reads_back(here: Path, suffix: str) -> None:
    value = read(Model, "trial", arguments={"number": 7, "key": SECRET}, environment={}).value
    path = here / f"written{suffix}"
    write(value, path, secrets=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = read(Model, "trial", command_line={"configuration_file": path}, environment={}).value
    assert (again.number, again.key) == (value.number, value.key)


def test_secrets_are_written_only_when_asked_for(here: Path) -> None:
    write(read(Model, "trial", arguments={"key": SECRET}, environment={}).value, here / "a.json", secrets=False)
    assert json.loads((here / "a.json").read_text()) == {"number": 1}


@pytest.mark.parametrize(
    ("name", "says"),
    [("there.json", "exists already"), ("a.toml", "has the suffix '.toml'"), ("none/a.json", "cannot be written")],
)
def test_a_file_that_cannot_be_written_is_refused(here: Path, name: str, says: str) -> None:
    (here / "there.json").write_text("mine")
    with pytest.raises(ConfigurationError, match=says):
        write(Model(), here / name, secrets=False)
    assert (here / "there.json").read_text() == "mine"


def test_an_option_without_a_value_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="needs NAME=VALUE") as caught:
        options(["number=1", SECRET])
    assert SECRET not in str(caught.value)
    assert options(["number=1", "key=a=b", "number=2"]) == {"number": "2", "key": "a=b"}


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["-Dnumber=0"], 2, "number (command line): Input should be greater than or equal to 1"),
        (["-Dnumbr=1"], 2, "did you mean number?"),
        (["--settings", "-Dnumber=5"], 0, "number\tTRIAL_NUMBER\t5\tcommand line\tHow many."),
        (["--markdown", "-Dnumber=5"], 0, "| `number` | `TRIAL_NUMBER` | `1` | How many. |"),
        ([], 7, ""),
    ],
)
def test_a_program_serves_shows_or_refuses(
    here: Path, capfd: pytest.CaptureFixture[str], argv: list[str], code: int, says: str
) -> None:
    served: list[Model] = []

    def serve(settings: Model) -> int:
        served.append(settings)
        return 7

    found = start(Model, "trial", serve, program="trial", argv=argv)
    out, err = capfd.readouterr()
    assert found == code
    assert says in (err if code == 2 else out)
    assert len(served) == (code == 7)
