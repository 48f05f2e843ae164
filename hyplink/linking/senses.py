"""What speaks for each sense of a word: how common it is, and what it has stood beside.

Where a text gives a word's lemma and part of speech and the ontology is a lexicon, the candidates are the word's senses
and its name says nothing. What tells them apart is numbers that are greater the more they speak for a sense;
`SENSE_FEATURES` names them in order.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.config import PartOfSpeech
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.ontology import Concept, Ontology

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Indices = NDArray[np.int64]
Word = tuple[str, PartOfSpeech]
"""A lemma in lower case and its part of speech."""

SENSE_FEATURES = (
    "sense_prior",
    "sense_unseen",
    "context",
    "nearest_contexts",
    "document",
    "gloss",
    "gloss_document",
    "form",
    "word_before",
    "two_before",
    "word_after",
)
"""The columns of a sense's features.

The logarithm of its share among the word's senses in annotated text, and whether it never stood there, so that its
gloss alone can speak for it. The cosines of the mention's context with those of the sense in annotated text, in their
mean and the nearest few; of its whole document with theirs; of both with the glosses of the sense and of its kin. How
much likelier than for the word's other senses are the form of the word, and the words beside it.
"""

SHOWN_BY_ORDER = 8.0
"""The lexicon's order of the senses counts as much as so many mentions, shared out by 1 / order."""

NEAREST = 5
"""So many of a sense's nearest contexts are looked at; those that it lacks count as unlike."""

SHOWN_BY_WORD = 4.0
"""What a clue says of the word as a whole counts as much for each sense as so many mentions."""

CLUES_WITHIN = 60
"""Characters on each side of a mention in which the words beside it are looked for."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")


class Use(NamedTuple):
    """A word at its place in a text.

    Attributes:
        word: what it is a form of.
        doc: the document, empty for none.
        clues: its form, the word before it, the two before it and the word after it.
    """

    word: Word
    doc: str
    clues: tuple[str, str, str, str]


class Inventory:
    """The senses of each word of a lexicon, the commonest first."""

    def __init__(self, ontology: Ontology) -> None:
        senses: dict[Word, list[tuple[int, int]]] = {}
        for index, concept in enumerate(ontology.concepts.values()):
            for sense in concept.senses:
                if concept.part_of_speech:
                    senses.setdefault((sense.lemma, concept.part_of_speech), []).append((sense.order, index))
        self._concepts = {word: [index for _, index in sorted(each)] for word, each in senses.items()}

    def __bool__(self) -> bool:
        return bool(self._concepts)

    def senses(self, word: Word) -> Sequence[int]:
        """The concept index of each sense of a word, in the lexicon's order; none of an unknown word."""
        return self._concepts.get(word, ())


def use_of(document: Document, mention: Mention) -> Use | None:
    """The use of a word by a mention; None where its lemma or part of speech is not given."""
    if mention.lemma is None or mention.part_of_speech is None:
        return None
    line = document.text[max(0, mention.start - CLUES_WITHIN) : mention.start].rpartition("\n")[2]
    before = _TOKEN.findall(line.lower())[-2:]
    after = _TOKEN.findall(document.text[mention.end : mention.end + CLUES_WITHIN].partition("\n")[0].lower())[:1]
    capital = "^" if mention.text[:1].isupper() else ""
    clues = (mention.text.lower() + capital, "".join(before[-1:]), " ".join(before), "".join(after))
    return Use((mention.lemma.lower(), mention.part_of_speech), document.doc_id, clues)


def sense_key(concept: Concept, word: Word) -> str | None:
    """The lexicon's key of a word in the sense of a concept; None where it is no sense of that word."""
    return next((sense.key for sense in concept.senses if sense.lemma == word[0]), None)


def use_of_json(fields: Sequence[Any]) -> Use:
    """The use whose fields JSON gave back as lists."""
    (lemma, part_of_speech), doc, clues = fields
    return Use((lemma, part_of_speech), doc, tuple(clues))


def gloss_of(concept: Concept) -> Passage:
    """A concept's label before its other names, definition and examples, as if they were the context of a mention."""
    names = ", ".join(concept.names()[1:])
    return Passage(concept.label, right=f", {names}: {'; '.join([concept.definition or '', *concept.examples])}")


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
    ontology: Ontology,
    glosses: Vectors,
    uses: Sequence[Use | None],
    golds: Sequence[Sequence[Sequence[str]]],
    vectors: Vectors,
    blocks: Sequence[int],
) -> SenseEvidence | None:
    """What annotated mentions say of senses; None where the ontology is no lexicon.

    Args:
        ontology: the concepts.
        glosses: the vector of each concept's definition and examples, (n_concepts, dim).
        uses: the word of each mention, where it is known; mentions without one teach nothing here.
        golds: the parts of each mention, each the concept ids that are right.
        vectors: of the mentions in context, (n, dim).
        blocks: the lengths of a vector's parts.
    """
    if not Inventory(ontology):
        return None
    known = [(row, use) for row, use in enumerate(uses) if use and len(golds[row]) == 1 and golds[row][0]]
    concepts = [ontology.index_of[golds[row][0][0]] for row, _ in known]
    words, rows = [use for _, use in known], [row for row, _ in known]
    return SenseEvidence(ontology, glosses, words, np.array(concepts, dtype=np.int64), vectors[rows], blocks)


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
