"""The kind of an input file of the command line: a configuration, an ontology or annotated text."""

from pathlib import Path
from typing import Literal, get_args

from hyplink.config import InputFormat, OntologyFormat, read_config
from hyplink.corpus import is_corpus
from hyplink.ontology import Ontology, configured_ontology, ontology_format_of, read_ontology

Kind = Literal["configuration", "ontology", "corpus"]

CONFIGURATIONS = frozenset({".yaml", ".yml"})


def kind_of(path: Path, known: str | None = None) -> Kind:
    """The kind of a file, by the format that the user gives, or else by its name and content.

    Raises:
        InputError: the file cannot be read.
    """
    if path.suffix.lower() in CONFIGURATIONS:
        return "configuration"
    if known in get_args(OntologyFormat):
        return "ontology"
    if known in get_args(InputFormat) or path.is_dir() or is_corpus(path):
        return "corpus"
    return "ontology" if ontology_format_of(path, {}) else "corpus"


def ontology_of(path: Path, known: OntologyFormat | None = None) -> Ontology:
    """Reads the ontology of a file, or the one that a configuration names.

    Raises:
        InputError: it cannot be read, or the configuration names none.
    """
    if kind_of(path, known) == "configuration":
        return configured_ontology(read_config(path).data)
    return read_ontology(path, ontology_format=known)
