"""What became of a run of this suite that asks a real model: by its own account, its bill, and the model's count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from support.checks.resilience import ended, keys_are_not_told
from support.checks.waiting import eventually
from support.clients.model import Received, ScriptedModel
from support.world import World

IN, OUT = Decimal("2.5"), Decimal(10)
"""Micro-dollars for a token of gpt-4o that goes in, and that comes out: written down by hand from the price list."""
MICROS = 1_000_000
ENDED_S = 3.0
"""Within this time of its end nothing of a run goes on."""
NEXT_S = 0.5
"""How much later than it happens a server may notice that it is left alone."""


def ended_so(world: World, rows: Iterable[Mapping[str, str]]) -> None:
    """Exactly these scenarios ended, each once, with its verdict and a message that holds some words.

    Raises:
        AssertionError: others were reported, or with other verdicts or messages.

    """
    reported = ended(world).answer["scenarios"]
    told = {each["name"]: each for each in reported}
    wanted = {row["scenario"]: row for row in rows}
    names = [each["name"] for each in reported]
    assert sorted(names) == sorted(wanted), f"expected the scenarios {list(wanted)}, were {names}"
    wrong = [
        f"{name}: expected {row['verdict']} ({row.get('saying', '')}), was {was['verdict']}: {was['message']}"
        for (name, row), was in ((each, told[each[0]]) for each in wanted.items())
        if was["verdict"] != row["verdict"] or row.get("saying", "") not in was["message"]
    ]
    assert not wrong, "\n".join(wrong)


def is_red(world: World, *, red: bool) -> None:
    """The run as a whole is red, or green.

    Raises:
        AssertionError: it is the other; with its output.

    """
    code = ended(world).answer["exit"]
    assert bool(code) == red, (
        f"expected a {'red' if red else 'green'} run, its exit code is {code}:\n{ended(world).output}"
    )


def says(world: World, place: str, phrases: Sequence[str], *, ordered: bool) -> None:
    """The console, or the report, holds these phrases, `ordered` in their order, and no key.

    Raises:
        AssertionError: one is missing, or comes too soon, or there is a key.

    """
    answer = ended(world).answer
    text = ended(world).output if place == "console" else "\n".join(answer["report"].values())
    keys_are_not_told(world)
    at = 0
    for phrase in phrases:
        found = text.find(phrase, at)
        assert found >= 0, (
            f'expected the {place} to say "{phrase}" {"next" if phrase in text else ""}, it says:\n{text}'
        )
        at = found + len(phrase) if ordered else 0


def billed(world: World, rows: Iterable[Mapping[str, str]]) -> None:
    """The bill names exactly these sums, of the kinds that the table names.

    Raises:
        AssertionError: a sum is another, is missing, or is not in the table.

    """
    bill = ended(world).answer["bill"]
    assert bill is not None, "there is no bill"
    wanted = [(row["by"], row["what"], row["calls"], row["tokens"], row["dollars"]) for row in rows]
    kinds = {row[0] for row in wanted}
    told = [
        (each["by"], _title(each["what"]), str(each["calls"]), str(each["tokens"]), dollars(each["micro_dollars"]))
        for each in bill["sums"]
        if each["by"] in kinds
    ]
    assert sorted(told) == sorted(wanted), f"expected {sorted(wanted)}, the bill says {sorted(told)}"


def _title(what: str) -> str:
    """A scenario's title without its place."""
    return re.sub(r"^\S+\.feature:\d+ ", "", what)


def dollars(micros: int) -> str:
    """An amount as the tables write it: 0.000045."""
    return f"{Decimal(micros) / MICROS:f}"


def has_cost(world: World, amount: str, *, exactly: bool) -> None:
    """By the model's own count of tokens, at prices written down by hand, the calls have cost so much; and the run says
    no less.

    Raises:
        AssertionError: they have cost more, or not so much, or the run's bill says less.

    """
    real = sum(_cost(each) for each in received(world))
    limit = int(Decimal(amount) * MICROS)
    assert real <= limit, f"expected at most {amount} dollars, the model counts {dollars(real)}"
    assert real == limit or not exactly, f"expected exactly {amount} dollars, the model counts {dollars(real)}"
    spent = ended(world).answer["bill"]["spent"]
    assert spent >= real, f"the model counts {dollars(real)} dollars, the bill says {dollars(spent)}"
    assert spent == real or not exactly, f"the model counts {dollars(real)} dollars, the bill says {dollars(spent)}"
    assert spent <= limit, f"expected at most {amount} dollars, the bill says {dollars(spent)}"


def _cost(call: Received) -> int:
    if call.usage is None or call.status != 200:
        return 0
    exact = call.usage.prompt * IN + call.usage.completion * OUT
    return int(-(-exact // 1))


def received(world: World) -> list[Received]:
    """The calls that cost money, as the model got them."""
    with ScriptedModel(world.worker.model.embedded.control) as model:
        return [each for each in model.received() if each.api]


def nothing_goes_on(world: World) -> None:
    """Every call has ended: what was under way was broken off with its scenario, before the next one asked.

    Raises:
        AssertionError: the model still works, was let finish, or worked for one scenario while another asked.

    """

    def over() -> None:
        working = [each for each in received(world) if each.ended is None]
        assert not working, f"the model still works on {len(working)} calls"

    eventually(over, within=ENDED_S, what="the end of the calls")
    calls = received(world)
    assert any(each.hung_up for each in calls), "no call was broken off: the model has said everything"
    for sooner, later in pairwise(calls):
        over_s = (sooner.ended or 0) - later.started
        assert _scenario(sooner) == _scenario(later) or over_s < NEXT_S, (
            f"a call went on for {over_s:.2f} s after the next scenario had asked"
        )
    left: Any = world.worker.model.proxy.open_exchanges()
    assert not left, f"{len(left)} connections are still in use"


def _scenario(call: Received) -> str:
    return call.headers["x-client-request-id"].split("/")[1]
