"""Candidate parents of a concept that the ontology lacks, and the features of every candidate.

A new concept is most often a sibling or a child of concepts with similar names. Each source of similar concepts
proposes these concepts, their parents and their grandparents; names within the new name propose the concepts that have
them, because a name is often that of a parent with a modifier. `FEATURES` names the columns.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import Vectors
from hyplink.memo import Memo
from hyplink.names.phrases import head_of
from hyplink.ontology import Ontology
from hyplink.placement.contained_names import contained_names
from hyplink.placement.hierarchy import Hierarchy
from hyplink.regressor import Regressor

SOURCES = ("tfidf", "cosine", "bm25", "ball")
"""Sources of similar concepts: character n-grams, word vectors, words, and hyperbolic distance."""

NEIGHBOURS = 30
"""How many similar concepts each source proposes."""

VOTERS = 10
"""How many of them vote for their parents."""

OF_SOURCES = ("self", "self_rank", "child", "child_rank", "votes", "votes_above")

FEATURES = (
    *(f"{source}_{feature}" for source in SOURCES for feature in OF_SOURCES),
    "contained",
    "suffix",
    "longest_suffix",
    "prefix",
    "longest_contained",
    "contained_below",
    "head_word",
    "head_of_children",
    "left_over",
    "left_out",
    "label_tfidf",
    "no_children",
    "n_children",
    "depth",
    "defined",
    "has_definition",
)
"""The columns of a candidate's features.

- `…_self`: similarity of the candidate's own names; `…_child`: of its most similar child; `…_rank`: the reciprocal
  rank; `…_votes`: the share of the similarity of the most similar concepts that its children have; `…_votes_above`: the
  same for its grandchildren.
- `contained`: the share of the new name's words that are a name of the candidate; `suffix`, `prefix`: the same at its
  end and at its beginning; `longest_…`: whether no longer one is found; `contained_below`: the share that is a name of
  one of its descendants.
- `head_word`: a name of the candidate has the head of the new name; `head_of_children`: the share of its children that
  have such a name.
- `left_over`, `left_out`: minus the weight of the words that only the new name, or only the candidate's, has.
- `label_tfidf`: similarity of the candidate's label by character n-grams.
- `no_children`, `n_children`, `depth`: of the candidate; `n_children` is log(1 + n).
- `defined`: 1 / (1 + n), where n words of the definition precede a name of the candidate in it; 0 if there is none;
  `has_definition`: whether a definition is given.
"""

_COLUMN = {name: column for column, name in enumerate(FEATURES)}

HAS_DEFINITION = _COLUMN["has_definition"]

_BY_NAME = slice(0, _COLUMN["contained_below"] + 1)
"""The columns in which every candidate that its name proposes has a value."""

HEADS_KEPT = 1 << 16
"""Concepts whose heads of names are kept."""

DEFINITION_WORDS = 16
"""How many words at the beginning of a definition are read: a definition names its genus first."""


class Query(NamedTuple):
    """A name to be placed.

    Attributes:
        text: the name.
        definition: of the new concept, or empty.
        ignored: the index of the concept that it is a name of, which is ignored as if it was not in the ontology; -1
            for a name that the ontology lacks.
    """

    text: str
    definition: str = ""
    ignored: int = -1


class ParentCandidates(NamedTuple):
    """The candidate parents of names, those of one name in a row.

    Attributes:
        names: the name's row of each candidate, int64 (c,), ascending.
        concepts: concept indices, int64 (c,).
        features: float64 (c, len(FEATURES)).
    """

    names: Indices
    concepts: Indices
    features: Scores

    def take(self, rows: NDArray[np.bool_] | slice) -> "ParentCandidates":
        """Some of the candidates, which keep the rows of their names."""
        return ParentCandidates(self.names[rows], self.concepts[rows], self.features[rows])


class _Collected:
    """The features of the candidates of names, while they are collected.

    Args:
        ignored: the ignored concept of each name, which is no candidate of it, int64 (n,); -1 for none.
        n_concepts: of the ontology.
    """

    def __init__(self, ignored: Indices, n_concepts: int) -> None:
        self._ignored, self._n_concepts = ignored, n_concepts
        self._greatest: list[tuple[Indices, Indices, int, Scores]] = []
        self._summed: list[tuple[Indices, Indices, int, Scores]] = []

    def raise_to(self, names: Indices, concepts: Indices, feature: str, values: Scores) -> None:
        """Makes concepts candidates of names, pair by pair (c,), and a feature of each at least its value."""
        self._greatest.append((names, concepts, _COLUMN[feature], values))

    def add(self, names: Indices, concepts: Indices, feature: str, values: Scores) -> None:
        """Makes concepts candidates of names, pair by pair (c,), and adds each value to a feature."""
        self._summed.append((names, concepts, _COLUMN[feature], values))

    def candidates(self) -> ParentCandidates:
        """The candidates, by name and then by concept index."""
        several = [*self._greatest, *self._summed]
        names, concepts, values = (np.concatenate([each[i] for each in several]) for i in (0, 1, 3))
        sizes = [len(each[0]) for each in several]
        columns = np.repeat([column for _, _, column, _ in several], sizes)
        kept = concepts != self._ignored[names]
        keys, rows = np.unique((names * self._n_concepts + concepts)[kept], return_inverse=True)
        features = np.zeros(len(keys) * len(FEATURES))
        cells = rows * len(FEATURES) + columns[kept]
        greatest = (np.arange(len(names)) < sum(sizes[: len(self._greatest)]))[kept]
        np.maximum.at(features, cells[greatest], values[kept][greatest])
        np.add.at(features, cells[~greatest], values[kept][~greatest])
        return ParentCandidates(*np.divmod(keys, self._n_concepts), features.reshape(len(keys), len(FEATURES)))


@dataclass(frozen=True)
class PlacementFeatures:
    """Proposes parents of names.

    Attributes:
        ontology: the concepts.
        names: indices of their names.
        regressor: maps vectors of names to the ball.
    """

    ontology: Ontology
    names: NameSources
    regressor: Regressor

    def candidates(self, queries: Sequence[Query], vectors: Vectors) -> ParentCandidates:
        """The candidate parents of names with their features.

        Args:
            queries: the names.
            vectors: of the names, float32 (n, dim).
        """
        ignored = _ignored(queries)
        collected = _Collected(ignored, len(self.ontology))
        for source, ranked in self.neighbours(queries, vectors).items():
            self._add_source(collected, source, ranked, ignored)
        for row, query in enumerate(queries):
            self._add_contained(collected, row, query)
            self._add_definition(collected, row, query)
        names, concepts, features = candidates = collected.candidates()
        self._add_place(candidates, queries, ignored)
        texts = [query.text for query in queries]
        overlap = self.names.overlap.compare(texts, names, concepts)
        features[:, _COLUMN["left_over"]] = overlap.left_over
        features[:, _COLUMN["left_out"]] = overlap.left_out
        features[:, _COLUMN["label_tfidf"]] = self.names.labels.compare(texts, names, concepts)
        return candidates

    def neighbours(self, queries: Sequence[Query], vectors: Vectors) -> dict[str, Ranked]:
        """By source, the `NEIGHBOURS` concepts similar to each name, without the ignored ones."""
        texts, k = [query.text for query in queries], NEIGHBOURS + 1
        ball = self.regressor.rank_outputs(self.regressor.outputs(vectors), k)
        found = {
            "tfidf": self.names.tfidf.rank(texts, k),
            "cosine": self.names.nearest.rank(vectors[:, : self.names.mention_dim], k),
            "bm25": self._relative(self.names.bm25.rank(texts, k), texts),
            "ball": Ranked(ball.concepts, ball.scores),
        }
        ignored = _ignored(queries)
        kept = {source: _without(ranked, ignored) for source, ranked in found.items()}
        scores = kept["ball"].scores
        shares = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        return {**kept, "ball": Ranked(kept["ball"].concepts, shares)}

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy by concept index."""
        return Hierarchy(self.ontology)

    @cached_property
    def _heads(self) -> Memo[int, frozenset[str]]:
        """The heads of the names of a concept."""
        ids, concepts = self.ontology.concept_ids, self.ontology.concepts
        return Memo(lambda concept: frozenset(map(head_of, concepts[ids[concept]].names())), HEADS_KEPT)

    @cached_property
    def _heads_of_children(self) -> Memo[int, Counter[str]]:
        """How many children of a concept have a name with each head."""
        children = self.hierarchy.children
        return Memo(
            lambda concept: Counter(chain.from_iterable(map(self._heads.__getitem__, children[concept]))), HEADS_KEPT
        )

    def _relative(self, ranked: Ranked, texts: Sequence[str]) -> Ranked:
        """Scores as shares of the weight of all words of the name."""
        weights = np.array([self.names.bm25.weight(text) for text in texts])
        return Ranked(ranked.concepts, ranked.scores / np.maximum(weights, 1e-12)[:, None])

    def _add_source(self, collected: _Collected, source: str, ranked: Ranked, ignored: Indices) -> None:
        """The candidates that a source of similar concepts proposes: themselves, their parents and grandparents."""
        names, places = np.nonzero(ranked.concepts >= 0)
        concepts, scores = ranked.concepts[names, places], ranked.scores[names, places]
        ranks, votes = 1 / (places + 1), np.where(places < VOTERS, np.maximum(scores, 0), 0)
        total = np.bincount(names, votes, len(ignored))
        shares = votes / np.where(total > 0, total, 1)[names]
        collected.raise_to(names, concepts, f"{source}_self", scores)
        collected.raise_to(names, concepts, f"{source}_self_rank", ranks)
        of, parents = self.hierarchy.parents_without(concepts, ignored[names])
        collected.raise_to(names[of], parents, f"{source}_child", scores[of])
        collected.raise_to(names[of], parents, f"{source}_child_rank", ranks[of])
        voting = places[of] < VOTERS
        of, parents = of[voting], parents[voting]
        collected.add(names[of], parents, f"{source}_votes", shares[of])
        of_parent, above = self.hierarchy.parents_without(parents, ignored[names[of]])
        of, above = np.unique([of[of_parent], above], axis=1)  # a grandparent gets one vote of each concept
        collected.add(names[of], above, f"{source}_votes_above", shares[of])

    def _add_place(self, candidates: ParentCandidates, queries: Sequence[Query], ignored: Indices) -> None:
        """The features of each candidate's place in the hierarchy, and of its children, without the ignored concept."""
        names, concepts, features = candidates
        held = np.flatnonzero(ignored >= 0)
        of_held, parents = self.hierarchy.parents_of(ignored[held])
        keys = held[of_held] * len(self.ontology) + parents
        without = np.isin(names * len(self.ontology) + concepts, keys)
        n_children = np.diff(self.hierarchy.children.starts)[concepts] - without
        heads = [head_of(query.text) for query in queries]
        same = np.zeros(len(queries), dtype=bool)
        same[held] = [heads[row] in self._heads[queries[row].ignored] for row in held.tolist()]
        pairs = [(heads[name], concept) for name, concept in zip(names.tolist(), concepts.tolist(), strict=True)]
        n_same = np.array([self._heads_of_children[concept][head] for head, concept in pairs], dtype=np.int64)
        n_same -= without & same[names]
        features[:, _COLUMN["no_children"]] = n_children == 0
        features[:, _COLUMN["n_children"]] = np.log1p(n_children)
        features[:, _COLUMN["depth"]] = self.hierarchy.depths[concepts]
        features[:, _COLUMN["head_word"]] = [head in self._heads[concept] for head, concept in pairs]
        features[:, _COLUMN["head_of_children"]] = n_same / (n_children + 1)
        features[:, HAS_DEFINITION] = np.array([bool(query.definition) for query in queries], dtype=bool)[names]

    def _add_contained(self, collected: _Collected, row: int, query: Query) -> None:
        """The candidates whose names are within a name, and the ancestors of these."""
        found = contained_names(query.text, self.names.exact)
        own = {span: [each for each in concepts if each != query.ignored] for span, concepts in found.concepts.items()}
        spans = {span: concepts for span, concepts in own.items() if concepts}
        longest = max((end - start for start, end in spans), default=0)
        first_of_suffix = min((start for start, end in spans if end == found.n_words), default=0)
        for (start, end), concepts in spans.items():
            share = (end - start) / found.n_words
            values = {"contained": share, "longest_contained": float(end - start == longest)}
            if end == found.n_words:
                values |= {"suffix": share, "longest_suffix": float(start == first_of_suffix)}
            if start == 0:
                values["prefix"] = share
            for feature, value in values.items():
                collected.raise_to(*_repeated(row, concepts, feature, value))
            above = [each for concept in concepts for each in self.hierarchy.ancestors(concept) - {concept}]
            collected.raise_to(*_repeated(row, above, "contained_below", share))

    def _add_definition(self, collected: _Collected, row: int, query: Query) -> None:
        """The candidates that a definition names at its beginning."""
        beginning = " ".join(query.definition.split()[:DEFINITION_WORDS])
        spans = contained_names(beginning, self.names.exact).concepts if beginning else {}
        longer = [(a, b) for a, b in spans for c, d in spans if c <= a and b <= d and (a, b) != (c, d)]
        for (start, end), concepts in spans.items():
            if (start, end) not in longer:
                collected.raise_to(*_repeated(row, concepts, "defined", 1 / (1 + start)))


def _ignored(queries: Sequence[Query]) -> Indices:
    """The ignored concept of each query, int64 (n,); -1 for none."""
    return np.array([query.ignored for query in queries], dtype=np.int64)


def _repeated(row: int, concepts: Sequence[int], feature: str, value: float) -> tuple[Indices, Indices, str, Scores]:
    """One value of a feature for each of some concepts."""
    n = len(concepts)
    return np.full(n, row), np.array(concepts, dtype=np.int64), feature, np.full(n, value)


def proposed_by_name(candidates: ParentCandidates) -> NDArray[np.bool_]:
    """Which candidates would be proposed without the definition, bool (c,)."""
    found: NDArray[np.bool_] = (candidates.features[:, _BY_NAME] != 0).any(1)
    return found


def without_definition(candidates: ParentCandidates) -> ParentCandidates:
    """The candidates as they would be without definitions."""
    kept = candidates.take(proposed_by_name(candidates))
    kept.features[:, [_COLUMN["defined"], HAS_DEFINITION]] = 0
    return kept


def _without(ranked: Ranked, ignored: Indices) -> Ranked:
    """The ranking with one column less: the ignored concept of each row is left out, or the last one."""
    width = ranked.concepts.shape[1]
    matches = (ranked.concepts == ignored[:, None]) & (ignored >= 0)[:, None]
    dropped = np.where(matches.any(1), matches.argmax(1), width - 1)
    kept = np.arange(width)[None, :] != dropped[:, None]
    shape = (len(ranked.concepts), width - 1)
    return Ranked(ranked.concepts[kept].reshape(shape), ranked.scores[kept].reshape(shape))
