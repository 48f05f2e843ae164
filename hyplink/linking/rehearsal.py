"""What the ranker learns from: mentions and names whose own wording the sources of evidence have not seen.

The wordings of a mention's document, and a name itself, are kept from equal names, TF-IDF and cosine while candidates
are gathered for it; so is every other form of the name. The ball has seen them all.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.linking.evidence import Candidates, Evidence, Vectors, Wordings
from hyplink.linking.examples import Example
from hyplink.linking.lexical import Indices
from hyplink.linking.normalise import normal_name
from hyplink.linking.rank import Ranker, train_ranker
from hyplink.ontology import Ontology
from hyplink.regressor import Regressor
from hyplink.run import Progress

FOLDS = 5
"""Into so many parts the documents and names are dealt out; each part is judged by the others."""

NAMES = 2000
"""At most so many names are held out …"""

NAMES_SHARE = 0.2
"""… and at most such a share of all."""


def rehearsed_ranker(
    ontology: Ontology,
    examples: Sequence[Example],
    vectors: Vectors,
    mention_dim: int,
    regressor: Regressor,
    seed: int,
    progress: Progress,
) -> Ranker:
    """The ranker learned from names and annotated mentions.

    Args:
        ontology: the concepts.
        examples: names and mentions.
        vectors: of the examples in their context, float32 (n_examples, dim).
        mention_dim: how many of their columns, the first ones, are the mention's own.
        regressor: trained on the examples.
        seed: of what is held out together.
        progress: told of each of `FOLDS` parts.
    """
    wordings = Wordings.of(ontology, examples, vectors[:, :mention_dim])
    fold_of = _folds(examples, seed)
    batches, gold = [], []
    for fold in range(FOLDS):
        rows = np.flatnonzero(fold_of == fold)
        held = [examples[row] for row in rows.tolist()]
        evidence = Evidence(_without(wordings, held, ontology), regressor)
        candidates = evidence.candidates([each.read_as for each in held], vectors[rows])
        meant = [{ontology.index_of[concept] for concept in each.gold[0]} for each in held]
        gold.append(_are_gold(candidates, meant))
        batches.append(candidates._replace(mentions=rows[candidates.mentions]))
        progress.advance()
    return train_ranker(*_joined(batches, gold))


def _folds(examples: Sequence[Example], seed: int) -> Indices:
    """The fold of each example, -1 for those that nothing is learned from: int64 (n_examples,)."""
    generator = np.random.default_rng(seed)
    folds = np.full(len(examples), -1)
    docs = sorted({example.doc for example in examples if example.doc})
    fold_of_doc = dict(zip(docs, (generator.permutation(len(docs)) % FOLDS).tolist(), strict=True))
    for row, example in enumerate(examples):
        if example.doc and len(example.gold) == 1 and example.gold[0]:
            folds[row] = fold_of_doc[example.doc]
    names = np.array([row for row, example in enumerate(examples) if not example.doc])
    chosen = generator.permutation(names)[: min(NAMES, int(NAMES_SHARE * len(names)))]
    folds[chosen] = np.arange(len(chosen)) % FOLDS
    return folds


def _without(wordings: Wordings, held: Sequence[Example], ontology: Ontology) -> Wordings:
    """The wordings without those of the held documents and names."""
    docs = {each.doc for each in held if each.doc}
    names = {(normal_name(each.text), ontology.index_of[each.gold[0][0]]) for each in held if not each.doc}
    kept = [
        row
        for row, (text, concept, doc) in enumerate(
            zip(wordings.texts, wordings.concepts.tolist(), wordings.docs, strict=True)
        )
        if (doc not in docs if doc else (normal_name(text), concept) not in names)
    ]
    return wordings.chosen(np.array(kept, dtype=np.int64))


def _are_gold(candidates: Candidates, meant: Sequence[set[int]]) -> NDArray[np.bool_]:
    pairs = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True)
    return np.array([concept in meant[mention] for mention, concept in pairs], dtype=bool)


def _joined(batches: Sequence[Candidates], gold: Sequence[NDArray[np.bool_]]) -> tuple[Candidates, NDArray[np.bool_]]:
    """One batch of several, ordered by mention; distances, which nothing is learned from, are dropped."""
    mentions = np.concatenate([batch.mentions for batch in batches])
    order = np.argsort(mentions, kind="stable")
    concepts = np.concatenate([batch.concepts for batch in batches])
    features = np.concatenate([batch.features for batch in batches])
    return Candidates(mentions[order], concepts[order], features[order], None), np.concatenate(gold)[order]
