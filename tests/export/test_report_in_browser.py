"""The report in headless Chromium; skipped if no Chromium is installed."""

import json
import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from hyplink.export.report import report_path, write_report
from hyplink.export.report.evaluation_data import EvaluationData
from hyplink.run import Run
from tests.export.missing import MISSING

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[("light", 1600), ("dark", 380)], ids=["light and wide", "dark and narrow"])
def page(request, browser, trusted):
    scheme, width = request.param
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", offline=True
    )
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(report_path(Run.open(trusted)).as_uri())
    yield page
    assert messages == []
    page.close()


def back_off_of(run):
    metrics = json.loads((run / "evaluate" / "metrics.json").read_text(encoding="utf-8"))
    return metrics["confidence"]["back_off"]


def chart(page, title):
    return page.locator("figure.chart", has_text=title).locator("svg.plot")


def test_the_page_fits_the_window_with_all_details_open(page):
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_navigation_links_lead_to_the_sections_and_highlight_the_current_one(page):
    for name in ("given", "raw-text", "confidence", "errors", "training"):
        page.click(f"nav a[href='#{name}']")
        assert page.evaluate(f"document.getElementById('{name}').getBoundingClientRect().top < window.innerHeight / 2")
    page.evaluate("document.getElementById('confidence').scrollIntoView()")
    page.wait_for_selector("nav a[href='#confidence'][aria-current]")


def test_pointing_at_a_marker_of_a_chart_shows_its_value(page, trusted):
    plot = chart(page, "Accuracy and coverage")
    plot.scroll_into_view_if_needed()
    place = plot.locator(".series-2 .marker .dot").first.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2 + 2, place["y"] + place["height"] / 2)
    point = back_off_of(trusted)[0]
    assert page.is_visible("#tip")
    assert page.text_content("#tip") == (
        f"threshold 0: coverage {point['coverage']:.3f} ({point['n_answered']:,} answers)"
    )
    page.mouse.move(1, 1)
    assert page.is_hidden("#tip")


def test_the_arrow_keys_step_through_the_values_of_a_chart(page, trusted):
    plot = chart(page, "Accuracy and coverage")
    plot.focus()
    points = [point for point in back_off_of(trusted) if point["accuracy"] is not None]
    for point in points:
        page.keyboard.press("ArrowRight")
        expected = f"threshold {point['min_confidence']:g}: accuracy {point['accuracy']:.3f}"
        assert page.text_content("#tip").startswith(expected)
    page.keyboard.press("ArrowLeft")
    assert f"threshold {points[-2]['min_confidence']:g}:" in page.text_content("#tip")
    page.keyboard.press("Escape")
    assert page.is_hidden("#tip")


def test_a_marker_is_at_the_position_of_its_value_on_the_axis(page, trusted):
    """A marker with value 0.8 is on the grid line of the tick 0.8, whatever the width of the page."""
    plot = chart(page, "Accuracy and coverage")
    lines = [line.bounding_box()["y"] for line in plot.locator("line.grid").all()]
    bottom, top = max(lines), min(lines)
    dots = plot.locator(".series-2 .marker .dot").all()
    for dot, point in zip(dots, back_off_of(trusted), strict=True):
        box = dot.bounding_box()
        expected = bottom - point["coverage"] * (bottom - top)
        assert box["y"] + box["height"] / 2 == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_section_of_missing_concepts_fits_the_window_and_shades_cells_by_their_share(
    browser, trusted, tmp_path, scheme, width
):
    run = Run.open(trusted)
    data = EvaluationData.from_run(run)
    write_report(run, replace(data, metrics={**data.metrics, "missing_concepts": MISSING}), tmp_path / "report.html")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cells = page.locator(".confusion td")
    colours = [each.evaluate("cell => getComputedStyle(cell).backgroundColor") for each in cells.all()]
    empty, full = colours[6], colours[8]
    assert colours[7] == empty
    assert len({empty, full, *colours[:2]}) == 4
    page.close()
