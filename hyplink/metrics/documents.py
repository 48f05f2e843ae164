"""How well a linker tells which concepts a document speaks of, wherever in it: sets of concepts against each other.

`micro` pools the concepts of all documents, so that a long document weighs more; `macro` is the mean over documents.
`ancestor_credit` pools too, after either set was closed upward: an answer on the gold concept's own is-a path earns
what the two have in common. Roots, which every concept has in common, earn nothing.

Where an annotation has several right concepts, any of them will do. One that leads to no concept is left out.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.metrics.bootstrap import Interval, Rates, bootstrap_means, bootstrap_rates, rates_of
from hyplink.metrics.detection import Reading
from hyplink.ontology import Ontology

Counts = NDArray[np.int64]


def document_rates(
    readings: Sequence[Reading], ontology: Ontology, branch: str | None = None, *, seed: int = 0
) -> Mapping[str, Rates]:
    """Precision, recall and F1 of the concepts of documents: `micro`, `macro` and `ancestor_credit`.

    Args:
        readings: the documents.
        ontology: the concepts.
        branch: credit is given for the concepts below this one; None for all concepts but the roots.
        seed: of the bootstrap intervals.
    """
    counts = np.array([_counts(reading) for reading in readings], dtype=np.int64).reshape(-1, 4)
    inside = frozenset(ontology.concepts) if branch is None else ontology.descendants(branch)
    credited = inside - (set(ontology.roots) if branch is None else {branch})
    closed = [_closed_counts(reading, ontology, credited) for reading in readings]
    return {
        "micro": bootstrap_rates(counts, seed=seed),
        "macro": _macro(counts, seed),
        "ancestor_credit": bootstrap_rates(np.array(closed, dtype=np.int64), seed=seed),
    }


def _concept_sets(reading: Reading) -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """The concepts found in a document, and its gold: sets of concepts of each of which any is right."""
    found = frozenset[str]().union(*(mark.concepts for mark in reading.found))
    return found, frozenset(mark.concepts for mark in reading.gold if mark.concepts)


def _counts(reading: Reading) -> tuple[int, int, int, int]:
    """How many found concepts are right, found concepts, gold concepts that were found, gold concepts."""
    found, gold = _concept_sets(reading)
    right = found & frozenset[str]().union(*gold)
    return len(right), len(found), sum(not found.isdisjoint(item) for item in gold), len(gold)


def _closed_counts(reading: Reading, ontology: Ontology, credited: frozenset[str]) -> tuple[int, int, int, int]:
    """The counts of `_counts` after both sides were closed upward."""
    found, gold = _concept_sets(reading)
    found_closed = _closed(found, ontology) & credited
    meant = {concept for item in gold for concept in _meant(item, found, found_closed, ontology)}
    gold_closed = _closed(meant, ontology) & credited
    n_common = len(found_closed & gold_closed)
    return n_common, len(found_closed), n_common, len(gold_closed)


def _closed(concepts: Collection[str], ontology: Ontology) -> frozenset[str]:
    """The concepts and all above them."""
    return frozenset[str]().union(*(ontology.ancestors(concept) for concept in concepts))


def _meant(
    item: frozenset[str], found: frozenset[str], found_closed: frozenset[str], ontology: Ontology
) -> frozenset[str]:
    """Of several right concepts those that were found; of none the one most of whose ancestors were."""
    if not item.isdisjoint(found):
        return item & found

    def share(concept: str) -> float:
        above = ontology.ancestors(concept).keys()
        return len(above & found_closed) / len(above)

    return frozenset([max(sorted(item), key=share)])


def _macro(counts: Counts, seed: int) -> Rates:
    """Means over documents: precision where anything was found, recall where there is gold, F1 where there is either.

    Args:
        counts: int64 (n_documents, 4), as `bootstrap_rates` takes them.
        seed: of the intervals.
    """
    rates = bootstrap_means(rates_of(counts), np.arange(len(counts)), seed=seed)
    precision, recall, f1 = (Interval(figure.value, figure.low, figure.high) for figure in rates)
    return Rates(precision, recall, f1, n_found=int(counts[:, 1].sum()), n_gold=int(counts[:, 3].sum()))
