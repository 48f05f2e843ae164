"""PubMed XML, as the baseline and update files of the National Library of Medicine are: one document for each article.

A document's text is the title and the abstract, a line each; the label of a part of a structured abstract stands before
it (`RESULTS: …`). Its id is the PubMed id; an article without one is named `NAME:2`, after its place in the file.
Articles are read one at a time, so a file may be of any length.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from hyplink.corpus.document import Document
from hyplink.corpus.lines import Line
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

ROOT = "PubmedArticleSet"
_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")


def documents_of_pubmed(lines: Iterable[Line], doc_id: str, report: CorpusReport) -> Iterator[Document]:
    """The documents of a PubMed file, plain texts.

    Args:
        lines: of the file.
        doc_id: the id of the file, for articles without one.
        report: counts articles without a text, which are left out.

    Raises:
        InputError: the file is not PubMed XML.
    """
    # An entity is not expanded, and nothing outside the file is read: PubMed files declare a DTD by its address alone.
    parser = etree.XMLPullParser(tag=_ARTICLES, resolve_entities=False, no_network=True, load_dtd=False)
    n_articles, n_documents, name = 0, 0, ""
    try:
        for line in lines:
            name = line.path
            parser.feed(_without_declaration(line))
            for _, article in parser.read_events():
                n_articles += 1
                document = _document(article, f"{doc_id}:{n_articles}")
                _forget(article)
                if document is None:
                    report.notices["articles without title and abstract, ignored"] += 1
                else:
                    n_documents += 1
                    yield document
        parser.close()
    except etree.XMLSyntaxError as error:
        raise InputError.at(name, None, f"cannot be read as PubMed XML: {error}") from None
    if n_documents == 0:
        raise InputError.at(name, None, f"contains no article with a text; expected a {ROOT}")


def _without_declaration(line: Line) -> str:
    """The text of a line; the declaration of the encoding is left out, because the text was decoded already."""
    return _DECLARATION.sub("", line.content(), count=1) + "\n" if line.number == 1 else line.text


def _document(article: etree._Element, default_id: str) -> Document | None:
    identifier = article.findtext("./MedlineCitation/PMID") or article.findtext("./BookDocument/PMID") or ""
    titles = [_text(each) for each in article.iterfind("./*//ArticleTitle")][:1]
    parts = [_part(each) for each in article.iterfind("./*//Abstract/AbstractText")]
    text = "\n".join(part for part in [*titles, *parts] if part)
    return Document(identifier.strip() or default_id, text) if text else None


def _part(element: etree._Element) -> str:
    text, label = _text(element), element.get("Label")
    return f"{label}: {text}" if label and text else text


def _text(element: etree._Element) -> str:
    """The text of an element and those in it, with single spaces between words."""
    return " ".join("".join(map(str, element.itertext())).split())


def _forget(article: etree._Element) -> None:
    """Frees an article and the ones before it, which the parser keeps."""
    article.clear()
    parent = article.getparent()
    while parent is not None and article.getprevious() is not None:
        del parent[0]
