"""A daemon that runs tools for many clients at once, over WebSocket; see settings.py for what it can be told.

Its protocol stands in protocol.py. A shim (`python -m support.backends.tool_daemon.shim`) offers the same tools to any
MCP client, on stdin and stdout.
"""

VERSION = "1.0.0"
