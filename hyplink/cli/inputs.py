"""What a path on the command line is: a run, a configuration, an ontology or text with mentions."""

from pathlib import Path
from typing import Literal, get_args

from hyplink.config import InputFormat, OntologyFormat, read_config
from hyplink.corpus import is_corpus
from hyplink.ontology import Ontology, configured_ontology, ontology_format_of, read_ontology

Kind = Literal["configuration", "ontology", "corpus"]

CONFIGURATIONS = frozenset({".yaml", ".yml"})


def kind_of(path: Path, known: str | None = None) -> Kind:
    """What a path is, by its name and content, or by the format that the user says it has.

    Raises:
        InputError: neither tells.
    """
    if path.suffix in CONFIGURATIONS:
        return "configuration"
    if known in get_args(OntologyFormat):
        return "ontology"
    if known in get_args(InputFormat) or path.is_dir() or is_corpus(path):
        return "corpus"
    return "ontology" if ontology_format_of(path, {}) else "corpus"


def ontology_of(path: Path, known: OntologyFormat | None = None) -> Ontology:
    """The ontology of a file, or the one that a configuration names, read as training reads it.

    Raises:
        InputError: it cannot be read, or the configuration names none.
    """
    if kind_of(path, known) == "configuration":
        return configured_ontology(read_config(path).data)
    return read_ontology(path, ontology_format=known)
