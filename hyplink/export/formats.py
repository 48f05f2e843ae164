"""The formats in which links are written."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from hyplink.config import LinkFormat, StreamedFormat
from hyplink.corpus import CorpusReport, corpus_chunks, write_brat
from hyplink.export.html import html_pieces
from hyplink.export.linked import Linked
from hyplink.export.sssom import sssom_lines
from hyplink.export.tabular import jsonl_lines, tsv_lines
from hyplink.ontology import Ontology

SUFFIXES: dict[str, LinkFormat] = {
    ".sssom.tsv": "sssom",
    ".tsv": "tsv",
    ".pubtator": "pubtator",
    ".xml": "bioc",
    ".spacy": "docbin",
    ".html": "html",
}


def link_format_of(path: Path | None) -> LinkFormat:
    """The format that the name of an output tells; JSON Lines where it tells none."""
    name = path.name.lower() if path else ""
    return next((known for suffix, known in SUFFIXES.items() if name.endswith(suffix)), "jsonl")


def link_pieces(
    linked: Iterable[Linked], link_format: LinkFormat, ontology: Ontology, report: CorpusReport
) -> Iterator[bytes]:
    """The bytes of a file of links, piece by piece as they are found; a DocBin is one piece.

    Args:
        linked: documents with their links.
        link_format: any but `brat`, which has two files a document: see `write_linked_brat`.
        ontology: what was linked to.
        report: hears what the format cannot hold.

    Raises:
        InputError: the format cannot hold a document, or a library for it is missing.
    """
    match link_format:
        case "jsonl":
            text = jsonl_lines(linked)
        case "tsv":
            text = tsv_lines(linked)
        case "sssom":
            text = sssom_lines(linked, ontology)
        case "html":
            text = html_pieces(linked, ontology)
        case _:
            annotated = (each.annotated() for each in linked)
            return corpus_chunks(annotated, cast(StreamedFormat, link_format), labels_of(ontology), report)
    return (piece.encode() for piece in text)


def write_linked_brat(folder: Path, linked: Iterable[Linked], ontology: Ontology) -> None:
    """Writes a `.txt` and a `.ann` file for each document.

    Raises:
        InputError: a document id cannot be the name of a file.
        OSError: a file cannot be written.
    """
    write_brat(folder, (each.annotated() for each in linked), labels_of(ontology))


def labels_of(ontology: Ontology) -> dict[str, str]:
    """The label of each concept."""
    return {concept_id: concept.label for concept_id, concept in ontology.concepts.items()}
