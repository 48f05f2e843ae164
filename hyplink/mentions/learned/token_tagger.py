"""The token tagger: for each token, the log-odds that a mention begins at it, covers it, and ends at it.

Each of the three is a logistic regression on hashed features of the token and its neighbours (`token_features`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.mentions.learned.token_features import N_COLUMNS, NOTHING
from hyplink.mentions.learned.tokenised_text import TokenSpan

INVERSE_PENALTY = 0.3
"""scikit-learn's C."""

LEAST_TIMES = 2
"""Features that occur less often in the training texts are ignored."""

OPENS, COVERS, CLOSES = range(3)


class TokenTagger(NamedTuple):
    """The weights of three logistic regressions.

    Attributes:
        weights: float32 (N_COLUMNS, 3), in the order opens, covers, closes.
        bias: float32 (3,).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_odds(self, seen: Indices) -> Scores:
        """The log-odds that a mention opens at, covers and closes at each word, float64 (n, 3)."""
        said = self.weights[seen]  # (n, things, 3)
        said[seen == NOTHING] = 0
        odds: Scores = said.sum(1, dtype=np.float64) + self.bias
        return odds


def train_token_tagger(seen: Sequence[Indices], marked: Sequence[frozenset[TokenSpan]]) -> TokenTagger:
    """The tagger trained on texts: the feature columns of their tokens, and the spans marked in each."""
    from sklearn.linear_model import LogisticRegression  # not needed for linking, which starts a second faster

    # One positive and one negative pseudo-example keep the log-odds of a small sample finite.
    blank = sparse.csr_matrix((2, N_COLUMNS), dtype=np.float32)
    everything = sparse.vstack([*map(_counted, seen), blank], format="csr")
    truths = [_truth(each.shape[0], spans) for each, spans in zip(seen, marked, strict=True)]
    truth = np.concatenate([*truths, np.array([[True] * 3, [False] * 3])])
    telling = np.flatnonzero(everything.getnnz(0) >= LEAST_TIMES)
    everything = everything[:, telling]
    weights, bias = np.zeros((N_COLUMNS, 3), np.float32), np.zeros(3, np.float32)
    for column in range(3):
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=60, tol=1e-3).fit(everything, truth[:, column])
        weights[telling, column], bias[column] = model.coef_[0], model.intercept_[0]
    return TokenTagger(weights, bias)


def _counted(seen: Indices) -> sparse.csr_matrix:
    """Counts of the features of each token, float32 (n, N_COLUMNS)."""
    rows, things = np.nonzero(seen != NOTHING)
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, seen[rows, things])), shape=(len(seen), N_COLUMNS))


def _truth(n_tokens: int, spans: frozenset[TokenSpan]) -> NDArray[np.bool_]:
    truth = np.zeros((n_tokens, 3), dtype=bool)
    for first, end in spans:
        truth[first, OPENS] = truth[first:end, COVERS] = truth[end - 1, CLOSES] = True
    return truth
