"""What is tested: one TOML file a target, which says where each system is and what it claims to be able to do."""

from support.targets.loading import Connection, check, connection, find, names
from support.targets.models import Installed, Limits, SystemTarget, Target, capabilities

__all__ = [
    "Connection",
    "Installed",
    "Limits",
    "SystemTarget",
    "Target",
    "capabilities",
    "check",
    "connection",
    "find",
    "names",
]
