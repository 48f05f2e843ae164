"""Writes documents and their mentions in formats that other tools read."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hyplink.config import CorpusFormat, StreamedFormat
from hyplink.corpus.document import Document
from hyplink.corpus.formats.bioc import bioc_json, bioc_xml
from hyplink.corpus.formats.docbin import docbin_bytes
from hyplink.corpus.formats.jsonl import jsonl_lines
from hyplink.corpus.formats.mentions import mention_lines
from hyplink.corpus.formats.pubtator import pubtator_lines
from hyplink.corpus.report import CorpusReport

CORPUS_FORMATS: Mapping[str, CorpusFormat] = {
    ".pubtator": "pubtator",
    ".xml": "bioc",
    ".json": "bioc-json",
    ".jsonl": "jsonl",
    ".spacy": "docbin",
    ".tsv": "mentions",
    "": "brat",
}


def corpus_format_of(path: Path) -> CorpusFormat | None:
    """The format to write by the suffix of the output; a name without a suffix is the folder of a BRAT corpus."""
    return CORPUS_FORMATS.get(path.suffix.lower())


def corpus_chunks(
    documents: Iterable[Document], corpus_format: StreamedFormat, labels: Mapping[str, str], report: CorpusReport
) -> Iterator[bytes]:
    """The bytes of a file, in chunks that follow the documents; a DocBin is one chunk.

    Args:
        documents: the documents to write.
        corpus_format: the format. BRAT, which has two files for each document, is written by `write_brat`.
        labels: label by concept id, as far as known; BioC includes them.
        report: counts what the format cannot represent.

    Raises:
        InputError: the format cannot represent a document and `report` does not pass it over, or a library for the
            format is missing.
    """
    match corpus_format:
        case "docbin":
            return iter([docbin_bytes(documents, report)])
        case "pubtator":
            texts = pubtator_lines(documents, report)
        case "bioc":
            texts = bioc_xml(documents, labels, report)
        case "bioc-json":
            texts = bioc_json(documents, labels, report)
        case "jsonl":
            texts = jsonl_lines(documents)
        case "mentions":
            texts = mention_lines(documents, report)
    return (text.encode() for text in texts)
