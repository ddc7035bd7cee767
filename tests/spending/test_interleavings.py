"""Proves of the whole gate that no budget is overspent: workers, judges and retries ask at once, in any interleaving, a
provider that fails, breaks off, keeps quiet about what was used, and charges all that it may for what went wrong."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from support.spending.books import Books, Desk
from support.spending.gate import Gate
from support.spending.ledger import Ledger

IN, OUT = 5 / 2, 10
"""Micro-dollars for a token of gpt-4o."""
ENDINGS = ("answered", "answered", "dear", "no usage", "429", "500", "reset", "unreachable", "stream", "cut stream")


@dataclass(frozen=True)
class Plan:
    """One client's call: as whom, how much it may be answered, how the provider's tries end, when it is given up."""

    worker: int
    judge: bool
    room: int
    endings: tuple[str, ...]
    turns: int
    gives_up_after: int | None


@dataclass
class Provider:
    """Counts what it charges, by its own rule, for each scenario. The plans' tries are found by the request's id."""

    plans: list[Plan]
    charged: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    tries: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        number = int(request.headers["x-client-request-id"].split("/")[-1])
        plan = self.plans[number]
        ending = plan.endings[min(self.tries[number], len(plan.endings) - 1)]
        self.tries[number] += 1
        if ending == "unreachable":
            raise httpx.ConnectError("nobody is there")
        scenario = f"scenario-{plan.worker}"
        most = len(request.content) * IN + plan.room * OUT
        if ending not in ("answered", "stream", "429"):
            self.charged[scenario] += most
        for _ in range(plan.turns):
            await asyncio.sleep(0)
        if ending == "reset":
            raise httpx.ReadError("reset")
        if ending in ("429", "500"):
            return httpx.Response(int(ending), json={"error": {"message": "busy"}})
        if ending == "no usage":
            return httpx.Response(200, json={"model": "gpt-4o"})
        used = (len(request.content), plan.room) if ending == "dear" else (7, 3)
        if ending in ("answered", "stream"):
            self.charged[scenario] += used[0] * IN + used[1] * OUT
        usage = {"model": "gpt-4o", "usage": {"prompt_tokens": used[0], "completion_tokens": used[1]}}
        if json.loads(request.content)["stream"]:
            pieces = [b"data: {}\n\n", b"data: " + json.dumps(usage).encode() + b"\n\n"]
            return httpx.Response(200, stream=Pieces(pieces, broken=ending == "cut stream"))
        return httpx.Response(200, json=usage)


class Pieces(httpx.AsyncByteStream):
    """The pieces of a stream; a `broken` one ends before its account."""

    def __init__(self, pieces: list[bytes], *, broken: bool) -> None:
        self.pieces = pieces
        self.broken = broken

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for piece in self.pieces[: 1 if self.broken else None]:
            await asyncio.sleep(0)
            yield piece
        if self.broken:
            raise httpx.ReadError("broken off")


async def hold(plans: list[Plan], limit: int, scenario_limit: int) -> tuple[Provider, Ledger]:
    """All calls at once, through one gate."""
    provider, ledger = Provider(plans), Ledger(limit, 10_000)
    books = Books(ledger)
    for worker in range(3):
        books.desks[f"key-{worker}"] = Desk(f"key-{worker}", "http://127.0.0.1:1/v1", "real", f"scenario-{worker}")
    ledger.limit_scenario("scenario-0", scenario_limit)
    async with httpx.AsyncClient(transport=httpx.MockTransport(provider)) as upstream:
        gate = Gate(books, upstream, pause_s=0.0)
        transport = httpx.ASGITransport(app=gate, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gate") as client:
            calls = [asyncio.ensure_future(ask(client, number, plan)) for number, plan in enumerate(plans)]
            await asyncio.wait(calls)
            for _ in range(20):
                assert ledger.spent + ledger.reserved <= limit
                await asyncio.sleep(0)
    return provider, ledger


async def ask(client: httpx.AsyncClient, number: int, plan: Plan) -> None:
    """One call, given up after some turns of the loop if the plan says so."""
    stream = any("stream" in ending for ending in plan.endings)
    told = {"model": "gpt-4o", "max_tokens": plan.room, "messages": [], "stream": stream, "service_tier": "default"}
    who = f"judge/scenario-{plan.worker}/warmth" if plan.judge else "session"
    headers = {"authorization": f"Bearer key-{plan.worker}", "x-client-request-id": f"{who}/{number}"}
    asking = asyncio.ensure_future(client.post("/v1/chat/completions", json=told, headers=headers))
    if plan.gives_up_after is not None:
        for _ in range(plan.gives_up_after):
            await asyncio.sleep(0)
        asking.cancel()
    await asyncio.wait([asking])


PLANS = st.lists(
    st.builds(
        Plan,
        worker=st.integers(0, 2),
        judge=st.booleans(),
        room=st.integers(1, 400),
        endings=st.lists(st.sampled_from(ENDINGS), min_size=1, max_size=4).map(tuple),
        turns=st.integers(0, 6),
        gives_up_after=st.none() | st.integers(0, 30),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(plans=PLANS, limit=st.integers(0, 40_000), scenario_limit=st.integers(0, 15_000))
def test_the_provider_never_charges_more_than_there_is(plans: list[Plan], limit: int, scenario_limit: int) -> None:
    provider, ledger = asyncio.run(hold(plans, limit, scenario_limit))
    assert ledger.reserved == 0, "something is still set aside"
    assert sum(provider.charged.values()) <= ledger.spent <= limit
    assert provider.charged["scenario-0"] <= ledger.spent_by("scenario-0") <= scenario_limit
    assert ledger.excess == 0
