"""The ontology in a run directory: columns that are mapped to memory, with equal bytes for equal ontologies.

An ontology is opened without reading its concepts: each is made when it is asked for. What was written was repaired
before, so that opening only checks that the columns fit together and that the hierarchy has no cycle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from hyplink.config import PartOfSpeech
from hyplink.memo import Memo
from hyplink.ontology.concept import Concept, Scope, Sense, Synonym
from hyplink.ontology.graph import IndexLists
from hyplink.ontology.ontology import Ontology, SoundConcepts
from hyplink.ontology.problems import DESCRIPTIONS, Problem
from hyplink.run.artifacts import damaged
from hyplink.run.tables import read_tables, write_tables
from hyplink.string_table import StringLists, StringTable, check_rows, check_starts

_SCOPES: Sequence[Scope] = get_args(Scope)
_PARTS_OF_SPEECH: Sequence[PartOfSpeech] = get_args(PartOfSpeech)

_CONCEPTS_KEPT = 1 << 13
"""Concepts that were made last: texts name the same ones again, and a candidate is looked at by several features."""


@dataclass(frozen=True)
class _Synonyms:
    """The synonyms of each concept.

    Attributes:
        texts: of each concept.
        scopes: the row in `_SCOPES` of each synonym, int64 (synonyms,).
        kinds: the row of each in `names_of_kinds`, −1 for none, int64 (synonyms,).
        names_of_kinds: the synonym types.
    """

    texts: StringLists
    scopes: NDArray[np.int64]
    kinds: NDArray[np.int64]
    names_of_kinds: Sequence[str]

    @classmethod
    def from_concepts(cls, concepts: Sequence[Concept]) -> "_Synonyms":
        synonyms = list(chain.from_iterable(concept.synonyms for concept in concepts))
        row_of: dict[str | None, int] = {None: -1}
        kinds = [row_of.setdefault(each.kind, len(row_of) - 1) for each in synonyms]
        return cls(
            StringLists.from_lists([each.text for each in concept.synonyms] for concept in concepts),
            np.array([_SCOPES.index(each.scope) for each in synonyms], np.int64),
            np.array(kinds, np.int64),
            [kind for kind in row_of if kind is not None],
        )

    def check(self) -> None:
        n = len(self.texts.strings)
        check_rows(self.scopes, n, len(_SCOPES))
        check_rows(self.kinds + 1, n, len(self.names_of_kinds) + 1)

    def of(self, row: int) -> Iterator[Synonym]:
        names: Sequence[str | None] = (*self.names_of_kinds, None)
        for each in self.texts.rows(row):
            yield Synonym(self.texts.strings[each], _SCOPES[self.scopes[each]], names[self.kinds[each]])


@dataclass(frozen=True)
class _Senses:
    """The word senses of each concept, in columns as in `Sense`; `starts` as in `StringLists`."""

    starts: NDArray[np.int64]
    keys: StringTable
    lemmas: StringTable
    orders: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def from_concepts(cls, concepts: Sequence[Concept]) -> "_Senses":
        senses = list(chain.from_iterable(concept.senses for concept in concepts))
        return cls(
            np.cumsum([0, *(len(concept.senses) for concept in concepts)], dtype=np.int64),
            StringTable.from_strings(each.key for each in senses),
            StringTable.from_strings(each.lemma for each in senses),
            np.array([each.order for each in senses], np.int64),
            np.array([each.count for each in senses], np.int64),
        )

    def check(self) -> None:
        n = len(self.keys)
        check_starts(self.starts, n)
        if {len(self.lemmas), *self.orders.shape, *self.counts.shape} != {n}:
            raise ValueError("columns of senses of different lengths")

    def of(self, row: int) -> Iterator[Sense]:
        for each in range(self.starts[row], self.starts[row + 1]):
            yield Sense(self.keys[each], self.lemmas[each], int(self.orders[each]), int(self.counts[each]))


@dataclass(frozen=True)
class _Columns:
    """All concepts, the live ones first, and what else is known of their ontology.

    Attributes:
        n_live: the number of live concepts.
        parts_of_speech: the row in `_PARTS_OF_SPEECH` of each concept, −1 for none, int64 (n,).
        parents: the rows of the parents of each live concept.
        obsolete_parents: the ids of the parents of each obsolete concept, which may not exist.
        others: as in `Concept` or in `Ontology`; an empty definition is none.
    """

    source: str
    release: str | None
    prefixes: Mapping[str, str]
    problems: Sequence[tuple[str, int, Sequence[str]]]
    n_live: int
    ids: StringTable
    labels: StringTable
    definitions: StringTable
    parts_of_speech: NDArray[np.int64]
    synonyms: _Synonyms
    senses: _Senses
    examples: StringLists
    alternative_ids: StringLists
    cross_references: StringLists
    replaced_by: StringLists
    parents: IndexLists
    obsolete_parents: StringLists

    def check(self) -> None:
        """Checks that the columns fit together.

        Raises:
            ValueError: they do not.
        """
        n = len(self.ids)
        lists = (self.synonyms.texts, self.examples, self.alternative_ids, self.cross_references, self.replaced_by)
        lengths = {len(self.labels), len(self.definitions), len(self.senses.starts) - 1, *map(len, lists)}
        if lengths != {n} or (len(self.parents), len(self.obsolete_parents)) != (self.n_live, n - self.n_live):
            raise ValueError("columns of different lengths")
        if not all(kind in DESCRIPTIONS for kind, _, _ in self.problems):
            raise ValueError("an unknown problem")
        check_rows(self.parts_of_speech + 1, n, len(_PARTS_OF_SPEECH) + 1)
        self.synonyms.check()
        self.senses.check()
        check_rows(self.parents.items, len(self.parents.items), self.n_live)
        if not _is_acyclic(self.parents):
            raise ValueError("concepts that are their own ancestors")

    def concept(self, row: int) -> Concept:
        """The concept at a row."""
        is_live, part = row < self.n_live, int(self.parts_of_speech[row])
        if is_live:
            parents = tuple(map(self.ids.__getitem__, self.parents[row]))
        else:
            parents = self.obsolete_parents[row - self.n_live]
        return Concept(
            concept_id=self.ids[row],
            label=self.labels[row],
            synonyms=tuple(self.synonyms.of(row)),
            definition=self.definitions[row] or None,
            examples=self.examples[row],
            parents=parents,
            alternative_ids=self.alternative_ids[row],
            cross_references=self.cross_references[row],
            obsolete=not is_live,
            replaced_by=self.replaced_by[row],
            senses=tuple(self.senses.of(row)),
            part_of_speech=None if part < 0 else _PARTS_OF_SPEECH[part],
        )


class _StoredConcepts(Mapping[str, Concept]):
    """Concepts by id, made when they are asked for; the last ones are kept.

    Args:
        columns: of all concepts.
        row_of: the row of each id.
    """

    def __init__(self, columns: _Columns, row_of: Mapping[str, int]) -> None:
        self._row_of = row_of
        self._made = Memo(columns.concept, _CONCEPTS_KEPT)

    def __getitem__(self, concept_id: str) -> Concept:
        return self._made[self._row_of[concept_id]]

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._row_of

    def __iter__(self) -> Iterator[str]:
        return iter(self._row_of)

    def __len__(self) -> int:
        return len(self._row_of)


def write_ontology(ontology: Ontology, folder: Path) -> None:
    """Writes the whole ontology to a new folder; equal ontologies give equal bytes."""
    live, obsolete = list(ontology.concepts.values()), list(ontology.obsolete.values())
    concepts = live + obsolete
    parts = [-1 if each.part_of_speech is None else _PARTS_OF_SPEECH.index(each.part_of_speech) for each in concepts]
    columns = _Columns(
        ontology.source,
        ontology.release,
        dict(ontology.prefixes),
        [(each.kind, each.count, list(each.examples)) for each in ontology.problems],
        len(live),
        StringTable.from_strings(concept.concept_id for concept in concepts),
        StringTable.from_strings(concept.label for concept in concepts),
        StringTable.from_strings(concept.definition or "" for concept in concepts),
        np.array(parts, np.int64),
        _Synonyms.from_concepts(concepts),
        _Senses.from_concepts(concepts),
        StringLists.from_lists(concept.examples for concept in concepts),
        StringLists.from_lists(concept.alternative_ids for concept in concepts),
        StringLists.from_lists(concept.cross_references for concept in concepts),
        StringLists.from_lists(concept.replaced_by for concept in concepts),
        ontology.graph.parents,
        StringLists.from_lists(concept.parents for concept in obsolete),
    )
    write_tables(columns, folder)


def load_ontology(folder: Path) -> Ontology:
    """Opens an ontology that `write_ontology` wrote.

    Raises:
        RunError: a file is missing, damaged or of another version.
    """
    columns = read_tables(_Columns, folder)
    try:
        columns.check()
        ids = list(columns.ids)
        live = _rows(ids[: columns.n_live], 0)
        obsolete = _rows(ids[columns.n_live :], columns.n_live)
        if len(live) + len(obsolete) != len(ids) or not live.keys().isdisjoint(obsolete):
            raise ValueError("repeated ids")
    except ValueError as error:
        raise damaged(folder, str(error)) from error
    problems = [Problem(kind, count, tuple(examples)) for kind, count, examples in columns.problems]
    return Ontology.stored(
        SoundConcepts(_StoredConcepts(columns, live), _StoredConcepts(columns, obsolete), live, columns.parents),
        source=columns.source,
        release=columns.release,
        prefixes=columns.prefixes,
        problems=problems,
    )


def _rows(ids: Iterable[str], first: int) -> dict[str, int]:
    return {concept_id: row for row, concept_id in enumerate(ids, start=first)}


def _is_acyclic(parents: IndexLists) -> bool:
    """Whether no concept is its own ancestor: each is then a strongly connected component of its own."""
    from scipy import sparse  # slow to import, and only runs need it
    from scipy.sparse import csgraph

    n = len(parents)
    children = np.repeat(np.arange(n), np.diff(parents.starts))
    if (children == parents.items).any():
        return False
    edges = sparse.csr_matrix((np.ones(len(children), np.int8), (children, parents.items)), (n, n))
    return n == 0 or csgraph.connected_components(edges, directed=True, connection="strong")[0] == n
