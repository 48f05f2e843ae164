"""Detects the format of an ontology file by its name and its content."""

import re
from collections.abc import Mapping
from pathlib import Path

from hyplink.config import Column, OntologyFormat
from hyplink.errors import InputError
from hyplink.ontology.lines import read_text
from hyplink.ontology.table import is_table
from hyplink.ontology.wn_lmf import is_wn_lmf
from hyplink.ontology.wordnet import is_wordnet

SUFFIXES: Mapping[str, OntologyFormat] = {
    ".obo": "obo",
    ".owl": "owl",
    ".rdf": "owl",
    ".ofn": "owl",
    ".omn": "owl",
    ".owx": "owl",
    ".ttl": "skos",
    ".nt": "skos",
    ".n3": "skos",
    ".trig": "skos",
    ".nq": "skos",
    ".jsonld": "skos",
    ".csv": "table",
    ".xlsx": "table",
    ".parquet": "table",
}
"""OWL and SKOS are both RDF and read by the same reader, which tells them apart by their content."""

_GRAPHS = re.compile(r'"graphs"\s*:')
_N_HEAD = 4000


def suffix_of(path: Path) -> str:
    """The suffix without `.gz`, in lower case: `.obo` for `CL.OBO.gz`."""
    return Path(path.name.removesuffix(".gz")).suffix.lower()


def ontology_format_of(path: Path, columns: Mapping[Column, str]) -> OntologyFormat | None:
    """The format of a file, or None if it does not look like an ontology.

    Args:
        path: the file, or a folder for WordNet.
        columns: for a table, the headings of its columns.

    Raises:
        InputError: the content is needed to detect the format and cannot be read.
    """
    if is_wordnet(path):
        return "wordnet"
    if by_suffix := SUFFIXES.get(suffix_of(path)):
        return by_suffix
    text = read_text(path)
    head = text[:_N_HEAD].lstrip()
    if suffix_of(path) == ".json":
        return _json_format(text)
    if head.startswith(("format-version:", "[Term]")):
        return "obo"
    if head.startswith("<") and is_wn_lmf(head):
        return "wn-lmf"
    if head.startswith("<") and "rdf:RDF" in head:
        return "owl"
    if head.startswith("@prefix"):
        return "skos"
    if is_table(path, columns):
        return "table"
    if suffix_of(path) != ".tsv":
        return None
    return "table" if columns or head.partition("\n")[0].count("\t") > 1 else "relations"


def _json_format(text: str) -> OntologyFormat | None:
    """OBO Graphs or JSON-LD; both may begin with a long `@context`."""
    if _GRAPHS.search(text):
        return "obographs"
    return "skos" if '"@id"' in text[:_N_HEAD] or '"@context"' in text[:_N_HEAD] else None


def unknown_format_error(path: Path) -> InputError:
    """The error for a file whose format cannot be detected."""
    return InputError.at(
        path,
        None,
        "cannot tell which ontology format this is; expected .obo, OWL (.owl, .rdf), SKOS (.ttl, .nt, .n3, .trig, "
        ".jsonld, .rdf), OBO Graphs (.json), a table (.csv, .tsv, .xlsx, .parquet) with columns id and label or those "
        "of data.columns, a .tsv of child<TAB>parent, WN-LMF (.xml), plain or .gz, or a folder of WordNet's files",
    )
