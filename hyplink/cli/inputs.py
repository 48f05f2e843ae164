"""The kind of an input file of the command line: a configuration, an ontology or annotated text."""

from pathlib import Path
from typing import Literal, get_args

from hyplink.config import InputFormat, OntologyFormat, read_config
from hyplink.corpus import is_corpus
from hyplink.errors import InputError
from hyplink.ontology import Ontology, configured_ontology, ontology_format_of, read_ontology
from hyplink.reading.sheets import is_workbook

Kind = Literal["configuration", "ontology", "corpus"]

CONFIGURATIONS = frozenset({".yaml", ".yml"})


def kind_of(path: Path, known: str | None = None, sheet: str | None = None) -> Kind:
    """The kind of a file, by the format that the user gives, or else by its name and content.

    Raises:
        InputError: the file cannot be read.
    """
    if path.suffix.lower() in CONFIGURATIONS:
        return "configuration"
    if known in get_args(OntologyFormat):
        return "ontology"
    if known in get_args(InputFormat) or path.is_dir() or is_corpus(path, sheet):
        return "corpus"
    return "ontology" if ontology_format_of(path, {}) else "corpus"


def ontology_of(path: Path, known: OntologyFormat | None = None, sheet: str | None = None) -> Ontology:
    """Reads the ontology of a file, or the one that a configuration names.

    Args:
        path: the file.
        known: its format; None detects it.
        sheet: the name of the sheet of a workbook; None for the first one.

    Raises:
        InputError: it cannot be read, the configuration names none, or a sheet is named and there is no workbook.
    """
    if sheet is not None and not is_workbook(path):
        raise InputError(f"the sheet {sheet!r} was chosen, and {path.name} is no workbook (.xlsx); leave the sheet out")
    if kind_of(path, known, sheet) == "configuration":
        return configured_ontology(read_config(path).data)
    return read_ontology(path, ontology_format=known, sheet=sheet)
