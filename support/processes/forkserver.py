"""The worker's end of its fork server: start one, fork children from it, watch and stop them.

A fork server is a process that has imported what its children need and does nothing but fork. A child is thus ready
in about a tenth of the time of a cold interpreter. Neither importing this module nor creating a `ForkServer` starts
a thread or a loop, so that a forked worker may do both.

Nothing outlives the worker: it alone holds the write end of the *lifeline* pipe, whose end of file makes the server
and every child exit, whatever the worker died of.
"""

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self

from support.processes.environments import clean_environment

PRELOAD_SECONDS = 60.0
"""How long a server may take to import its modules before a fork is given up."""

CLOSE_SECONDS = 5.0
TAIL_LINES = 30


class ProcessError(RuntimeError):
    """A child or a fork server did not do what it was asked; the message holds the tail of its log."""


class Child:
    """A process forked from a `ForkServer`. Not for use from several threads at once."""

    def __init__(self, server: "ForkServer", pid: int, target: str, log: Path, announce: int, exited: int) -> None:
        self.pid = pid
        self.target = target
        self.log = log
        self._server = server
        self._announce: _Line = _Line(announce)
        self._exited: _Line = _Line(exited)
        self._exit_code: int | None = None

    @property
    def exit_code(self) -> int | None:
        """The exit code, `-n` when signal n ended it, None while it runs."""
        if self._exit_code is None and self._exited.ended(0):
            # A server that died has taken its children along and told nothing: the same as SIGKILL.
            told = self._exited.message or {"exit_code": -int(signal.SIGKILL)}
            self._exit_code = told["exit_code"]
            self._announce.ended(0)
            self._announce.close()
        return self._exit_code

    def alive(self) -> bool:
        """True while the process runs."""
        return self.exit_code is None

    def announced(self, timeout: float) -> dict[str, Any]:
        """What the child announced, waited for at most `timeout` seconds.

        Raises ProcessError, with the log's tail, when it ended or stayed silent instead.
        """
        try:
            message = self.message(timeout)
        except TimeoutError:
            raise ProcessError(self.story(f"did not announce that it is ready within {timeout:g} s")) from None
        if message is None:
            with contextlib.suppress(TimeoutError):
                self.wait(CLOSE_SECONDS)
            raise ProcessError(self.story(f"ended before it was ready, {describe_exit(self.exit_code)}"))
        return message

    def message(self, timeout: float) -> dict[str, Any] | None:
        """As `announced`, but None when it ended without a message, and TimeoutError when it stayed silent."""
        if not self._announce.ended(timeout):
            raise TimeoutError(f"{self.target} (process {self.pid}) was silent for {timeout:g} s")
        return self._announce.message

    def wait(self, timeout: float) -> int:
        """The exit code, waited for at most `timeout` seconds; TimeoutError when it still runs then."""
        self._exited.ended(timeout)
        code = self.exit_code
        if code is None:
            raise TimeoutError(f"{self.target} (process {self.pid}) still runs after {timeout:g} s")
        return code

    def terminate(self, timeout: float) -> int:
        """SIGTERM, and SIGKILL when it still runs after `timeout` seconds; returns the exit code."""
        self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except TimeoutError:
            return self.kill()

    def kill(self) -> int:
        """SIGKILL to the child and to every process of its group; returns the exit code."""
        self.signal(signal.SIGKILL)
        return self.wait(CLOSE_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal through the server, which alone knows whether the process id still is this child's."""
        if self.alive():
            self._server.signal(self.pid, number)

    def log_text(self) -> str:
        """Everything that the child wrote to stdout and stderr."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def story(self, fault: str) -> str:
        """A message for people: who, what happened, and the end of the log."""
        return f"{self.target} (process {self.pid}) {fault}.\n{tail(self.log_text(), str(self.log))}"


class ForkServer:
    """One preloaded process that forks children on request.

    `preload` names the modules that it imports before the first fork. They must start no thread: forking a process
    that has several is unsafe, and is refused with the modules' names.
    """

    def __init__(self, preload: Sequence[str]) -> None:
        self.preload = tuple(preload)
        self._lock = threading.Lock()
        self._orders = itertools.count(1)
        self._received = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lifeline: int | None = None
        self._output: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._running().pid

    def start(self) -> None:
        """Start the server; returns at once, while it still imports. Starting a started one does nothing."""
        if self._process is not None:
            return
        control, theirs = socket.socketpair()
        watched, self._lifeline = os.pipe()
        # Not a pipe: nobody reads along, and a full one would block the server. It has no name, so nothing is left.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        order = {"control": theirs.fileno(), "lifeline": watched, "preload": self.preload, "path": sys.path}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "support.processes.forkserver", json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            env=clean_environment(),
            pass_fds=(theirs.fileno(), watched),
            # Ctrl-C on the terminal goes to the worker only, which then stops its children in order.
            start_new_session=True,
        )
        theirs.close()
        os.close(watched)
        self._control = control

    def fork(
        self, target: str, arguments: dict[str, Any], *, environment: dict[str, str] | None = None, log: Path
    ) -> Child:
        """Fork a child that calls `target` ("package.module:function") with `(arguments, announce)`.

        `arguments` must be JSON. `announce(dict)` reaches `Child.announced`, once. `environment` replaces the
        child's whole environment; None gives it `clean_environment()`. stdout and stderr are appended to `log`.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        announce, announce_end = os.pipe()
        exited, exited_end = os.pipe()
        request = {"op": "fork", "target": target, "arguments": arguments, "environment": environment}
        try:
            with log.open("ab") as output:
                reply = self._ask(request, [output.fileno(), announce_end, exited_end])
        except BaseException:
            os.close(announce)
            os.close(exited)
            raise
        finally:
            os.close(announce_end)
            os.close(exited_end)
        return Child(self, reply["pid"], target, log, announce, exited)

    def wait_until_ready(self) -> None:
        """Return when everything is imported; ProcessError when that fails or takes longer than PRELOAD_SECONDS."""
        # Any request is answered only then; the server itself is no child of its own, so nobody is signalled.
        self._ask({"op": "signal", "pid": self.pid, "signal": 0})

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to a child (SIGKILL: to its whole group); a child that is gone is no error."""
        self._ask({"op": "signal", "pid": pid, "signal": int(number)})

    def close(self) -> None:
        """End the server and every child of it; returns when all are gone."""
        if self._process is None or self._control is None or self._lifeline is None or self._output is None:
            return
        self._control.close()
        os.close(self._lifeline)
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        self._process = self._control = self._lifeline = self._output = None

    def admit(self) -> "Guest":
        """Let somebody else, such as a process that is forked next, order forks of this server, too.

        The guest's children are its own: they end when it closes its share, or dies.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._ask({"op": "admit"}, [theirs.fileno()])
        return Guest(self.pid, self.preload, ours)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ProcessError("this fork server was not started, or is closed; call start() first")
        return self._process

    def _connection(self) -> socket.socket:
        self._running()
        assert self._control is not None
        return self._control

    def _give_up(self) -> None:
        """After an order without an answer: a late one would be taken for the next order's."""
        self._running().kill()

    def _death(self) -> str:
        return f"died, {describe_exit(self._running().wait(CLOSE_SECONDS))}"

    def _ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """One request, one reply, both a line of JSON; descriptors travel with the request's first byte.

        An order may be broken off, by a scenario's time limit or an interruption: its reply comes all the same, and is
        known by its number. A child that was forked for it is nobody's, and is ended.
        """
        control = self._connection()
        unheld: list[int] = []
        with self._lock:
            order = next(self._orders)
            data = json.dumps({"order": order, **request}).encode() + b"\n"
            try:
                control.settimeout(PRELOAD_SECONDS)
                sent = socket.send_fds(control, [data], list(descriptors))
                control.sendall(data[sent:])
                while (reply := self._reply(control))["order"] != order:
                    unheld += [reply["pid"]] if "pid" in reply else []
            except TimeoutError:
                self._give_up()
                raise ProcessError(self._story(f"gave no answer within {PRELOAD_SECONDS:g} s")) from None
            except ConnectionError:
                raise ProcessError(self._story(self._death())) from None
        for pid in unheld:
            self.signal(pid, signal.SIGKILL)
        if "error" in reply:
            raise ProcessError(self._story(reply["error"]))
        return reply

    def _reply(self, control: socket.socket) -> dict[str, Any]:
        while b"\n" not in self._received:
            part = control.recv(65536)
            if not part:
                raise BrokenPipeError
            self._received += part
        line, _, self._received = self._received.partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _story(self, fault: str) -> str:
        assert self._output is not None
        # The server appends through the same open file, so its position must stay where it is.
        size = os.fstat(self._output.fileno()).st_size
        text = os.pread(self._output.fileno(), size, 0).decode(errors="replace")
        return f"The fork server (process {self.pid}, preloads {', '.join(self.preload)}) {fault}.\n{tail(text)}"


class Guest(ForkServer):
    """A share in another's fork server: it takes the same orders, and is neither started nor ended from here."""

    def __init__(self, host: int, preload: Sequence[str], control: socket.socket) -> None:
        super().__init__(preload)
        self._host = host
        self._control = control

    @property
    def pid(self) -> int:
        """The process id of the server that is shared."""
        return self._host

    def start(self) -> None:
        """It runs."""

    def close(self) -> None:
        """End the children that were ordered from here; returns when all are gone. Closing twice is harmless."""
        if self._control is None:
            return
        with self._control as control, contextlib.suppress(ConnectionError, TimeoutError):
            control.settimeout(CLOSE_SECONDS)
            control.shutdown(socket.SHUT_WR)
            control.recv(1)
        self._control = None

    def leave(self) -> None:
        """Forget the share in this process: another one, forked since, has it."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def _connection(self) -> socket.socket:
        if self._control is None:
            raise ProcessError("this share of a fork server is closed")
        return self._control

    def _give_up(self) -> None:
        self.close()

    def _death(self) -> str:
        return "has hung up"

    def _story(self, fault: str) -> str:
        return f"The fork server (process {self.pid}) {fault}."


class _Line:
    """The read end of a pipe that carries one line of JSON, or nothing at all."""

    def __init__(self, descriptor: int) -> None:
        self._file: IO[bytes] | None = os.fdopen(descriptor, "rb", buffering=0)
        self._buffer = b""
        self.message: dict[str, Any] | None = None

    def ended(self, timeout: float) -> bool:
        """True when the line was read, or the other end closed without one; False when `timeout` seconds passed."""
        deadline = time.monotonic() + timeout
        while self._file is not None:
            poll = select.poll()
            poll.register(self._file, select.POLLIN)
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                return False
            part = self._file.read(65536)
            self._buffer += part or b""
            if not part or self._buffer.endswith(b"\n"):
                self.close()
        return True

    def close(self) -> None:
        """Close the pipe. A line without its end is of a child that died while it wrote, and no message."""
        if self._file is not None:
            self._file.close()
            self._file = None
            if self._buffer.endswith(b"\n"):
                self.message = json.loads(self._buffer)


def describe_exit(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "exit code unknown"
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"exit code {code}"


def tail(text: str, source: str = "its output") -> str:
    """The last lines of a log, under a heading; says so when the log is empty."""
    lines = text.rstrip().splitlines()[-TAIL_LINES:]
    return f"--- end of {source} ---\n" + "\n".join(lines) if lines else f"({source} is empty)"


if __name__ == "__main__":
    from support.processes.serving import main

    main(json.loads(sys.argv[1]))
