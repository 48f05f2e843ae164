"""The output formats of links, and the format that a file name implies."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from hyplink.config import LinkFormat, StreamedFormat
from hyplink.corpus import CorpusReport, corpus_chunks, write_brat
from hyplink.errors import InputError
from hyplink.export.html import html_chunks
from hyplink.export.sheets import parquet_bytes, workbook_bytes
from hyplink.export.sssom import sssom_lines
from hyplink.export.tabular import delimited_lines, jsonl_lines
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import table_rows
from hyplink.ontology import Ontology

SUFFIXES: dict[str, LinkFormat] = {
    ".sssom.tsv": "sssom",
    ".tsv": "tsv",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".pubtator": "pubtator",
    ".xml": "bioc",
    ".spacy": "docbin",
    ".html": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


BINARY: frozenset[LinkFormat] = frozenset({"docbin", "xlsx", "parquet"})
"""Formats that are not written to a terminal."""


def link_format_of(path: Path | None) -> LinkFormat:
    """The format that the suffix of an output file implies; JSON Lines without a suffix.

    Raises:
        InputError: the suffix implies none.
    """
    name = path.name.lower() if path else ""
    link_format = next((each for suffix, each in SUFFIXES.items() if name.endswith(suffix)), None)
    if link_format is None and path is not None and path.suffix:
        raise InputError(
            f"{path}: no format is known by the ending {path.suffix}; name the file {', '.join(SUFFIXES)}, or give "
            "--output-format"
        )
    return link_format or "jsonl"


def suffix_of(link_format: LinkFormat) -> str:
    """The suffix of the files of a format."""
    return next((suffix for suffix, each in SUFFIXES.items() if each == link_format), ".jsonl")


def link_chunks(
    linked: Iterable[LinkedDocument],
    link_format: LinkFormat,
    ontology: Ontology,
    report: CorpusReport,
    candidates: bool = False,
) -> Iterator[bytes]:
    """The bytes of a file of links, in chunks written as documents are linked; a binary file is a single chunk.

    Args:
        linked: documents with their links.
        link_format: any except `brat`, which needs two files per document; see `write_linked_brat`.
        ontology: the ontology of the concepts.
        report: collects what the format cannot represent.
        candidates: whether tables have a row for each candidate, not for each link.

    Raises:
        InputError: the format cannot represent a document, or its optional library is not installed.
    """
    match link_format:
        case "jsonl":
            chunks = jsonl_lines(linked)
        case "tsv":
            chunks = delimited_lines(linked, "\t", candidates, report)
        case "csv":
            chunks = delimited_lines(linked, ",", candidates, report)
        case "xlsx":
            return iter([workbook_bytes(table_rows(linked, candidates, report))])
        case "parquet":
            return iter([parquet_bytes(table_rows(linked, candidates, report))])
        case "sssom":
            chunks = sssom_lines(linked, ontology)
        case "html":
            chunks = html_chunks(linked, ontology)
        case _:
            annotated = (each.annotated() for each in linked)
            return corpus_chunks(annotated, cast(StreamedFormat, link_format), _labels(ontology), report)
    return (chunk.encode() for chunk in chunks)


def write_linked_brat(folder: Path, linked: Iterable[LinkedDocument], ontology: Ontology) -> None:
    """Writes a `.txt` and an `.ann` file for each document.

    Raises:
        InputError: a document id is not usable as a file name.
        OSError: a file cannot be written.
    """
    write_brat(folder, (each.annotated() for each in linked), _labels(ontology))


def _labels(ontology: Ontology) -> dict[str, str]:
    """The label of each concept by id."""
    return {concept_id: concept.label for concept_id, concept in ontology.concepts.items()}
