"""`python -m support.backends.tool_daemon`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from . import settings


def check(given: settings.Settings) -> None:
    """Refuse settings that are enough to be shown, and not to serve."""
    settings.require(given)  # looked up now, not when this module is imported: it may be replaced in between


main = program("tool_daemon", settings.Settings, {"TOOL_DAEMON_URL": "{address}"}, check=check)

if __name__ == "__main__":
    sys.exit(main())
