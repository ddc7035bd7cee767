"""Proves that every promise checked against an embedded system has a seeded defect that breaks it."""

from support import behaviours, defects
from support.running.drill import folders
from tests.hygiene.suite import ROOT, scenarios


def test_every_promise_that_is_checked_can_be_broken() -> None:
    breakable = {name for found in defects.all_defects() for name in found.behaviours}
    unbroken = []
    for system in {found.system for found in defects.all_defects()} - {defects.PROGRAMS}:
        checked = {
            tag
            for each in scenarios()
            if any(each.path.is_relative_to(ROOT / folder) for folder in folders(system)) and "load" not in each.tags
            for tag in each.tags
            if tag in behaviours.sentences()
        }
        unbroken += [f"{system}: {name}" for name in sorted(checked - breakable)]
    assert unbroken == []


def test_every_defect_breaks_a_promise_that_some_scenario_checks() -> None:
    checked = {tag for each in scenarios() for tag in each.tags}
    assert [found.id for found in defects.all_defects() if not checked & set(found.behaviours)] == []
