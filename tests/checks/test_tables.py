"""Proves what the cells and tables of the features mean, and that what means nothing is refused by name."""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from support.checks import tables
from support.checks.tables import LEFT_OUT, OfLength, Verbatim


@dataclass
class Row:
    cells: list[str]


@dataclass
class Table:
    headings: list[str]
    rows: list[Any] = field(default_factory=list)


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.70", 0.7),
        ("yes", True),
        ("no", False),
        ("Yes", "Yes"),
        ('"12"', "12"),
        ('"yes"', "yes"),
        ('""', ""),
        ("12 orders", "12 orders"),
        ("[en, 2, no]", ["en", 2, False]),
        ("2026-03-01 10:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01", "2026-03-01"),
        ("(left out)", LEFT_OUT),
        ("(nothing)", None),
        ("(a number)", 12),
        ("(101)", 101),
        ("(200 characters)", OfLength(200)),
    ],
)
def test_a_cell_means(cell: str, meaning: Any) -> None:
    found = tables.value(cell)
    assert found == meaning
    assert type(found) is type(meaning)


def test_described_text_is_sent_as_it_is() -> None:
    assert isinstance(tables.value("(a text)"), Verbatim)


def test_a_megabyte_is_one_and_hardly_more() -> None:
    size = len(tables.value("(1 MB of text in many scripts)").encode())
    assert 1_000_000 <= size < 1_001_000


def test_accents_are_spelt_in_two_ways() -> None:
    one, other = tables.value("(accents in both spellings)").split(" and ")
    assert one != unicodedata.normalize("NFD", one)
    assert other != unicodedata.normalize("NFC", other)


def test_a_description_of_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(a pony\) describes nothing; known: .*\(left out\)"):
        tables.value("(a pony)")


def test_properties_are_lines_without_a_heading() -> None:
    table = Table(["description", "x"], [Row(["metadata: owner", "Ada"])])
    assert tables.pairs(table) == [("description", "x"), ("metadata: owner", "Ada")]


def test_things_are_rows_under_a_heading() -> None:
    table = Table(["dataset", "description"], [Row(["one", "x"])])
    assert tables.records(table) == [[("dataset", "one"), ("description", "x")]]


def test_a_missing_table_is_told() -> None:
    with pytest.raises(ValueError, match="needs a table"):
        tables.pairs(None)


def test_a_table_that_nobody_reads_is_told() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        tables.pairs(Table(["description", "x"]), needed=False)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("description", ("description",)),
        ("ground truth: answer", ("ground_truth", "answer")),
        ("metadata: source: system", ("metadata", "source", "system")),
        ("feedback: ground truth", ("feedback", "ground truth")),
    ],
)
def test_a_property_is_a_path(words: str, where: tuple[str, ...]) -> None:
    assert tables.path(words) == where


def test_parts_are_divided_by_commas_and_and() -> None:
    assert tables.parts("one, two and three") == ["one", "two", "three"]
    assert tables.parts("") == []
