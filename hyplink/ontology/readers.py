"""Reads an ontology in any of the formats, with the user's restrictions and additional synonyms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hyplink.config import Column, DataSettings, OntologyFormat, PartOfSpeech
from hyplink.errors import InputError
from hyplink.ontology.concept import Synonym
from hyplink.ontology.formats import ontology_format_of, unknown_format_error
from hyplink.ontology.obo import read_obo
from hyplink.ontology.obographs import read_obographs
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.rdf import read_rdf
from hyplink.ontology.table import read_table
from hyplink.ontology.tsv import read_names, read_tsv
from hyplink.ontology.wn_lmf import read_wn_lmf
from hyplink.ontology.wordnet import FILES, read_wordnet
from hyplink.reading.sheets import is_workbook


class _Table(NamedTuple):
    """How a table is read; see `read_table`."""

    columns: Mapping[Column, str]
    sheet: str | None


def read_ontology(
    path: Path | str,
    *,
    names: Path | str | None = None,
    synonyms: Path | str | None = None,
    roots: Sequence[str] = (),
    exclude: Sequence[str] = (),
    language: str | None = None,
    columns: Mapping[Column, str] | None = None,
    sheet: str | None = None,
    ontology_format: OntologyFormat | None = None,
    parts_of_speech: Sequence[PartOfSpeech] = tuple(FILES),
) -> Ontology:
    """The ontology of a file, plain or gzip-compressed.

    Args:
        path: OBO, OBO Graphs, OWL or SKOS in an RDF syntax, a table, a .tsv file of `child<TAB>parent` ids, WN-LMF,
            or a folder of WordNet database files.
        names: for a file of `child<TAB>parent`, a file of `id<TAB>name` rows; the first name of an id is its label.
        synonyms: additional names, a file of `id<TAB>name` rows.
        roots: concept ids; only these concepts and their descendants are kept.
        exclude: concept ids; these concepts and descendants that are below no other concept are dropped.
        language: for OWL and SKOS, the language tag of the names to read; None reads all.
        columns: for a table, the headings of its columns; see `read_table`.
        sheet: for a workbook, the name of the sheet to read; None for the first one.
        ontology_format: the format; None detects it by the file's name and content.
        parts_of_speech: for WordNet and WN-LMF, the parts of speech to read.

    Raises:
        InputError: a file cannot be read or is malformed, an id is unknown, or there are fewer than two concepts.
    """
    path = Path(path)
    detected = ontology_format or ontology_format_of(path, columns or {})
    if detected is None:
        raise unknown_format_error(path)
    _check_options(detected, names=names, language=language, columns=columns)
    if sheet is not None and not is_workbook(path):
        raise InputError(f"data.ontology_sheet is for workbooks (.xlsx), and the ontology is {path.name}; remove it")
    table = _Table(columns or {}, sheet)
    ontology = _read_file(path, detected, Path(names) if names else None, language, table, parts_of_speech)
    if len(ontology) < 2:
        found = "one concept" if len(ontology) else "no concept"
        raise InputError.at(path, None, f"contains {found}; linking needs at least two concepts")
    if synonyms:
        ontology = ontology.with_synonyms(_read_synonyms(Path(synonyms), ontology))
    return ontology.restricted_to(roots, exclude) if roots or exclude else ontology


def configured_ontology(data: DataSettings) -> Ontology:
    """The ontology of a configuration, read with its settings.

    Raises:
        InputError: the configuration names no ontology, or it cannot be read.
    """
    if data.ontology is None:
        raise InputError(
            "no ontology is given; set data.ontology in the configuration or with --set data.ontology=FILE"
        )
    return read_ontology(
        data.ontology,
        names=data.names,
        synonyms=data.synonyms,
        roots=data.roots,
        exclude=data.exclude,
        language=data.language,
        columns=data.columns,
        sheet=data.ontology_sheet,
        parts_of_speech=data.parts_of_speech,
    )


def _check_options(detected: OntologyFormat, **given: object) -> None:
    """Rejects options that the format does not have."""
    formats_with = {"names": ("relations",), "language": ("owl", "skos"), "columns": ("table",)}
    for option, formats in formats_with.items():
        if given[option] and detected not in formats:
            hint = ", or give the names as data.synonyms" if option == "names" else ""
            raise InputError(
                f"data.{option} is for {' or '.join(formats)}, but the ontology is {detected}; remove it{hint}"
            )


def _read_file(
    path: Path,
    detected: OntologyFormat,
    names: Path | None,
    language: str | None,
    table: _Table,
    parts_of_speech: Sequence[PartOfSpeech],
) -> Ontology:
    match detected:
        case "obo":
            return read_obo(path)
        case "obographs":
            return read_obographs(path)
        case "owl" | "skos":
            return read_rdf(path, language)
        case "table":
            return read_table(path, table.columns, table.sheet)
        case "relations":
            return read_tsv(path, names)
        case "wordnet":
            return read_wordnet(path, parts_of_speech)
        case "wn-lmf":
            return read_wn_lmf(path, parts_of_speech)


def _read_synonyms(path: Path, ontology: Ontology) -> dict[str, list[Synonym]]:
    synonyms: dict[str, list[Synonym]] = {}
    for row in read_names(path):
        ontology.require(f"{path}:{row.line}", row.concept_id)
        synonyms.setdefault(row.concept_id, []).append(Synonym(row.name, row.scope))
    return synonyms
