"""Proves that cells about arguments mean what they say, and that those which say nothing known are refused."""

from __future__ import annotations

import pytest

from support.checks.phrases import Phrase, Taken, phrases


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("", []),
        ('"Sarah Johnson"', [Phrase(None, "Sarah Johnson")]),
        ('the name "Sarah"', [Phrase("name", "Sarah")]),
        (
            'the keywords "sleep and work, mostly", the limit 5 and the segments no',
            [Phrase("keywords", "sleep and work, mostly"), Phrase("limit", 5), Phrase("segments", False)],
        ),
        ("the client the search found", [Phrase("client", Taken("client", "search"))]),
        (
            'the client "Sarah Johnson" the search found',
            [Phrase("client", Taken("client", "search", None, ("Sarah Johnson",)))],
        ),
        ("the session the second search found", [Phrase("session", Taken("session", "search", 2))]),
        (
            'the sessions "Intake" and "Week 2" the search found',
            [Phrase("sessions", Taken("sessions", "search", None, ("Intake", "Week 2")))],
        ),
        ("what the summary says", [Phrase(None, Taken("text", "summary"))]),
        ('"Here: " and what the summary says', [Phrase(None, "Here: "), Phrase(None, Taken("text", "summary"))]),
        ("the date from 2026-03-01", [Phrase("date from", "2026-03-01")]),
    ],
)
def test_a_cell_means_what_it_says(cell: str, meant: list[Phrase]) -> None:
    assert phrases(cell) == meant


@pytest.mark.parametrize("cell", ["client-123", "the name Sarah", 'the name "Sarah" and more'])
def test_what_says_nothing_known_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="says nothing known"):
        phrases(cell)
