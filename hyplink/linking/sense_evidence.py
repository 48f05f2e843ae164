"""What speaks for each sense of a word: how common it is, and what it has stood beside."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.linking.examples import Example
from hyplink.linking.lexical import Indices, Scores
from hyplink.linking.senses import SENSE_FEATURES, Inventory, Use, Word
from hyplink.ontology import Ontology

Vectors = NDArray[np.float32]

SHOWN_BY_ORDER = 8.0
"""The lexicon's order of the senses counts as much as so many mentions, shared out by 1 / order."""

NEAREST = 5
"""So many of a sense's nearest contexts are looked at; those that it lacks count as unlike."""

SHOWN_BY_WORD = 4.0
"""What a clue says of the word as a whole counts as much for each sense as so many mentions."""


class SenseEvidence:
    """All that annotated text and glosses say of senses.

    Args:
        ontology: the lexicon.
        glosses: the encoder's vector of each concept's gloss, (n_concepts, dim).
        uses: words of annotated text.
        concepts: the concept index of each, int64 (n,).
        vectors: the encoder's vector of each, (n, dim).
        blocks: the lengths of a vector's parts: the mention's own, then those of its context, which are equally long.
        kin: the weight of the glosses of the concepts directly above and below, beside a sense's own.
    """

    def __init__(
        self,
        ontology: Ontology,
        glosses: Vectors,
        uses: Sequence[Use],
        concepts: Indices,
        vectors: Vectors,
        blocks: Sequence[int],
        kin: float = 0.5,
    ) -> None:
        self._blocks = tuple(blocks)
        glosses, contexts = self._contexts_of(glosses), self._contexts_of(vectors)
        self.inventory = Inventory(ontology)
        self._centre = contexts.mean(0) if len(contexts) else np.zeros(glosses.shape[1], np.float32)
        near, around = self._centred(contexts), self._of_documents(uses, contexts)
        self._contexts = _centroids(near, concepts, len(ontology))
        self._seen = near
        self._documents = _centroids(around, concepts, len(ontology))
        self._glosses = _unit(_with_kin(_unit(glosses - glosses.mean(0)), ontology, kin))
        meant = [(use.word, concept) for use, concept in zip(uses, concepts.tolist(), strict=True)]
        self._times = Counter(meant)
        self._rows_of: defaultdict[tuple[Word, int], list[int]] = defaultdict(list)
        for row, each in enumerate(meant):
            self._rows_of[each].append(row)
        self._clues = [
            _Clues((use.clues[kind], *each) for use, each in zip(uses, meant, strict=True)) for kind in range(4)
        ]

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
        contexts = self._contexts_of(vectors)
        near, around = self._centred(contexts), self._of_documents(uses, contexts)
        words = [uses[row].word for row in rows.tolist()]
        meant = list(zip(words, concepts.tolist(), strict=True))
        clues = [
            np.array([each.lead(uses[row].clues[kind], *pair) for row, pair in zip(rows.tolist(), meant, strict=True)])
            for kind, each in enumerate(self._clues)
        ]
        columns: list[Scores] = [
            self._priors(meant),
            np.array([self._times[each] == 0 for each in meant], dtype=np.float64),
            _cosines(near, self._contexts, rows, concepts),
            self._nearest(near, rows, meant),
            _cosines(around, self._documents, rows, concepts),
            _cosines(near, self._glosses, rows, concepts),
            _cosines(around, self._glosses, rows, concepts),
            *clues,
        ]
        return np.column_stack(columns).reshape(len(rows), len(SENSE_FEATURES))

    def _nearest(self, near: Vectors, rows: Indices, meant: Sequence[tuple[Word, int]]) -> Scores:
        """The sum of the cosines with the nearest contexts of each candidate, over how many are looked at."""
        scores = np.zeros(len(meant))
        for place, (row, each) in enumerate(zip(rows.tolist(), meant, strict=True)):
            if known := self._rows_of.get(each):
                cosines = self._seen[known] @ near[row]
                scores[place] = np.sort(cosines)[-NEAREST:].sum() / NEAREST
        return scores

    def _priors(self, meant: Sequence[tuple[Word, int]]) -> Scores:
        known: dict[Word, dict[int, float]] = {}
        for word, _ in meant:
            if word not in known:
                known[word] = self._prior(word)
        return np.array([known[word][concept] for word, concept in meant], dtype=np.float64)

    def _prior(self, word: Word) -> dict[int, float]:
        """The log-probability of each sense of a word before anything is known of its context."""
        senses = self.senses(word)
        times = np.array([self._times[word, concept] for concept in senses], dtype=np.float64)
        by_order = 1.0 / np.arange(1, len(senses) + 1)
        shares = (times + SHOWN_BY_ORDER * by_order / by_order.sum()) / (times.sum() + SHOWN_BY_ORDER)
        return dict(zip(senses, np.log(shares).tolist(), strict=True))

    def _contexts_of(self, vectors: Vectors) -> Vectors:
        """The sum of the context's parts (n, d)."""
        own, *context = self._blocks
        contexts: Vectors = vectors[:, own:].reshape(len(vectors), len(context), context[0]).sum(1)
        return contexts

    def _centred(self, contexts: Vectors) -> Vectors:
        """Unit vectors without what all contexts share; a context that is not there stays a vector of zeros."""
        there = contexts.any(1, keepdims=True)
        return _unit(np.where(there, contexts - self._centre, 0))

    def _of_documents(self, uses: Sequence[Use], contexts: Vectors) -> Vectors:
        """The mean context of each use's document, unit vectors (n, d); zeros for a use without a document."""
        numbers: dict[str, int] = {}
        documents = np.array([numbers.setdefault(use.doc, len(numbers)) for use in uses], dtype=np.int64)
        means = _unit(_centroids(self._centred(contexts), documents, len(numbers)))
        if "" in numbers:
            means[numbers[""]] = 0
        return means[documents]


class _Clues:
    """How often each clue stood by each sense of a word, and by the word."""

    def __init__(self, seen: Iterable[tuple[str, Word, int]]) -> None:
        self._with_sense: Counter[tuple[str, Word, int]] = Counter(seen)
        self._with_word: Counter[tuple[str, Word]] = Counter()
        self._senses: Counter[tuple[Word, int]] = Counter()
        self._words: Counter[Word] = Counter()
        for (clue, word, concept), times in self._with_sense.items():
            self._with_word[clue, word] += times
            self._senses[word, concept] += times
            self._words[word] += times

    def lead(self, clue: str, word: Word, concept: int) -> float:
        """How much likelier a clue is for the sense than for the word, as a logarithm; 0 for a sense never seen."""
        share = (self._with_word[clue, word] + 0.5) / (self._words[word] + 1)
        of_sense = self._with_sense[clue, word, concept] + SHOWN_BY_WORD * share
        return float(np.log(of_sense / (self._senses[word, concept] + SHOWN_BY_WORD) / share))


def sense_evidence_of(
    ontology: Ontology, glosses: Vectors, examples: Sequence[Example], vectors: Vectors, blocks: Sequence[int]
) -> SenseEvidence | None:
    """What annotated mentions say of senses; None where the ontology is no lexicon.

    Args:
        ontology: the concepts.
        glosses: the encoder's vector of each concept's gloss, (n_concepts, dim).
        examples: names and mentions; those whose word or meaning is not known teach nothing here.
        vectors: of the examples, (n, dim).
        blocks: the lengths of a vector's parts.
    """
    if not Inventory(ontology):
        return None
    known = [
        (row, example.use, ontology.index_of[example.gold[0][0]])
        for row, example in enumerate(examples)
        if example.use and len(example.gold) == 1 and example.gold[0]
    ]
    rows, uses = [row for row, _, _ in known], [use for _, use, _ in known]
    concepts = np.array([concept for _, _, concept in known], dtype=np.int64)
    return SenseEvidence(ontology, glosses, uses, concepts, vectors[rows], blocks)


def _with_kin(glosses: Vectors, ontology: Ontology, kin: float) -> Vectors:
    """Each concept's gloss with those of its parents, and the mean of its children's."""
    index = ontology.index_of
    pairs = [(index[each], index[parent]) for each, concept in ontology.concepts.items() for parent in concept.parents]
    children, parents = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    mixed = glosses.copy()
    np.add.at(mixed, children, kin * glosses[parents])
    below = np.zeros_like(glosses)
    np.add.at(below, parents, glosses[children])
    times = np.bincount(parents, minlength=len(glosses))[:, None]
    mixed += kin * below / np.maximum(times, 1)
    return mixed


def _centroids(vectors: Vectors, groups: Indices, n_groups: int) -> Vectors:
    """The direction of each group's mean (n_groups, d); zeros for a group without vectors."""
    sums = np.zeros((n_groups, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    return _unit(sums)


def _cosines(vectors: Vectors, of_concepts: Vectors, rows: Indices, concepts: Indices) -> Scores:
    """The cosine between the use and the concept of each candidate, float64 (c,); 0 where one has no vector."""
    cosines: Scores = np.einsum("cd,cd->c", vectors[rows], of_concepts[concepts]).astype(np.float64)
    return cosines


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit
