"""Proves that the arrows of the house point down only: who may import whom, who may name a backend, who may wait."""

import ast
import re
from pathlib import Path

import pytest

from tests.hygiene.suite import ROOT, imports, modules, tree

ONLY = {
    "steps": {"support.world", "support.deeds", "support.checks", "support.clients"},
    "support.backends": {"support.configuring", "support.backends"},
    "support.configuring": {"support.configuring"},
    "support.behaviours": set[str](),
}
NEVER = {
    "support.clients": {"support.world", "support.checks", "support.running", "steps"},
    "support.checks": {"support.running", "steps"},
    "support.reporting": {"support.world", "support.checks", "support.clients", "support.wire.proxy", "steps"},
    "support.wire": {"support.world", "support.checks", "support.clients", "support.running", "steps"},
    "support.processes": {"support.world", "support.checks", "support.clients", "support.running", "steps"},
    "support.defects": {"support.world", "support.checks", "support.clients", "support.running", "steps"},
    "support": {"steps"},
}
MAY_NAME_BACKENDS = ("support.backends", "support.processes", "support.defects")
MAY_WAIT = ("support.backends", "support.checks.waiting")


def below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def ours(name: str) -> bool:
    return below(name, "support") or below(name, "steps")


@pytest.mark.parametrize(("package", "allowed"), ONLY.items())
def test_a_package_imports_only_what_it_may(package: str, allowed: set[str]) -> None:
    assert [
        f"{name}:{line} {imported}"
        for name in modules()
        if below(name, package)
        for line, imported in imports(name)
        if ours(imported) and not any(below(imported, each) for each in allowed)
    ] == []


@pytest.mark.parametrize(("package", "forbidden"), NEVER.items())
def test_no_arrow_points_up(package: str, forbidden: set[str]) -> None:
    assert [
        f"{name}:{line} {imported}"
        for name in modules()
        if below(name, package)
        for line, imported in imports(name)
        if any(below(imported, each) for each in forbidden)
    ] == []


def test_a_backend_knows_no_other_backend() -> None:
    backends = {name.split(".")[2] for name in modules() if re.fullmatch(r"support\.backends\.\w+\.server", name)}
    assert [
        f"{name}:{line} {imported}"
        for name in modules()
        if name.startswith("support.backends.")
        for line, imported in imports(name)
        if any(below(imported, f"support.backends.{other}") for other in backends - {name.split(".")[2]})
    ] == []


def test_nobody_imports_a_backend() -> None:
    assert [
        f"{name}:{line} {imported}"
        for name in modules()
        if not below(name, "support.backends")
        for line, imported in imports(name)
        if below(imported, "support.backends")
    ] == []


def test_only_the_launcher_and_the_defects_name_backends() -> None:
    assert [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if not any(below(name, each) for each in MAY_NAME_BACKENDS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "support.backends" in node.value
        if not is_docstring(node, path)
    ] == []


def test_nobody_sleeps_but_backends_and_the_module_that_waits() -> None:
    assert [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if not any(below(name, each) for each in MAY_WAIT)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and sleeps(node))
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "sleep" for alias in node.names))
    ] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    local = re.compile(r"/(?:work|home|root)/\w")
    files = [path for path in ROOT.glob("*.*") if path.suffix in {".md", ".toml", ".txt"}] + list(modules().values())
    assert [str(path) for path in files if local.search(path.read_text(encoding="utf-8"))] == []


def sleeps(call: ast.Call) -> bool:
    """A call of sleep, of whatever length."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "sleep"


def is_docstring(node: ast.Constant, path: Path) -> bool:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(owner, owners) and owner.body and isinstance(owner.body[0], ast.Expr) and owner.body[0].value is node
        for owner in ast.walk(tree(path))
    )
