"""What speaks for each sense of a word: how common it is, what it has stood beside, what its gloss says."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Indices, Scores
from hyplink.candidates.examples import Example
from hyplink.mentions.lexicon import SENSE_FEATURES, Lexicon, Use, Word
from hyplink.ontology import Ontology
from hyplink.senses.collocations import Collocations
from hyplink.senses.context_space import ContextSpace, Vectors, cosines, directions, unit
from hyplink.senses.hypernym_classes import HypernymClasses, is_a_matrix

SHOWN_BY_ORDER = 8.0
"""The lexicon's order of the senses counts as much as so many mentions, shared out by 1 / order."""


class _Surroundings(NamedTuple):
    """What is around words, unit vectors (n, d) of each; zeros where nothing is.

    Attributes:
        context: the mention's own context.
        document: the mean context of all words of the document; none for a word without a document.
    """

    context: Vectors
    document: Vectors

    @classmethod
    def from_uses(cls, uses: Sequence[Use], context: Vectors) -> "_Surroundings":
        """The surroundings of words in these contexts."""
        numbers = _numbers([use.doc for use in uses])
        document = directions(context, numbers, int(numbers.max(initial=-1)) + 1)[numbers]
        document[[row for row, use in enumerate(uses) if not use.doc]] = 0
        return cls(context, document)

    @property
    def joined(self) -> Vectors:
        """Both, (n, 2·d)."""
        return np.concatenate(self, axis=1)


@dataclass(frozen=True)
class SenseFeatures:
    """All that annotated text and glosses say of senses.

    Attributes:
        inventory: the words of the lexicon.
        space: where contexts are compared.
        glosses: of each concept and all below it, unit vectors (n_concepts, d); zeros where there is none.
        contexts, below, documents: the same of where the concept stood in annotated text, and what is below it, and of
            the documents in which it stood.
        hypernym_classes: what kinds of things contexts speak of; None without annotated text.
        words, clues: of each use of a word in annotated text.
        concepts_of_uses: the concept index of each, int64 (n,).
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
        uses: Sequence[Use],
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
        """The word and the concept of each use."""
        pairs = zip(self.words, self.concepts_of_uses.tolist(), strict=True)
        return [((lemma, part), concept) for (lemma, part), concept in pairs]

    @cached_property
    def _times(self) -> Counter[tuple[Word, int]]:
        return Counter(self._shown)

    @cached_property
    def _collocations(self) -> list[Collocations]:
        """What each kind of clue says."""
        seen = list(zip(self.clues, self._shown, strict=True))
        return [Collocations((clues[kind], *each) for clues, each in seen) for kind in range(4)]

    def senses(self, word: Word) -> list[int]:
        """The concept index of each sense of a word, the commonest of annotated text first."""
        return sorted(self.inventory.senses(word), key=lambda concept: -self._times[word, concept])

    def candidates(self, uses: Sequence[Use]) -> tuple[Indices, Indices]:
        """Row of the use and concept index of each sense of each use, both int64 (c,), by row and then by concept."""
        pairs = [(row, concept) for row, use in enumerate(uses) for concept in sorted(self.inventory.senses(use.word))]
        rows, concepts = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return rows, concepts

    def features(self, uses: Sequence[Use], vectors: Vectors, rows: Indices, concepts: Indices) -> Scores:
        """What speaks for senses, float64 (c, len(SENSE_FEATURES)).

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
        """The log-probability of each sense of a word before anything is known of its context."""
        senses = self.senses(word)
        times = np.array([self._times[word, concept] for concept in senses], dtype=np.float64)
        by_order = 1.0 / np.arange(1, len(senses) + 1)
        shares = (times + SHOWN_BY_ORDER * by_order / by_order.sum()) / (times.sum() + SHOWN_BY_ORDER)
        return dict(zip(senses, np.log(shares).tolist(), strict=True))


def sense_features_from_examples(
    ontology: Ontology, glosses: Vectors, examples: Sequence[Example], vectors: Vectors, blocks: Sequence[int]
) -> SenseFeatures | None:
    """What annotated mentions say of senses; None where the ontology is no lexicon.

    Args:
        ontology: the concepts.
        glosses: the encoder's vector of each concept's gloss, (n_concepts, dim).
        examples: names and mentions; those whose word or meaning is not known teach nothing here.
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
    """A number for each distinct key, int64 (n,)."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
