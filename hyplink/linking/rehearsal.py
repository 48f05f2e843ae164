"""What the ranker and its calibration learn from: mentions or names that no source of evidence has seen.

A fifth of the annotated documents is held out, or a fifth of the names where there are too few documents. A regressor
is trained without them, and what it, the other wordings and nothing else say of them is how all sources speak of words
that are new to them: only so can their weights be told, and how far the ranker is to be trusted.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.linking.evidence import Candidates
from hyplink.linking.examples import Example
from hyplink.linking.known import Vectors, Wordings
from hyplink.linking.lexicon import LexiconEvidence
from hyplink.linking.normalise import normal_name
from hyplink.linking.sense_evidence import sense_evidence_of
from hyplink.ontology import Ontology
from hyplink.regressor import Regressor

SHARE = 0.2
"""The share of the documents, or of the names, that is held out."""

NAMES = 2000
"""At most so many names are held out."""

MENTIONS = 100
"""Documents are held out where they hold at least so many mentions; else names are."""

Rows = NDArray[np.bool_]


class Rehearsal(NamedTuple):
    """Which examples are kept for learning and which are held out, each bool (n_examples,).

    Composite mentions of held documents are in neither, nor are other forms of held names.
    """

    kept: Rows
    held: Rows


class Rehearsed(NamedTuple):
    """What was said of the held examples.

    Attributes:
        candidates: of them; a mention's row is its place in `documents`.
        is_gold: whether each candidate is right, bool (c,).
        documents: the document of each held example, empty for a name.
    """

    candidates: Candidates
    is_gold: NDArray[np.bool_]
    documents: tuple[str, ...]


def rehearsal_of(examples: Sequence[Example], seed: int) -> Rehearsal:
    """Which examples to hold out. None of them where even the names are fewer than five."""
    generator = np.random.default_rng(seed)
    docs = sorted({example.doc for example in examples if example.doc})
    held_docs = {docs[i] for i in generator.permutation(len(docs))[: math.ceil(SHARE * len(docs))]}
    held = np.array([example.doc in held_docs and len(example.gold) == 1 for example in examples])
    if len(held_docs) > 1 and held.sum() >= MENTIONS:
        return Rehearsal(np.array([example.doc not in held_docs for example in examples]), held)
    names = [row for row, example in enumerate(examples) if not example.doc]
    chosen = generator.permutation(names)[: min(NAMES, int(SHARE * len(names)))].tolist()
    held = np.isin(np.arange(len(examples)), chosen)
    hidden = {_key(examples[row]) for row in chosen}
    return Rehearsal(np.array([bool(each.doc) or _key(each) not in hidden for each in examples]), held)


def _key(name: Example) -> tuple[tuple[str, ...], object]:
    return normal_name(name.text), name.gold


def rehearsed(
    ontology: Ontology,
    examples: Sequence[Example],
    vectors: Vectors,
    glosses: Vectors,
    blocks: Sequence[int],
    regressor: Regressor,
    rehearsal: Rehearsal,
) -> Rehearsed:
    """What the kept examples say of the held ones.

    Args:
        ontology: the concepts.
        examples: names and mentions.
        vectors: of the examples in their context, float32 (n_examples, dim).
        glosses: the vector of each concept's definition and examples, (n_concepts, dim).
        blocks: the lengths of the vectors' parts: the mention's own, then those of its context.
        regressor: trained on the kept examples.
        rehearsal: which are kept and which are held.
    """
    kept, rows = np.flatnonzero(rehearsal.kept), np.flatnonzero(rehearsal.held)
    held = [examples[row] for row in rows.tolist()]
    wordings = Wordings.of(ontology, [examples[row] for row in kept.tolist()], vectors[kept, : blocks[0]])
    documents = tuple(each.doc for each in held)
    taught = [row for row in kept.tolist() if examples[row].use]
    senses = sense_evidence_of(ontology, glosses, [examples[row] for row in taught], vectors[taught], blocks)
    candidates = LexiconEvidence(wordings, regressor, senses).candidates(
        [each.read_as for each in held], vectors[rows], documents, uses=[each.use for each in held]
    )
    return Rehearsed(candidates, are_gold(candidates, held, ontology), documents)


def are_gold(candidates: Candidates, examples: Sequence[Example], ontology: Ontology) -> NDArray[np.bool_]:
    """Whether each candidate is what its example means, bool (c,); never where the example is a composite mention."""
    meant = [
        {ontology.index_of[concept] for concept in each.gold[0]} if len(each.gold) == 1 else set[int]()
        for each in examples
    ]
    pairs = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True)
    return np.array([concept in meant[mention] for mention, concept in pairs], dtype=bool)
