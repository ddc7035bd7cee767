"""A run of this suite, as its user starts one, seen as a call to the platform: what it says when it gets no answer.

Where the platform is comes from the environment (``HH_API_URL``, ``HH_API_KEY``, ``HH_PROJECT``).
"""

from __future__ import annotations

import time
from typing import Any

from support.programs import tracing_run


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Run one scenario, about ``name``.

    Returns: ``calls``, one of them, as in `support.programs.calls`; the error's type is the scenario's verdict.
    """
    begun = time.monotonic()
    [ended] = tracing_run.main({"scenarios": [{"name": arguments["name"], "ends": "well"}]})["scenarios"]
    said = {"type": f"suite.{ended['verdict']}", "text": ended["message"], "own words": ended["message"]}
    well = ended["verdict"] == "passed"
    call = {"answer": "passed" if well else None, "error": None if well else said, "seconds": time.monotonic() - begun}
    return {"calls": [call]}
