"""Reads an ontology from tab-separated files of edges and names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope, Synonym
from hyplink.ontology.lines import read_numbered_lines
from hyplink.ontology.ontology import Ontology

HEADINGS = (("child", "parent"), ("id", "name"), ("id", "name", "scope"))
"""First rows that are headings."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """One row of a file of names."""

    line: int
    concept_id: str
    name: str
    scope: Scope


def read_tsv(edges_path: Path, names_path: Path | None = None) -> Ontology:
    """The ontology of a file of `child<TAB>parent` ids, plain or gzip-compressed.

    Every row is an edge to a parent. Edges that are implied by others are kept and counted as problems. The first name
    of an id is its label, the others are synonyms. An id with a name but without an edge is a concept as well. Concepts
    with parents come first, in file order, then those that are only parents, then those that only have names.

    Raises:
        InputError: a file cannot be read, or a row has other columns (file and line).
    """
    parents: dict[str, list[str]] = {}
    for _, (child, parent) in _rows(edges_path, "child<TAB>parent, or a header with columns id and label", 2, 2):
        parents.setdefault(child, []).append(parent)
    all_parents = [parent for its_parents in parents.values() for parent in its_parents]
    names: dict[str, list[NameRow]] = {}
    for row in read_names(names_path) if names_path else ():
        names.setdefault(row.concept_id, []).append(row)
    concepts = (
        _concept(concept_id, parents.get(concept_id, []), names.get(concept_id, []))
        for concept_id in dict.fromkeys((*parents, *all_parents, *names))
    )
    return Ontology(concepts, source=edges_path.name)


def read_names(path: Path) -> Iterator[NameRow]:
    """The rows of a file of `id<TAB>name`, with one of OBO's scopes as an optional third column.

    Raises:
        InputError: the file cannot be read, a row has other columns, or a scope is unknown (file and line).
    """
    for line, (concept_id, name, *rest) in _rows(path, "id<TAB>name or id<TAB>name<TAB>scope", 2, 3):
        scope = rest[0].upper() if rest else "EXACT"
        if scope not in get_args(Scope):
            known = ", ".join(get_args(Scope))
            raise InputError.at(path, line, f"unknown scope {rest[0]!r}; use one of {known}")
        yield NameRow(line, concept_id, name, cast(Scope, scope))


def _concept(concept_id: str, parents: list[str], names: list[NameRow]) -> Concept:
    return Concept(
        concept_id=concept_id,
        label=names[0].name if names else "",
        synonyms=tuple(Synonym(row.name, row.scope) for row in names[1:]),
        parents=tuple(parents),
    )


def _rows(path: Path, expected: str, min_cells: int, max_cells: int) -> Iterator[tuple[int, list[str]]]:
    """(line number, stripped cells) of the rows that are neither blank nor a heading; no cell may be empty."""
    for number, line in read_numbered_lines(path):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if not min_cells <= len(cells) <= max_cells or not all(cells):
            raise InputError.at(path, number, f"expected {expected}, found {line[:60]!r}")
        if not (number == 1 and tuple(map(str.lower, cells)) in HEADINGS):
            yield number, cells
