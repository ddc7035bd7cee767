"""`python -m support.backends.tool_daemon`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from .settings import Settings, require

main = program("tool_daemon", Settings, {"TOOL_DAEMON_URL": "{address}"}, check=require)

if __name__ == "__main__":
    sys.exit(main())
