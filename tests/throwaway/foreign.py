"""A foreign server for `support.processes.installed`: a program by itself, with a child of its own, that keeps a count.

usage: foreign.py PORT FOLDER. `/told` answers what it was told, `/count` counts in a file; both as JSON.
"""

import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
CHILD = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in ("/told", "/count", "/ready") else 404)
        self.end_headers()
        self.wfile.write(json.dumps(self.told() if self.path == "/told" else self.count()).encode())

    def told(self) -> object:
        files = {path.name: path.read_text() for path in FOLDER.glob("*.ini")}
        return {"environment": dict(os.environ), "files": files, "pids": {"itself": os.getpid(), "child": CHILD.pid}}

    def count(self) -> int:
        kept = FOLDER / "count"
        number = int(kept.read_text()) + 1 if kept.exists() else 1
        kept.write_text(str(number))
        return number

    def log_message(self, *_: object) -> None:
        pass


if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.environ.get("FAILS"):
    sys.exit("there is no such database")
HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
