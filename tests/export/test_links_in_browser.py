"""The page of links in headless Chromium; skipped if no Chromium is installed."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import exit_status_of

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

TEXT = (
    "Photoreceptor cells of the fly.\nNo photoreceptor cell (PRC) is seen. "
    "Perhaps an interneuron of the Purkinje cells."
)


@pytest.fixture(scope="module")
def file(trusted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "one.txt").write_text(TEXT)
    (folder / "two.txt").write_text("A stem of interneurons.")
    words = (folder / "one.txt", folder / "two.txt", "--search-all", "-o", folder / "links.html")
    assert exit_status_of("link", trusted, *words) == 0
    return folder / "links.html"


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=["light and wide", "dark and narrow"])
def page(request, file):
    scheme, width = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
        messages = []
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto(file.as_uri())
        yield page
        assert messages == []
        browser.close()


def visible(page):
    return page.locator("section mark:not(.hidden)").all_text_contents()


def test_a_mention_that_is_clicked_shows_its_candidates_until_escape(page):
    mark = page.locator("section mark", has_text="PRC")
    mark.click()
    card = page.locator("#card")
    assert card.is_visible()
    assert card.locator("h3").text_content() == "photoreceptor cell"
    assert card.locator("tbody tr, tr").count() == 6
    assert card.locator("tr").nth(1).locator("td").nth(1).text_content() == "photoreceptor cell"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box, marked = card.bounding_box(), mark.bounding_box()
    assert marked["y"] + marked["height"] <= box["y"] or box["y"] + box["height"] <= marked["y"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    page.keyboard.press("Escape")
    assert card.is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "PRC"


def test_the_keyboard_opens_a_mention_and_a_pointer_shows_one_without_a_click(page):
    page.locator("section mark").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#card").is_visible()
    page.locator("#card .close").click()
    page.locator("section mark", has_text="PRC").hover()
    assert page.locator("#card").is_visible() == (page.viewport_size["width"] > 640)


def test_mentions_are_filtered_by_assertion_and_words_and_documents_without_any_are_hidden(page):
    assert page.locator("#shown").text_content() == f"all {len(visible(page))} mentions shown"
    page.select_option("select[name=kind]", "negated")
    assert visible(page) == ["photoreceptor cell", "PRC"]
    assert page.locator("section:visible h2").all_text_contents() == ["one · 5 mentions"]
    page.select_option("select[name=kind]", "all")
    page.fill("input[name=concept]", "interneurons")
    assert visible(page) == ["interneurons"]
    assert page.locator("#shown").text_content() == "1 of 6 mentions shown"


def test_a_concept_of_the_summary_filters_its_mentions(page):
    assert page.locator("#counts").text_content().startswith("6 mentions · ")
    page.click("#summary summary")
    page.locator("#concepts button", has_text="photoreceptor cell").click()
    assert visible(page) == ["Photoreceptor cells", "photoreceptor cell", "PRC"]
