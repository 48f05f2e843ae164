"""Where concepts belong that the ontology lacks: ranked parents and siblings, with probability and evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from hyplink.arrays import Scores
from hyplink.candidates.surface_forms import Vectors
from hyplink.encoders import Encoder
from hyplink.errors import InputError
from hyplink.names.normal_forms import tokens_of
from hyplink.placement.features import FEATURES, ParentCandidates, PlacementFeatures, Query
from hyplink.placement.parent_ranker import ParentRanker
from hyplink.placement.training import encoded_texts

SIBLINGS = 5
"""How many siblings are shown."""

SIMILAR = 3
"""How many similar children of a parent are shown as evidence."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A concept that a new concept may be a kind of.

    Attributes:
        concept: its id.
        label: its preferred name.
        probability: that it is a direct parent.
        evidence: the features that contribute most to its probability, as text.
    """

    concept: str
    label: str
    probability: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A new concept with its ranked parents.

    Attributes:
        name: the name of the new concept.
        definition: its definition, or empty.
        parents: best first.
        siblings: (id, label) of the most similar children of the best parent.
    """

    name: str
    definition: str
    parents: tuple[Parent, ...]
    siblings: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)


def _checked(what: str, texts: Iterable[str]) -> list[str]:
    """The texts as a list.

    Raises:
        InputError: they are a single text, or one of them is no text.
    """
    if isinstance(texts, str):
        raise InputError(f"{what} must be several texts, not one")
    several = list(texts)
    if strange := [each for each in several if not isinstance(each, str)]:
        raise InputError(f"{what} must be texts (str), not {strange[0]!r}")
    return several


@dataclass(frozen=True)
class Placer:
    """Ranks the parents of names.

    Attributes:
        features: proposes the candidates.
        ranker: scores them.
        encoder: gives the vectors of names.
    """

    features: PlacementFeatures
    ranker: ParentRanker
    encoder: Encoder

    def place(self, names: Iterable[str], definitions: Iterable[str] = (), k: int = 5) -> list[PlacedName]:
        """The k most probable parents of each name.

        Args:
            names: of concepts that the ontology lacks.
            definitions: of each, or none at all; an empty one is not used.
            k: how many parents, at least 1.

        Raises:
            InputError: the names or definitions are not texts, or of different number, a name has no words, or k is
                less than 1.
        """
        names = _checked("names", names)
        definitions = _checked("definitions", definitions) or [""] * len(names)
        if len(definitions) != len(names):
            raise InputError(f"{len(definitions)} definitions of {len(names)} names; give one for each, or none")
        if wordless := [name for name in names if not tokens_of(name)]:
            raise InputError(f"{wordless[0]!r} is no name: it has neither letters nor digits")
        if k < 1:
            raise InputError(f"k must be an integer, at least 1; not {k!r}")
        queries = [Query(name, definition) for name, definition in zip(names, definitions, strict=True)]
        vectors = encoded_texts(self.encoder, names)
        candidates = self.features.candidates(queries, vectors)
        return [
            self._placed(query, part, scores, k)
            for query, (part, scores) in zip(queries, self._parts(candidates, len(queries)), strict=True)
        ]

    def best_parents(self, texts: Sequence[str], vectors: Vectors) -> list[tuple[int, float]]:
        """The concept index and the probability of the most probable parent of each text.

        Args:
            texts: the words of each.
            vectors: of the texts, float32 (n, dim).
        """
        candidates = self.features.candidates([Query(text) for text in texts], vectors)
        found = []
        for part, scores in self._parts(candidates, len(texts)):
            best = int(scores.argmax())
            found.append((int(part.concepts[best]), float(np.exp(scores[best]))))
        return found

    def _parts(self, candidates: ParentCandidates, n_names: int) -> list[tuple[ParentCandidates, Scores]]:
        """The candidates of each name, and their log-probabilities."""
        scores = self.ranker.scores(candidates)
        ends = np.searchsorted(candidates.names, np.arange(n_names + 1)).tolist()
        return [(candidates.take(slice(start, end)), scores[start:end]) for start, end in pairwise(ends)]

    def _placed(self, query: Query, candidates: ParentCandidates, scores: Scores, k: int) -> PlacedName:
        order = np.lexsort((candidates.concepts, -scores))[:k]
        similar = self._similar(candidates)
        parents = tuple(
            Parent(
                self._id(concept),
                self._label(concept),
                round(float(np.exp(scores[row])), 4),
                self._evidence(concept, candidates.features[row], similar),
            )
            for row, concept in zip(order.tolist(), candidates.concepts[order].tolist(), strict=True)
        )
        children = self._children_among(int(candidates.concepts[order[0]]), similar) if len(order) else []
        siblings = tuple((self._id(each), self._label(each)) for each in children[:SIBLINGS])
        return PlacedName(query.text, query.definition, parents, siblings)

    def _similar(self, candidates: ParentCandidates) -> list[int]:
        """The concepts with names similar to the new one, most similar first."""
        own = candidates.features[:, self._columns]
        order = np.lexsort((candidates.concepts, -own.sum(1)))
        return [int(candidates.concepts[row]) for row in order.tolist() if own[row].any()]

    def _evidence(self, concept: int, features: Scores, similar: Sequence[int]) -> tuple[str, ...]:
        values = dict(zip(FEATURES, features.tolist(), strict=True))
        found = []
        if values["suffix"]:
            found.append("the name ends in its name")
        elif values["contained"]:
            found.append("the name contains its name")
        elif values["head_word"]:
            found.append("same head word")
        if values["defined"]:
            found.append("the definition names it")
        children = [self._label(each) for each in self._children_among(concept, similar)[:SIMILAR]]
        if children:
            found.append(f"parent of {'; '.join(children)}")
        return tuple(found)

    def _children_among(self, concept: int, concepts: Sequence[int]) -> list[int]:
        return [each for each in concepts if concept in self.features.hierarchy.parents[each]]

    def _id(self, concept: int) -> str:
        return self.features.ontology.concept_ids[concept]

    def _label(self, concept: int) -> str:
        return self.features.ontology.concepts[self._id(concept)].label

    @cached_property
    def _columns(self) -> list[int]:
        return [FEATURES.index(name) for name in ("tfidf_self", "cosine_self", "bm25_self")]
