"""Proves that transcripts and chains of calls are pages of their own: everything escaped, bounded, nothing loaded."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from support.reporting.dialogues import Line, Link, Talk, chain, transcript
from support.reporting.pages import PAGE_LIMIT, TEXT_LIMIT

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)> & "quoted"'


class Reader(HTMLParser):
    """What a browser would find."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_self_contained(page: str) -> Reader:
    read = Reader(page)
    assert {tag for tag, _ in read.tags} & {"script", "img", "link", "iframe", "a"} == set()
    assert not [name for _, attrs in read.tags for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
    assert not re.search(r"url\(|@import", page)
    assert "color-scheme: light dark" in page
    return read


def test_what_was_said_stays_text() -> None:
    talk = Talk(EVIL, [Line(0.1, "user", EVIL), Line(0.2, "assistant", "Fine.\nReally.", EVIL), Line(1, "error", EVIL)])
    read = assert_self_contained(transcript([talk]))
    assert read.text.count(EVIL) == 4
    assert "Fine.\nReally." in read.text


def test_calls_are_told_in_order_with_their_times() -> None:
    links = [
        Link(0, 0.5, "model", EVIL, "tool_calls", good=True, details=[EVIL]),
        Link(0.5, 0.5, "practice", "search clients", "404", good=False),
    ]
    page = chain(links)
    read = assert_self_contained(page)
    assert read.text.count(EVIL) == 2
    assert "left:50.00%;width:50.00%" in page
    assert re.findall(r"<span class=(good|bad)>", page) == ["good", "bad"]


def test_long_texts_are_cut_and_say_so() -> None:
    page = transcript([Talk("x", [Line(0, "user", "y" * (TEXT_LIMIT + 1))])])
    assert f"… ({TEXT_LIMIT + 1:,} characters)" in page
    assert len(page) < 2 * TEXT_LIMIT


def test_of_many_lines_the_first_are_shown_and_the_rest_is_counted() -> None:
    page = transcript([Talk("x", [Line(0, "user", "y" * TEXT_LIMIT)] * 1000)])
    assert len(page) < PAGE_LIMIT + 2 * TEXT_LIMIT
    [left] = re.findall(r"… (\d+) more lines are not shown", page)
    assert int(left) + page.count("y" * TEXT_LIMIT) == 1000


def test_a_secret_in_what_was_said_is_masked_though_its_quotes_are_escaped() -> None:
    page = transcript([Talk("x", [Line(0, "user", '{"api_key": "tango-uniform-victor-42"}')])])
    assert "tango-uniform" not in page


def test_nothing_is_a_page_too() -> None:
    assert_self_contained(chain([]))
    assert_self_contained(transcript([]))
