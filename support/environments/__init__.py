"""Interpreter environments with chosen versions of clients: which there are, and how they are made and kept.

`clients.toml` names them, `locks/` pins everything in them. `make` builds one with uv, from the package index that pip
is configured for, and keeps it in the user's cache folder: it is built once on a machine.
"""

from support.environments.catalogue import Environment, catalogue, holding, named_in
from support.environments.making import UnavailableError, is_made, make

__all__ = ["Environment", "UnavailableError", "catalogue", "holding", "is_made", "make", "named_in"]
