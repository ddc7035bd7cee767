"""Proves what the daemon writes: health file, metrics, log, their rotation; and that it ends in order."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from support.clients.model import ScriptedModel, Turn
from tests.backends.tool_daemon.conftest import MODEL_KEY, Daemon, soon

HEALTH = {"t", "pid", "host", "port", "started_at", "sessions", "global_capacity", "global_inflight"}


def test_the_health_file_is_whole_and_fresh(start: Callable[..., Daemon]) -> None:
    daemon = start(health_interval=0.02, global_inflight=5)
    daemon.client().begin("slow", seconds=20)
    file = daemon.folder / "health.json"
    told = soon(lambda: (found := json.loads(file.read_text()))["global_inflight"] and found)
    assert set(told) == HEALTH
    assert (told["pid"], told["host"], told["sessions"]) == (daemon.backend.pid, "127.0.0.1", 1)
    assert (told["global_capacity"], told["global_inflight"]) == (4, 1)
    assert daemon.backend.address == f"ws://127.0.0.1:{told['port']}"
    soon(lambda: json.loads(file.read_text())["t"] > told["t"])


def test_metrics_have_a_line_a_call(daemon: Daemon) -> None:
    client = daemon.client()
    client.call("echo", "1", text="hi")
    client.call("echo", "2", text="hi")
    client.call("fail", "3")
    client.call("knit", "4")
    lines = soon(lambda: len(found := daemon.lines("metrics.jsonl")) == 4 and found)
    shape = {"t", "request_id", "session_id", "tool", "outcome", "code", "cached", "provider", "seconds"}
    assert all(set(line) == shape for line in lines)
    told = [(line["request_id"], line["tool"], line["outcome"], line["code"], line["cached"]) for line in lines]
    assert told == [
        ("1", "echo", "ok", None, False),
        ("2", "echo", "ok", None, True),
        ("3", "fail", "error", "EXEC_ERROR", False),
        ("4", "knit", "error", "TOOL_NOT_FOUND", False),
    ]
    metrics = json.loads(client.call("health", "5")["text"])["metrics"]
    assert metrics["calls"] == {"total": 4, "by_tool": {"echo": 2, "fail": 1, "(unknown)": 1}}
    assert metrics["errors"] == {"total": 2, "by_code": {"EXEC_ERROR": 1, "TOOL_NOT_FOUND": 1}}
    assert metrics["sessions"] == {"opened": 1}
    assert metrics["durations"]["echo"]["count"] == 1


def test_each_line_of_the_log_has_the_same_beginning(daemon: Daemon) -> None:
    client = daemon.client()
    client.call("fail", "r-1", message="no ink")
    lines = soon(lambda: len(found := daemon.lines("daemon.log")) >= 5 and found)
    start_of = ["timestamp", "level", "component", "request_id", "session_id", "message"]
    assert all(list(line)[:6] == start_of for line in lines)
    own = [line for line in lines if line["request_id"] == "r-1"]
    assert [line["message"] for line in own] == ["call accepted", "tool failed", "call ended"]
    assert own[1]["error"][0] == "ExerciseError: no ink"
    assert {line["session_id"] for line in own} == {client.ack["session_id"]}


def test_log_and_metrics_are_rotated(start: Callable[..., Daemon]) -> None:
    daemon = start(log_max_bytes=1000, log_count=2)
    client = daemon.client()
    for number in range(30):
        client.call("echo", f"r-{number}", text="hi")
    soon(lambda: "r-29" in (daemon.folder / "metrics.jsonl").read_text())
    for name in ("daemon.log", "metrics.jsonl"):
        parts = {part.name: part.stat().st_size for part in daemon.folder.glob(f"{name}*")}
        assert set(parts) == {name, f"{name}.1", f"{name}.2"}
        assert max(parts.values()) <= 1000


def test_no_secret_stands_in_any_file(start: Callable[..., Daemon], scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("well"))
    daemon = start(log_level="DEBUG")
    daemon.client().call("chat", prompt=f"my key is {MODEL_KEY}")
    daemon.client().call("fail", message=f"refused: {MODEL_KEY}")
    for file in daemon.folder.iterdir():
        assert MODEL_KEY not in file.read_text(encoding="utf-8"), file


def test_what_nobody_foresaw_is_logged_with_its_traceback_and_without_a_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from support.backends.tool_daemon import logs, settings\n"
        f"with logs.to(settings.Settings(token='{MODEL_KEY}'), Path(sys.argv[1]), 'daemon.log'):\n"
        f"    logs.breakdown('calls', 'it broke', KeyError('{MODEL_KEY}'), tool='echo')\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=20)
    line = json.loads((tmp_path / "daemon.log").read_text(encoding="utf-8"))
    assert (line["level"], line["message"], line["tool"]) == ("ERROR", "it broke", "echo")
    assert line["traceback"] == "KeyError: '**********'\n"


def test_it_ends_in_order_with_calls_under_way(daemon: Daemon) -> None:
    daemon.client().begin("slow", "r-1", seconds=20)
    soon(lambda: "call accepted" in (daemon.folder / "daemon.log").read_text())
    begun = time.monotonic()
    daemon.backend.stop()
    assert time.monotonic() - begun < 3
    assert not (daemon.folder / "health.json").exists()
    assert daemon.lines("daemon.log")[-1]["message"] == "daemon stopped"
    assert daemon.lines("metrics.jsonl")[-1]["outcome"] == "cancelled"


def test_without_a_folder_it_leaves_nothing_behind(start: Callable[..., Daemon]) -> None:
    daemon = start(log_directory=None)
    assert daemon.client().call("echo", text="hi")["text"] == "hi"
    daemon.backend.stop()
    assert not Path(daemon.folder).exists()
