"""The HTML page of links: text is escaped and complete, and its mentions are highlighted."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from hyplink.corpus import Document
from hyplink.export.html import html_chunks
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Concept, Ontology

TEXT = "No <b>red & dry</b> skin\nor scar."
RED = Candidate("A:1", 'red "skin" <i>', 0.0, 1.5)
DRY = Candidate("A:2", "dry skin", 0.0, None)
LINKS = [
    Link("d", 6, 24, ((6, 9), (20, 24)), "red skin", True, False, RED, 1, None, None, None, (RED,)),
    Link("d", 12, 24, ((12, 15), (20, 24)), "dry skin", False, True, DRY, 1, None, None, None, (DRY,)),
    Link("d", 28, 32, None, "scar", False, False, None, None, None, None, None, ()),
]
ONTOLOGY = Ontology([Concept("A:1", "red"), Concept("A:2", "dry")], source="<o>.obo", release="1&2")


class _Page(HTMLParser):
    """Collects the highlighted segments, and the text without the concept labels that follow them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.text, self.marks = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta",):
            self.open.append(tag)
        if tag == "mark":
            self.marks.append({**dict(attributes), "text": ""})

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "p" in self.open and "small" not in self.open:
            self.text += data
        if "mark" in self.open:
            self.marks[-1]["text"] += data


@pytest.fixture(scope="module")
def page():
    complete = "".join(html_chunks([LinkedDocument(Document("d<1>", TEXT), LINKS)], ONTOLOGY))
    assert "<h1>Linked to &lt;o&gt;.obo 1&amp;2</h1>" in complete
    return re.sub(r"<header>.*</header>", "", complete, flags=re.DOTALL)


def test_the_text_is_complete_and_none_of_it_becomes_markup(page):
    parsed = _Page(page)
    assert parsed.text == TEXT
    assert parsed.open == []
    assert "<b>" not in page
    assert "<i>" not in page
    assert "d&lt;1&gt; · 3 mentions" in page


def test_each_segment_has_the_details_of_every_mention_that_covers_it(page):
    marks = _Page(page).marks
    assert [mark["text"] for mark in marks] == ["red", "dry", "skin", "scar"]
    assert [mark["class"] for mark in marks] == ["negated", "uncertain", "negated", "nil"]
    assert marks[0]["title"] == 'red skin: A:1 red "skin" <i>, distance 1.50, negated'
    assert marks[2]["title"].splitlines() == [marks[0]["title"], "dry skin: A:2 dry skin, uncertain"]
    assert marks[3]["title"] == "scar: no concept"


def test_the_concept_label_follows_the_last_span_of_its_mention_once(page):
    labels = [unescape(label) for label in re.findall(r"<small[^>]*>([^<]*)</small>", page)]
    assert labels == ['red "skin" <i>', "dry skin", "no concept"]


def test_the_page_needs_no_network_and_has_a_dark_theme(page):
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
