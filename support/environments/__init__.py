"""Interpreter environments with chosen versions of clients or platforms: which there are, how they are made and kept.

`clients.toml` names those of clients, the targets those of platforms; `locks/` pins everything in them. `make` builds
one with uv, from the package index that pip is configured for, and keeps it in the user's cache folder: it is built
once on a machine.
"""

from support.environments.catalogue import Environment, catalogue, holding, lock_file, lock_of, named_in
from support.environments.making import UnavailableError, is_made, make

__all__ = [
    "Environment",
    "UnavailableError",
    "catalogue",
    "holding",
    "is_made",
    "lock_file",
    "lock_of",
    "make",
    "named_in",
]
