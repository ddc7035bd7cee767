"""Proves that processes which share a log, as shims do, lose and tear no line of each other's when it is rotated."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

from support.backends.tool_daemon import logs
from support.backends.tool_daemon.settings import Settings

LINES, WRITERS, SIZE = 150, 2, 4_000
FORK = multiprocessing.get_context("fork")


def write(folder: Path, start: multiprocessing.synchronize.Barrier) -> None:
    """Write a log as one of several processes."""
    settings = Settings(log_max_bytes=SIZE, log_count=1_000)
    with logs.to(settings, folder, "shim.log"):
        start.wait(5)
        for number in range(LINES):
            logs.info("shim", "x" * (number % 50), number=number, pid=os.getpid())


def test_no_line_of_processes_that_share_a_log_is_lost(tmp_path: Path) -> None:
    start = FORK.Barrier(WRITERS)
    writers = [FORK.Process(target=write, args=(tmp_path, start)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    parts = list(tmp_path.glob("shim.log*"))
    told = [json.loads(line) for part in parts for line in part.read_text(encoding="utf-8").splitlines()]
    wanted = [(writer.pid, number) for writer in writers for number in range(LINES)]
    assert sorted((line["pid"], line["number"]) for line in told) == sorted(wanted)
    assert max(part.stat().st_size for part in parts) <= SIZE
    assert min(part.stat().st_size for part in parts if part.suffix != ".log") > SIZE - 300
