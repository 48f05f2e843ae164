"""Links as one self-contained HTML page: the text with its mentions highlighted, in a light and a dark theme.

A mention is the more opaque, the higher its confidence. Pointing at it, tapping it or pressing Enter on it shows its
candidates; mentions are filtered by concept, confidence and assertion. `links.html`, `links.css` and `links.js` make
the page; without scripts it still shows the text with the label of each concept.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise

from hyplink.corpus import CorpusReport
from hyplink.export.interactive_disk import script_json
from hyplink.export.parts import LinkWriter
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Ontology
from hyplink.run import counted


class HtmlPage(LinkWriter[LinkedDocument]):
    """A page with a section for each document, whose links are numbered over the whole page.

    Args:
        ontology: the ontology of the concepts.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> LinkedDocument:
        """The document with its links."""
        return linked

    def chunks(
        self, contents: Iterable[LinkedDocument], columns: Sequence[str], report: CorpusReport
    ) -> Iterator[bytes]:
        """The head of the page, one section for each document, its end."""
        return (chunk.encode() for chunk in self._texts(contents))

    def _texts(self, linked: Iterable[LinkedDocument]) -> Iterator[str]:
        files_of = files("hyplink.export")
        head, _, end = files_of.joinpath("links.html").read_text(encoding="utf-8").partition("<!--DOCUMENTS-->")
        source = escape(f"{self._ontology.source} {self._ontology.release or ''}".strip())
        style, script = (files_of.joinpath(f"links.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
        yield head.replace("<!--SOURCE-->", source).replace("/*STYLE*/", style)
        first = 0
        for each in linked:
            yield _section(each, first)
            first += len(each.links)
        yield end.replace("/*SCRIPT*/", script)


def _section(linked: LinkedDocument, first: int) -> str:
    """The text of a document, and its links as data for the script; `first` is the number of its first link."""
    document, links = linked
    heading = f"{escape(document.doc_id)} · {counted(len(links), 'mention')}"
    text = "".join(_highlighted(document.text, links, first))
    data = script_json([link.as_json() for link in links])
    return (
        f'<section>\n<h2>{heading}</h2>\n<p>{text}</p>\n<script type="application/json">{data}</script>\n</section>\n'
    )


def _highlighted(text: str, links: Iterable[Link], first: int) -> Iterator[str]:
    """The text split where mentions start and end; each segment is styled for the shortest mention that covers it."""
    numbered = list(enumerate(links, start=first))
    spans = ((*span, number, link) for number, link in numbered for span in link.spans or [(link.start, link.end)])
    upcoming = sorted(spans, reverse=True)
    boundaries = sorted({0, len(text)}.union(*((start, end) for start, end, *_ in upcoming)))
    covering: list[tuple[int, int, int, Link]] = []
    for start, end in pairwise(boundaries):
        while upcoming and upcoming[-1][0] <= start:
            covering.append(upcoming.pop())
        covering = sorted((each for each in covering if each[1] > start), key=lambda each: each[1] - each[0])
        yield _segment(escape(text[start:end]), {number: link for *_, number, link in covering})
        yield from (_concept_label(number, link) for _, _, number, link in covering if link.end == end)


def _segment(escaped: str, covering: Mapping[int, Link]) -> str:
    if not covering:
        return escaped
    nearest = next(iter(covering.values()))
    attributes = f'{_attributes(nearest, covering)} role="button" tabindex="0" aria-haspopup="dialog"'
    return f"<mark {attributes}>{escaped}</mark>"


def _concept_label(number: int, link: Link) -> str:
    name = link.answer.label if link.answer else "no concept"
    return f"<small {_attributes(link, [number])}>{escape(name)}</small>"


def _attributes(link: Link, numbers: Iterable[int]) -> str:
    """The classes and the style of a link, and the numbers of the links whose details are shown."""
    classes = {"nil": link.answer is None, "negated": link.negated, "uncertain": link.uncertain}
    names = " ".join(name for name, applies in classes.items() if applies)
    sure = "" if link.confidence is None else f"; --sure: {link.confidence:.2f}"
    return f'class="{names}" style="--hue: {_hue(link)}{sure}" data-links="{" ".join(map(str, numbers))}"'


def _hue(link: Link) -> int:
    """The CSS hue of a concept, derived from its id so that it is the same on every page."""
    return zlib.crc32(link.answer.concept.encode()) % 360 if link.answer else 0
