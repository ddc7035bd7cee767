"""`python -m tests.fitting_defects SYSTEM`: make every replacement of a system's defects, and name those that fit.

In a process of its own, as in a backend. Ends with 1 at one whose target is gone, or whose replacement cannot be called
as its original is: that would fall over, where a defect must answer wrongly.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Sequence
from typing import Any

from support import defects


def main(system: str) -> None:
    """Try all; nothing stays replaced, so that none is given another's replacement for its original."""
    for found in defects.all_defects(system):
        defects.replace(found.target, functools.partial(tried, found))
        sys.stdout.write(f"{found.id}\n")


def tried(found: defects.Defect, original: Any) -> Any:
    """The original. Exits when the replacement takes neither what the original needs nor all that it can be given."""
    before, after = (each.fget if isinstance(each, property) else each for each in (original, found.wrapper(original)))
    if callable(before) and callable(after):
        try:
            needed = inspect.signature(before)
            takes = inspect.signature(after)
        except ValueError:
            return original  # a class or builtin that does not say what it takes
        everything = list(needed.parameters.values())
        faults = [fault(takes, each) for each in ([one for one in everything if one.default is one.empty], everything)]
        if all(faults):
            sys.exit(f"{found.id}: {found.target} is called as {needed}, the replacement takes {takes}: {faults[0]}")
    return original


def fault(takes: inspect.Signature, given: Sequence[inspect.Parameter]) -> str:
    """What is wrong with a call that gives these; empty when nothing is."""
    in_order = [each.name for each in given if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    try:
        takes.bind(*in_order, **{each.name: each.name for each in given if each.kind is each.KEYWORD_ONLY})
    except TypeError as wrong:
        return str(wrong)
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
