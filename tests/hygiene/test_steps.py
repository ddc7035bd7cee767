"""Proves that the sentences are few, all defined, all used, and that their definitions leave the doing to support/."""

import ast
from collections import Counter

from tests.hygiene.suite import STEPS, definitions, matchers, scenarios, step_files, steps_that_run, tree


def test_no_step_is_undefined() -> None:
    undefined = {step.name: place for place, step in steps_that_run() if not definitions().find_match(step)}
    assert undefined == {}


def test_no_definition_is_unused() -> None:
    used = {id(definitions().find_step_definition(step)) for _, step in steps_that_run()}
    assert [f"{matcher.location} {matcher.pattern}" for matcher in matchers() if id(matcher) not in used] == []


def test_there_are_fewer_than_half_as_many_definitions_as_scenarios() -> None:
    assert len(matchers()) < 0.5 * len(scenarios())


def test_a_step_is_at_most_five_lines_long() -> None:
    assert {where: length for where, length in lengths() if length > 5} == {}


def test_no_step_runs_another() -> None:
    calls = Counter(
        f"{path.name}:{node.lineno}"
        for path in step_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"execute_steps", "run_steps"}
    )
    assert calls == {}


def test_steps_lie_flat_and_nothing_hijacks_them() -> None:
    """behave takes the first folder called steps that it meets, and none below that one."""
    hijackers = [*STEPS.glob("*/*.py"), *(STEPS.parent / "features").rglob("*.py")]
    assert hijackers == []


def lengths() -> list[tuple[str, int]]:
    return [
        (f"{path.name}:{node.name}", body_length(node))
        for path in step_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
