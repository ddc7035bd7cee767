"""The data of a report that is one file: Allure puts each part in by base64; together and packed they are a tenth."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode, b64encode
from pathlib import Path

_UNPACKER = Path(__file__).with_name("report_data.html")
_DATA = re.compile(
    r"<script defer>\s*Promise\.allSettled\(\[(?P<files>[^\]]*)\]\)"
    r"\s*\.then\(function\(\)\{\s*window\.allureReportDataReady = true;\s*\}\)\s*</script>"
)
_FILE = re.compile(r'd\("([^"\\]+)","([A-Za-z0-9+/=]*)"\)')


def packed(page: str) -> str:
    """The page with its data packed; one whose data stand there otherwise than Allure's do is left as it is."""
    data = _DATA.search(page)
    if data is None:
        return page
    files = [(name, b64decode(content)) for name, content in _FILE.findall(data["files"])]
    if len(files) != data["files"].count('d("'):
        return page
    names = json.dumps([(name, len(content)) for name, content in files]).encode()
    stream = gzip.compress(b"\n".join((names, b"".join(content for _, content in files))), mtime=0)
    unpacker = _UNPACKER.read_text(encoding="utf-8").strip().replace("PACKED", b64encode(stream).decode(), 1)
    return f"{page[: data.start()]}{unpacker}{page[data.end() :]}"
