"""Writes documents with their mentions in a format that other tools read."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hyplink.config import CorpusFormat, StreamedFormat
from hyplink.corpus.bioc import bioc_json, bioc_xml
from hyplink.corpus.docbin import docbin_bytes
from hyplink.corpus.document import Document
from hyplink.corpus.jsonl import jsonl_lines
from hyplink.corpus.mentions import mention_lines
from hyplink.corpus.pubtator import pubtator_lines
from hyplink.corpus.report import CorpusReport

WRITTEN_SUFFIXES: Mapping[str, CorpusFormat] = {
    ".pubtator": "pubtator",
    ".xml": "bioc",
    ".json": "bioc-json",
    ".jsonl": "jsonl",
    ".spacy": "docbin",
    ".tsv": "mentions",
    "": "brat",
}


def written_format_of(path: Path) -> CorpusFormat | None:
    """The format that a name tells: a name without a suffix is the folder of a BRAT corpus."""
    return WRITTEN_SUFFIXES.get(path.suffix.lower())


def pieces_of(
    documents: Iterable[Document], written_format: StreamedFormat, labels: Mapping[str, str], report: CorpusReport
) -> Iterator[bytes]:
    """The bytes of a file, piece by piece as documents come; a DocBin is one piece.

    Args:
        documents: what is written.
        written_format: how; BRAT, which has two files a document, is written by `write_brat`.
        labels: label of each concept id, where it is known; BioC has a place for it.
        report: hears what the format cannot hold.

    Raises:
        InputError: the format cannot hold a document, or a library for it is missing.
    """
    match written_format:
        case "docbin":
            return iter([docbin_bytes(documents)])
        case "pubtator":
            text = pubtator_lines(documents, report)
        case "bioc":
            text = bioc_xml(documents, labels)
        case "bioc-json":
            text = bioc_json(documents, labels)
        case "jsonl":
            text = jsonl_lines(documents)
        case "mentions":
            text = mention_lines(documents, report)
    return (piece.encode() for piece in text)
