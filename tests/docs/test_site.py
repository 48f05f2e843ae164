"""The built site as its reader meets it: opened from disk in headless Chromium, without a network."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.docs.conftest import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
SITE = REPOSITORY / "site"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="`mkdocs build` has not been run"),
]


@pytest.fixture(params=[("light", 1400), ("dark", 390)], ids=["light and wide", "dark and narrow"])
def page(request):
    scheme, width = request.param
    complaints = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or complaints.append(asked.url))
        yield page
        chromium.close()
    assert complaints == []


def test_pages_open_from_disk_and_fit_the_window(page):
    for name in ("index", "tutorial", "geometry", "reference/configuration", "reference/python"):
        page.goto((SITE / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert page.locator("article h1").count() == 1, name


def test_the_search_finds_a_setting_without_a_server(page):
    page.goto((SITE / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("hierarchy_smoothing", delay=10)
    page.wait_for_selector(".md-search-result__item a")
    found = page.eval_on_selector_all(".md-search-result__item a", "links => links.map(link => link.href)")
    assert any("reference/configuration.html" in link for link in found)
