"""Proves that a store of an older version is brought up to date or refused in plain words, and so are bad tokens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.backends.practice import storage
from support.backends.practice.__main__ import main
from support.configuring.starting import REFUSED

FILE = "practice.sqlite"


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file)) as database:
        yield database
        database.commit()


def made(folder: Path) -> Path:
    file = folder / FILE
    storage.Store.open(file).close()
    return file


def test_a_store_without_a_newer_column_is_given_it(tmp_path: Path) -> None:
    file = made(tmp_path)
    with opened(file) as database:
        database.execute("DROP INDEX ix_records_client")
        database.execute("ALTER TABLE records DROP COLUMN client_id")
    store = storage.Store.open(file)
    with store.writing() as db:
        storage.insert(db, "practice-1", "notes", {}, prefix="note", client="client-1")
    with store.reading() as db:
        assert len(storage.every(db, "practice-1", "notes", "client-1")) == 1
    store.close()


def test_a_store_that_cannot_be_brought_up_to_date_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path)
    with opened(file) as database:
        database.execute("ALTER TABLE accounts DROP COLUMN kind")
    with pytest.raises(OSError, match=r"practice\.sqlite.*older version, without accounts\.kind"):
        storage.Store.open(file)


def refused(capsys: pytest.CaptureFixture[str], code: int, **settings: Any) -> str:
    """What it says when it is started by itself with settings that it refuses."""
    assert main([], settings) == code
    return capsys.readouterr().err


def test_a_file_that_is_no_database_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    told = refused(capsys, 1, storage=str(tmp_path))
    assert "practice cannot serve: storage" in told
    assert f"{FILE}: file is not a database" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("token", ["abc", "a token", "tökén-of-lee", "t" * 201])
def test_a_token_that_nobody_can_show_is_refused_by_its_setting(token: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, REFUSED, client_token=token)
    assert "client_token" in told
    assert "4 to 200 visible ASCII characters" in told
    assert token not in told
