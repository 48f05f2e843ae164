"""The interactive disk plot in headless Chromium; skipped if no Chromium is installed."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from hyplink.export.disk import disk_plot
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.run import Run

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[("light", 1200), ("dark", 390)], ids=["light and wide", "dark and narrow"])
def page(request, browser, tiny_run, tmp_path):
    scheme, width = request.param
    write_interactive_disk(disk_plot(Run.open(tiny_run)), tmp_path / "disk.html")
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", offline=True
    )
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto((tmp_path / "disk.html").as_uri())
    yield page
    assert messages == []
    page.close()


def position_of(page, label):
    """The position of a concept in pixels of the page."""
    return page.evaluate(
        """(label) => {
            const i = data.labels.indexOf(label), box = canvas.getBoundingClientRect();
            const [x, y] = onCanvas(...applied(view, ...data.positions[i]));
            return [box.left + x, box.top + y];
        }""",
        label,
    )


def test_the_page_fits_its_window(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_searching_centres_the_concept_and_shows_its_path(page):
    page.fill("#search", "photoreceptor cell")
    page.press("#search", "Enter")
    page.wait_for_function("document.getElementById('selected').textContent.endsWith('photoreceptor cell')")
    page.wait_for_timeout(100)
    box = page.locator("#disk").bounding_box()
    x, y = position_of(page, "photoreceptor cell")
    assert x == pytest.approx(box["x"] + box["width"] / 2, abs=1)
    assert y == pytest.approx(box["y"] + box["height"] / 2, abs=1)


def test_searching_without_a_match_shows_a_message(page):
    page.fill("#search", "sofa")
    page.press("#search", "Enter")
    assert page.text_content("#selected") == "No concept matches “sofa”."


def test_hovering_over_a_concept_shows_its_label_id_and_depth(page):
    page.uncheck("#mentions")
    page.fill("#search", "photoreceptor cell")
    page.press("#search", "Enter")
    page.wait_for_timeout(100)
    page.mouse.move(*position_of(page, "photoreceptor cell"))
    assert page.text_content("#tip").startswith("photoreceptor cell (CL:0000210), depth ")
    assert page.is_visible("#tip")


def test_dragging_is_an_isometry_that_keeps_the_grabbed_point_under_the_pointer(page):
    distance = """() => {
        const position = (label) => applied(view, ...data.positions[data.labels.indexOf(label)]);
        const [[a, b], [c, d]] = [position("photoreceptor cell"), position("olfactory receptor cell")];
        return ((a - c) ** 2 + (b - d) ** 2) / ((1 - a * a - b * b) * (1 - c * c - d * d));
    }"""
    page.fill("#search", "photoreceptor cell")
    page.press("#search", "Enter")
    page.wait_for_timeout(100)
    before = page.evaluate(distance)
    x, y = position_of(page, "photoreceptor cell")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=5)
    page.mouse.move(x + 80, y + 60, steps=5)
    page.mouse.up()
    assert position_of(page, "photoreceptor cell") == pytest.approx([x + 80, y + 60], abs=1)
    assert page.evaluate(distance) == pytest.approx(before, rel=1e-6)


def test_clicking_a_concept_centres_it(page):
    label = page.evaluate("data.labels[byDescendants[1]]")
    page.uncheck("#mentions")
    page.mouse.click(*position_of(page, label))
    page.wait_for_timeout(100)
    box = page.locator("#disk").bounding_box()
    assert position_of(page, label)[0] == pytest.approx(box["x"] + box["width"] / 2, abs=1)
