"""Proves that no handler sees a registered secret, neither in a message nor in a traceback."""

import io
import logging
from collections.abc import Iterator

import pytest

from support.reporting.logs import redact_logs
from support.reporting.redaction import register_secret

SECRET = "hush-of-the-logs-4711"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    before, stream = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger("careless").addHandler(handler)
    register_secret(SECRET)
    redact_logs()
    redact_logs()
    yield stream
    logging.getLogger("careless").removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_messages_and_tracebacks_are_redacted(written: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("careless").exception("it was %s of %d %%", SECRET, 3)
    assert SECRET not in written.getvalue()
    assert "of 3 %" in written.getvalue()
    assert "ValueError" in written.getvalue()
