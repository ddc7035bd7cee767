"""Proves that prices are those of the price list to the micro-dollar, and that the worst case is one."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from genai_prices import Usage
from hypothesis import given, settings
from hypothesis import strategies as st

from support.spending import money
from support.spending.meter import Meter, used
from support.spending.prices import Prices, UnpricedError
from support.spending.requests import Asked, Flavour, UnboundedError

OPENAI, ANTHROPIC, ELSEWHERE = "https://api.openai.com/v1", "https://api.anthropic.com/v1", "http://127.0.0.1:1/v1"


def chat(**more: Any) -> bytes:
    told = {"model": "gpt-4o", "messages": [{"role": "user", "content": "How are you?"}], "max_tokens": 50}
    return json.dumps(told | more).encode()


def reported(tokens_in: int, tokens_out: int, **more: Any) -> dict[str, Any]:
    counts = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}
    return {"model": "gpt-4o-2024-08-06", "usage": counts | more}


@pytest.mark.parametrize(
    ("answer", "micros"),
    [
        (reported(1_000_000, 0), 2_500_000),
        (reported(1_000, 100), 3_500),  # 1,000 x 2.5 + 100 x 10
        (reported(1_000, 100, prompt_tokens_details={"cached_tokens": 400}), 3_000),  # 600 x 2.5 + 400 x 1.25 + 1,000
        (reported(1_000, 100, completion_tokens_details={"reasoning_tokens": 60}), 3_500),  # part of the 100
        (reported(1, 0), 3),  # 2.5, rounded up
    ],
)
def test_a_call_costs_what_one_works_out_by_hand(answer: dict[str, Any], micros: int) -> None:
    found = used("chat", answer)
    assert found is not None
    assert Prices(OPENAI).cost("gpt-4o", found.usage) == micros
    assert Prices(ELSEWHERE).cost("gpt-4o", found.usage) == micros


@pytest.mark.parametrize("model", ["never-made-9", "gpt-4o-but-mine"])
def test_a_model_without_a_price_is_refused(model: str) -> None:
    with pytest.raises(UnpricedError, match=r"has no price in genai-prices \d"):
        Prices("https://models.invalid/v1").cost(model.replace("gpt-4o-but-mine", "mine"), Usage(input_tokens=1))


@settings(max_examples=60)
@given(
    words=st.text(max_size=300),
    tokens=st.integers(1, 5_000),
    share_in=st.floats(0, 1),
    share_out=st.floats(0, 1),
    cached=st.floats(0, 1),
    model=st.sampled_from(["gpt-4o", "gpt-4o-mini", "gpt-5", "o3-mini", "claude-sonnet-4-5"]),
    tier=st.sampled_from([None, "default", "priority", "flex"]),
)
def test_no_call_costs_more_than_its_worst_case(
    words: str, tokens: int, share_in: float, share_out: float, cached: float, model: str, tier: str | None
) -> None:
    body = chat(model=model, messages=[{"role": "user", "content": words}], max_tokens=tokens)
    asked = Asked.read("chat", body)
    tokens_in = int(len(body) * share_in)
    usage = Usage(
        input_tokens=tokens_in, output_tokens=int(tokens * share_out), cache_read_tokens=int(tokens_in * cached)
    )
    prices = Prices(ELSEWHERE)
    assert prices.cost(model, usage, tier) <= prices.worst_case(asked)


def test_what_is_written_into_a_cache_is_part_of_the_worst_case() -> None:
    body = chat(model="claude-sonnet-4-5")
    asked = Asked.read("messages", body)
    written = Usage(input_tokens=len(body), cache_write_tokens=len(body), output_tokens=50)
    assert Prices(ANTHROPIC).cost("claude-sonnet-4-5", written) <= Prices(ANTHROPIC).worst_case(asked)


def test_without_a_limit_the_whole_window_may_be_answered() -> None:
    told = json.loads(chat())
    del told["max_tokens"]
    body = json.dumps(told | {"service_tier": "default"}).encode()
    assert Prices(OPENAI).worst_case(Asked.read("chat", body)) >= 128_000 * 10


def test_every_choice_is_counted() -> None:
    assert Asked.read("chat", chat(n=4)).tokens_out == 200


def test_every_choice_may_fill_the_window_where_no_limit_is_named() -> None:
    body = chat(n=10, max_tokens=None, service_tier="default")
    assert Prices(OPENAI).worst_case(Asked.read("chat", body)) >= 10 * 128_000 * 10


@pytest.mark.parametrize(
    "more",
    [
        {"web_search_options": {}},
        {"modalities": ["audio"]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.invalid"}}]}]},
        {"tools": [{"type": "code_interpreter"}]},
        {"n": "4"},
        {"max_tokens": -1},
        {"max_tokens": True},
        {"n": True},
        {"service_tier": ["priority"]},
    ],
)
def test_what_has_no_bound_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(UnboundedError):
        Asked.read("chat", chat(**more))


DEEP = b"[" * 100_000


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model": 3}', DEEP])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(UnboundedError):
        Asked.read("chat", body)


def test_a_conversation_that_the_provider_keeps_has_no_bound() -> None:
    body = json.dumps({"model": "gpt-4o", "input": "and then?", "previous_response_id": "resp_1"}).encode()
    with pytest.raises(UnboundedError, match="previous_response_id"):
        Asked.read("responses", body)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "function_call_output", "output": [{"type": "input_image", "image_url": "https://a.invalid"}]},
        {"id": "msg_1"},  # of a kind that need not be named: what the provider has kept under this id
    ],
)
def test_a_result_that_shows_a_picture_or_what_the_provider_keeps_has_no_bound(item: dict[str, Any]) -> None:
    body = json.dumps({"model": "gpt-4o", "input": [item], "max_output_tokens": 5}).encode()
    with pytest.raises(UnboundedError):
        Asked.read("responses", body)


def stream(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events) + b"data: [DONE]\n\n"


STREAMS: list[tuple[Flavour, bytes, tuple[int, int]]] = [
    ("chat", stream({"choices": [{}], "usage": None}, {"choices": [], **reported(70, 9)}), (70, 9)),
    (
        "responses",
        stream(
            {"type": "response.created", "response": {"model": "gpt-4o", "usage": None}},
            {"type": "response.completed", "response": {"usage": {"input_tokens": 30, "output_tokens": 4}}},
        ),
        (30, 4),
    ),
    (
        "messages",
        stream(
            {
                "type": "message_start",
                "message": {"model": "claude", "usage": {"input_tokens": 12, "output_tokens": 1}},
            },
            {"type": "message_delta", "usage": {"output_tokens": 8}},
        ),
        (12, 8),
    ),
]


@pytest.mark.parametrize(("flavour", "sent", "counts"), STREAMS)
@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_a_stream_is_metered_however_it_is_cut(
    flavour: Flavour, sent: bytes, counts: tuple[int, int], cuts: list[int]
) -> None:
    meter = Meter(flavour, stream=True)
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    for begin, end in pairwise(places):
        meter.take(sent[begin:end])
    found = meter.read()
    assert found is not None
    assert (found.tokens_in, found.tokens_out) == counts


@pytest.mark.parametrize(
    ("flavour", "sent"),
    [
        ("messages", {"type": "message_start", "message": {"usage": {"input_tokens": 12, "output_tokens": 1}}}),
        ("chat", {"choices": [{"delta": {"content": "We"}, "finish_reason": None}], **reported(70, 1)}),
        ("responses", {"type": "response.created", "response": {"usage": {"input_tokens": 12, "output_tokens": 1}}}),
    ],
)
def test_what_a_stream_tells_on_the_way_is_no_account(flavour: Flavour, sent: dict[str, Any]) -> None:
    meter = Meter(flavour, stream=True)
    meter.take(b"data: " + json.dumps(sent).encode() + b"\n\n")
    assert meter.read() is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b'{"usage": null}',
        b'{"usage": {}}',
        json.dumps(reported(0, 0)).encode(),
        json.dumps(reported(-5, 3)).encode(),
        json.dumps({"usage": {"prompt_tokens": "many", "completion_tokens": 1}}).encode(),
    ],
)
def test_an_answer_without_a_usable_account_is_not_taken_for_free(answer: bytes) -> None:
    meter = Meter("chat", stream=False)
    meter.take(answer)
    assert meter.read() is None


@settings(max_examples=50)
@given(micros=st.integers(0, 10**12))
def test_amounts_are_told_exactly(micros: int) -> None:
    assert money.limit(Decimal(money.told(micros).strip("$").replace(",", ""))) == micros


def test_a_limit_is_rounded_down_and_a_charge_up() -> None:
    assert money.limit(Decimal("0.0000019")) == 1
    assert money.charged(Decimal("0.0000011")) == 2


@pytest.mark.parametrize("flavour", ["chat", "responses", "messages", "embeddings"])
@pytest.mark.parametrize("streamed", [True, False])
def test_an_answer_that_is_nested_too_deeply_gives_no_account(flavour: Flavour, streamed: bool) -> None:
    meter = Meter(flavour, stream=streamed)
    meter.take((b"data: " if streamed else b"") + b'{"usage": ' + DEEP + b"\n")
    assert meter.read() is None
