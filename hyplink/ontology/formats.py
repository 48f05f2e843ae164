"""The formats of ontologies: which one a file has, by its name and its first lines."""

import re
from collections.abc import Mapping
from pathlib import Path

from hyplink.config import Column, OntologyFormat
from hyplink.errors import InputError
from hyplink.ontology.lines import text_of
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
}
"""OWL and SKOS are read alike: both are RDF, and the content says which of them it is."""


_GRAPHS = re.compile(r'"graphs"\s*:')


def suffix_of(path: Path) -> str:
    """The suffix that tells the format, in small letters: `.obo` of `CL.OBO.gz`."""
    return Path(path.name.removesuffix(".gz")).suffix.lower()


def ontology_format_of(path: Path, columns: Mapping[Column, str]) -> OntologyFormat | None:
    """The format of a file, or None where neither its name nor its content is that of an ontology.

    Raises:
        InputError: the content has to tell and cannot be read.
    """
    if is_wordnet(path):
        return "wordnet"
    if known := SUFFIXES.get(suffix_of(path)):
        return known
    text = text_of(path)
    head = text[:4000].lstrip()
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
    """OBO Graphs may have a long `@context` before its graphs, as JSON-LD does."""
    if _GRAPHS.search(text):
        return "obographs"
    return "skos" if '"@id"' in text[:4000] or '"@context"' in text[:4000] else None


def unknown_format(path: Path) -> InputError:
    """The error of a file whose format cannot be told."""
    return InputError.at(
        path,
        None,
        "cannot tell which ontology format this is; wanted .obo, OWL (.owl, .rdf), SKOS (.ttl, .nt, .n3, .trig, "
        ".jsonld, .rdf), OBO Graphs (.json), a table (.csv, .tsv) with columns id and label or those of data.columns, "
        "a .tsv of child<TAB>parent, WN-LMF (.xml), plain or .gz, or a folder of WordNet's "
        "database files",
    )
