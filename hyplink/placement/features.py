"""Candidate parents of a concept that the ontology lacks, and the features of every candidate.

A new concept is most often a sibling or a child of concepts with similar names. Each source of similar concepts
proposes these concepts, their parents and their grandparents; names within the new name propose the concepts that have
them, because a name is often that of a parent with a modifier. `FEATURES` names the columns.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
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


class _Table:
    """The features of the candidates of one name, by concept, while they are collected."""

    def __init__(self, ignored: int) -> None:
        self.rows: dict[int, Scores] = {}
        self._ignored = ignored

    def raise_to(self, concept: int, name: str, value: float) -> None:
        """Makes the concept a candidate, and its feature at least the value."""
        if concept != self._ignored:
            row = self.rows.setdefault(concept, np.zeros(len(FEATURES)))
            row[_COLUMN[name]] = max(row[_COLUMN[name]], value)

    def add(self, concept: int, name: str, value: float) -> None:
        """Makes the concept a candidate, and adds the value to its feature."""
        if concept != self._ignored:
            self.rows.setdefault(concept, np.zeros(len(FEATURES)))[_COLUMN[name]] += value


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
        found = self.neighbours(queries, vectors)
        tables = [self._table(row, query, found) for row, query in enumerate(queries)]
        names = np.repeat(np.arange(len(queries)), [len(each.rows) for each in tables])
        concepts = np.array([concept for each in tables for concept in each.rows], dtype=np.int64)
        rows = [row for each in tables for row in each.rows.values()]
        features = np.array(rows, dtype=np.float64).reshape(len(names), len(FEATURES))
        texts = [query.text for query in queries]
        overlap = self.names.overlap.compare(texts, names, concepts)
        features[:, _COLUMN["left_over"]] = overlap.left_over
        features[:, _COLUMN["left_out"]] = overlap.left_out
        features[:, _COLUMN["label_tfidf"]] = self.names.labels.compare(texts, names, concepts)
        return ParentCandidates(names, concepts, features)

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
        ignored = np.array([query.ignored for query in queries], dtype=np.int64)
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

    def _table(self, row: int, query: Query, found: Mapping[str, Ranked]) -> _Table:
        """The candidates of a name with all features but those of words and labels."""
        table = _Table(query.ignored)
        for source, ranked in found.items():
            self._add_source(table, source, ranked.concepts[row].tolist(), ranked.scores[row].tolist(), query.ignored)
        self._add_contained(table, query)
        self._add_definition(table, query)
        head = head_of(query.text)
        for concept, values in table.rows.items():
            children = self.hierarchy.children[concept]
            n_children, n_same = len(children), self._heads_of_children[concept][head]
            if query.ignored in children:
                n_children -= 1
                n_same -= head in self._heads[query.ignored]
            values[_COLUMN["no_children"]] = not n_children
            values[_COLUMN["n_children"]] = np.log1p(n_children)
            values[_COLUMN["depth"]] = self.hierarchy.depths[concept]
            values[_COLUMN["head_word"]] = head in self._heads[concept]
            values[_COLUMN["head_of_children"]] = n_same / (n_children + 1)
            values[_COLUMN["has_definition"]] = bool(query.definition)
        return table

    def _add_source(
        self, table: _Table, source: str, concepts: Sequence[int], scores: Sequence[float], ignored: int
    ) -> None:
        found = [(concept, score) for concept, score in zip(concepts, scores, strict=True) if concept >= 0]
        total = sum(max(score, 0.0) for _, score in found[:VOTERS]) or 1.0
        for place, (concept, score) in enumerate(found):
            parents = self.hierarchy.parents_without(concept, ignored)
            table.raise_to(concept, f"{source}_self", score)
            table.raise_to(concept, f"{source}_self_rank", 1 / (place + 1))
            for parent in parents:
                table.raise_to(parent, f"{source}_child", score)
                table.raise_to(parent, f"{source}_child_rank", 1 / (place + 1))
            if place < VOTERS:
                share = max(score, 0.0) / total
                for parent in parents:
                    table.add(parent, f"{source}_votes", share)
                above = (self.hierarchy.parents_without(parent, ignored) for parent in parents)
                for grandparent in {each for parents in above for each in parents}:
                    table.add(grandparent, f"{source}_votes_above", share)

    def _add_contained(self, table: _Table, query: Query) -> None:
        found = contained_names(query.text, self.names.exact)
        own = {span: [each for each in concepts if each != query.ignored] for span, concepts in found.concepts.items()}
        spans = {span: concepts for span, concepts in own.items() if concepts}
        longest = max((end - start for start, end in spans), default=0)
        first_of_suffix = min((start for start, end in spans if end == found.n_words), default=0)
        for (start, end), concepts in spans.items():
            share = (end - start) / found.n_words
            for concept in concepts:
                table.raise_to(concept, "contained", share)
                table.raise_to(concept, "longest_contained", float(end - start == longest))
                if end == found.n_words:
                    table.raise_to(concept, "suffix", share)
                    table.raise_to(concept, "longest_suffix", float(start == first_of_suffix))
                if start == 0:
                    table.raise_to(concept, "prefix", share)
                for ancestor in self.hierarchy.ancestors(concept) - {concept}:
                    table.raise_to(ancestor, "contained_below", share)

    def _add_definition(self, table: _Table, query: Query) -> None:
        beginning = " ".join(query.definition.split()[:DEFINITION_WORDS])
        spans = contained_names(beginning, self.names.exact).concepts if beginning else {}
        longer = [(a, b) for a, b in spans for c, d in spans if c <= a and b <= d and (a, b) != (c, d)]
        for (start, end), concepts in spans.items():
            if (start, end) not in longer:
                for concept in concepts:
                    table.raise_to(concept, "defined", 1 / (1 + start))


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
