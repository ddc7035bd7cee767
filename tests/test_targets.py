"""Proves that target files are checked to the last field, and that the embedded target claims everything."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from support import targets
from support.configuring import ConfigurationError
from support.settings import Settings, read
from support.targets.models import FOLDER, SYSTEMS

GOOD = """
name = "trial"
description = "A trial."
[systems.evaluation_platform]
settings = { address = "HH_API_URL", key = "HH_API_KEY", project = "HH_PROJECT" }
claims = ["platform.tools"]
limits = { visible_within_s = 10 }
"""


def write(folder: Path, text: str) -> str:
    path = folder / "trial.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        targets.find(write(folder, text))
    assert "trial.toml" in str(caught.value), "the file is named"
    return str(caught.value)


def settings(**environment: str) -> Settings:
    return read(environment=environment, folder=Path("/")).value


def test_the_embedded_target_has_every_system_and_claims_every_capability() -> None:
    embedded = targets.find("embedded")
    assert set(embedded.systems) == set(SYSTEMS)
    assert embedded.claims == set(targets.capabilities())
    assert all(system.embedded for system in embedded.systems.values())


def test_every_capability_has_a_meaning_and_every_system_a_backend() -> None:
    assert all(meaning.endswith(".") for meaning in targets.capabilities().values())
    assert [system for system in SYSTEMS if not (FOLDER.parent / "backends" / system / "server.py").is_file()] == []


def test_every_target_that_is_offered_by_name_is_sound() -> None:
    assert "embedded" in targets.names()
    assert [targets.find(name).name for name in targets.names()] == targets.names()


def test_a_target_is_found_by_path(tmp_path: Path) -> None:
    trial = targets.find(write(tmp_path, GOOD))
    platform = trial.systems["evaluation_platform"]
    assert (trial.name, set(trial.claims), platform.project) == ("trial", {"platform.tools"}, "shared")
    assert platform.limits.visible_within_s == 10


def test_the_documented_example_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "staging.toml"
    path.write_text((FOLDER / "staging.toml.example").read_text())
    assert targets.find(str(path)).name == "staging"


def test_an_unknown_target_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="there is no target 'embeded'; did you mean embedded"):
        targets.find("embeded")
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml \(file\): cannot be read: No such file"):
        targets.find("nowhere.toml")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"platform.tools"', '"platform.tool"', "claims[0] (file"),
        ('"platform.tools"', '"platform.tool"', "'platform.tool' is no capability; did you mean platform.tools?"),
        ('"HH_API_KEY"', '"HH_APIKEY"', "'HH_APIKEY' is no setting; did you mean HH_API_KEY?"),
        ("[systems.evaluation_platform]", "[systems.evaluation_plattform]", "is no system; did you mean evaluation_"),
        ("description =", "descripton =", "descripton (file"),
        ("visible_within_s = 10", "visible_within_s = -1", "limits.visible_within_s (file"),
        ("visible_within_s = 10", "visible_within = 10", "is unknown; did you mean visible_within_s?"),
        ("[systems.evaluation_platform]", "[systems.evaluation_platform]\nembedded = true", "exactly one of"),
        ('address = "HH_API_URL", ', "", "exactly one of"),
        ('key = "HH_API_KEY", ', "", "needs `settings.key`"),
        ('name = "trial"', 'name = "other"', 'write name = "trial", or rename the file'),
        ('name = "trial"', "name = trial", "line 2"),
    ],
)
def test_a_fault_is_told_with_file_and_field(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    assert fault in refused(tmp_path, GOOD.replace(before, after))


@pytest.mark.parametrize("system", ["model", "redis"])
@pytest.mark.parametrize(
    ("place", "field"),
    [
        ('address = "http://localhost:9"\nsettings = { key = "OPENAI_API_KEY" }', "address"),
        ('settings = { address = "HH_API_URL", key = "HH_API_KEY" }', "settings.address"),
    ],
)
def test_what_the_suite_always_starts_itself_has_no_address(
    tmp_path: Path, system: str, place: str, field: str
) -> None:
    told = refused(tmp_path, f"{GOOD}[systems.{system}]\n{place}\n")
    assert f"{system}.{field} cannot be: write `embedded = true`; a " in told
    assert "systems (file" in told


def test_a_remote_system_is_reached_by_the_settings_named(tmp_path: Path) -> None:
    trial = targets.find(write(tmp_path, GOOD))
    told = settings(HH_API_URL="https://platform.example/", HH_API_KEY="key-1", HH_PROJECT="p")
    reached = targets.connection(trial, "evaluation_platform", told)
    assert reached == targets.Connection("https://platform.example", SecretStr("key-1"), "p")
    assert "key-1" not in repr(reached)


def test_an_address_may_stand_in_the_file(tmp_path: Path) -> None:
    text = GOOD.replace(
        'settings = { address = "HH_API_URL", key = "HH_API_KEY", project = "HH_PROJECT" }',
        'address = "http://localhost:8080"\nsettings = { key = "HH_API_KEY" }',
    )
    reached = targets.connection(
        targets.find(write(tmp_path, text)), "evaluation_platform", settings(HH_API_KEY="key-1", HH_PROJECT="other")
    )
    assert (reached.address, reached.project) == ("http://localhost:8080", None)


def test_another_team_s_key_may_lack_and_must_be_another(tmp_path: Path) -> None:
    foreign = 'project = "HH_PROJECT", foreign_key = "HH_FOREIGN_KEY"'
    trial = targets.find(write(tmp_path, GOOD.replace('project = "HH_PROJECT"', foreign)))
    told = {"HH_API_URL": "https://platform.example/", "HH_API_KEY": "key-1", "HH_PROJECT": "p"}
    targets.check(trial, settings(**told))
    assert targets.connection(trial, "evaluation_platform", settings(**told)).foreign_key is None
    two = settings(**told, HH_FOREIGN_KEY="key-2")
    assert targets.connection(trial, "evaluation_platform", two).foreign_key == SecretStr("key-2")
    with pytest.raises(
        ConfigurationError, match=r"HH_FOREIGN_KEY \(given\): is the same key as HH_API_KEY; give"
    ) as caught:
        targets.check(trial, settings(**told, HH_FOREIGN_KEY="key-1"))
    assert "key-1" not in str(caught.value)


def test_every_setting_that_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="The target trial cannot be reached") as caught:
        targets.connection(targets.find(write(tmp_path, GOOD)), "evaluation_platform", settings(HH_PROJECT="p"))
    assert [problem.field for problem in caught.value.problems] == ["HH_API_URL", "HH_API_KEY"]


INSTALLED = """
name = "trial"
description = "A foreign platform."
[systems.evaluation_platform]
adapter = "honeyhive"
[systems.evaluation_platform.installed]
packages = { "a-platform" = "1.2.3" }
run = ["{bin}/a-platform", "--port", "{port}"]
"""


def test_a_platform_that_is_not_installed_is_refused_before_anything_starts_naming_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    trial = targets.find(write(tmp_path, INSTALLED))
    assert trial.systems["evaluation_platform"].started_here
    with pytest.raises(ConfigurationError, match="run `acceptance target install trial`") as caught:
        targets.check(trial, settings())
    assert [problem.field for problem in caught.value.problems] == ["evaluation_platform"]


def test_two_targets_may_share_an_environment() -> None:
    owner = targets.find("mlflow").systems["evaluation_platform"].installed
    assert owner is not None
    shared = owner.model_copy(update={"environment_of": "mlflow"})
    assert shared.kept_as("trial").key == owner.kept_as("mlflow").key
    assert owner.kept_as("trial").key != owner.kept_as("mlflow").key


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('adapter = "honeyhive"', 'adapter = "honeyhiv"', "is no adapter; did you mean honeyhive?"),
        ('adapter = "honeyhive"', "embedded = true", "exactly one of"),
        ('packages = { "a-platform" = "1.2.3" }', "packages = {}", "installed.packages"),
        ('run = ["{bin}/a-platform", "--port", "{port}"]', "run = []", "installed.run"),
        ("packages =", "pakages =", "pakages"),
    ],
)
def test_a_fault_of_what_is_installed_is_told_with_file_and_field(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    assert before in INSTALLED
    assert fault in refused(tmp_path, INSTALLED.replace(before, after))


@pytest.mark.parametrize("name", targets.names())
def test_every_platform_that_a_target_installs_is_pinned_with_all_it_needs(name: str) -> None:
    for system in targets.find(name).systems.values():
        if system.installed is None:
            continue
        environment = system.installed.kept_as(name)
        pinned = dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", environment.lock, re.MULTILINE))
        chosen = {package.partition("[")[0]: version for package, version in environment.packages.items()}
        assert chosen.items() <= pinned.items()
        assert len(pinned) > len(chosen)


def test_a_file_that_cannot_be_read_is_blamed_for_that_alone(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD.replace("]", "", 1)).count("\n  - ") == 1
    with pytest.raises(ConfigurationError, match=r"none\.toml") as caught:
        targets.find(str(tmp_path / "none.toml"))
    assert str(caught.value).count("\n  - ") == 1


def test_a_fault_of_a_whole_system_does_not_repeat_its_table(tmp_path: Path) -> None:
    said = refused(tmp_path, GOOD.replace(', key = "HH_API_KEY"', ""))
    assert "systems.evaluation_platform" in said
    assert "needs `settings.key`" in said
    assert "HH_API_URL" not in said
