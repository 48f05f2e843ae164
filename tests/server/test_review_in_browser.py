"""The review and audit pages in headless Chromium, by keyboard alone; skipped if no Chromium is installed.

With HYPLINK_SCREENSHOTS=FOLDER each step is saved as a picture.
"""

import http.server
import json
import os
import re
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from hyplink.corpus import read_documents
from tests.server.serving import running

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

TEXT = (
    "Eczema and arrhythmia. No skin disease, but a cardiac disease. Contact dermatitis; irregular heartbeat. "
    "Possible heart disease. A second eczema. Dermatitis of the arm. Another arrhythmia with an itchy rash."
)
N_LINKS = 10
SECONDS = 120  # at most, on a busy machine
SCREENS = [("light", 1280), ("light", 390), ("dark", 1280), ("dark", 390)]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def run(small_run, tmp_path):
    return shutil.copytree(small_run, tmp_path / "run")


@pytest.fixture
def open_page(browser):
    opened = []

    def make(url, scheme="light", width=1280):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        page.set_default_timeout(SECONDS * 1000)
        messages = []
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto(url)
        opened.append((page, messages))
        return page

    yield make
    for page, messages in opened:
        assert messages == []
        page.close()


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page = page
        self.n = 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.n += 1


def shoot(page, name, scheme, width):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("HYPLINK_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}-{scheme}-{width}.png"), full_page=True)


def has_text(page, selector, pattern):
    """Waits for a text. The page's content policy forbids what `wait_for_function` does."""
    expect(page.locator(selector)).to_have_text(re.compile(pattern), timeout=SECONDS * 1000)


def decided(page, n):
    has_text(page, "#counts", f"^{n} of")


def in_editor(page):
    expect(page.locator("#text")).to_be_focused(timeout=SECONDS * 1000)


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_paste_correct_mark_learn_and_see_the_corrections(run, open_page, scheme, width):
    with running("serve", run) as server:
        page = open_page(server.url, scheme, width)
        keys = Keys(page)
        in_editor(page)
        page.keyboard.insert_text(TEXT)  # as pasting does
        page.wait_for_selector(".mention")
        assert page.locator(".mention").count() == N_LINKS
        assert page.locator(".mention.negated").inner_text() == "skin disease"
        shoot(page, "1-pasted", scheme, width)
        keys.press("Escape")
        page.wait_for_selector(".candidate")
        shoot(page, "2-candidates", scheme, width)
        before = keys.n
        for n in range(1, N_LINKS + 1):  # all wrong: the second candidate is right
            page.wait_for_selector(".candidate:nth-of-type(1)")
            page.wait_for_selector("li:nth-of-type(2) .candidate")
            keys.press("2")
            decided(page, n)
        assert keys.n - before <= 4 * N_LINKS
        shoot(page, "3-corrected", scheme, width)
        keys.press("m", *["ArrowRight"] * 30)  # to the last words, whatever is chosen
        keys.press("ArrowLeft", "Shift+ArrowRight")
        shoot(page, "4-marking", scheme, width)
        keys.press("Enter")
        page.wait_for_selector("#search[open]")
        page.keyboard.type("skin dis")
        page.wait_for_selector("#found li")
        has_text(page, "#found li >> nth=0", "^skin disease")
        shoot(page, "5-searching", scheme, width)
        keys.press("Enter")
        decided(page, N_LINKS + 1)
        [document] = read_documents([run.with_name("run.decisions.jsonl")])
        marked = document.mentions[-1]
        assert (marked.text, marked.parts) == ("itchy rash", (("AIL:3",),))
        chosen = {each.text: each.parts[0][0] for each in document.mentions}
        keys.press("L")
        has_text(page, "#status", "^learning")
        has_text(page, "#status", "^learned")
        shoot(page, "6-learned", scheme, width)
        assert "of 11 decisions" in page.inner_text("#changes")
        page.reload()
        in_editor(page)
        page.keyboard.insert_text(TEXT)
        page.wait_for_selector(".mention.decided")
        shown = page.evaluate("[...document.querySelectorAll('.mention')].map((each) => each.ariaLabel)")
        assert len(shown) == N_LINKS + 1
        labels = {"AIL:0": "ailment", "AIL:1": "heart disease", "AIL:2": "arrhythmia", "AIL:3": "skin disease"}
        labels |= {"AIL:4": "eczema", "AIL:5": "contact dermatitis"}
        for text, concept in chosen.items():
            assert any(each.startswith(text) and f"decided: {labels[concept]}" in each for each in shown)
        shoot(page, "7-again", scheme, width)


def test_right_links_take_one_key_each_and_undo_takes_one_back(run, open_page):
    with running("serve", run) as server:
        page = open_page(server.url)
        in_editor(page)
        page.keyboard.insert_text(TEXT)
        page.wait_for_selector(".mention")
        keys = Keys(page)
        keys.press("Escape", *["Enter"] * N_LINKS)
        decided(page, N_LINKS)
        assert keys.n <= 1.5 * N_LINKS
        keys.press("z")
        decided(page, N_LINKS - 1)
        keys.press("x")
        page.wait_for_selector(".mention.rejected")


def test_without_a_keyboard_buttons_do_what_the_keys_do(run, browser, tmp_path):
    (tmp_path / "a.txt").write_text("Eczema, arrhythmia, a rash.", encoding="utf-8")
    with running("review", run, tmp_path / "a.txt") as server:
        page = browser.new_page(viewport={"width": 390, "height": 700}, has_touch=True)
        page.goto(server.url)
        page.wait_for_selector(".candidate")

        def tap(name):
            page.get_by_role("button", name=name, exact=True).tap()

        tap("Accept")
        decided(page, 1)
        page.wait_for_selector(".candidate")
        tap("Reject")
        page.wait_for_selector(".mention.rejected")
        tap("Undo")
        decided(page, 1)
        tap("Mark")
        page.wait_for_selector("mark")
        assert not page.get_by_role("button", name="Reject", exact=True).is_visible()
        for _ in range(6):  # to the last word
            tap("word to the right")
        tap("word to the left")
        tap("More words")
        assert page.inner_text("mark") == "a rash"
        shoot(page, "11-touch", "light", 390)
        tap("Take")
        page.wait_for_selector("#search[open]")
        page.locator("#query").fill("skin dis")
        page.locator("#found li").first.tap()
        decided(page, 2)
        page.close()
    [document] = read_documents([run.with_name("run.decisions.jsonl")])
    assert [each.text for each in document.mentions if each.decided][-1] == "a rash"


def test_a_folder_is_reviewed_document_by_document(run, open_page, tmp_path):
    (tmp_path / "notes").mkdir()
    for name, text in (("a", "Eczema."), ("b", "😀 An arrhythmia.")):
        (tmp_path / "notes" / f"{name}.txt").write_text(text, encoding="utf-8")
    with running("review", run, tmp_path / "notes") as server:
        page = open_page(server.url)
        page.wait_for_selector(".candidate")
        page.keyboard.press("Enter")
        decided(page, 1)
        page.keyboard.press("n")
        has_text(page, ".mention", "^arrhythmia$")
        page.wait_for_selector(".candidate")
        page.keyboard.press("x")
        page.wait_for_selector(".mention.rejected")
    documents = {each.doc_id.partition("#")[0]: each for each in read_documents([run.with_name("run.decisions.jsonl")])}
    assert [each.parts for each in documents["a"].mentions] == [(("AIL:4",),)]
    assert [each.parts for each in documents["b"].mentions] == [()]  # of no concept


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_an_audit_by_keyboard(run, open_page, tmp_path, scheme, width):
    (tmp_path / "a.txt").write_text("Eczema, arrhythmia and hives.\nA skin disease and a rash.\n", encoding="utf-8")
    with running("audit", run, tmp_path / "a.txt") as server:
        page = open_page(f"{server.url}/audit", scheme, width)
        for n, key in enumerate(("Enter", "2", "x")):
            has_text(page, "#counts", f"^{n} of 3 links")
            page.wait_for_selector("li:nth-of-type(2) .candidate")
            if n == 0:
                shoot(page, "8-audit", scheme, width)
            page.keyboard.press(key)
        for n in range(2):
            has_text(page, "#counts", f"{n} of 2 passages")
            has_text(page, "#task", "^Which")
            page.keyboard.press("m")
            page.wait_for_selector("mark")
            for _ in range(8):  # to the last word, which was missed
                page.keyboard.press("ArrowRight")
            shoot(page, "9-passage", scheme, width)
            page.keyboard.press("Enter")
            page.wait_for_selector(".mention.decided")
            page.keyboard.press("Enter")
        has_text(page, "#task", "^The audit is done.$")
        shoot(page, "10-findings", scheme, width)
        assert "precision 33.3%" in page.inner_text("#changes")
        assert "recall 25.0%" in page.inner_text("#changes")  # one link is right, one is corrected, two were missed
    answers = [json.loads(line) for line in run.with_name("run.audit.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each.get("right") for each in answers[1:4]] == [True, False, False]


def test_a_hostile_page_can_neither_write_nor_read(run, browser):
    """A page of another site, in a browser that already knows the server."""

    class Hostile(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>hostile</title>")

        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    body = {"name": "pasted", "text": "eczema", "start": 0, "end": 6, "action": "accept", "concept": "AIL:4"}
    attack = """async ([url, body]) => {
        const tries = [];
        for (const mode of ["cors", "no-cors"]) {
            for (const type of ["application/json", "text/plain"]) {
                tries.push(fetch(url + "/review/decide", {method: "POST", mode, headers: {"content-type": type}, body})
                    .then((answer) => answer.type + answer.status, () => "blocked"));
            }
            for (const [path, method] of [["/review/state", "GET"], ["/review/learn", "POST"]]) {
                tries.push(fetch(url + path, {method, mode}).then((answer) => answer.text(), () => "blocked"));
            }
        }
        const form = Object.assign(document.createElement("form"), {method: "post", action: url + "/review/undo"});
        const frame = Object.assign(document.createElement("iframe"), {name: "frame"});
        document.body.append(form, frame);
        form.target = "frame";
        form.submit();
        return Promise.all(tries);
    }"""
    try:
        with running("serve", run) as server:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{site.server_address[1]}/")
            results = page.evaluate(attack, [server.url, json.dumps(body)])
            page.close()
            assert set(results) <= {"blocked", "", "opaque0"}
            page = browser.new_page()
            state = page.request.get(f"{server.url}/review/state").json()
            page.close()
            assert (state["n_decisions"], state["learning"]["state"]) == (0, "idle")
    finally:
        site.shutdown()
    assert not run.with_name("run.decisions.jsonl").exists()
