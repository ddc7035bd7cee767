"""The throw-away backend's server: `run` as every backend has it."""
# ruff: noqa: T201 - what they print is what the tests look for in their logs

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.throwaway.echo.settings import Settings


def answer(settings: Settings, path: str) -> Any:
    """What a GET of the path answers; done when it is asked."""
    if path == "/count":
        file = Path(settings.database_url)
        count = int(file.read_text()) + 1 if file.exists() else 1
        file.write_text(str(count))
        return count
    if path == "/settings":
        return {"keys": settings.keys.get_secret_value(), "environment": sorted(os.environ)}
    if path == "/spawn":
        return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid
    if path == "/die":
        print("I was told to die", flush=True)
        os._exit(7)
    return "ok"


def run(settings: Settings, announce: Callable[[dict[str, str]], None]) -> None:
    """Serve until SIGTERM; `fault` is "crash" (at start) or "silent" (never ready)."""
    print("echo starts", flush=True)
    if settings.fault == "crash":
        raise RuntimeError("no storage to be had")
    if settings.fault == "silent":
        signal.pause()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer(settings, self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    public = ThreadingHTTPServer(("127.0.0.1", settings.port), Handler)
    control = ThreadingHTTPServer(("127.0.0.1", settings.control_port), Handler)
    threading.Thread(target=control.serve_forever, args=(0.01,), daemon=True).start()

    def stop(*_: object) -> None:
        threading.Thread(target=public.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    announce({"address": url(public), "control": url(control)})
    public.serve_forever(poll_interval=0.01)
    public.server_close()
    print("echo stopped in order", flush=True)


def url(server: ThreadingHTTPServer) -> str:
    """Its base address."""
    return f"http://127.0.0.1:{server.server_port}"
