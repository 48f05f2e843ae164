"""BioC in XML and in JSON, read and written with bioc.

The text of a document consists of the texts of its passages (or of their sentences) at their offsets, filled up with
line feeds; offsets count characters. The ids of an annotation are in its infon `identifier` (as PubTator Central writes
it), `concept_id` or `MESH`: alternatives are separated by `;`, the parts of a composite mention by `|`.

Whether documents are annotated is decided once for each file: they are if it has at least one annotation, and plain
text if it has none. The infon `annotated` of a document, `true` or `false`, takes precedence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from bioc import biocjson, biocxml
from bioc.datastructure import BioCAnnotation, BioCDocument, BioCLocation, BioCPassage
from lxml import etree

from hyplink.corpus.annotations import (
    annotated_mention,
    in_text_order,
    label_of,
    parts_from_text,
    text_of_parts,
)
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.formats import bioc_records as records
from hyplink.corpus.formats.bioc_records import EXPECTED, documents_of_json
from hyplink.corpus.lines import Line
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.xml_entities import checked_xml

ID_KEYS = ("identifier", "concept_id", "MESH")
SEPARATOR = "\n"
MAX_GAP = 10**6
"""The longest gap between two passages: offsets that leave a longer one do not count the characters of the text."""

ANNOTATED = "annotated"
"""The infon of a document, `true` or `false`, in which hyplink writes whether the document is annotated."""


BioC: TypeAlias = records.Document
Passage: TypeAlias = records.Passage | records.Sentence
Annotation: TypeAlias = records.Annotation
Part: TypeAlias = BioC | Passage
"""Ours for JSON; bioc's records for XML, which are untyped, have the same attributes."""


def documents_of_bioc(lines: Iterable[Line], report: CorpusReport) -> Iterator[Document]:
    """The documents of a BioC file, XML or JSON (a collection, or one document a line).

    Raises:
        InputError: the file is not BioC, passages overlap, or an offset or the text of a mention does not fit the
            document.
    """
    all_lines = list(lines)
    found = _parsed(all_lines)
    if not found:
        raise InputError.at(all_lines[0].path, None, "contains no document; expected a BioC collection")
    any_annotation = any(map(_covers_characters, (each for given in found for each in _annotations(given))))
    for given in found:
        annotated = {"true": True, "false": False}.get(str(given.infons.get(ANNOTATED)), any_annotation)
        try:
            yield _document(given, annotated, report)
        except ValueError as error:
            raise InputError.at(all_lines[0].path, None, f"document {given.id!r}: {error}") from None


def _parsed(lines: list[Line]) -> Sequence[BioC]:
    text = "".join(line.text for line in lines).removeprefix("\ufeff")
    try:
        return _of_xml(lines[0].path, text) if text.lstrip().startswith("<") else _of_json(text, lines)
    except (etree.XMLSyntaxError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError.at(lines[0].path, None, f"cannot be read as BioC: {error}; {EXPECTED}") from None


def _of_xml(path: str, text: str) -> Sequence[BioC]:
    return list(biocxml.loads(checked_xml(path, text)).documents)


def _of_json(text: str, lines: Iterable[Line]) -> Sequence[BioC]:
    """The documents of a file, or of each of its lines."""
    contents = [line.content() for line in lines if line.content().strip()]
    if len(contents) > 1 and all(content.startswith("{") and content.rstrip().endswith("}") for content in contents):
        return [document for content in contents for document in documents_of_json(content)]
    return documents_of_json(text)


def _parts(given: BioC) -> Iterator[Part]:
    """The document, its passages and their sentences, all of which can have annotations and relations."""
    yield given
    for passage in given.passages:
        yield passage
        yield from passage.sentences


def _annotations(given: BioC) -> list[Annotation]:
    return [annotation for part in _parts(given) for annotation in part.annotations]


def _covers_characters(annotation: Annotation) -> bool:
    return any(each.length for each in annotation.locations)


def _document(given: BioC, annotated: bool, report: CorpusReport) -> Document:
    text = _text(unit for passage in given.passages for unit in (passage.sentences if not passage.text else [passage]))
    if n_relations := sum(len(part.relations) for part in _parts(given)):
        report.notices["relations, ignored"] += n_relations
    found = (_mention(text, annotation, report) for annotation in _annotations(given))
    mentions = [mention for mention in found if mention]
    return Document(str(given.id or ""), text, in_text_order(mentions) if annotated else None)


def _text(units: Iterable[Passage]) -> str:
    texts: list[str] = []
    length = 0
    for unit in sorted(units, key=lambda unit: int(unit.offset)):
        gap = unit.offset - length
        if gap < 0:
            raise ValueError(
                f"the passage at offset {unit.offset} begins before the previous one ends, at {length}; offsets "
                "count characters from the beginning of the document"
            )
        if gap > MAX_GAP:
            raise ValueError(
                f"the passage at offset {unit.offset:,} begins {gap:,} characters after the previous one ends; "
                f"expected at most {MAX_GAP:,}, because offsets count characters from the beginning of the document"
            )
        texts += [SEPARATOR * gap, unit.text or ""]
        length += gap + len(texts[-1])
    return "".join(texts)


def _mention(text: str, annotation: Annotation, report: CorpusReport) -> Mention | None:
    spans = [(each.offset, each.offset + each.length) for each in annotation.locations]
    ids = next((annotation.infons[key] for key in ID_KEYS if annotation.infons.get(key)), "")
    return annotated_mention(text, spans, parts_from_text(str(ids)), report, annotation.text)


def bioc_xml(documents: Iterable[Document], labels: Mapping[str, str], report: CorpusReport) -> Iterator[str]:
    """A BioC XML collection, in chunks that follow the documents.

    Raises:
        InputError: a text contains a character that XML cannot represent, or a concept id a semicolon, and `report`
            does not pass the document over.
    """
    yield "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n"
    yield "<!DOCTYPE collection SYSTEM 'BioC.dtd'>\n<collection><source>hyplink</source><date/><key/>\n"
    for document in documents:
        try:
            text = _xml_of(document, labels)
        except InputError as error:
            report.pass_over(document, error)
        else:
            yield text
    yield "</collection>\n"


def _xml_of(document: Document, labels: Mapping[str, str]) -> str:
    try:
        element = biocxml.encoder.encode_document(_as_bioc(document, labels))
    except ValueError:
        raise InputError(
            f"document {document.doc_id!r} contains a control character, which XML does not allow; write bioc-json"
        ) from None
    return f"{etree.tostring(element, encoding='unicode')}\n"


def bioc_json(documents: Iterable[Document], labels: Mapping[str, str], report: CorpusReport) -> Iterator[str]:
    """A BioC JSON collection, in chunks that follow the documents.

    Raises:
        InputError: a concept id contains a semicolon, and `report` does not pass the document over.
    """
    head = {"bioctype": "BioCCollection", "source": "hyplink", "date": "", "key": "", "version": "1.0", "infons": {}}
    yield json.dumps(head).removesuffix("}") + ', "documents": ['
    separator = "\n"
    for document in documents:
        try:
            content: Any = biocjson.toJSON(_as_bioc(document, labels))
        except InputError as error:
            report.pass_over(document, error)
            continue
        yield separator + json.dumps(content, ensure_ascii=False)
        separator = ",\n"
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
