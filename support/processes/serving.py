"""The fork server's own process (`python -m support.processes.forkserver`): import, then fork on request.

It has one thread, one loop over `select`, and ends when its worker is gone. A child leaves the loop by returning its
task, so that it runs at the top of the interpreter and ends like any program: threads joined, exit handlers called.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ORPHAN_CHECK_SECONDS = 1.0
PR_SET_PDEATHSIG = 1
DESCRIPTORS = {"signal": 0, "admit": 1, "fork": 3}
"""How many come along with an order."""


@dataclass(frozen=True)
class Task:
    """What a child has to do, with the descriptors that came with the request."""

    target: str
    arguments: dict[str, Any]
    environment: dict[str, str] | None
    log: int
    announce: int
    exited: int

    def run(self) -> None:
        """Call the target with the arguments and the function that announces."""
        function: Callable[[dict[str, Any], Callable[[dict[str, Any]], None]], None] = resolve(self.target)
        function(self.arguments, self._say)

    def _say(self, message: dict[str, Any]) -> None:
        with os.fdopen(self.announce, "wb") as pipe:
            pipe.write(json.dumps(message).encode() + b"\n")


@dataclass
class Client:
    """Somebody who may order forks: the owner, or one whom the owner let in. `ending`: it has ordered its last."""

    control: socket.socket
    buffer: bytes = b""
    descriptors: list[int] = field(default_factory=list)
    ending: bool = False
    order: int = 0
    """The number of the order that is being answered."""

    def receive(self) -> bool:
        """Take in what has come; False when there will be no more."""
        data, descriptors, _, _ = socket.recv_fds(self.control, 65536, max(DESCRIPTORS.values()))
        self.buffer += data
        self.descriptors += descriptors
        return bool(data)

    def reply(self, message: dict[str, Any]) -> None:
        """Answer an order."""
        with contextlib.suppress(BrokenPipeError):  # it died while it waited: the loop sees it next
            self.control.sendall(json.dumps({"order": self.order, **message}).encode() + b"\n")


class Server:
    """The loop. Every descriptor that it holds is closed in a child by `_leave`."""

    def __init__(self, control: int, lifeline: int) -> None:
        self._master = Client(socket.socket(fileno=control))
        self._clients = [self._master]
        self._lifeline = lifeline
        self._pid = os.getpid()
        self._owner = os.getppid()
        # A second lifeline, for the case that the server alone is killed: only the server holds its write end.
        self._own_lifeline, self._own_lifeline_end = os.pipe()
        self._wake, self._wake_end = socket.socketpair()
        self._wake.setblocking(False)
        self._wake_end.setblocking(False)
        self._running: dict[int, tuple[int, Client]] = {}

    def loop(self) -> Task | None:
        """Serve until the worker is gone: None. In a forked child: its task."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_end.fileno())
        while os.getppid() == self._owner:
            heard = {client.control: client for client in self._clients if not client.ending}
            sources: list[Any] = [*heard, self._wake, self._lifeline]
            ready, _, _ = select.select(sources, [], [], ORPHAN_CHECK_SECONDS)
            if self._wake in ready:
                self._reap()
            if self._lifeline in ready:
                break
            for client in [heard[source] for source in ready if source in heard]:
                if client.receive():
                    task = self._answer(client)
                    if task is not None:
                        return task
                elif client is self._master:
                    self._end()
                    return None
                else:
                    self._dismiss(client)
        self._end()
        return None

    def _dismiss(self, client: Client) -> None:
        """A client has ordered its last: end its children, and hang up when all are gone."""
        client.ending = True
        for pid in [pid for pid, (_, owner) in self._running.items() if owner is client]:
            self._signal(pid, signal.SIGKILL)
        self._hang_up_on_ended()

    def _hang_up_on_ended(self) -> None:
        busy = [owner for _, owner in self._running.values()]
        for client in [one for one in self._clients if one.ending and one not in busy]:
            client.control.close()
            self._clients.remove(client)

    def _answer(self, client: Client) -> Task | None:
        while b"\n" in client.buffer:
            line, client.buffer = client.buffer.split(b"\n", 1)
            request = json.loads(line)
            client.order = request["order"]
            count = DESCRIPTORS[request["op"]]
            descriptors, client.descriptors = client.descriptors[:count], client.descriptors[count:]
            if request["op"] == "signal":
                self._signal(request["pid"], request["signal"])
                client.reply({})
            elif request["op"] == "admit":
                self._clients.append(Client(socket.socket(fileno=descriptors[0])))
                client.reply({})
            else:
                task = Task(request["target"], request["arguments"], request["environment"], *descriptors)
                if self._fork(task, client):
                    return task
        return None

    def _fork(self, task: Task, client: Client) -> bool:
        """True in the child."""
        threads = count_threads()
        if threads > 1:
            close_all(task.log, task.announce, task.exited)
            names = ", ".join(thread.name for thread in threading.enumerate())
            client.reply({"error": f"cannot fork: it has {threads} threads ({names}); a preloaded module starts them"})
            return False
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._leave(task)
            return True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)
        close_all(task.log, task.announce)
        self._running[pid] = task.exited, client
        client.reply({"pid": pid})
        return False

    def _leave(self, task: Task) -> None:
        """Turn this fork into a process of its own: group, signals, descriptors, environment, lifelines."""
        with contextlib.suppress(PermissionError):
            os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for held in (*(client.control for client in self._clients), self._wake, self._wake_end):
            held.close()
        close_all(task.exited, self._own_lifeline_end, *(exited for exited, _ in self._running.values()))
        os.dup2(task.log, 1)
        os.dup2(task.log, 2)
        close_all(task.log)
        if task.environment is not None:
            os.environ.clear()
            os.environ.update(task.environment)
        die_with_parent(self._pid)
        threading.Thread(target=watch, args=(self._lifeline, self._own_lifeline), name="lifeline", daemon=True).start()

    def _signal(self, pid: int, number: int) -> None:
        if pid not in self._running:
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGKILL else os.kill)(pid, number)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass
        for pid in list(self._running):
            reaped, status = os.waitpid(pid, os.WNOHANG)
            if reaped:
                self._bury(pid, os.waitstatus_to_exitcode(status))
        self._hang_up_on_ended()

    def _bury(self, pid: int, code: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # what it started itself and left behind
        exited, _ = self._running.pop(pid)
        with contextlib.suppress(BrokenPipeError):  # nobody holds the Child any more
            os.write(exited, json.dumps({"exit_code": code}).encode() + b"\n")
        os.close(exited)

    def _end(self) -> None:
        for pid in list(self._running):
            self._signal(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            self._bury(pid, os.waitstatus_to_exitcode(status))


def resolve(target: str) -> Any:
    """The attribute that "package.module:attribute" names."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def watch(*lifelines: int) -> None:
    """Wait, in a thread of a child, until one of the pipes has no writer any more; then end the child's group."""
    poll = select.poll()
    for lifeline in lifelines:
        poll.register(lifeline, select.POLLIN)
    poll.poll()
    os.killpg(0, signal.SIGKILL)


def die_with_parent(server: int) -> None:
    """Second line on Linux: the kernel kills this process when its parent, the server, dies.

    It holds even when a C extension keeps the interpreter's lock, which would stop the thread of `watch`.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:  # it died before the call
        os.kill(os.getpid(), signal.SIGKILL)


def count_threads() -> int:
    """How many threads this process has, native ones included where the kernel tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def close_all(*descriptors: int) -> None:
    """Close descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)


def main(order: dict[str, Any]) -> None:
    """Run a server: `order` has control and lifeline (descriptors), preload (modules) and path (sys.path)."""
    # A signal to a whole run (a service manager's, a CI server's) must not take the systems from under what the worker
    # is still undoing: a server ends with its worker.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.path[:] = order["path"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    for descriptor in (order["control"], order["lifeline"]):
        os.set_inheritable(descriptor, False)
    server = Server(order["control"], order["lifeline"])
    for module in order["preload"]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # the collector leaves preloaded objects alone, so that their pages stay shared
    task = server.loop()
    if task is not None:
        task.run()
