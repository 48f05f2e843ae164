"""BioC in XML and in JSON, read and written with bioc.

The text of a document is that of its passages (or of their sentences) at their offsets, with line feeds between them;
offsets count characters. The ids of an annotation stand in its infon `identifier` (as PubTator Central writes it),
`concept_id` or `MESH`: alternatives between semicolons, the parts of a composite mention between bars.

Whether documents are annotated is decided once for each file: they are if it has at least one annotation, and plain
text if it has none. The infon `annotated` of a document, `true` or `false`, takes precedence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bioc import biocjson, biocxml
from bioc.datastructure import BioCAnnotation, BioCDocument, BioCLocation, BioCPassage, BioCSentence
from lxml import etree

from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import Line
from hyplink.corpus.marking import check_words, in_text_order, items_in, label_of, mention_of, parts_of, text_of_parts
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

ID_KEYS = ("identifier", "concept_id", "MESH")
SEPARATOR = "\n"

ANNOTATED = "annotated"
"""The infon of a document, `true` or `false`, by which hyplink writes whether the document is annotated."""


def documents_of_bioc(lines: Iterable[Line], report: CorpusReport) -> Iterator[Document]:
    """The documents of a BioC file, XML or JSON (a collection, or one document a line).

    Raises:
        InputError: the file is not BioC, passages overlap, or an offset or a word does not fit the text.
    """
    whole = list(lines)
    found = _parsed(whole)
    if not found:
        raise InputError.at(whole[0].path, None, "no document in it; wanted a BioC collection")
    any_annotation = any(_annotations(given) for given in found)
    for given in found:
        annotated = {"true": True, "false": False}.get(str(given.infons.get(ANNOTATED)), any_annotation)
        try:
            yield _document(given, annotated, report)
        except ValueError as error:
            raise InputError.at(whole[0].path, None, f"document {given.id!r}: {error}") from None


def _parsed(lines: list[Line]) -> list[BioCDocument]:
    text = "".join(line.text for line in lines).removeprefix("\ufeff")
    try:
        if text.lstrip().startswith("<"):
            return list(biocxml.loads(text).documents)
        try:
            return list(biocjson.loads(text).documents)
        except json.JSONDecodeError:
            return [biocjson.fromJSON(json.loads(line.content())) for line in lines if line.content().strip()]
    except (etree.XMLSyntaxError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError.at(lines[0].path, None, f"cannot be read as BioC: {error}; wanted a BioC collection") from None


def _parts(given: BioCDocument) -> Iterator[BioCDocument | BioCPassage | BioCSentence]:
    """The document, its passages and their sentences: whatever can have annotations and relations."""
    yield given
    for passage in given.passages:
        yield passage
        yield from passage.sentences


def _annotations(given: BioCDocument) -> list[BioCAnnotation]:
    return [annotation for part in _parts(given) for annotation in part.annotations]


def _document(given: BioCDocument, annotated: bool, report: CorpusReport) -> Document:
    units = [unit for passage in given.passages for unit in (passage.sentences if not passage.text else [passage])]
    text = _text(units)
    if n_relations := sum(len(part.relations) for part in _parts(given)):
        report.noticed["relations, passed over"] += n_relations
    mentions = [_mention(text, annotation, report) for annotation in _annotations(given)]
    return Document(str(given.id or ""), text, in_text_order(mentions) if annotated else None)


def _text(units: Iterable[BioCPassage | BioCSentence]) -> str:
    text = ""
    for unit in sorted(units, key=lambda unit: int(unit.offset)):
        gap = unit.offset - len(text)
        if gap < 0:
            raise ValueError(
                f"the passage at offset {unit.offset} begins before the one before it ends, at {len(text)}; offsets "
                "count characters from the document's head"
            )
        text += SEPARATOR * gap + (unit.text or "")
    return text


def _mention(text: str, annotation: BioCAnnotation, report: CorpusReport) -> Mention:
    spans = sorted((each.offset, each.offset + each.length) for each in annotation.locations)
    if not spans:
        raise ValueError(f"annotation {annotation.id} has no location")
    given = next((annotation.infons[key] for key in ID_KEYS if annotation.infons.get(key)), "")
    mention = mention_of(text, spans, parts_of(items_in(str(given))))
    if annotation.text:
        check_words(mention, annotation.text, report)
    return mention


def bioc_xml(documents: Iterable[Document], labels: Mapping[str, str]) -> Iterator[str]:
    """The pieces of a BioC XML collection.

    Raises:
        InputError: a text holds a character that XML cannot hold.
    """
    yield "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n"
    yield "<!DOCTYPE collection SYSTEM 'BioC.dtd'>\n<collection><source>hyplink</source><date/><key/>\n"
    for document in documents:
        try:
            element = biocxml.encoder.encode_document(_as_bioc(document, labels))
        except ValueError:
            raise InputError(
                f"document {document.doc_id!r} holds a control character, which XML cannot; write bioc-json"
            ) from None
        yield etree.tostring(element, encoding="unicode") + "\n"
    yield "</collection>\n"


def bioc_json(documents: Iterable[Document], labels: Mapping[str, str]) -> Iterator[str]:
    """The pieces of a BioC JSON collection."""
    head = {"bioctype": "BioCCollection", "source": "hyplink", "date": "", "key": "", "version": "1.0", "infons": {}}
    yield json.dumps(head).removesuffix("}") + ', "documents": ['
    before = "\n"
    for document in documents:
        content: Any = biocjson.toJSON(_as_bioc(document, labels))
        yield before + json.dumps(content, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _as_bioc(document: Document, labels: Mapping[str, str]) -> BioCDocument:
    found = BioCDocument()
    found.id = document.doc_id
    found.infons[ANNOTATED] = "true" if document.annotated else "false"
    passage = BioCPassage()
    passage.offset, passage.text = 0, document.text
    for number, mention in enumerate(document.mentions or (), start=1):
        annotation = BioCAnnotation()
        annotation.id, annotation.text = f"T{number}", mention.text
        annotation.infons = {"type": "Concept"}
        if mention.parts:
            annotation.infons["identifier"] = text_of_parts(mention.parts)
            if name := label_of(mention, labels):
                annotation.infons["name"] = name
        for start, end in mention.spans or [(mention.start, mention.end)]:
            annotation.add_location(BioCLocation(start, end - start))
        passage.add_annotation(annotation)
    found.add_passage(passage)
    return found
