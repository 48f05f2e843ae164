"""Hypernym classes: predicts from a context which hypernyms its concept has (person, place, feeling, …)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.ontology import Ontology
from hyplink.senses.context_space import Vectors

LEAST_USES = 30
"""Minimum number of annotated uses below a hypernym for it to be predicted."""

RIDGE = 10.0
"""Ridge penalty of the regression, which shrinks what is estimated from few contexts."""


def is_a_matrix(ontology: Ontology) -> sparse.csr_matrix:
    """1 where the row's concept is the column's or lies below it, float32 (n_concepts, n_concepts)."""
    n = len(ontology)
    pairs = ontology.closure()
    owners, above = np.append(pairs[:, 0], np.arange(n)), np.append(pairs[:, 1], np.arange(n))
    return sparse.csr_matrix((np.ones(len(owners), np.float32), (owners, above)), shape=(n, n))


@dataclass(frozen=True)
class HypernymClasses:
    """A ridge regression from context vectors to hypernyms, fitted on annotated text.

    What is learned from the contexts of one word thus helps with the senses of others, including senses without an
    annotated use. Frequent words are down-weighted.

    Attributes:
        leanings: regression coefficients of each hypernym, float32 (n_kinds, d).
        shares: weight of each hypernym for each concept, (n_concepts, n_kinds).
    """

    leanings: Vectors
    shares: sparse.csr_matrix

    @classmethod
    def from_uses(
        cls, contexts: Vectors, concepts: Indices, words: Indices, is_a: sparse.csr_matrix
    ) -> "HypernymClasses":
        """The regression fitted on annotated uses.

        Args:
            contexts: context vector of each annotated use, (n, d).
            concepts: the concept index of each, int64 (n,).
            words: a number for the word of each, int64 (n,).
            is_a: the result of `is_a_matrix`, (n_concepts, n_concepts).
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
        """The predicted score of each candidate's hypernyms in the context of its use, float64 (c,).

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
    """The weight of each use: the k uses of a word have a total weight of √k."""
    _, places, times = np.unique(words, return_inverse=True, return_counts=True)
    weights: Vectors = (times**-0.5)[places].astype(np.float32)
    return weights
