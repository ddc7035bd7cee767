"""Seeds defects in a program that is run by another interpreter, one that has nothing of this suite installed.

usage: seeded.py ROOT DEFECTS MODULE ARGUMENT…

Run as a file. Of the suite, in the folder ROOT, nothing is imported but the defects, and these import only what they
replace; afterwards the program is run as if it had been started by itself.
"""

import importlib
import runpy
import sys
from pathlib import Path


def main(root: str, ids: str, program: str, *arguments: str) -> None:
    """Seed the defects, comma-separated as `package/id`, and run the module as `python -m` does."""
    sys.path[0] = root
    defects = importlib.import_module("support.defects")
    for each in ids.split(","):
        module, _, name = each.partition("/")
        importlib.import_module(module)
        defects.seed(name)
    sys.path[0] = str(Path.cwd())
    sys.argv = [program, *arguments]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
