"""`acceptance drill` and `acceptance catalogue`: whether the suite can fail, and what it promises."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support import behaviours, defects
from support.cli_options import FEATURES, in_the_suites_folder, to_write
from support.processes import keeping
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
    """Seed one defect after another; each must turn the scenario of its promise red. Exit code 1 unless all do.

    It is 1, too, when all defects of a promise were held to the end and one of its scenarios saw none of them.
    """
    in_the_suites_folder()
    # Here, since other commands need no behave.
    from behave.exception import ConfigError  # noqa: PLC0415

    from support.running.drill import Drill, DrillError, earlier_control  # noqa: PLC0415

    held: list[Verdict] = []
    chosen: Sequence[Defect] = ()
    try:
        chosen = _chosen(defect or (), behaviour or (), shard, load=load)
        load = load or all(each.of_load for each in chosen)
        earlier = earlier_control(control) if control else None
        with (
            keeping.interruptible(),
            _written(results, held) as write,
            Drill(1 if load else jobs, every_scenario=every, to_the_end=whole, load=load) as drill,
        ):
            undisturbed = earlier if earlier is not None else drill.control(chosen)
            drill.usual = {each.place: each.server_errors for each in undisturbed}
            typer.echo(f"control run without a defect: {len(undisturbed)} scenarios, none red")
            drill.hold(chosen, write)
    except (DrillError, ConfigError, defects.DefectError, ProcessError) as fault:
        typer.echo(f"RED: {fault}", err=True)
        _say_what_was_not_held("ENDED EARLY", chosen, held, results)
        raise typer.Exit(1) from fault
    except KeyboardInterrupt:
        _say_what_was_not_held("INTERRUPTED", chosen, held, results)
        raise typer.Exit(1) from None
    caught = sum(verdict.caught for verdict in held)
    typer.echo(f"{caught} of {len(held)} defects are caught ({results})")
    # Of some defects of a promise nothing follows for the scenarios that see none of them.
    pale = _tell_of_pale(undisturbed, held) if (whole or every) and not defect and not shard else 0
    raise typer.Exit(0 if caught == len(held) and not pale else 1)


def _chosen(ids: Sequence[str], promises: Sequence[str], shard: str, *, load: bool) -> Sequence[Defect]:
    """The defects that these options name. Raises DefectError where they name none, ConfigError for a bad shard."""
    from support.running.sharding import Shard  # noqa: PLC0415 - other commands need no behave

    for promise in promises:
        if promise not in behaviours.sentences():
            close = get_close_matches(promise, behaviours.sentences(), n=1)
            hint = f"did you mean {close[0]}?" if close else "support/behaviours.toml has them all"
            raise defects.DefectError(f"--behaviour {promise}: there is no such promise; {hint}")
    chosen: Sequence[Defect] = defects.named(ids) if ids else defects.all_defects()
    if load and (stranger := next((each for each in chosen if ids and not each.of_load), None)):
        raise defects.DefectError(f"--defect {stranger.id}: is not one of load; leave --load out")
    if promises:
        chosen = [each for each in chosen if set(promises) & set(each.behaviours)]
    elif not ids:
        chosen = [each for each in chosen if each.of_load == load]
    if not chosen:
        who = f"none of {', '.join(ids)}" if ids else "no defect"
        raise defects.DefectError(f"{who} breaks {' or '.join(promises)}")
    share = Shard.parse(shard).share(chosen) if shard else chosen
    if not share:
        raise defects.DefectError(f"--shard {shard}: there are fewer defects than shares ({len(chosen)})")
    return share


@contextmanager
def _written(results: Path, held: list[Verdict]) -> Iterator[Callable[[Verdict], None]]:
    """What is told of each verdict: it is written at once, since a drill of hours may be broken off, shown and kept."""
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("w", encoding="utf-8", buffering=1) as file:

        def write(verdict: Verdict) -> None:
            file.write(f"{verdict.as_json()}\n")
            held.append(verdict)
            _tell(verdict)

        yield write


def _say_what_was_not_held(why: str, chosen: Sequence[Defect], held: Sequence[Verdict], results: Path) -> None:
    """The last lines of a drill that was broken off; none where it had not begun."""
    if not chosen:
        return
    told = {verdict.defect for verdict in held}
    caught = sum(verdict.caught for verdict in held)
    typer.echo(f"{why}: {len(held)} of {len(chosen)} defects were held, {caught} of them caught ({results})", err=True)
    typer.echo(f"not held: {', '.join(each.id for each in chosen if each.id not in told)}", err=True)


def _tell_of_pale(undisturbed: Sequence[Ended], verdicts: Sequence[Verdict]) -> int:
    from support.running.drill import never_red  # noqa: PLC0415

    pale = never_red(undisturbed, verdicts)
    for each, promises in pale:
        typer.echo(f"never red by a defect of {', '.join(promises)}: {each.place}  {each.name}")
    typer.echo(f"{len(pale)} scenarios bear a promise of which they see no defect")
    return len(pale)


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
