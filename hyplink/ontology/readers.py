"""Reads an ontology from the user's files, whatever their format."""

from collections.abc import Sequence
from pathlib import Path

from hyplink.config import PartOfSpeech
from hyplink.errors import InputError
from hyplink.ontology.concept import Synonym
from hyplink.ontology.obo import read_obo
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.tsv import read_names, read_tsv
from hyplink.ontology.wordnet import FILES, is_wordnet, read_wordnet


def read_ontology(
    path: Path | str,
    *,
    names: Path | str | None = None,
    synonyms: Path | str | None = None,
    roots: Sequence[str] = (),
    exclude: Sequence[str] = (),
    parts_of_speech: Sequence[PartOfSpeech] = tuple(FILES),
) -> Ontology:
    """The ontology of the user's files, plain or gzip-compressed, with the user's synonyms and restrictions.

    Args:
        path: an .obo file, a .tsv file of `child<TAB>parent` ids, or a folder of WordNet's database files.
        names: for a .tsv file, a file of `id<TAB>name` rows; the first name of an id is its label.
        synonyms: further names, a file of `id<TAB>name` rows.
        roots: ids of concepts: only they and what lies below them are kept.
        exclude: ids of concepts: they and what lies below them alone are left out.
        parts_of_speech: for WordNet, those to read.

    Raises:
        InputError: a file cannot be read or is malformed, an id is unknown, or fewer than two concepts are there.
    """
    path = Path(path)
    ontology = (
        read_wordnet(path, parts_of_speech) if is_wordnet(path) else _read_file(path, Path(names) if names else None)
    )
    if len(ontology) < 2:
        found = "one concept" if len(ontology) else "no concept"
        raise InputError.at(path, None, f"holds {found}; a linker needs at least two to choose between")
    if synonyms:
        ontology = ontology.with_synonyms(_read_synonyms(Path(synonyms), ontology))
    return ontology.restricted_to(roots, exclude) if roots or exclude else ontology


def _read_file(path: Path, names: Path | None) -> Ontology:
    match Path(path.name.removesuffix(".gz")).suffix.lower():
        case ".obo":
            if names:
                raise InputError.at(names, None, "names go with a .tsv ontology; give further names as synonyms")
            return read_obo(path)
        case ".tsv":
            return read_tsv(path, names)
    raise InputError.at(
        path, None, "is no ontology that hyplink reads; wanted .obo or .tsv, plain or .gz (ROBOT converts OWL to OBO)"
    )


def _read_synonyms(path: Path, ontology: Ontology) -> dict[str, list[Synonym]]:
    synonyms: dict[str, list[Synonym]] = {}
    for row in read_names(path):
        ontology.require(f"{path}:{row.line}", row.concept_id)
        synonyms.setdefault(row.concept_id, []).append(Synonym(row.name, row.scope))
    return synonyms
