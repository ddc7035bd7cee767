"""What the tests of support/processes share."""

from pathlib import Path

from support.checks.waiting import eventually


def runs(pid: int) -> bool:
    """True while a process runs; one that is dead and not yet collected by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def assert_gone(pids: dict[str, int], within: float = 3.0) -> None:
    """Every process ends within so many seconds."""

    def probe() -> None:
        left = [name for name, pid in pids.items() if runs(pid)]
        assert not left, f"still running: {left}"

    eventually(probe, within=within, what="all processes end")


def descriptors() -> int:
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
