"""Document-level metrics: the set of concepts linked in a document against the set annotated there.

Positions and repetitions do not matter. `micro` pools the concepts of all documents, so a long document weighs more;
`macro` is the mean over documents. `ancestor_credit` is micro-averaged after both sets were extended by their
ancestors: an answer on the is-a path of the gold concept gets credit for the ancestors that both share. Roots, which
are ancestors of everything below them, give no credit.

If an annotation has several gold concepts, any of them is correct. Annotations that resolve to no concept are ignored.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.metrics.bootstrap import (
    Estimate,
    PrecisionRecallF1,
    bootstrap_means,
    bootstrap_precision_recall,
    precision_recall_f1,
)
from hyplink.metrics.detection import EvaluatedDocument
from hyplink.ontology import Ontology

Counts = NDArray[np.int64]


def document_scores(
    documents: Sequence[EvaluatedDocument], ontology: Ontology, branch: str | None = None, *, seed: int = 0
) -> Mapping[str, PrecisionRecallF1]:
    """Precision, recall and F1 of the concepts of documents: `micro`, `macro` and `ancestor_credit`.

    Args:
        documents: gold and detected mentions.
        ontology: the concepts.
        branch: give credit only for concepts below this one; None for all concepts except the roots.
        seed: random seed of the bootstrap intervals.
    """
    counts = np.array([_counts(each) for each in documents], dtype=np.int64).reshape(-1, 4)
    inside = frozenset(ontology.concepts) if branch is None else ontology.descendants(branch)
    credited = inside - (set(ontology.roots) if branch is None else {branch})
    credit_counts = [_ancestor_credit_counts(each, ontology, credited) for each in documents]
    return {
        "micro": bootstrap_precision_recall(counts, seed=seed),
        "macro": _macro_average(counts, seed),
        "ancestor_credit": bootstrap_precision_recall(np.array(credit_counts, dtype=np.int64), seed=seed),
    }


def _concept_sets(document: EvaluatedDocument) -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """The concepts found in a document, and its gold items, each a set of concepts of which any is correct."""
    found = frozenset[str]().union(*(mention.concepts for mention in document.found))
    return found, frozenset(mention.concepts for mention in document.gold if mention.concepts)


def _counts(document: EvaluatedDocument) -> tuple[int, int, int, int]:
    """The number of correct concepts found, concepts found, gold items found, gold items."""
    found, gold = _concept_sets(document)
    correct = found & frozenset[str]().union(*gold)
    return len(correct), len(found), sum(not found.isdisjoint(item) for item in gold), len(gold)


def _ancestor_credit_counts(
    document: EvaluatedDocument, ontology: Ontology, credited: frozenset[str]
) -> tuple[int, int, int, int]:
    """The counts of `_counts` over the credited concepts after both sets were extended by their ancestors."""
    found, gold = _concept_sets(document)
    found_closure = _with_ancestors(found, ontology) & credited
    chosen = {concept for item in gold for concept in _chosen_gold(item, found, found_closure, ontology)}
    gold_closure = _with_ancestors(chosen, ontology) & credited
    n_common = len(found_closure & gold_closure)
    return n_common, len(found_closure), n_common, len(gold_closure)


def _with_ancestors(concepts: Collection[str], ontology: Ontology) -> frozenset[str]:
    """The concepts and all their ancestors."""
    return frozenset[str]().union(*(ontology.ancestors(concept) for concept in concepts))


def _chosen_gold(
    item: frozenset[str], found: frozenset[str], found_closure: frozenset[str], ontology: Ontology
) -> frozenset[str]:
    """The concepts of a gold item that were found or, if none was, the one with most of its ancestors found."""
    if not item.isdisjoint(found):
        return item & found

    def share_found(concept: str) -> float:
        ancestors = ontology.ancestors(concept).keys()
        return len(ancestors & found_closure) / len(ancestors)

    return frozenset([max(sorted(item), key=share_found)])


def _macro_average(counts: Counts, seed: int) -> PrecisionRecallF1:
    """Means over documents: precision over those with predictions, recall over those with gold, F1 over both kinds.

    Args:
        counts: int64 (n_documents, 4), as for `bootstrap_precision_recall`.
        seed: random seed of the intervals.
    """
    means = bootstrap_means(precision_recall_f1(counts), np.arange(len(counts)), shares=[True] * 3, seed=seed)
    precision, recall, f1 = (Estimate(mean.value, mean.low, mean.high) for mean in means)
    return PrecisionRecallF1(precision, recall, f1, n_found=int(counts[:, 1].sum()), n_gold=int(counts[:, 3].sum()))
