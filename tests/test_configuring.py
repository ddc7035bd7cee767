"""Proves that settings are merged in their order, that all faults are told at once, and that secrets never show."""

import itertools
import json
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from support.configuring import ConfigurationError, load, nearest, serialise
from support.configuring.sources import from_file

SECRET = "hush-4711-hush"


class Endpoint(BaseModel):
    model_config = ConfigDict(extra="forbid")
    address: str
    tags: list[str] = []


class Model(BaseModel):
    environment_prefix: ClassVar[str] = "TRIAL_"
    name: str = Field(default="nobody", alias="TRIAL_NAME", min_length=1, description="Who it is.")
    first_s: float = Field(default=1.0, alias="TRIAL_FIRST_S", gt=0, le=60)
    second_s: float = Field(default=2.0, alias="TRIAL_SECOND_S", gt=0, le=60)
    key: SecretStr | None = Field(default=None, alias="TRIAL_KEY", min_length=8)
    endpoints: dict[str, Endpoint] = Field(default={}, alias="TRIAL_ENDPOINTS")
    internal: int = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_s > self.second_s:
            raise ValueError("first_s must not exceed second_s")
        return self


class Required(BaseModel):
    one: int = Field(alias="TRIAL_ONE")
    two: str = Field(alias="TRIAL_TWO")
    three: str


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(model: type[BaseModel] = Model, **layers: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(model, **{"environment": {}, **layers})
    return [str(problem) for problem in caught.value.problems]


# precedence

ORDER = ("arguments", "command_line", "environment", "dotenv", "file")
ORIGINS = {
    "arguments": "argument",
    "command_line": "command line",
    "environment": "environment variable TRIAL_NAME",
    "dotenv": ".env line 1",
    "file": "trial.toml",
}


@pytest.mark.parametrize("present", [set(c) for n in range(6) for c in itertools.combinations(ORDER, n)])
def test_the_highest_layer_present_wins_and_is_the_origin(tmp_path: Path, present: set[str]) -> None:
    layers: dict[str, Any] = {
        "arguments": {"name": "arguments"},
        "command_line": {"name": "command_line"},
        "environment": {"TRIAL_NAME": "environment"},
        "dotenv": write(tmp_path, ".env", "TRIAL_NAME=dotenv\n"),
        "file": write(tmp_path, "trial.toml", 'name = "file"\n'),
    }
    chosen = {layer: value for layer, value in layers.items() if layer in present}
    loaded = load(Model, **{"environment": {}, **chosen})
    winner = next((layer for layer in ORDER if layer in present), None)
    assert loaded.value.name == (winner or "nobody")
    assert loaded.origins["name"].endswith(ORIGINS[winner] if winner else "default")
    assert loaded.origins["first_s"] == "default"


def test_each_field_is_merged_by_itself(tmp_path: Path) -> None:
    file = write(tmp_path, "trial.json", '{"first_s": 3, "second_s": 4, "internal": 5}')
    value = load(Model, file=file, environment={"TRIAL_SECOND_S": "30"}, command_line={"name": None}).value
    assert (value.first_s, value.second_s, value.internal, value.name) == (3, 30, 5, "nobody")


def test_the_process_environment_is_read_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAL_NAME", "of the process")
    assert load(Model).value.name == "of the process"
    assert load(Model, environment={}).value.name == "nobody"


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    dotenv = write(tmp_path, ".env", "TRIAL_NAME=\n")
    loaded = load(Model, environment={"TRIAL_KEY": ""}, dotenv=dotenv)
    assert (loaded.value.name, loaded.value.key) == ("nobody", None)


def test_lists_and_tables_in_the_environment_are_json() -> None:
    text = '{"a": {"address": "x", "tags": ["t"]}}'
    assert load(Model, environment={"TRIAL_ENDPOINTS": text}).value.endpoints["a"].tags == ["t"]
    assert load(Model, environment={"TRIAL_NAME": "[not a list]"}).value.name == "[not a list]"


# files

GOOD = {
    "trial.toml": 'name = "Löwe 🦁"\nfirst_s = 1.5\n[endpoints.a]\naddress = "x"\n',
    "trial.yaml": 'name: "Löwe 🦁"\nfirst_s: 1.5\nendpoints:\n  a:\n    address: x\n',
    "trial.yml": 'name: "Löwe 🦁"\nfirst_s: 1.5\nendpoints: {a: {address: x}}\n',
    "trial.json": '{"name": "Löwe 🦁", "first_s": 1.5, "endpoints": {"a": {"address": "x"}}}',
}


@pytest.mark.parametrize("name", GOOD)
def test_toml_yaml_and_json_say_the_same(tmp_path: Path, name: str) -> None:
    value = load(Model, environment={}, file=write(tmp_path, name, GOOD[name])).value
    assert value == Model.model_validate(
        {"TRIAL_NAME": "Löwe 🦁", "TRIAL_FIRST_S": 1.5, "TRIAL_ENDPOINTS": {"a": {"address": "x"}}}
    )


@pytest.mark.parametrize(
    ("name", "text", "line", "fault"),
    [
        ("broken.toml", 'name = "a"\n\nfirst_s = = 3\n', 3, "Invalid value"),
        ("broken.toml", 'name = "a"\n[endpoints.a\n', 2, "Expected"),
        ("broken.yaml", "name: a\nfirst_s: [1, 2\nsecond_s: 3\n", 3, "expected ',' or ']'"),
        ("broken.yaml", "name: a\n\tfirst_s: 1\n", 2, "cannot start any token"),
        ("broken.json", '{\n  "name": "a",\n  "first_s": \n}', 4, "Expecting value"),
        ("broken.yaml", "name: a\nfirst_s: 2026-13-45\n", 2, "is no valid timestamp"),
        ("broken.yaml", "name: a\nfirst_s: !!bool soon\n", 2, "is no valid bool"),
        ("broken.yaml", f"name: a\nfirst_s: {'9' * 5000}\n", 2, "is no valid int"),
        ("broken.yaml", "name: a\n\nfirst_s: \x07\n", 3, "special characters are not allowed"),
        ("twice.yaml", "name: a\nfirst_s: 1\nname: b\n", 3, "has the name 'name' twice, first in line 1"),
        ("twice.yaml", "name: a\nurls:\n  x: 1\n  y: 2\n  x: 3\n", 5, "has the name 'x' twice, first in line 3"),
        ("twice.yaml", 'name: a\n"name": b\n', 2, "has the name 'name' twice, first in line 1"),
        ("twice.json", '{\n\t"name": "a",\n\t"n\\u0061me": "b"\n}', 3, "has the name 'name' twice, first in line 2"),
        ("twice.json", '{"first_s": 1,\n"urls": {"x": 1,\n"x": 2}}', 3, "has the name 'x' twice, first in line 2"),
        ("twice.toml", 'name = "a"\nname = "b"\n', 2, "Cannot overwrite a value"),
        ("broken.toml", f"first_s = {'9' * 5000}\n", None, "holds a number with too many digits"),
        ("broken.json", f'{{"first_s": {"9" * 5000}}}', None, "holds a number with too many digits"),
        ("deep.toml", f"name = {'[' * 5000}", None, "is nested too deeply"),
        ("deep.yaml", f"name: {'[' * 5000}", None, "is nested too deeply"),
        ("deep.json", f'{{"name": {"[" * 100_000}', None, "is nested too deeply"),
        ("list.json", "[1]", None, "holds a list where a table of fields is expected"),
        ("trial.ini", "name = a", None, "unknown suffix '.ini'; known are .toml, .yaml, .yml, .json"),
    ],
)
def test_a_broken_file_gives_file_line_and_fault(
    tmp_path: Path, name: str, text: str, line: int | None, fault: str
) -> None:
    path = write(tmp_path, name, text)
    (problem,) = problems(file=path)
    assert str(path) in problem
    assert fault in problem
    assert (f"line {line}" if line else "file") in problem


def test_yaml_may_take_over_what_it_says_otherwise(tmp_path: Path) -> None:
    text = "common: &common {a: &deep {<<: &least {x: 1}, x: 2}}\nurls:\n  <<: *deep\n  x: 3\nagain: *common\n"
    assert from_file(write(tmp_path, "merged.yaml", text)).values["urls"] == {"x": 3}
    assert from_file(write(tmp_path, "merged.yaml", text)).problems == []


def test_a_file_that_is_absent_or_not_utf8_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert problems(file=absent) == [
        f"{absent} (file): cannot be read: No such file or directory; check the path and its permissions"
    ]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Löwe".encode("latin-1"))
    assert problems(file=latin) == [f"{latin} (file): is not UTF-8 at byte 7; save it as UTF-8"]


def test_a_file_that_cannot_be_named_so_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(file=tmp_path / "a\0b.json")
    assert problem.endswith("(file): cannot be read: embedded null byte; check the path and its permissions")


@pytest.mark.parametrize("text", ["[" * 100_000, f'{{"a": {"9" * 5000}}}'])
def test_a_table_in_the_environment_that_json_cannot_hold_is_refused(text: str) -> None:
    (problem,) = problems(environment={"TRIAL_ENDPOINTS": text})
    assert problem.startswith("endpoints (environment variable TRIAL_ENDPOINTS): Input should be a valid dict")


def test_dotenv_knows_comments_quotes_and_export(tmp_path: Path) -> None:
    dotenv = write(tmp_path, ".env", "# who\n\nexport TRIAL_NAME='a b # c'  # comment\nTRIAL_FIRST_S=1.5\nOTHER=1\n")
    loaded = load(Model, environment={}, dotenv=dotenv)
    assert (loaded.value.name, loaded.value.first_s) == ("a b # c", 1.5)
    assert loaded.origins["name"] == f"{dotenv} line 3"
    assert load(Model, environment={}, dotenv=tmp_path / "absent").value.name == "nobody"


def test_a_broken_dotenv_line_is_named(tmp_path: Path) -> None:
    dotenv = write(tmp_path, ".env", "TRIAL_NAME=a\n\nthis is no entry\nTRIAL_KEY\n")
    assert [problem.partition(":")[0] for problem in problems(dotenv=dotenv)] == [
        f"{dotenv} (line 3)",
        f"{dotenv} (line 4)",
    ]


# faults


def test_all_faults_of_all_layers_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        arguments={"intrenal": 1},
        environment={"TRIAL_FIRST_S": "soon", "TRIAL_NAM": "x"},
        dotenv=write(tmp_path, ".env", "TRIAL_SECOND_S=-1\n"),
        file=write(tmp_path, "trial.toml", "[endpoints.a]\nadress = 1\n"),
    )
    text = "\n".join(found)
    assert "intrenal (argument): is unknown; did you mean internal?" in text
    assert "TRIAL_NAM (environment variable TRIAL_NAM): is unknown; did you mean TRIAL_NAME?" in text
    assert "first_s (environment variable TRIAL_FIRST_S): Input should be a valid number" in text
    assert "not 'soon'" in text
    assert ".env line 1): Input should be greater than 0, not '-1'" in text
    assert "endpoints.a.address (file" in text
    assert "is unknown; did you mean address?" in text
    assert len(found) == 6


def test_every_required_field_that_is_missing_is_named() -> None:
    assert problems(Required) == [
        "one (not given): is required; set TRIAL_ONE in the environment or in .env",
        "two (not given): is required; set TRIAL_TWO in the environment or in .env",
        "three (not given): is required; give three",
    ]


@pytest.mark.parametrize("value", [0, -1, 61, float("nan"), float("inf")])
def test_bounds_hold(value: float) -> None:
    (problem,) = problems(arguments={"second_s": value})
    assert problem.startswith("second_s (argument): Input should be")


def test_a_forbidden_combination_names_both_origins() -> None:
    (problem,) = problems(environment={"TRIAL_FIRST_S": "5"})
    assert problem == (
        "combination (first_s: environment variable TRIAL_FIRST_S, second_s: default): first_s must not exceed second_s"
    )


def test_variables_and_dotenv_entries_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    dotenv = write(tmp_path, ".env", "REDIS_URL=x\n")
    assert load(Model, environment={"PATH": "/bin", "NAME": "x"}, dotenv=dotenv).value.name == "nobody"
    near = write(tmp_path, ".env", "TRAIL_NAME=x\n")
    assert problems(dotenv=near) == [f"TRAIL_NAME ({near} line 1): is unknown; did you mean TRIAL_NAME?"]


def test_an_unlike_name_is_answered_with_all_known_ones() -> None:
    assert nearest("zzz", ["b", "a"]) == "known are a, b"


# secrets


@pytest.mark.parametrize(
    "layers",
    [
        {"environment": {"TRIAL_KEY": SECRET[:5]}},
        {"arguments": {"key": [SECRET]}},
        {"arguments": {"key": {SECRET: SECRET}}},
        {"arguments": {"kay": SECRET}},
        {"environment": {"TRIAL_KEYS": SECRET, "TRIAL_FIRST_S": "x"}},
    ],
)
def test_no_error_shows_a_secret(layers: dict[str, Any]) -> None:
    text = "\n".join(problems(**layers))
    assert "key" in text.lower() or "kay" in text
    assert SECRET[:5] not in text


def test_a_secret_that_is_not_even_text_is_not_shown(tmp_path: Path) -> None:
    (problem,) = problems(file=write(tmp_path, "trial.toml", "key = 47110815\n"))
    assert problem.startswith("key (file ")
    assert "47110815" not in problem


@pytest.mark.parametrize("written", ["*{}", "!{}", "!!{}", "!!int {}", "!{}!x", "&{0} a\nname: &{0} b", "'{}"])
def test_a_secret_that_yaml_takes_for_a_sign_of_its_own_is_not_shown(tmp_path: Path, written: str) -> None:
    (problem,) = problems(file=write(tmp_path, "trial.yaml", f"first_s: 1\nkey: {written.format(SECRET)}\n"))
    assert "trial.yaml (line " in problem
    assert SECRET[:4] not in problem


@pytest.mark.parametrize(
    "address",
    [
        "https://me:{}@platform.example",
        "https://me:a@{}@platform.example",
        "https://me:a/{}@platform.example",
        "https://me:a {}@platform.example",
        "https://platform.example/?key={}",
        "https://platform.example/#{}",
    ],
)
def test_an_address_that_is_refused_does_not_show_what_opens_it(address: str) -> None:
    (problem,) = problems(environment={"TRIAL_FIRST_S": address.format(SECRET)})
    assert "https://" in problem
    assert "platform.example" in problem
    assert SECRET not in problem


class Talkative(BaseModel):
    """A model whose own check is careless with the key."""

    key: SecretStr = Field(alias="TRIAL_KEY")

    @model_validator(mode="after")
    def _careless(self) -> Self:
        raise ValueError(f"the key {self.key.get_secret_value()} is too old")


def test_a_careless_validator_is_masked() -> None:
    assert problems(Talkative, environment={"TRIAL_KEY": SECRET}) == [
        "combination (key: environment variable TRIAL_KEY): the key ********** is too old"
    ]


def test_no_rendering_shows_a_secret() -> None:
    loaded = load(Model, environment={"TRIAL_KEY": SECRET})
    for text in (repr(loaded), str(loaded.value), str(loaded.rows()), serialise(loaded.value)):
        assert SECRET not in text
    (row,) = [row for row in loaded.rows() if row.name == "key"]
    assert (row.environment, row.value, row.origin) == ("TRIAL_KEY", "**********", "environment variable TRIAL_KEY")


# round trip


@given(
    name=st.text(min_size=1).filter(lambda text: text.isprintable()),
    first=st.floats(min_value=0.001, max_value=60),
    key=st.none() | st.text(min_size=8),
    tags=st.lists(st.text()),
)
def test_what_is_serialised_is_parsed_to_an_equal_value(
    tmp_path_factory: pytest.TempPathFactory, name: str, first: float, key: str | None, tags: list[str]
) -> None:
    arguments = {"name": name, "first_s": first, "second_s": 60, "key": key}
    arguments["endpoints"] = {name: {"address": name, "tags": tags}}
    value = load(Model, environment={}, arguments=arguments).value
    text = serialise(value, secrets=True)
    file = write(tmp_path_factory.mktemp("trip"), "trial.json", text)
    assert load(Model, environment={}, file=file).value == value


def test_without_secrets_the_rest_makes_the_round_trip_and_the_secret_comes_from_the_environment(
    tmp_path: Path,
) -> None:
    value = load(Model, arguments={"name": "a", "key": SECRET}, environment={}).value
    file = write(tmp_path, "trial.yaml", serialise(value))
    assert "key" not in json.loads(file.read_text())
    assert load(Model, environment={"TRIAL_KEY": SECRET}, file=file).value == value
