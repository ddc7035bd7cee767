"""Proves that programs run by another interpreter are processes of their own whose imports are told in order, that none
outlives its time, and that a defect is seeded in one without the suite being installed in it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from support import defects
from support.environments import holding, make
from support.processes.forkserver import ProcessError
from support.processes.interpreters import run

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "SAID": "so"}


def written(folder: Path, text: str) -> Path:
    (folder / "program.py").write_text(text, encoding="utf-8")
    return folder


def test_several_run_at_once_in_processes_of_their_own(tmp_path: Path) -> None:
    program = "import os, sys\nprint(os.getpid(), sys.argv[1:], os.environ['SAID'], len(os.environ))\nsys.exit(3)\n"
    ended = run(
        Path(sys.executable),
        [["program", "one"], ["program", "two"]],
        folder=written(tmp_path, program),
        environment=ENVIRONMENT,
        within_s=20,
    )
    assert [each.exit_code for each in ended] == [3, 3]
    assert [each.output.split()[1:3] for each in ended] == [["['one']", "so"], ["['two']", "so"]]
    assert [each.output.split()[0] for each in ended] == [str(each.pid) for each in ended]
    assert len({each.pid for each in ended} | {os.getpid()}) == 3


def test_imports_are_told_in_order(tmp_path: Path) -> None:
    (ended,) = run(
        Path(sys.executable),
        [["program"]],
        folder=written(tmp_path, "import wave\nimport colorsys\nprint('import time is no import')\n"),
        environment=ENVIRONMENT,
        within_s=20,
    )
    assert ended.imported.index("wave") < ended.imported.index("colorsys")
    assert ended.output == "import time is no import\n"


def test_one_that_does_not_end_is_killed_with_its_last_words(tmp_path: Path) -> None:
    program = "import os, threading\nprint(os.getpid(), flush=True)\nthreading.Event().wait()\n"
    begun = time.monotonic()
    with pytest.raises(
        ProcessError, match=r"did not end within 1 s and was killed\.\n--- end of its output ---\n\d+\n\d+$"
    ):
        run(
            Path(sys.executable),
            [["program"], ["program"]],
            folder=written(tmp_path, program),
            environment=ENVIRONMENT,
            within_s=1,
        )
    assert time.monotonic() - begun < 10
    for number in (0, 1):
        pid = next(int(line) for line in (tmp_path / f"output-{number}.log").read_text().splitlines() if line.isdigit())
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_defect_is_seeded_in_an_interpreter_that_has_nothing_of_the_suite(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom importlib.util import find_spec\n"
        "early = [name for name in ('httpx', 'requests', 'openai') if name in sys.modules]\n"
        "from trainloop_llm_logging.exporter import FileExporter\n"
        "print(FileExporter._batch_len, early, find_spec('support'), sys.argv, __name__)\n"
    )
    python = make(holding({"httpx": "0.28.1"}))
    said = [
        run(
            python,
            [["program", "order"]],
            folder=written(tmp_path, program),
            environment=ENVIRONMENT,
            within_s=20,
            defects=seeded,
        )[0].output
        for seeded in ((), defects.named(["sdk.buffer-holds-six"]))
    ]
    assert said[0].startswith("5 [] None")
    assert said[1].startswith("6 [] ")
    assert [each.strip().rpartition(" ")[2] for each in said] == ["__main__", "__main__"]
