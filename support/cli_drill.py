"""`acceptance drill` and `acceptance catalogue`: whether the suite can fail, and what it promises."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support import defects
from support.cli_options import FEATURES, in_the_suites_folder, to_write
from support.processes.forkserver import ProcessError

if TYPE_CHECKING:
    from support.defects import Defect
    from support.running.drill import Ended, Verdict

CATALOGUE = FEATURES / "README.md"


def drill(
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Run every scenario of the system, not only the promise's.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Run a promise's scenarios to the end, and name those that see no defect of it."),
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="How many defects at a time.")] = os.cpu_count() or 1,
    defect: Annotated[list[str] | None, typer.Option(help="Only this defect; may be repeated.")] = None,
    behaviour: Annotated[list[str] | None, typer.Option(help="Only defects of this promise, such as DS-3.")] = None,
    load: Annotated[
        bool,
        typer.Option("--load", help="Hold the defects of load instead, one at a time."),
    ] = False,
    shard: Annotated[str, typer.Option(help="Only this share of them, such as 2/4: the second of four.")] = "",
    control: Annotated[
        Path | None, typer.Option(help="Take this earlier run (behave -D results=FILE) for the control run.")
    ] = None,
    results: Annotated[
        Path, typer.Option(callback=to_write, help="Where the verdicts are written, a JSON object a line.")
    ] = Path(".run/drill.jsonl"),
) -> None:
    """Seed one defect after another; each must turn the scenario of its promise red. Exit code 1 unless all do."""
    in_the_suites_folder()
    # Here, since other commands need no behave.
    from behave.exception import ConfigError  # noqa: PLC0415

    from support.running.drill import Drill, DrillError, earlier_control  # noqa: PLC0415
    from support.running.sharding import Shard  # noqa: PLC0415

    try:
        chosen: Sequence[Defect] = defects.named(defect) if defect else defects.all_defects()
        if behaviour:
            chosen = [each for each in chosen if set(behaviour) & set(each.behaviours)]
        elif not defect:
            chosen = [each for each in chosen if each.of_load == load]
        if not chosen:
            raise DrillError(f"no defect breaks {' or '.join(behaviour or [])}")
        if shard:
            chosen = Shard.parse(shard).share(chosen)
            if not chosen:
                raise DrillError(f"--shard {shard}: there are fewer defects than shares")
        load = load or all(each.of_load for each in chosen)
        with Drill(1 if load else jobs, every_scenario=every, to_the_end=whole, load=load) as held:
            undisturbed = earlier_control(control) if control else held.control(chosen)
            held.usual = {each.place: each.server_errors for each in undisturbed}
            typer.echo(f"control run without a defect: {len(undisturbed)} scenarios, none red")
            verdicts = held.hold(chosen, _tell)
    except (DrillError, ConfigError, defects.DefectError, ProcessError) as fault:
        typer.echo(f"RED: {fault}", err=True)
        raise typer.Exit(1) from fault
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text("".join(f"{verdict.as_json()}\n" for verdict in verdicts), encoding="utf-8")
    missed = [verdict for verdict in verdicts if not verdict.caught]
    typer.echo(f"{len(verdicts) - len(missed)} of {len(verdicts)} defects are caught ({results})")
    if whole or every:
        _tell_of_pale(undisturbed, verdicts)
    raise typer.Exit(1 if missed else 0)


def _tell_of_pale(undisturbed: Sequence[Ended], verdicts: Sequence[Verdict]) -> None:
    from support.running.drill import never_red  # noqa: PLC0415

    pale = never_red(undisturbed, verdicts)
    for each, promises in pale:
        typer.echo(f"never red by a defect of {', '.join(promises)}: {each.place}  {each.name}")
    typer.echo(f"{len(pale)} scenarios bear a promise of which they see no defect")


def _tell(verdict: Verdict) -> None:
    mark = "ok " if verdict.caught else "RED"
    caught = f"caught by {verdict.caught_by}"
    if verdict.reds:
        caught += f" ({', '.join(verdict.reds[:2])}{', …' if len(verdict.reds) > 2 else ''})"
    typer.echo(f"{mark} {verdict.defect:<46} {','.join(verdict.behaviours):<12} {caught} {verdict.seconds:.1f} s")
    if verdict.why:
        typer.echo(f"    {verdict.why}")
    if verdict.unrelated:
        typer.echo(f"    unrelated scenarios turned red: {', '.join(verdict.unrelated)}")


def catalogue(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 when the page is stale.")] = False,
) -> None:
    """Write features/README.md, the page of all promises and the scenarios that check them."""
    in_the_suites_folder()
    from support.reporting.catalogue import page  # noqa: PLC0415 - other commands need no behave

    fresh = page(FEATURES)
    if check:
        if not CATALOGUE.is_file() or CATALOGUE.read_text(encoding="utf-8") != fresh:
            typer.echo(f"{CATALOGUE} is stale: run `acceptance catalogue`", err=True)
            raise typer.Exit(1)
        return
    CATALOGUE.write_text(fresh, encoding="utf-8")


def add_to(app: typer.Typer) -> None:
    """Put both commands into the console script."""
    app.command()(drill)
    app.command()(catalogue)
