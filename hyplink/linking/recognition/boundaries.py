"""Where mentions open, go on and close: three chances for each word of a text.

Each is a logistic function of what is seen of the word and of those beside it: the words themselves, their endings,
shapes and classes (`word_classes`), punctuation, and the names that stand there. What is seen is hashed into one table
of weights (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import mmh3
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hyplink.linking.lexical import Scores
from hyplink.linking.normalise import stem
from hyplink.linking.recognition.reading import Reading, TokenSpan
from hyplink.linking.recognition.word_classes import WordClasses

N_WEIGHTS = 1 << 18
INVERSE_PENALTY = 0.3
"""scikit-learn's C."""

LEAST_TIMES = 2
"""What is seen less often in the training texts is passed over."""

OPENS, COVERS, CLOSES = range(3)
_REACH = 2
_EDGE = "-"


class Boundaries(NamedTuple):
    """What each thing that is seen says.

    Attributes:
        weights: float32 (N_WEIGHTS, 3), in the order opens, covers, closes.
        bias: float32 (3,).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_odds(self, seen: sparse.csr_matrix) -> Scores:
        """The log-odds that a mention opens at, covers and closes at each word, float64 (n, 3)."""
        odds: Scores = (seen @ self.weights + self.bias).astype(np.float64)
        return odds


def learned_boundaries(seen: Sequence[sparse.csr_matrix], marked: Sequence[frozenset[TokenSpan]]) -> Boundaries:
    """The boundaries of what is marked in some texts, by what is seen in each."""
    from sklearn.linear_model import LogisticRegression  # linking does without it, and is there a second sooner

    # Two more words, one right and one wrong, keep certainty out of a fit to few.
    everything = sparse.vstack([*seen, sparse.csr_matrix((2, N_WEIGHTS), dtype=np.float32)], format="csr")
    truths = [_truth(each.shape[0], runs) for each, runs in zip(seen, marked, strict=True)]
    truth = np.concatenate([*truths, np.array([[True] * 3, [False] * 3])])
    telling = np.flatnonzero(everything.getnnz(0) >= LEAST_TIMES)
    everything = everything[:, telling]
    weights, bias = np.zeros((N_WEIGHTS, 3), np.float32), np.zeros(3, np.float32)
    for column in range(3):
        model = LogisticRegression(C=INVERSE_PENALTY, max_iter=60, tol=1e-3).fit(everything, truth[:, column])
        weights[telling, column], bias[column] = model.coef_[0], model.intercept_[0]
    return Boundaries(weights, bias)


def what_is_seen(reading: Reading, word_classes: WordClasses) -> sparse.csr_matrix:
    """What is seen at each token of a text, hashed, (tokens, N_WEIGHTS)."""
    rows = list(_seen(reading, word_classes))
    columns = np.array([mmh3.hash(feature) for row in rows for feature in row], dtype=np.int64)
    starts = np.cumsum([0, *map(len, rows)])
    seen = sparse.csr_matrix(
        (np.ones(len(columns), np.float32), np.abs(columns) % N_WEIGHTS, starts), shape=(len(rows), N_WEIGHTS)
    )
    seen.sum_duplicates()
    return seen


def _truth(n_tokens: int, runs: frozenset[TokenSpan]) -> NDArray[np.bool_]:
    truth = np.zeros((n_tokens, 3), dtype=bool)
    for first, end in runs:
        truth[first, OPENS] = truth[first:end, COVERS] = truth[end - 1, CLOSES] = True
    return truth


def _seen(reading: Reading, word_classes: WordClasses) -> Iterator[list[str]]:
    """The features of each token, as text."""
    edge = [_EDGE] * _REACH
    raw = [token.text for token in reading.tokens]
    words = [*edge, *reading.normal, *edge]
    names = [*edge, *_name_marks(reading), *edge]
    shapes = [*edge, *map(_shape, raw), *edge]
    classes = [f"{coarse} {fine}" for coarse, fine in word_classes.classes([word.lower() for word in raw])]
    coarse, fine = ([*edge, *(each.split()[i] for each in classes), *edge] for i in range(2))
    for i, text in enumerate(raw):
        here = i + _REACH
        word, before, after = words[here], words[here - 1], words[here + 1]
        gap, next_gap = int(reading.gaps[i]), int(reading.gaps[i + 1])
        features = [f"ending {word[-3:]}", f"beginning {word[:4]}", f"stem {stem(text)}"]
        for far in range(-_REACH, _REACH + 1):
            at = here + far
            features += (
                f"{far} {words[at]}",
                f"{far} name {names[at]}",
                f"{far} c {coarse[at]}",
                f"{far} f {fine[at]}",
            )
        for far in (-1, 0, 1):
            features += (f"{far} ending {words[here + far][-4:]}", f"{far} shape {shapes[here + far]}")
        features += (f"{before} {word}", f"{word} {after}", f"names {names[here - 1]} {names[here]}")
        features += (f"names {names[here]}, {names[here + 1]}", f"gap {gap}", f"gap {next_gap} after")
        features += (f"gap {gap} {before}", f"gap {next_gap} after {after}", *_of_long_form(reading, text))
        yield features


def _of_long_form(reading: Reading, word: str) -> Iterator[str]:
    """What an abbreviation is short for, by its first and last words."""
    run = reading.long_forms.get(word)
    if run:
        first, end = run
        yield from ("short form", f"long {reading.normal[first]}", f"form {reading.normal[end - 1]}")


def _name_marks(reading: Reading) -> list[str]:
    """Of each token, whether it stands alone in, opens, is within, or ends a name, and how that name matches."""
    marks = [""] * len(reading.tokens)
    for (first, end), name in sorted(reading.names.items(), key=lambda item: (item[0][0] - item[0][1], item[1].match)):
        if not any(marks[first:end]):
            match = int(name.match)
            marks[first:end] = [f"within {match}"] * (end - first)
            marks[end - 1] = f"end {match}"
            marks[first] = f"start {match}" if end - first > 1 else f"all {match}"
    return marks


def _shape(word: str) -> str:
    """Capitals, small letters and digits of a word, of three or more in a row two: `BRCA1` is `XX0`."""
    shape = ""
    for character in word:
        kind = "X" if character.isupper() else "0" if character.isdigit() else "x"
        if not shape.endswith(kind * 2):
            shape += kind
    return shape
