"""What the service logs, to stderr: events with ids, never what was said, never a token."""

from __future__ import annotations

import logging
import re
import sys

from .settings import Settings

NAME = __package__ or "assistant"
_SECRETS = re.compile(r"(?i)\b(bearer\s+)\S+|\b(sk-)[\w-]{6,}|(\w+://[^\s:/@]*:)[^\s@/]+(?=@)")


class Redacted(logging.Formatter):
    """The last line of defence: whatever looks like a secret is masked, in tracebacks, too."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, without secrets."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """A text with bearer tokens, model keys and passwords in addresses masked."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}****", text)


def configure(settings: Settings) -> None:
    """Log to stderr from LOG_LEVEL on; libraries from WARNING on, since they log what they send."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(NAME).setLevel(settings.log_level)
    for silent in ("httpx", "httpx2", "httpcore", "openai", "websockets", "redis", "asyncio"):
        logging.getLogger(silent).setLevel(logging.WARNING)
