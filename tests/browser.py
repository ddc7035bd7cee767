"""A real browser without a network: headless Chromium, driven by Selenium; it tells every request and console line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REMEDY = "there is no Chromium with its driver here: apt-get install --no-install-recommends chromium chromium-driver"


@contextmanager
def offline(profile: Path) -> Iterator[Chrome]:
    """A browser with a new profile that reaches nothing but files. Skips the test where there is no browser."""
    binary, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip(REMEDY)
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        nothing = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", nothing)
        yield browser
    finally:
        browser.quit()


def look(browser: Chrome, scheme: Literal["light", "dark"], width: int = 1280, height: int = 1000) -> None:
    """Let the reader's system be light or dark, and the window so wide; a narrow one is a phone."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wanted = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})


def requests(browser: Chrome) -> list[str]:
    """What the browser has asked for since the last look: the beginning of every address."""
    entries = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    return [
        entry["params"]["request"]["url"][:200] for entry in entries if entry["method"] == "Network.requestWillBeSent"
    ]


def console(browser: Chrome) -> list[str]:
    """What pages have written to the console since the last look, errors and all."""
    return [str(entry["message"]) for entry in _log(browser, "browser")]


def _log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return found
