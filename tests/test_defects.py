"""Proves that seeded defects work: each replaces exactly what it names, and all of them fit today's code."""

import subprocess
import sys
from types import ModuleType

import pytest

from support import behaviours, defects


@pytest.fixture
def victim(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("victim")

    class Store:
        def size(self) -> int:
            return 3

        @staticmethod
        def kind() -> str:
            return "disk"

    module.__dict__.update(Store=Store, answer=lambda: 42)
    monkeypatch.setitem(sys.modules, "victim", module)
    return module


def test_a_function_of_a_module_is_replaced_and_given_its_original(victim: ModuleType) -> None:
    defects.replace("victim:answer", lambda original: lambda: original() + 1)
    assert victim.answer() == 43


def test_a_method_is_replaced_for_every_instance(victim: ModuleType) -> None:
    store = victim.Store()
    defects.replace("victim:Store.size", lambda original: lambda self: original(self) - 1)
    assert store.size() == 2


def test_a_static_method_stays_static(victim: ModuleType) -> None:
    defects.replace("victim:Store.kind", lambda original: lambda: original() + "!")
    assert victim.Store().kind() == "disk!"


@pytest.mark.parametrize("target", ["victim:gone", "victim:Store.gone", "victim:Gone.size", "no_such_module:answer"])
def test_a_target_that_is_gone_is_an_error_that_names_it(victim: ModuleType, target: str) -> None:
    with pytest.raises(defects.DefectError, match=f"there is no {target} to replace"):
        defects.replace(target, lambda original: original)


def test_an_unknown_defect_is_an_error_that_suggests_the_nearest() -> None:
    known = defects.all_defects()[0]
    with pytest.raises(defects.DefectError, match=f"did you mean {known.id}"):
        defects.apply(known.system, [known.id + "x"])


def test_two_defects_cannot_share_a_name() -> None:
    known = defects.all_defects()[0]
    with pytest.raises(defects.DefectError, match="two defects are called"):
        defects.defect(known.id, breaks=["DS-1"], at="datasets:delete")(lambda original: original)


def test_every_defect_breaks_promises_of_the_catalogue() -> None:
    promised = behaviours.sentences()
    assert {
        found.id: [name for name in found.behaviours if name not in promised] for found in defects.all_defects()
    } == {found.id: [] for found in defects.all_defects()}


@pytest.mark.parametrize("system", sorted({found.system for found in defects.all_defects()}))
def test_every_defect_applies_to_the_code_of_today(system: str) -> None:
    """And can be called as what it replaces: one that falls over proves nothing."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fitting_defects", system],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.splitlines()[-1]
    assert ran.stdout.split() == [found.id for found in defects.all_defects(system)]
