"""What the hygiene tests look at: the features as written, the step definitions, the modules and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from behave.model import Feature, Scenario, Step
from behave.runner_util import load_step_modules
from behave.step_registry import registry

from support.reporting.catalogue import all_tags, read_features, written_scenarios
from support.running import elsewhere

ROOT = Path(__file__).parents[2]
FEATURES = ROOT / "features"
STEPS = ROOT / "steps"
OWN: list[Path] = []
"""Folders of features outside of the suite that are to keep its rules, too: `pytest --features FOLDER`."""


@dataclass(frozen=True)
class Written:
    """One scenario as it is written, an outline once."""

    feature: Feature
    scenario: Scenario
    tags: tuple[str, ...]

    @property
    def place(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{self.scenario.line}"

    @property
    def is_own(self) -> bool:
        """Whether it stands outside of the suite, which cannot know the promises of others."""
        return not self.path.is_relative_to(ROOT)

    @property
    def path(self) -> Path:
        return Path(self.feature.filename).resolve()

    @property
    def comment(self) -> str:
        """The comment that stands between the blank line before the scenario and its keyword."""
        above: list[str] = []
        for line in reversed(self.path.read_text(encoding="utf-8").splitlines()[: self.scenario.line - 1]):
            if not line.strip().startswith(("@", "#")):
                break
            above.append(line.strip())
        return " ".join(line for line in above if line.startswith("#"))


@cache
def features() -> list[Feature]:
    found = read_features(FEATURES)
    assert found, "there are no features to look at"
    return [*found, *(feature for folder in OWN for feature in read_features(folder))]


@cache
def scenarios() -> list[Written]:
    return [Written(f, case, tuple(all_tags(case))) for f in features() for case in written_scenarios(f)]


def steps_that_run() -> Iterator[tuple[str, Step]]:
    """Every step as it runs, backgrounds and rows of outlines included, with its place."""
    for feature in features():
        for scenario in feature.walk_scenarios():
            for step in scenario.all_steps:
                yield f"{Path(step.filename).name}:{step.line}", step


@cache
def definitions() -> Any:
    """behave's registry with every step of the suite in it."""
    load_step_modules([str(folder) for folder in step_folders()])
    return registry


@cache
def step_folders() -> list[Path]:
    beside = elsewhere.sentences(path for folder in OWN for path in folder.rglob("*.feature"))
    return [STEPS, *map(Path, beside)]


def step_files() -> list[Path]:
    return [path for folder in step_folders() for path in folder.glob("*.py")]


def matchers() -> list[Any]:
    return [matcher for group in definitions().steps.values() for matcher in group]


@cache
def modules() -> dict[str, Path]:
    """Every module of the suite by its dotted name; tests are not of the suite."""
    files = [ROOT / "environment.py", *STEPS.glob("*.py"), *(ROOT / "support").rglob("*.py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(name: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a module imports, inside functions too."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
