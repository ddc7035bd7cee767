"""Proves by a real browser that the report can be read: from disk, without a network, light and dark, on a phone; and
that whatever a system said stays text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from support.reporting import html
from tests.browser import console, look, offline, requests
from tests.conftest import BehaveProject

EVIL = '<script>top.owned = 1</script><img src=x onerror="top.owned = 2"><b>bold</b> & "quoted"'
BLACK, WHITE = "rgb(27, 31, 36)", "rgb(230, 237, 243)"
"""The ink of a page of evidence in the light, and in the dark."""
FEATURE = f"""
Feature: What is promised
  Rule: A promise is kept
    @needs.platform.something.quite.long @needs.practice.control @XY-1
    Scenario: The promise that is broken by {EVIL}
      Given all is well
      Then the reply is right
    Scenario: The promise that is kept
      Given all is well
"""
STEPS = f"""
from behave import given, then
from support.reporting import evidence
from support.reporting.dialogues import Line, Link, Talk, chain, transcript

EVIL = {EVIL!r}

@given("all is well")
def well(context): pass

@then("the reply is right")
def right(context):
    said = [Line(n / 10, "user" if n % 2 else "assistant", EVIL + " and so on" * 9) for n in range(30)]
    evidence.attach("Transcript", transcript([Talk(EVIL, said)]), "html")
    evidence.attach("Chain of calls", chain([Link(0, 1, "model", EVIL, EVIL, True, [EVIL])]), "html")
    evidence.attach("Raw", EVIL, "html")
    assert False, "expected a kind word, was " + EVIL
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run in which a promise was broken."""
    project = BehaveProject(tmp_path_factory.mktemp("project"))
    project.write("features/our_system/promises.feature", FEATURE)
    project.write("steps/steps.py", STEPS)
    run = project.run("-f", "support.reporting.allure:AllureFormatter", "-o", "allure-results")
    assert sorted(run.verdicts().values()) == ["failed", "passed"], run.output
    made = project.folder / "allure-report" / "index.html"
    html.build(project.folder / "allure-results", made, project.folder / "history.jsonl", lambda _: None, "..")
    return made


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser, before anything is opened in it; first of all, since without one there is nothing to do."""
    with offline(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(started: Chrome, page: Path) -> Chrome:
    """The browser, in which the report was opened just now."""
    look(started, "light")
    started.get("about:blank")
    requests(started)
    console(started)
    started.get(page.as_uri())
    return started


def found(browser: Chrome, name: str, words: str = "") -> WebElement:
    """The part of Allure's page of this name with these words in it, as soon as it is there."""

    def look_for(_: Chrome) -> WebElement | Literal[False]:
        parts = browser.find_elements(By.CSS_SELECTOR, f'[data-testid="{name}"]')
        return next((part for part in parts if words in part.text), False)

    return WebDriverWait(browser, 20).until(look_for, f'no {name} with "{words}"')


def click(browser: Chrome, element: WebElement) -> None:
    browser.execute_script("arguments[0].click()", element)


def open_broken(browser: Chrome) -> None:
    """Open the promise that was broken: the tree is expanded where there is one."""
    click(browser, found(browser, "tree-leaf", "The promise that is broken"))
    found(browser, "test-result-error-message", "expected a kind word")


def frame_of(browser: Chrome, name: str) -> WebElement:
    """Open an attachment that is a page, unless it is open: Allure remembers that. The frame in which it is shown."""
    attachment = found(browser, "test-result-attachment", name)
    if not attachment.find_elements(By.CSS_SELECTOR, ":scope > div:not([data-testid])"):
        click(browser, attachment.find_element(By.TAG_NAME, "button"))

    def look_for(_: Chrome) -> WebElement | Literal[False]:
        frames = attachment.find_elements(By.CSS_SELECTOR, 'iframe[title="HTML attachment"]')
        return next((each for each in frames if inside(browser, each, "shown?.body?.innerText")), False)

    return WebDriverWait(browser, 20).until(look_for, f"{name} is not shown")


def inside(browser: Chrome, frame: WebElement, script: str) -> object:
    """What a script of ours finds in a frame."""
    return browser.execute_script(f"const shown = arguments[0].contentDocument; return {script}", frame)


def test_the_tree_leads_to_what_was_broken_without_a_network_and_without_an_error(browser: Chrome) -> None:
    found(browser, "tree-leaf", "The promise that is kept")
    titles = browser.find_elements(By.CSS_SELECTOR, '[data-testid="tree-section-title"]')
    assert [title.text for title in titles] == ["Our system", "What is promised", "A promise is kept"]
    click(browser, found(browser, "tree-leaf", "The promise that is broken"))
    assert EVIL in found(browser, "test-result-error-message").text
    assert EVIL in found(browser, "test-result-step", "Then the reply is right").text
    frame_of(browser, "Chain of calls")
    assert {urlsplit(url).scheme for url in requests(browser)} <= {"file", "data", "blob", "about"}
    assert console(browser) == []


def test_what_was_said_is_shown_and_stays_text(browser: Chrome) -> None:
    open_broken(browser)
    for name in ("Transcript", "Chain of calls"):
        frame = frame_of(browser, name)
        assert EVIL in str(inside(browser, frame, "shown.body.innerText"))
        assert inside(browser, frame, "shown.querySelectorAll('script, img, b:not(header b)').length") == 0
    assert browser.execute_script("return window.owned") is None


def test_even_markup_that_a_step_attaches_as_it_is_runs_no_script(browser: Chrome) -> None:
    open_broken(browser)
    frame = frame_of(browser, "Raw")
    assert inside(browser, frame, "shown.querySelector('b').innerText") == "bold"
    assert browser.execute_script("return window.owned") is None


def test_a_page_of_evidence_that_is_opened_by_itself_runs_no_script(browser: Chrome, page: Path) -> None:
    attached = (page.parents[1] / "allure-results").glob("*.html")
    [transcript] = [file for file in attached if "<h1>Transcript" in file.read_text(encoding="utf-8")]
    browser.get(transcript.as_uri())
    assert browser.find_element(By.TAG_NAME, "body").text.count(EVIL) == 31
    assert browser.execute_script("return [document.scripts.length, window.owned]") == [0, None]
    assert console(browser) == []


def test_a_page_of_evidence_is_as_high_as_it_needs_and_as_dark_as_the_report(browser: Chrome) -> None:
    open_broken(browser)
    frame = frame_of(browser, "Transcript")
    needed = inside(browser, frame, "shown.documentElement.scrollHeight")
    assert isinstance(needed, int)
    assert 800 < needed == frame.size["height"]

    def becomes(colour: str) -> None:
        WebDriverWait(browser, 5).until(
            lambda _: inside(browser, frame, "getComputedStyle(shown.body).color") == colour,
            f"the ink never was {colour}",
        )

    becomes(BLACK)
    look(browser, "dark")
    becomes(WHITE)
    browser.execute_script("document.documentElement.dataset.theme = 'light'")
    becomes(BLACK)


def uncut(browser: Chrome, tag: str) -> bool:
    """Whether a tag of the scenario, such as the id of its promise, is shown whole."""
    shown = found(browser, "metadata-item", tag).find_elements(By.TAG_NAME, "span")
    [label] = [each for each in shown if each.get_attribute("textContent") == tag]
    parts = [label, label.find_element(By.XPATH, ".."), label.find_element(By.XPATH, "../..")]
    return all(
        browser.execute_script("return arguments[0].scrollWidth <= arguments[0].offsetWidth", each) for each in parts
    )


def test_the_promise_of_a_scenario_can_be_read(browser: Chrome) -> None:
    open_broken(browser)
    assert uncut(browser, "XY-1")


def test_it_is_readable_on_a_phone(browser: Chrome) -> None:
    look(browser, "light", width=390, height=844)
    open_broken(browser)
    assert uncut(browser, "XY-1")
    frame = frame_of(browser, "Transcript")
    icons = found(browser, "test-result-attachment-header", "Transcript").find_elements(
        By.CSS_SELECTOR, "button > span > svg"
    )
    assert min(icon.size["width"] for icon in icons) > 0
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    assert frame.size["width"] > 300
    assert inside(browser, frame, "shown.documentElement.scrollWidth <= shown.documentElement.clientWidth") is True


def test_the_scenario_is_linked_to_its_line(browser: Chrome, page: Path) -> None:
    open_broken(browser)
    link = found(browser, "test-result-meta-link").find_element(By.TAG_NAME, "a").get_attribute("href") or ""
    assert Path(unquote(urlsplit(link).path)) == page.parents[1] / "features/our_system/promises.feature"
    assert urlsplit(link).fragment == "L5"


def test_the_head_of_the_report_is_seen_first_and_whoever_scrolls_may(browser: Chrome) -> None:
    look(browser, "light", height=400)
    browser.refresh()
    found(browser, "tree-leaf", "The promise that is broken")
    down = "return [...document.querySelectorAll('*')].reduce((most, each) => Math.max(most, each.scrollTop), 0)"
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert browser.execute_script(down) == 0
    ActionChains(browser).scroll_from_origin(ScrollOrigin.from_viewport(200, 200), 0, 150).perform()
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script(down) > 0)
