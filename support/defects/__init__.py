"""Seeded defects: named faults that prove a scenario can fail.

A defect breaks one promise, as a user would notice it, by replacing one attribute of a module or a class inside the
process of the system it belongs to. The system's code knows nothing of it. The defects of a system stand in the package
of its name; each is a function that is given the original and returns the replacement:

    @defect("datasets.delete-answers-false", breaks=["DS-5"], at="datasets:delete")
    def delete_answers_false(original):
        '''Deleting a dataset is answered as if it had failed.'''
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Wrapper = Callable[[Any], Any]
PROGRAMS = "programs"
"""What stands for a system where a defect is one of the client programs that scenarios run, or of their SDK."""
CONFIGURING = "configuring"
"""What stands for a system where a defect is one of the configuration, seeded in a command that a scenario runs."""
CALL_LOGGING = "call_logging"
"""The call-logging SDK: its defects are seeded in the program that uses it, or in the command that runs its matrix."""


class DefectError(Exception):
    """A defect that cannot be applied: it is unknown, or what it replaces no longer exists."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One seeded fault: the promises it breaks, in a user's words, and the attribute it replaces."""

    id: str
    system: str
    behaviours: tuple[str, ...]
    description: str
    target: str
    wrapper: Wrapper
    spreads: tuple[str, ...] = ()

    @property
    def of_load(self) -> bool:
        """Whether only scenarios of load see it."""
        return all(each.startswith("LD-") for each in self.behaviours)

    def apply(self) -> None:
        """Put the fault in place, in this process. Raises DefectError when its target is gone."""
        try:
            replace(self.target, self.wrapper)
        except DefectError as missing:
            raise DefectError(f"defect {self.id}: {missing}") from missing.__cause__


_registered: dict[str, Defect] = {}


def defect(
    id: str,  # noqa: A002
    *,
    breaks: Sequence[str],
    at: str,
    spreads: Sequence[str] = (),
) -> Callable[[Wrapper], Wrapper]:
    """Register the decorated wrapper as a defect; its docstring says what a user would notice.

    `breaks` names the promises that it breaks: a scenario of each must see it. `at` is `module:attribute` or
    `module:Class.attribute`, the module named from the system's backend package (in full where the
    system is PROGRAMS, CONFIGURING or CALL_LOGGING).
    `spreads` names promises (DS-4) or blocks (DS) whose scenarios may turn red too, because they look through what is
    broken.
    """

    def register(wrapper: Wrapper) -> Wrapper:
        system = wrapper.__module__.removeprefix(f"{__name__}.").partition(".")[0]
        if id in _registered:
            raise DefectError(f"two defects are called {id}")
        if not breaks or not wrapper.__doc__:
            raise DefectError(f"defect {id} needs the behaviours it breaks and a description")
        root = "" if system in (PROGRAMS, CONFIGURING, CALL_LOGGING) else f"support.backends.{system}."
        target = f"{root}{at}"
        description = inspect.cleandoc(wrapper.__doc__)
        _registered[id] = Defect(id, system, tuple(breaks), description, target, wrapper, tuple(spreads))
        return wrapper

    return register


def replace(target: str, wrapper: Wrapper) -> None:
    """Replace `package.module:attribute` or `package.module:Class.attribute` by `wrapper(original)`.

    Static and class methods stay what they are. Raises DefectError when there is no such module or attribute.
    """
    module_name, _, path = target.partition(":")
    *owners, name = path.split(".")
    try:
        owner: Any = importlib.import_module(module_name)
        for part in owners:
            owner = getattr(owner, part)
        original = vars(owner)[name]
    except (ImportError, AttributeError, KeyError) as cause:
        raise DefectError(f"there is no {target} to replace ({type(cause).__name__}: {cause})") from cause
    if isinstance(original, staticmethod | classmethod):
        setattr(owner, name, type(original)(wrapper(original.__func__)))
    else:
        setattr(owner, name, wrapper(original))


def home(original: Any) -> Any:
    """The module that a function stands in, for a replacement that needs what its original uses."""
    return sys.modules[original.__module__]


def all_defects(system: str | None = None) -> tuple[Defect, ...]:
    """Every defect, or those of one system, in the order in which they are written."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if system in (None, module.name.removeprefix(f"{__name__}.").partition(".")[0]):
            importlib.import_module(module.name)
    return tuple(found for found in _registered.values() if system in (None, found.system))


def named(ids: Iterable[str], system: str | None = None) -> tuple[Defect, ...]:
    """The defects of these ids, in this order. Raises DefectError for one that does not exist, with the nearest."""
    wanted_ids = list(ids)
    if not wanted_ids:
        return ()  # a run without a defect need not import them all, with what they replace
    known = {found.id: found for found in all_defects(system)}
    chosen = []
    for wanted in wanted_ids:
        if wanted not in known:
            near = difflib.get_close_matches(wanted, known, n=1)
            where = f" of {system}" if system else ""
            hint = f"did you mean {near[0]}?" if near else f"none of the {len(known)} in support/defects is like it"
            raise DefectError(f"there is no defect{where} called {wanted}; {hint}")
        chosen.append(known[wanted])
    return tuple(chosen)


def seed(id: str) -> None:  # noqa: A002
    """Apply a defect whose module was imported, where not all of them can be. Raises DefectError."""
    _registered[id].apply()


def apply(system: str, ids: Iterable[str]) -> None:
    """Apply these defects of a system, in this process, before it starts. Raises DefectError."""
    for found in named(ids, system):
        found.apply()
