"""Writes an ontology in formats that other tools read."""

from pathlib import Path

from hyplink.config import WrittenOntologyFormat
from hyplink.errors import InputError
from hyplink.ontology.formats import suffix_of
from hyplink.ontology.obo_writer import obo_lines
from hyplink.ontology.obographs import obographs_text
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.skos import skos_text
from hyplink.ontology.table import table_text

SUFFIXES: dict[str, WrittenOntologyFormat] = {
    ".obo": "obo",
    ".json": "obographs",
    ".ttl": "skos",
    ".tsv": "table",
    ".csv": "table",
}


def text_of_ontology(ontology: Ontology, path: Path, written_format: WrittenOntologyFormat | None = None) -> str:
    """The ontology as the text of a file.

    Args:
        ontology: the ontology to write.
        path: the name of the file; its suffix selects the format, and the delimiter of a table.
        written_format: the format, if the suffix should not select it.

    Raises:
        InputError: the suffix does not select a format, or a library for the format is missing.
    """
    match written_format or SUFFIXES.get(suffix_of(path)):
        case "obo":
            return "".join(obo_lines(ontology))
        case "obographs":
            return obographs_text(ontology)
        case "skos":
            return skos_text(ontology)
        case "table":
            return table_text(ontology, "," if suffix_of(path) == ".csv" else "\t")
        case None:
            raise InputError(
                f"{path}: cannot tell the ontology format from this name; expected {', '.join(SUFFIXES)}, or --to"
            )
