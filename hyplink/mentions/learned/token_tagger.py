"""Where mentions open, go on and close: three chances for each word of a text.

Each is a logistic function of what is seen of the word and of those beside it (`token_features`).
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
"""What is seen less often in the training texts is passed over."""

OPENS, COVERS, CLOSES = range(3)


class TokenTagger(NamedTuple):
    """What each thing that is seen says.

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
    """The boundaries of what is marked in some texts, by what is seen in each."""
    from sklearn.linear_model import LogisticRegression  # linking does without it, and is there a second sooner

    # Two more words, one right and one wrong, keep certainty out of a fit to few.
    blank = sparse.csr_matrix((2, N_COLUMNS), dtype=np.float32)
    everything = sparse.vstack([*map(_counted, seen), blank], format="csr")
    truths = [_truth(each.shape[0], runs) for each, runs in zip(seen, marked, strict=True)]
    truth = np.concatenate([*truths, np.array([[True] * 3, [False] * 3])])
    telling = np.flatnonzero(everything.getnnz(0) >= LEAST_TIMES)
    everything = everything[:, telling]
    weights, bias = np.zeros((N_COLUMNS, 3), np.float32), np.zeros(3, np.float32)
    for column in range(3):
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=60, tol=1e-3).fit(everything, truth[:, column])
        weights[telling, column], bias[column] = model.coef_[0], model.intercept_[0]
    return TokenTagger(weights, bias)


def _counted(seen: Indices) -> sparse.csr_matrix:
    """How often each thing is seen at each word, float32 (n, N_COLUMNS)."""
    rows, things = np.nonzero(seen != NOTHING)
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, seen[rows, things])), shape=(len(seen), N_COLUMNS))


def _truth(n_tokens: int, runs: frozenset[TokenSpan]) -> NDArray[np.bool_]:
    truth = np.zeros((n_tokens, 3), dtype=bool)
    for first, end in runs:
        truth[first, OPENS] = truth[first:end, COVERS] = truth[end - 1, CLOSES] = True
    return truth
