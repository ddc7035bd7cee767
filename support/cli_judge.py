"""`acceptance judge …`: how far the judges may be believed, measuring them, and labelling what they are measured by."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from support import configuring
from support import settings as suite_settings
from support.configuring import ConfigurationError

if TYPE_CHECKING:
    from support.judging.judge import Asking, Judge
    from support.judging.labels import LabelledSet
    from support.judging.measuring import Estimate
    from support.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Criteria = Annotated[
    list[str] | None, typer.Option("--criterion", metavar="NAME", help="Only this criterion; may be repeated.")
]
Define = Annotated[list[str] | None, typer.Option("--define", "-D", metavar="NAME=VALUE", help="Give a setting.")]
Labels = Annotated[Path | None, typer.Option("--labels", metavar="FOLDER", help="Labelled sets (default: ours).")]
Calibrations = Annotated[
    Path | None, typer.Option("--calibrations", metavar="FOLDER", help="Stored calibrations (default: ours).")
]
SCENARIO = "calibration"


@app.callback()
def _judge() -> None:
    """A judge's verdict counts only when its agreement with labels is known; else it is shown and gates nothing."""


@app.command()
def show(define: Define = None, labels: Labels = None, calibrations: Calibrations = None) -> None:
    """Tell of each judge whether it gates, its numbers, and what it rests on."""
    from support.judging import calibration  # noqa: PLC0415 - other commands need no client

    settings = _settings(define)
    for judge, labelled in _judges(settings, None, labels, _nobody):
        known = calibration.stored(judge.identity, calibrations or calibration.FOLDER)
        standing = calibration.standing(
            known, labelled, today=_today(), accept_provisional=settings.judge_accept_provisional
        )
        typer.echo(f"{judge.rubric.name} by {judge.model} ({judge.identity[:12]}): {standing.told()}")


@app.command()
def calibrate(
    criterion: Criteria = None, define: Define = None, labels: Labels = None, calibrations: Calibrations = None
) -> None:
    """Measure judges against their labelled sets, and store what was found. Asks the real model: it costs money."""
    from support.judging import calibration, measuring  # noqa: PLC0415 - other commands need no client
    from support.judging.judge import UnaskedError  # noqa: PLC0415

    settings = _settings(define)
    judges = _judges(settings, criterion, labels, _nobody)
    for judge, labelled in judges:
        _tell_estimate(settings, judge, measuring.estimate(judge, labelled))
    try:
        with _model(settings) as ask:
            for judge, labelled in _judges(settings, criterion, labels, ask):
                measured = measuring.measure(judge, labelled, today=_today(), tell=_tell_disagreement)
                file = calibration.store(measured, calibrations or calibration.FOLDER)
                standing = calibration.standing(
                    measured, labelled, today=_today(), accept_provisional=settings.judge_accept_provisional
                )
                typer.echo(f"{judge.rubric.name} by {judge.model}: {standing.told()}\n  stored in {file}")
    except (UnaskedError, calibration.CalibrationError) as fault:
        typer.echo(f"RED: nothing can be said of the judge: {fault}", err=True)
        raise typer.Exit(1) from None


@app.command()
def label(
    criterion: Annotated[str, typer.Argument(help="The criterion whose labelled set is gone through.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who labels: the name of a person.")],
    every: Annotated[bool, typer.Option("--all", help="Also what a person has labelled already.")] = False,
    labels: Labels = None,
) -> None:
    """Label or confirm the items that no person has labelled, a keystroke each; every answer is kept at once."""
    from support.judging import labels as sets  # noqa: PLC0415 - other commands need no client
    from support.judging import rubrics  # noqa: PLC0415
    from support.judging.labelling import Session  # noqa: PLC0415

    folder = labels or sets.FOLDER
    if not by.strip():
        _refuse("--by: say who labels, for whoever relies on it")
    try:
        rubric, labelled = rubrics.named(criterion), sets.load(criterion, folder)
    except (rubrics.RubricError, sets.LabelError) as fault:
        _refuse(str(fault))
    session = Session(
        labelled,
        rubric,
        by.strip(),
        ask=_ask,
        show=typer.echo,
        keep=lambda labelled: sets.save(labelled, folder),
        today=_today(),
    )
    session.run(every=every)


def _ask(prompt: str) -> str:
    """One keystroke on a terminal, else one line; the end of the input ends the work."""
    typer.echo(prompt, nl=False)
    if not sys.stdin.isatty():
        return sys.stdin.readline() or "q"
    try:
        key = typer.getchar()
    except (EOFError, KeyboardInterrupt):
        key = "q"
    typer.echo(key)
    return key


def _settings(define: list[str] | None) -> Settings:
    try:
        return suite_settings.read(command_line=configuring.options(define or ())).value
    except ConfigurationError as fault:
        _refuse(str(fault))


def _judges(
    settings: Settings, criteria: list[str] | None, labels: Path | None, ask: Asking
) -> list[tuple[Judge, LabelledSet]]:
    from support.judging import labels as sets  # noqa: PLC0415 - other commands need no client
    from support.judging import rubrics  # noqa: PLC0415
    from support.judging.judge import Judge  # noqa: PLC0415

    try:
        chosen = [rubrics.named(name) for name in criteria or rubrics.all_rubrics()]
        return [
            (Judge(rubric, settings.judge_model, ask), sets.load(rubric.name, labels or sets.FOLDER))
            for rubric in chosen
        ]
    except (rubrics.RubricError, sets.LabelError) as fault:
        _refuse(str(fault))


def _nobody(request: dict[str, Any], request_id: str) -> NoReturn:
    raise AssertionError(f"this judge is only looked at, and was asked {request_id} of {request['model']}")


def _tell_estimate(settings: Settings, judge: Judge, estimate: Estimate) -> None:
    from genai_prices import Usage  # noqa: PLC0415 - only here is it needed

    from support.spending.money import told  # noqa: PLC0415
    from support.spending.prices import Prices, UnpricedError, table  # noqa: PLC0415

    usage = Usage(input_tokens=estimate.tokens_in, output_tokens=estimate.tokens_out)
    try:
        most = Prices(_address(settings)).cost(judge.model, usage)
    except UnpricedError as fault:
        _refuse(str(fault))
    typer.echo(f"{judge.rubric.name}: about {estimate.calls} calls, at most some {told(most)} ({table()})", err=True)


def _tell_disagreement(item: object, decision: object) -> None:
    from support.judging.judge import Decision  # noqa: PLC0415
    from support.judging.labels import Item  # noqa: PLC0415

    assert isinstance(item, Item)
    assert isinstance(decision, Decision)
    if decision.verdict != item.label:
        typer.echo(f"  {item.id} ({item.kind}) is labelled {item.label}; {decision.told()}", err=True)


def _address(settings: Settings) -> str:
    return str(settings.openai_base_url or "https://api.openai.com/v1")


@contextmanager
def _model(settings: Settings) -> Iterator[Asking]:
    """The real model, behind the gate that keeps the budget; what was spent is told at the end."""
    from support.judging.client import Client  # noqa: PLC0415 - only here is it needed
    from support.spending import OpenGate  # noqa: PLC0415
    from support.spending.money import limit, told  # noqa: PLC0415

    if settings.openai_api_key is None:
        _refuse("OPENAI_API_KEY is not set: there is no real model to ask")
    upstream, key = _address(settings), settings.openai_api_key.get_secret_value()
    gate = OpenGate(
        limit=limit(Decimal(str(settings.budget_usd))),
        calls=settings.model_calls,
        pause_s=settings.retry_pause_s,
        upstream=upstream,
        upstream_key=key,
    )
    try:
        if refusal := gate.house.check():
            _refuse(f"{upstream} refuses OPENAI_API_KEY ({refusal['status']}): {refusal['said']}; correct the key")
        shown = f"sk-{secrets.token_hex(16)}"
        gate.house.desk(shown, upstream, key)
        if reason := gate.house.begin(shown, SCENARIO, "calibration of judges"):
            _refuse(reason)
        with Client(f"{gate.house.address}/v1", shown) as client:
            yield client
    finally:
        spent = gate.house.statement().spent
        gate.close()
        typer.echo(f"spent: {told(spent)}", err=True)


def _today() -> date:
    return datetime.now(tz=UTC).date()


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
