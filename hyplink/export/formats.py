"""The output formats of links, and the format that a file name implies."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from hyplink.config import CorpusFormat, LinkFormat, StreamedFormat
from hyplink.corpus import CorpusReport, Document, corpus_chunks, write_brat
from hyplink.errors import InputError
from hyplink.export.html import HtmlPage
from hyplink.export.parts import LinkWriter
from hyplink.export.sheets import BinaryTable, parquet_bytes, workbook_bytes
from hyplink.export.sssom import Sssom
from hyplink.export.tabular import DelimitedLines, JsonLines
from hyplink.linking.linked_document import LinkedDocument
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


def link_writer(link_format: LinkFormat, ontology: Ontology, candidates: bool = False) -> LinkWriter[Any]:
    """The writer of a format.

    Args:
        link_format: any; `brat` is written by `AnnotatedText.write_brat`.
        ontology: the ontology of the concepts.
        candidates: whether tables have a row for each candidate, not for each link.
    """
    match link_format:
        case "jsonl":
            return JsonLines()
        case "tsv":
            return DelimitedLines("\t", candidates)
        case "csv":
            return DelimitedLines(",", candidates)
        case "xlsx":
            return BinaryTable(workbook_bytes, candidates)
        case "parquet":
            return BinaryTable(parquet_bytes, candidates)
        case "sssom":
            return Sssom(ontology)
        case "html":
            return HtmlPage(ontology)
        case _:
            return AnnotatedText(link_format, ontology)


class AnnotatedText(LinkWriter[Document]):
    """Documents whose mentions are the links.

    Args:
        corpus_format: their format.
        ontology: the ontology of the concepts.

    Attributes:
        corpus_format: their format.
    """

    def __init__(self, corpus_format: CorpusFormat, ontology: Ontology) -> None:
        self.corpus_format, self._ontology = corpus_format, ontology

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> Document:
        """The annotated document."""
        return linked.annotated()

    def chunks(self, contents: Iterable[Document], columns: Sequence[str], report: CorpusReport) -> Iterator[bytes]:
        """The bytes of all documents; not of `brat`, which has two files for each."""
        return corpus_chunks(contents, cast(StreamedFormat, self.corpus_format), self._labels(), report)

    def write_brat(self, folder: Path, contents: Iterable[Document], report: CorpusReport) -> None:
        """Writes a `.txt` and an `.ann` file for each document.

        Raises:
            InputError: a document id is not usable as a file name, and `report` does not pass the document over.
            OSError: a file cannot be written.
        """
        write_brat(folder, contents, self._labels(), report)

    def _labels(self) -> dict[str, str]:
        """The label of each concept by id."""
        return {concept_id: concept.label for concept_id, concept in self._ontology.concepts.items()}
