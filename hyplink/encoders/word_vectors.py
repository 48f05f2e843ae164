"""Word vectors, with or without subwords, and the file that a run stores them in."""

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from hyplink.encoders.subwords import END_OF_SENTENCE, Subwords
from hyplink.errors import RunError
from hyplink.run.array_files import write_tensors

Vector = NDArray[np.float32]

VECTORS = "vectors.safetensors"
"""Name of the file of word vectors in a run."""

SIF_PARAMETER = 1e-3
"""The parameter a of the smooth inverse frequency a/(a + p(word)) (Arora et al. 2017, equation 1)."""

MAX_SUBWORD_LENGTH = 32
"""Maximum length of subwords that is accepted in a file; fastText's default is 6."""

_ROWS_PER_SUM = 4096
_DTYPES = {"words": "U8", "probabilities": "F64", "rows": "F32", "settings": "I64"}


class WordVectors:
    """The vectors of words. With subwords, every word has a vector; without, words that are not listed have zeros.

    Args:
        words: the words, most frequent first; those of a fastText model that are not UTF-8 hold lone surrogates.
        probabilities: the probability of each word in the text that the vectors were trained on, float64 (n_words,).
        rows: a row for each word, then a row for each bucket of subwords, float32 (n_words + n_buckets, dim).
        subwords: which subwords have vectors; None for none.
        n_tokens: number of tokens of that text; 0 if it is unknown.

    Attributes:
        dim: dimension of the vectors.
        lowercase: whether the thousand most frequent words have no upper-case letter, as if trained on lower-cased
            text.
    """

    def __init__(
        self,
        words: Sequence[str],
        probabilities: NDArray[np.float64],
        rows: Vector,
        subwords: Subwords | None,
        n_tokens: int,
    ) -> None:
        self.words = words
        self.probabilities = probabilities
        self.subwords = subwords
        self.n_tokens = n_tokens
        self.dim: int = rows.shape[1]
        self.lowercase = not any(word != word.lower() for word in words[:1000] if word != END_OF_SENTENCE)
        self._rows = rows
        self._row_of = dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True))

    @classmethod
    def open(cls, path: Path) -> "WordVectors":
        """The word vectors that `save` wrote, whose rows are memory-mapped.

        Raises:
            RunError: the file is missing or damaged.
        """
        try:
            with safe_open(path, framework="pt") as file:
                if {name: file.get_slice(name).get_dtype() for name in file.keys()} != _DTYPES:  # noqa: SIM118
                    raise ValueError("other tensors than expected")
                return cls._from_tensors(*(file.get_tensor(name).numpy() for name in _DTYPES))
        except (OSError, SafetensorError, ValueError) as error:
            raise RunError(
                f"{path}: cannot read the word vectors ({error}); re-run `hyplink encode RUN --force`"
            ) from error

    @classmethod
    def _from_tensors(
        cls, words: NDArray[np.uint8], probabilities: NDArray[np.float64], rows: Vector, settings: NDArray[np.int64]
    ) -> "WordVectors":
        """The word vectors of a file, whose numbers must agree with one another."""
        if (words.ndim, probabilities.ndim, rows.ndim, settings.shape) != (1, 1, 2, (4,)):
            raise ValueError("tensors of other dimensions than expected")
        listed = words.tobytes().decode("utf-8", "surrogateescape").split("\n") if len(words) else []
        if len(listed) != len(probabilities) or not np.all((probabilities >= 0) & (probabilities <= 1)):
            raise ValueError(f"not a probability for each of its {len(listed)} words")
        n_tokens, *numbers = settings.tolist()
        subwords = check_subwords(*numbers)
        expected = len(listed) + (subwords.n_buckets if subwords else 0)
        if rows.shape[0] != expected or not rows.shape[1]:
            raise ValueError(f"{rows.shape[0]} rows of {rows.shape[1]} numbers; expected {expected} rows")
        return cls(listed, probabilities, rows, subwords, n_tokens)

    def save(self, path: Path) -> None:
        """Writes the vectors in safetensors format.

        Raises:
            HyplinkError: the file cannot be written.
        """
        tensors: dict[str, NDArray[Any]] = {
            "words": np.frombuffer("\n".join(self.words).encode("utf-8", "surrogateescape"), np.uint8),
            "probabilities": self.probabilities,
            "rows": np.ascontiguousarray(self._rows),
            "settings": np.array([self.n_tokens, *(astuple(self.subwords) if self.subwords else (0, 0, 0))], np.int64),
        }
        write_tensors(path, tensors)

    def restricted_to(self, rows: Sequence[int]) -> "WordVectors":
        """The vectors of the words at some rows, ascending; other words are unknown to them."""
        buckets = self._rows[len(self.words) :]
        return WordVectors(
            [self.words[row] for row in rows],
            self.probabilities[rows],
            np.concatenate([self._rows[rows], buckets]),
            self.subwords,
            self.n_tokens,
        )

    def vector(self, word: str) -> Vector:
        """The vector of a word, float32 (dim,): the mean of the rows of the word and its subwords, or zeros."""
        row = self._row_of.get(word)
        rows = [] if row is None else [row]
        if self.subwords:
            n_words = len(self.words)
            rows += [n_words + bucket for bucket in self.subwords.buckets(word)]
        if not rows:
            return np.zeros(self.dim, np.float32)
        # Rows are added one by one, and the sum multiplied, as in fastText: the result is the same to the last bit.
        # They are indexed, not taken: of rows that a file has at an odd offset, `take` copies all before it takes any.
        total = self._rows[rows[:_ROWS_PER_SUM]].sum(axis=0)
        for start in range(_ROWS_PER_SUM, len(rows), _ROWS_PER_SUM):
            part = self._rows[rows[start : start + _ROWS_PER_SUM]]
            part[0] += total
            total = part.sum(axis=0)
        mean: Vector = total * np.float32(1 / len(rows))
        return mean

    def weight(self, word: str) -> float:
        """The smooth inverse frequency of a word, in (0, 1]."""
        row = self._row_of.get(word)
        return 1.0 if row is None else SIF_PARAMETER / (SIF_PARAMETER + float(self.probabilities[row]))


def check_subwords(shortest: int, longest: int, n_buckets: int) -> Subwords | None:
    """The subwords with these settings; None if all are 0.

    Raises:
        ValueError: the settings contradict one another.
    """
    if (shortest, longest, n_buckets) == (0, 0, 0):
        return None
    if not 1 <= shortest <= longest <= MAX_SUBWORD_LENGTH or n_buckets < 1:
        raise ValueError(f"subwords of {shortest} to {longest} characters in {n_buckets} buckets")
    return Subwords(shortest, longest, n_buckets)


def zipf_probabilities(n_words: int) -> NDArray[np.float64]:
    """The probability of each of n words, most frequent first, by Zipf's law, float64 (n,)."""
    ranks = np.arange(1, n_words + 1)
    return np.asarray(1.0 / (ranks * float(np.sum(1.0 / ranks))), np.float64)
