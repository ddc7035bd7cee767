"""Criteria that only a judge can tell: the judge of a scenario, how far it may be believed, and its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from support.checks import samples
from support.checks.replies import Reply
from support.checks.samples import Outcome, Taken
from support.judging import calibration, canaries, labels, rubrics
from support.judging.calibration import Standing
from support.judging.judge import Decision, Judge, UnaskedError
from support.judging.labels import Item
from support.judging.rubrics import Rubric
from support.judging.transcripts import Transcript
from support.spending.calls import JUDGE
from support.world import World

OUTCOMES: Mapping[str, Outcome] = {"pass": "success", "fail": "failure", "inconclusive": "undecided"}
REHEARSED = Standing(remark="REHEARSAL: judged by the scripted model, which says nothing about a real one")
AT_ONCE = 5
_ALARMS: dict[tuple[str, str], tuple[str, ...]] = {}
"""What canaries told, by run and criterion."""


class SameModelError(ValueError):
    """The judge is the model that is judged; the message says what to set."""


@dataclass(frozen=True)
class Judged:
    """What a judge said of a reply; `decision` is None where it, or the reply, could not be asked."""

    reply: Reply
    decision: Decision | None
    why: str = ""

    @property
    def outcome(self) -> Outcome:
        """As it counts."""
        return "undecided" if self.decision is None else OUTCOMES[self.decision.verdict]

    def told(self) -> str:
        """As evidence."""
        return f"{self.reply.place}: {self.why if self.decision is None else self.decision.told()}"


def rubric_said(words: str) -> Rubric | None:
    """The rubric that scenarios put so; None when no judge is needed for it."""
    return next((rubric for rubric in rubrics.all_rubrics().values() if rubric.said == words), None)


def standing(world: World, rubric: Rubric) -> Standing:
    """Whether the judge of this criterion gates in this run. In a rehearsal it does, and says what it is.

    One that would gate judges its canaries first, once for each worker; one answer that has changed makes it advisory.
    """
    settings = world.worker.settings
    if settings.rehearsal:
        return REHEARSED
    judge = Judge(rubric, settings.judge_model, _nobody)
    measured, labelled = calibration.stored(judge.identity), labels.load(rubric.name)
    found = calibration.standing(
        measured,
        labelled,
        today=datetime.now(tz=UTC).date(),
        accept_provisional=settings.judge_accept_provisional,
    )
    if measured is None or not found.gating:
        return found
    return found.model_copy(update={"reasons": alarms(world, rubric, canaries.chosen(labelled, measured))})


def alarms(world: World, rubric: Rubric, items: Sequence[Item]) -> tuple[str, ...]:
    """What the canaries of a judge tell against it in this run; they are judged once for each worker."""
    from support.judging.client import Client  # noqa: PLC0415 - the real client takes a second to load

    key = (world.worker.run, rubric.name)
    if key not in _ALARMS:
        spending, model = world.worker.spending, world.worker.settings.judge_model
        with Client(spending.address, spending.key) as ask:
            name = f"judge/{world.mark}/{rubric.name}-canary"
            _ALARMS[key] = tuple(canaries.changed(Judge(rubric, model, ask), items, name))
        spending.take_unasked(world.mark)
    return _ALARMS[key]


def judge_all(world: World, rubric: Rubric, replies: Sequence[Reply], needed: int) -> Taken[Judged]:
    """Judge the replies, as many as it takes to decide whether so many pass."""
    from support.judging.client import Client  # noqa: PLC0415 - the real client takes a second to load

    model = world.worker.settings.judge_model
    for call in world.worker.spending.spent_by(world.mark).told:
        if call.persona != JUDGE and same_model(call.model, model):
            raise SameModelError(f"{model} would judge its own replies: set JUDGE_MODEL to another model")
    with Client(world.worker.spending.address, world.worker.spending.key) as ask:
        judge = Judge(rubric, model, ask)
        attempts = [partial(_judge, judge, reply, f"judge/{world.mark}/{rubric.name}") for reply in replies]
        taken = samples.take(attempts, lambda judged: judged.outcome, needed=needed, at_once=AT_ONCE)
    world.worker.spending.take_unasked(world.mark)  # what could not be asked is undecided, and told as such
    return taken


def same_model(one: str, other: str) -> bool:
    """Whether two names are one model; a dated snapshot is the model itself: gpt-4o-2024-08-06 is gpt-4o."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or (longer.startswith(f"{shorter}-") and longer[len(shorter) + 1 :][:2].isdigit())


def _judge(judge: Judge, reply: Reply, name: str) -> Judged:
    if reply.unasked is not None:
        return Judged(reply, None, f"was not asked: {reply.unasked}")
    if not reply.text.strip():
        return Judged(reply, Decision("fail", [], "there is no reply"))
    try:
        return Judged(reply, judge.decide(Transcript.of(reply.asked, reply.text), f"{name}/{reply.number}"))
    except UnaskedError as failure:
        return Judged(reply, None, str(failure))


def _nobody(request: Mapping[str, object], request_id: str) -> tuple[str | None, str]:
    raise AssertionError(f"this judge is only looked at, and was asked {request_id} of {request.get('model')}")
