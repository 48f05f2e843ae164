"""What kind of thing a context speaks of: a person, a place, a feeling, as the hierarchy divides the concepts."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.ontology import Ontology
from hyplink.senses.context_space import Vectors

LEAST_USES = 30
"""A kind is told from contexts if so many annotated words are of it."""

RIDGE = 10.0
"""Added to the diagonal of the contexts' products: what few contexts show is believed little."""


def is_a_matrix(ontology: Ontology) -> sparse.csr_matrix:
    """1 where the row's concept is the column's or lies below it, float32 (n_concepts, n_concepts)."""
    n = len(ontology)
    pairs = ontology.closure()
    owners, above = np.append(pairs[:, 0], np.arange(n)), np.append(pairs[:, 1], np.arange(n))
    return sparse.csr_matrix((np.ones(len(owners), np.float32), (owners, above)), shape=(n, n))


@dataclass(frozen=True)
class HypernymClasses:
    """How much likelier than usual each kind of thing is in a context, by a ridge regression on annotated text.

    A kind is a concept with all that lies below it. What is learned of the contexts of one word so speaks for the
    senses of others, even those that no text has shown. Words that stand often count less than their number.

    Attributes:
        leanings: how contexts lean to each kind, float32 (n_kinds, d).
        shares: how much each kind says of each concept, (n_concepts, n_kinds).
    """

    leanings: Vectors
    shares: sparse.csr_matrix

    @classmethod
    def from_uses(
        cls, contexts: Vectors, concepts: Indices, words: Indices, is_a: sparse.csr_matrix
    ) -> "HypernymClasses":
        """The kinds that annotated words show.

        Args:
            contexts: what is known of the context of each annotated word, (n, d).
            concepts: the concept index of each, int64 (n,).
            words: a number for the word of each, int64 (n,).
            is_a: what `is_a_matrix` gives, (n_concepts, n_concepts).
        """
        known = is_a[concepts]
        times = np.asarray(known.sum(0), dtype=np.float64).ravel()
        hypernym_classes = np.flatnonzero((times >= LEAST_USES) & (times < len(concepts)))
        is_of, shares = known[:, hypernym_classes], times[hypernym_classes] / len(concepts)
        weighted = contexts * _weights(words)[:, None]
        products = weighted.T @ contexts + RIDGE * np.eye(contexts.shape[1], dtype=np.float32)
        leanings = (is_of.T @ weighted).T - np.outer(weighted.sum(0), shares)  # (d, n_kinds)
        of_concepts = is_a[:, hypernym_classes]
        n_kinds = np.maximum(np.asarray(of_concepts.sum(1)).ravel(), 1)
        spread = sparse.diags(1 / np.sqrt(shares * (1 - shares)))
        weights = (sparse.diags(n_kinds**-0.5) @ of_concepts @ spread).tocsr()
        return cls(np.linalg.solve(products, leanings).T.astype(np.float32), weights)

    def leads(self, contexts: Vectors, rows: Indices, concepts: Indices) -> Scores:
        """How far the context of each candidate's use leans to the kinds of its concept, float64 (c,).

        Args:
            contexts: of the uses, (n, d).
            rows: the use of each candidate, int64 (c,).
            concepts: the concept index of each candidate, int64 (c,).
        """
        distinct, places = np.unique(concepts, return_inverse=True)
        wanted = (self.shares[distinct] @ self.leanings).astype(np.float32)  # (u, d)
        leads: Scores = np.einsum("cd,cd->c", contexts[rows], wanted[places]).astype(np.float64)
        return leads


def _weights(words: Indices) -> Vectors:
    """The weight of each use: a word that stands k times counts √k in all."""
    _, places, times = np.unique(words, return_inverse=True, return_counts=True)
    weights: Vectors = (times**-0.5)[places].astype(np.float32)
    return weights
