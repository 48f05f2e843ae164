"""The HTML page of links: text is escaped and complete, and its mentions are highlighted."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from hyplink.corpus import Document
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Concept, Ontology
from tests.export.written import file_of

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
    complete = file_of([LinkedDocument(Document("d<1>", TEXT), LINKS)], "html", ONTOLOGY).decode()
    assert "<h1>Linked to &lt;o&gt;.obo 1&amp;2</h1>" in complete
    return re.sub(r"<header>.*</form>", "", complete, flags=re.DOTALL)


def test_the_text_is_complete_and_none_of_it_becomes_markup(page):
    parsed = _Page(page)
    assert parsed.text == TEXT
    assert parsed.open == []
    assert "<b>" not in page
    assert "<i>" not in page
    assert "d&lt;1&gt; · 3 mentions" in page


def links_of(page):
    """The data of all documents of a page, as its script reads it."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', page, flags=re.DOTALL)
    return [link for each in found for link in json.loads(each)]


def test_each_segment_leads_to_the_data_of_every_mention_that_covers_it(page):
    marks = _Page(page).marks
    assert [mark["text"] for mark in marks] == ["red", "dry", "skin", "scar"]
    assert [mark["class"] for mark in marks] == ["negated", "uncertain", "negated", "nil"]
    assert [mark["data-links"] for mark in marks] == ["0", "1", "0 1", "2"]
    assert links_of(page) == json.loads(json.dumps([link.as_json() for link in LINKS]))


def test_links_are_numbered_through_all_documents():
    document = LinkedDocument(Document("d", TEXT), LINKS)
    page = file_of([document, document], "html", ONTOLOGY).decode()
    found = links_of(page)
    marks = _Page(page[page.index("<section>") :].replace("</body>", "").replace("</html>", "")).marks
    for mark in marks:
        texts = [found[int(number)]["text"] for number in mark["data-links"].split()]
        assert all(mark["text"] in text for text in texts)
    assert [mark["data-links"] for mark in marks[4:]] == ["3", "4", "3 4", "5"]


def test_a_mention_is_the_more_opaque_the_higher_its_confidence():
    links = [LINKS[0]._replace(confidence=0.257), LINKS[2]._replace(confidence=None)]
    page = file_of([LinkedDocument(Document("d", TEXT), links)], "html", ONTOLOGY).decode()
    styles = re.findall(r'<mark [^>]*style="--hue: \d+(; --sure: [.\d]+)?" data-links', page)
    assert styles == ["; --sure: 0.26", "; --sure: 0.26", ""]


def test_the_concept_label_follows_the_last_span_of_its_mention_once(page):
    labels = [unescape(label) for label in re.findall(r"<small[^>]*>([^<]*)</small>", page)]
    assert labels == ['red "skin" <i>', "dry skin", "no concept"]


def test_the_page_needs_no_network_and_has_a_dark_theme(page):
    assert not re.search(r"https?://|<script src|<link|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
