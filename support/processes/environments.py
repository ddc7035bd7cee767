"""The environment that children get: what a program needs to run, and no setting of ours or of the user's."""

import os
from collections.abc import Mapping

KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TZ",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of KEPT that are set here, and `extra`.

    Keys, addresses and proxies of the user's shell stay out: a child that needs one is told so explicitly.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **(extra or {})}
