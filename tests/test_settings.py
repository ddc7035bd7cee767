"""Proves that the suite's settings come from every layer, are bounded, and that .env.example names all of them."""

import re
from pathlib import Path

import pytest

from support.configuring import ConfigurationError, environment_name
from support.settings import Settings, read

ROOT = Path(__file__).parent.parent


def refused(**layers: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(**{"environment": {}, "folder": Path("/"), **layers})  # type: ignore[arg-type]
    return str(caught.value)


def test_without_anything_told_the_embedded_target_is_tested() -> None:
    loaded = read(environment={}, folder=Path("/"))
    assert loaded.value == Settings()
    assert loaded.value.target == "embedded"
    assert set(loaded.origins.values()) == {"default"}


def test_dotenv_and_the_first_configuration_file_of_the_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HH_PROJECT=from dotenv\n")
    (tmp_path / "acceptance.yaml").write_text("target: from yaml\nhh_project: from yaml\n")
    (tmp_path / "acceptance.json").write_text('{"target": "from json"}')
    loaded = read(environment={}, folder=tmp_path)
    assert (loaded.value.target, loaded.value.hh_project) == ("from yaml", "from dotenv")
    assert loaded.origins["target"] == f"file {tmp_path / 'acceptance.yaml'}"


@pytest.mark.parametrize("layer", ["arguments", "command_line", "environment", "dotenv"])
def test_the_configuration_file_can_be_named_in_every_layer(tmp_path: Path, layer: str) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"target": "other"}')
    (tmp_path / "acceptance.toml").write_text('target = "not this one"')
    if layer == "dotenv":
        (tmp_path / ".env").write_text(f"ACCEPTANCE_CONFIG={other}\n")
    named = {"configuration_file": str(other)}
    value = read(
        arguments=named if layer == "arguments" else None,
        command_line=named if layer == "command_line" else None,
        environment={"ACCEPTANCE_CONFIG": str(other)} if layer == "environment" else {},
        folder=tmp_path,
    ).value
    assert (value.target, value.configuration_file) == ("other", other)


def test_userdata_of_the_command_line_is_understood() -> None:
    value = read(command_line={"target": "staging", "load": "yes"}, environment={}, folder=Path("/")).value
    assert (value.target, value.load) == ("staging", True)


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("1", True), ("woodpecker", True), ("false", False)])
def test_ci_is_what_ci_servers_set(text: str, truth: bool) -> None:
    assert read(environment={"CI": text}, folder=Path("/")).value.ci is truth


def test_timeouts_are_bounded_and_in_order() -> None:
    text = refused(command_line={"connect_timeout_s": 0, "request_timeout_s": 601})
    assert "connect_timeout_s (command line): Input should be greater than 0" in text
    assert "request_timeout_s (command line): Input should be less than or equal to 600" in text
    text = refused(environment={"ACCEPTANCE_CONNECT_TIMEOUT_S": "31"})
    assert "connect_timeout_s (31) must not exceed request_timeout_s (30)" in text
    assert "environment variable ACCEPTANCE_CONNECT_TIMEOUT_S" in text


@pytest.mark.parametrize(
    "address", ["platform.example", "ftp://platform.example", "https://user:pw@platform.example", "http://"]
)
def test_an_address_is_a_plain_http_one(address: str) -> None:
    text = refused(environment={"HH_API_URL": address})
    assert "hh_api_url (environment variable HH_API_URL)" in text
    assert "is no address like https://platform.example" in text
    assert "user:pw" not in text


@pytest.mark.parametrize(
    ("name", "value"), [("OPENAI_API_KEY", "abc"), ("HH_API_KEY", "abc"), ("REDIS_URL", "redis://:abc@redis.example/0")]
)
def test_a_secret_too_short_to_be_masked_is_refused_by_name(name: str, value: str) -> None:
    text = refused(environment={name: value})
    assert f"environment variable {name}): has fewer than 4 characters and could not be masked" in text
    assert "abc" not in text


@pytest.mark.parametrize("value", ["sk-\u043a\u043b\u044e\u0447-0815", "sk-0815\nX-Evil: 1", "sk-0815\x00"])
def test_a_secret_that_cannot_be_sent_is_refused_and_not_told(value: str) -> None:
    text = refused(environment={"OPENAI_API_KEY": value})
    assert "openai_api_key (environment variable OPENAI_API_KEY): holds what no header can carry" in text
    assert "0815" not in text
    assert "sk-" not in text


def test_a_misspelt_setting_is_refused() -> None:
    assert "did you mean ACCEPTANCE_TARGET?" in refused(environment={"ACCEPTANCE_TARGETS": "x"})


def test_every_setting_has_a_meaning_and_an_environment_name() -> None:
    for name, info in Settings.model_fields.items():
        assert info.description, name
        assert environment_name(info), name


def test_env_example_names_every_setting_and_no_other_with_its_default() -> None:
    entries = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(entries) == {environment_name(info) for info in Settings.model_fields.values()} - {"CI"}
    told = {name: value for name, value in entries.items() if name != "ACCEPTANCE_CONFIG"}
    assert read(environment=told, folder=Path("/")).value == Settings()
