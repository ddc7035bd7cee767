"""Proves that a store made by an older version of the platform is brought up to date, or refused in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support.backends.evaluation_platform import auth, storage

from .conftest import ADMIN_KEY, NotStartedError, PlatformProcess

FILE = "platform.sqlite"


def made(folder: Path, *statements: str) -> str:
    """A store of this version, then changed to what an older one had left."""
    file = folder / FILE
    assert auth.KEYS.name in storage.METADATA.tables
    storage.Store.open(str(file)).close()
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return str(file)


def columns(file: str, table: str) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def test_a_store_without_a_newer_column_is_given_it(
    tmp_path: Path, start_platform: Callable[..., PlatformProcess]
) -> None:
    file = made(tmp_path, "ALTER TABLE api_keys DROP COLUMN expires_at")
    platform = start_platform(PLATFORM_STORAGE=str(tmp_path))
    assert "expires_at" in columns(file, "api_keys")
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with httpx.Client(base_url=platform.address, headers=headers) as client:
        assert client.get("/v1/projects").status_code == 200
        # An unknown key is looked for in the store: without the column that was an error of the server.
        unknown = client.get("/v1/datasets", headers={"Authorization": "Bearer unknown"})
    assert unknown.status_code == 401


def test_a_store_that_cannot_be_brought_up_to_date_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path, "DROP TABLE api_keys", "CREATE TABLE api_keys (digest TEXT PRIMARY KEY, expires_at INTEGER)")
    before = columns(file, "api_keys")
    with pytest.raises(OSError, match=r"older version.*api_keys\.id, .*api_keys\.created_at") as refused:
        storage.Store.open(file)
    assert FILE in str(refused.value)
    assert columns(file, "api_keys") == before


def test_a_file_that_is_no_database_is_refused_without_a_traceback(
    tmp_path: Path, start_platform: Callable[..., PlatformProcess]
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(NotStartedError) as refused:
        start_platform(PLATFORM_STORAGE=str(tmp_path))
    told = str(refused.value)
    assert "cannot serve" in told
    assert FILE in told
    assert "Traceback" not in told
