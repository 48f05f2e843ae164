"""Features of the senses of a word: sense frequency, contexts in annotated text, glosses, and collocations."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Indices, Scores
from hyplink.candidates.examples import Example
from hyplink.mentions.lexicon import SENSE_FEATURES, Lexicon, Word, WordUse
from hyplink.ontology import Ontology
from hyplink.senses.collocations import Collocations
from hyplink.senses.context_space import ContextSpace, Vectors, cosines, directions, unit
from hyplink.senses.hypernym_classes import HypernymClasses, is_a_matrix

SHOWN_BY_ORDER = 8.0
"""The weight of the lexicon's sense order in the prior, in mentions; distributed over the senses by 1 / order."""


class _Surroundings(NamedTuple):
    """Context vectors of word uses, each (n, d) of unit length; zeros for a use without context.

    Attributes:
        context: the mention's own context.
        document: the mean context vector of all uses in the document; zeros for a use without a document.
    """

    context: Vectors
    document: Vectors

    @classmethod
    def from_uses(cls, uses: Sequence[WordUse], context: Vectors) -> "_Surroundings":
        """The context vectors of uses, from the vector of each use's own context."""
        numbers = _numbers([use.doc for use in uses])
        document = directions(context, numbers, int(numbers.max(initial=-1)) + 1)[numbers]
        document[[row for row, use in enumerate(uses) if not use.doc]] = 0
        return cls(context, document)

    @property
    def joined(self) -> Vectors:
        """Both vectors side by side, (n, 2·d)."""
        return np.concatenate(self, axis=1)


@dataclass(frozen=True)
class SenseFeatures:
    """Computes the features of senses from annotated text and glosses.

    Attributes:
        inventory: the words of the lexicon.
        space: the space in which context vectors are compared.
        glosses: mean gloss vector of each concept and its descendants, unit length, (n_concepts, d); zeros for none.
        contexts, below, documents: mean vectors of the same shape: of the contexts in which annotated text means the
            concept, or one of its descendants, and of the documents in which it means the concept.
        hypernym_classes: predicts hypernyms from contexts; None without annotated text.
        words, clues: the word and the collocates of each use in annotated text.
        concepts_of_uses: the concept index of each use, int64 (n,).
    """

    inventory: Lexicon
    space: ContextSpace
    glosses: Vectors
    contexts: Vectors
    below: Vectors
    documents: Vectors
    hypernym_classes: HypernymClasses | None
    words: Sequence[Word]
    clues: Sequence[Sequence[str]]
    concepts_of_uses: Indices

    @classmethod
    def from_uses(
        cls,
        ontology: Ontology,
        glosses: Vectors,
        uses: Sequence[WordUse],
        concepts: Indices,
        vectors: Vectors,
        blocks: Sequence[int],
    ) -> "SenseFeatures":
        """The evidence of annotated words and of glosses.

        Args:
            ontology: the lexicon.
            glosses: the encoder's vector of each concept's gloss, (n_concepts, dim).
            uses: words of annotated text.
            concepts: the concept index of each, int64 (n,).
            vectors: the encoder's vector of each, (n, dim).
            blocks: the lengths of a vector's parts: the mention's own, then those of its context, equally long.
        """
        words = _numbers([use.word for use in uses])
        space = ContextSpace.from_uses(vectors, words, blocks)
        is_a = is_a_matrix(ontology)
        glosses = space.of_glosses(glosses)
        seen = _Surroundings.from_uses(uses, space.of_uses(vectors))
        contexts = directions(seen.context, concepts, len(ontology))
        return cls(
            Lexicon.from_ontology(ontology),
            space,
            unit(glosses + unit(is_a.T @ glosses)),
            contexts,
            unit(is_a.T @ contexts),
            directions(seen.document, concepts, len(ontology)),
            HypernymClasses.from_uses(seen.joined, concepts, words, is_a) if len(uses) else None,
            [use.word for use in uses],
            [use.clues for use in uses],
            concepts,
        )

    @cached_property
    def _shown(self) -> list[tuple[Word, int]]:
        """The word and the concept of each annotated use."""
        pairs = zip(self.words, self.concepts_of_uses.tolist(), strict=True)
        return [((lemma, part), concept) for (lemma, part), concept in pairs]

    @cached_property
    def _times(self) -> Counter[tuple[Word, int]]:
        return Counter(self._shown)

    @cached_property
    def _collocations(self) -> list[Collocations]:
        """One table of collocations for each kind of clue."""
        seen = list(zip(self.clues, self._shown, strict=True))
        return [Collocations((clues[kind], *each) for clues, each in seen) for kind in range(4)]

    def senses(self, word: Word) -> list[int]:
        """The concept index of each sense of a word, the most frequent in annotated text first."""
        return sorted(self.inventory.senses(word), key=lambda concept: -self._times[word, concept])

    def candidates(self, uses: Sequence[WordUse]) -> tuple[Indices, Indices]:
        """Row of the use and concept index of each sense of each use, both int64 (c,), by row and then by concept."""
        pairs = [(row, concept) for row, use in enumerate(uses) for concept in sorted(self.inventory.senses(use.word))]
        rows, concepts = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return rows, concepts

    def features(self, uses: Sequence[WordUse], vectors: Vectors, rows: Indices, concepts: Indices) -> Scores:
        """The features of candidate senses, float64 (c, len(SENSE_FEATURES)).

        Args:
            uses: words, those of one document together.
            vectors: the encoder's vector of each, (n, dim).
            rows: the use of each candidate, int64 (c,).
            concepts: the concept index of each candidate, int64 (c,).
        """
        around = _Surroundings.from_uses(uses, self.space.of_uses(vectors))
        concepts_of_uses = [
            (uses[row].word, concept) for row, concept in zip(rows.tolist(), concepts.tolist(), strict=True)
        ]
        clues = [
            np.array(
                [
                    each.lead(uses[row].clues[kind], *pair)
                    for row, pair in zip(rows.tolist(), concepts_of_uses, strict=True)
                ]
            )
            for kind, each in enumerate(self._collocations)
        ]
        columns: list[Scores] = [
            self._priors(concepts_of_uses),
            np.array([self._times[each] == 0 for each in concepts_of_uses], dtype=np.float64),
            cosines(around.context, self.contexts, rows, concepts),
            cosines(around.context, self.below, rows, concepts),
            cosines(around.document, self.documents, rows, concepts),
            cosines(around.context, self.glosses, rows, concepts),
            cosines(around.document, self.glosses, rows, concepts),
            self.hypernym_classes.leads(around.joined, rows, concepts)
            if self.hypernym_classes
            else np.zeros(len(rows)),
            *clues,
        ]
        return np.column_stack(columns).reshape(len(rows), len(SENSE_FEATURES))

    def _priors(self, concepts_of_uses: Sequence[tuple[Word, int]]) -> Scores:
        known = {word: self._prior(word) for word in {word for word, _ in concepts_of_uses}}
        return np.array([known[word][concept] for word, concept in concepts_of_uses], dtype=np.float64)

    def _prior(self, word: Word) -> dict[int, float]:
        """The prior log-probability of each sense of a word, from sense counts and the lexicon's order."""
        senses = self.senses(word)
        times = np.array([self._times[word, concept] for concept in senses], dtype=np.float64)
        by_order = 1.0 / np.arange(1, len(senses) + 1)
        shares = (times + SHOWN_BY_ORDER * by_order / by_order.sum()) / (times.sum() + SHOWN_BY_ORDER)
        return dict(zip(senses, np.log(shares).tolist(), strict=True))


def sense_features_from_examples(
    ontology: Ontology, glosses: Vectors, examples: Sequence[Example], vectors: Vectors, blocks: Sequence[int]
) -> SenseFeatures | None:
    """The sense features learned from annotated mentions; None where the ontology is no lexicon.

    Args:
        ontology: the concepts.
        glosses: the encoder's vector of each concept's gloss, (n_concepts, dim).
        examples: names and mentions; those without a known word and concept are ignored.
        vectors: of the examples, (n, dim).
        blocks: the lengths of a vector's parts.
    """
    if not Lexicon.from_ontology(ontology):
        return None
    known = [
        (row, example.use, ontology.index_of[example.gold[0][0]])
        for row, example in enumerate(examples)
        if example.use and len(example.gold) == 1 and example.gold[0]
    ]
    rows, uses = [row for row, _, _ in known], [use for _, use, _ in known]
    concepts = np.array([concept for _, _, concept in known], dtype=np.int64)
    return SenseFeatures.from_uses(ontology, glosses, uses, concepts, vectors[rows], blocks)


def _numbers(keys: Sequence[Hashable]) -> Indices:
    """Numbers the distinct keys in order of first occurrence, int64 (n,)."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
