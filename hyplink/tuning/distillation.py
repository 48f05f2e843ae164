"""A static student of a tuned transformer: a vector for each token, whose mean stands for a text.

The vector of a token starts as the transformer's state of the token alone. Then the vectors are fitted to the teacher:
the mean over a name's tokens is to equal the teacher's vector of the name. Among all solutions of this ridge regression
the one nearest to the start is taken, so tokens that no name has keep their first vectors.

The folder is that of model2vec, which encodes with it (https://github.com/MinishLab/model2vec).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hyplink.encoders.sequences import TokenSequence
from hyplink.encoders.static import static_model
from hyplink.tuning.model import TunedModel

RIDGE = 0.1
"""Weight of the squared distance of the token vectors from their start."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-4

Floats = NDArray[np.float32]


def distil_model(model: TunedModel, names: Sequence[TokenSequence], folder: Path) -> None:
    """Writes the static student of a transformer.

    Args:
        model: the tuned transformer.
        names: token sequences of the names to fit the student to.
        folder: the folder to write.
    """
    tokenizer = model.tokenizer.tokenizer
    n_tokens = len(tokenizer)
    of_tokens = [TokenSequence([token], [(token, 0, 1)]) for token in range(n_tokens)]
    start = model.encode(of_tokens, n_tokens).cpu().numpy()
    rows = [
        TokenSequence(each.tokens, [(row, start_, end)])
        for row, each in enumerate(names)
        for _, start_, end in each.mentions[:1]
    ]
    targets = model.encode(rows, len(rows)).cpu().numpy()
    vectors = fitted_vectors(start, means_matrix([each.tokens for each in rows], n_tokens), targets)
    static_model(vectors, tokenizer.backend_tokenizer).save_pretrained(folder)


def means_matrix(names: Sequence[Sequence[int]], n_tokens: int) -> sparse.csr_matrix:
    """The share of each token among those of each name, (names, n_tokens)."""
    rows = np.repeat(np.arange(len(names)), [len(each) for each in names])
    columns = np.concatenate([np.array(each, np.int64) for each in names]) if names else np.empty(0, np.int64)
    shares = np.repeat([1 / max(1, len(each)) for each in names], [len(each) for each in names])
    return sparse.csr_matrix((shares.astype(np.float32), (rows, columns)), shape=(len(names), n_tokens))


def fitted_vectors(start: Floats, means: sparse.csr_matrix, targets: Floats, ridge: float = RIDGE) -> Floats:
    """The vectors X that minimise ‖M·X − T‖² + ridge·‖X − X₀‖², by conjugate gradients, all columns at once.

    Args:
        start: X₀, (n_tokens, d).
        means: M, (names, n_tokens).
        targets: T, (names, d).
        ridge: weight of the second term.
    """
    change = np.zeros_like(start)
    residual = means.T @ (targets - means @ start)  # of the normal equations for X − X₀
    direction, squared = residual.copy(), (residual**2).sum(0)
    stop = TOLERANCE**2 * np.maximum(squared, np.finfo(np.float32).tiny)
    for _ in range(MAX_ITERATIONS):
        if (squared <= stop).all():
            break
        image = means.T @ (means @ direction) + ridge * direction
        step = squared / np.maximum((direction * image).sum(0), np.finfo(np.float32).tiny)
        change += step * direction
        residual -= step * image
        before, squared = squared, (residual**2).sum(0)
        direction = residual + squared / np.maximum(before, np.finfo(np.float32).tiny) * direction
    fitted: Floats = (start + change).astype(np.float32)
    return fitted
