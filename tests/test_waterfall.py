"""Proves that a trace is shown as the tree that it is: parentage as depth, time as bars, failures in words."""

import re

from support.reporting.waterfall import Span, waterfall


def rows(*spans: Span) -> list[tuple[str, str, str, str, str]]:
    """Depth, name, where the bar starts, how long it is, the time that is told."""
    return re.findall(
        r'--depth:(\d+)"><div class=name><span class=kind>\w+</span>([^<]*)</div>'
        r'<div class=lane><i[^>]*style="left:([\d.]+)%;width:([\d.]+)%"></i></div><time>([^<]*)</time>',
        waterfall("Trace", spans),
    )


def test_children_stand_below_and_behind_what_they_are_within() -> None:
    found = rows(
        Span("plan", "session", "chain", "plan", 1000.0, 30.0),
        Span("other", "session", "tool", "other", 1030.0, 0.0),
        Span("ask", "plan", "model", "ask", 1010.0, 15.0),
    )
    assert found == [
        ("0", "plan", "0.00", "100.00", "at 0.0 ms, 30.0 ms"),
        ("1", "ask", "33.33", "50.00", "at 10.0 ms, 15.0 ms"),
        ("0", "other", "99.00", "0.00", "at 30.0 ms, 0.0 ms"),
    ]


def test_what_failed_is_told_in_words_that_stay_words() -> None:
    page = waterfall("Trace", [Span("a", None, "model", "a", 0.0, 1.0, "no key <b>here</b>")])
    assert "<i class=failed" in page
    assert "<div class=bad>✗ no key &lt;b&gt;here&lt;/b&gt;</div>" in page


def test_no_event_is_left_out_whatever_its_parent() -> None:
    lost = Span("lost", "nobody", "tool", "lost", 1.0, 1.0)
    first, second = Span("x", "y", "tool", "x", 2.0, 1.0), Span("y", "x", "tool", "y", 3.0, 1.0)
    own = Span("own", "own", "tool", "own", 4.0, 1.0)
    found = [(depth, name) for depth, name, *_ in rows(first, second, lost, own)]
    assert found == [("0", "lost"), ("0", "x"), ("1", "y"), ("0", "own")]


def test_an_empty_trace_says_so() -> None:
    assert "no event" in waterfall("Trace", [])


def test_a_trace_may_be_thousands_of_calls_deep() -> None:
    depth = 3000
    page = waterfall("Trace", [Span(str(at), str(at - 1), "chain", "step", at, 1.0) for at in range(depth)])
    assert f"{depth} events" in page
    assert '--depth:100"' in page
    assert "more events are not shown" in page
