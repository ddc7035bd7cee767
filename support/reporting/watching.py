"""Sees what behave's hooks and cleanups do and puts on the model what behave itself forgets.

behave keeps the first error of a scenario's hook, loses the text of a step hook's, prints a cleanup's error and keeps
nothing of it, and tells nobody of `before_all` and `after_all`. Here every hook and cleanup is wrapped, in place:
a listener hears of each as a phase, and the errors end in `error_message` of the scenario, rule or feature, which
crosses from a worker to the parent and which every formatter and reporter reads.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

from behave.model import Step
from behave.runner import Context, ModelRunner

from support.reporting.endings import describe

Layer = Literal["testrun", "feature", "rule", "scenario"]

HOOKS = (
    *("before_all", "before_feature", "before_rule", "before_scenario", "before_tag", "before_step"),
    *("after_all", "after_feature", "after_rule", "after_scenario", "after_tag", "after_step"),
)


class Listener(Protocol):
    """Hears of every phase: a hook other than a step's, or a cleanup, with the layer that it belongs to."""

    def phase(self, layer: Layer, name: str, *, before: bool) -> AbstractContextManager[None]:
        """Entered before and left after the phase; an exception passes through it."""
        ...


class Watcher:
    """Watches one runner; several listeners may follow it."""

    def __init__(self, runner: ModelRunner, listener: Listener) -> None:
        self._runner = runner
        self._listener = listener
        self.refresh()

    def refresh(self) -> None:
        """Wrap what is not wrapped yet: a runner may load its hooks late, and makes a new context after a fork."""
        hooks = self._runner.hooks
        for name in HOOKS:
            if name in hooks and getattr(hooks[name], "watcher", None) is not self:
                hooks[name] = self._watched_hook(name, hooks[name])
        if self._runner.context is not None:
            self._watch_cleanups(self._runner.context)

    def _watched_hook(self, name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(hook)  # behave reads attributes of the hook, such as `capture`
        def watched(context: Context, *args: Any) -> Any:
            self._watch_cleanups(context)
            if name.endswith("_step"):
                return self._step_hook(name, hook, context, *args)
            label = f"{name} @{args[0]}" if name.endswith("_tag") else name
            layer = "testrun" if name.endswith("_all") else layer_of(context)
            with self._listener.phase(layer, label, before=name.startswith("before_")):
                try:
                    return hook(context, *args)
                except (KeyboardInterrupt, SystemExit) as end:
                    # behave notes that such a hook failed, and not with what.
                    _note(statement_of(context), f"HOOK-ERROR in {label}: {describe(end)}", end)
                    raise

        watched.watcher = self  # type: ignore[attr-defined]
        return watched

    @staticmethod
    def _step_hook(name: str, hook: Callable[..., Any], context: Context, step: Step) -> Any:
        try:
            return hook(context, step)
        except BaseException as fault:
            # behave empties the step's error_message afterwards; `restore_step_message` puts this back.
            step.hook_message = f"HOOK-ERROR in {name}: {describe(fault)}"
            raise

    def _watch_cleanups(self, context: Context) -> None:
        if "_do_cleanups" in vars(context):
            return
        original = context._do_cleanups  # noqa: SLF001 - behave offers no other way to see every cleanup

        def do_cleanups() -> None:
            top = context._stack[0]  # noqa: SLF001
            layer = layer_of(context)
            top["@cleanups"] = [self._watched_cleanup(context, layer, action) for action in top["@cleanups"]]
            original()

        context._do_cleanups = do_cleanups  # noqa: SLF001

    def _watched_cleanup(self, context: Context, layer: Layer, action: Callable[[], Any]) -> Callable[[], Any]:
        name = name_of(action)

        def cleanup() -> Any:
            with self._listener.phase(layer, f"cleanup {name}", before=False):
                try:
                    return action()
                except Exception as fault:
                    _note(statement_of(context), f"CLEANUP-ERROR in {name}: {describe(fault)}", fault)
                    raise

        cleanup.__name__ = name
        return cleanup


def restore_step_message(step: Step) -> None:
    """Give a step back the message of its failed hook, beside its own."""
    told = vars(step).pop("hook_message", None)  # a step may be run again
    if told is not None and told not in (step.error_message or ""):
        step.error_message = "\n".join(part for part in (step.error_message, told) if part)


def layer_of(context: Context) -> Layer:
    """The innermost layer of the run that is open."""
    for frame in context._stack:  # noqa: SLF001 - behave names the layers nowhere else
        if "@layer" in frame:
            layer: Layer = frame["@layer"]
            return layer
    return "testrun"


def statement_of(context: Context) -> Any:
    """The scenario, rule or feature whose layer is innermost; None for the whole run."""
    layer = layer_of(context)
    return None if layer == "testrun" else getattr(context, layer, None)


def name_of(action: Callable[[], Any]) -> str:
    """The name of a cleanup: the function that was registered, or the fixture that it ends."""
    inner = action
    if inspect.isfunction(action):
        held = inspect.getclosurevars(action).nonlocals
        inner = held.get("cleanup_func") or held.get("fixture_func") or action
    return str(getattr(inner, "__name__", None) or repr(inner))


def find_runner() -> ModelRunner | None:
    """The behave runner that is constructing the caller; None when there is none.

    behave gives a formatter its configuration only, and keeps hooks, the unrun features and the context in the runner.
    """
    frame = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        runner = frame.f_locals.get("self")
        if isinstance(runner, ModelRunner):
            return runner
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _note(statement: Any, text: str, fault: BaseException) -> None:
    if statement is None:
        return
    if statement.exception is None:
        statement.store_exception_context(fault)
    told = statement.error_message
    statement.error_message = f"{told}\n{text}" if told else text
