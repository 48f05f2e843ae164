"""The character n-grams of a word and their hash buckets, as fastText computes them.

Bojanowski et al. 2017, Enriching Word Vectors with Subword Information: a word is represented by its own vector and by
those of its n-grams, which share the vectors of a fixed number of buckets.
"""

from dataclasses import dataclass
from functools import cached_property

END_OF_SENTENCE = "</s>"
"""fastText's token for the end of a line, which has no n-grams."""

MAX_CACHED_NGRAMS = 200_000
"""Maximum number of n-grams whose buckets are cached."""

_OFFSET_BASIS, _PRIME = 2166136261, 16777619


@dataclass(frozen=True)
class Subwords:
    """Which n-grams of a word have vectors.

    Attributes:
        shortest: minimum length of an n-gram in characters, at least 1.
        longest: maximum length.
        n_buckets: number of hash buckets, at least 1.
    """

    shortest: int
    longest: int
    n_buckets: int

    def buckets(self, word: str) -> list[int]:
        """The bucket of each n-gram of a word between `<` and `>`, by start and then by length."""
        if word == END_OF_SENTENCE:
            return []
        marked, last, bucket_of = f"<{word}>", len(word) + 1, self._bucket_of
        return [
            bucket_of[marked[start:end]]
            for start in range(last + 1)
            for end in range(start + self.shortest, min(start + self.longest, last + 1) + 1)
            if end - start > 1 or 0 < start < last  # the marks alone are no n-grams
        ]

    @cached_property
    def _bucket_of(self) -> "_BucketOf":
        return _BucketOf(self.n_buckets)


class _BucketOf(dict[str, int]):
    """The bucket of an n-gram, computed where it is not known: a few n-grams make up most words."""

    def __init__(self, n_buckets: int) -> None:
        super().__init__()
        self._n_buckets = n_buckets

    def __missing__(self, ngram: str) -> int:
        if len(self) >= MAX_CACHED_NGRAMS:
            self.clear()
        bucket = self[ngram] = _hash(ngram) % self._n_buckets
        return bucket


def _hash(text: str) -> int:
    """The 32-bit FNV-1a hash of a text in UTF-8, whose bytes fastText reads as signed and extends to 32 bits."""
    value = _OFFSET_BASIS
    for byte in text.encode("utf-8", "surrogatepass"):
        value = (value ^ (byte if byte < 0x80 else byte | 0xFFFFFF00)) * _PRIME & 0xFFFFFFFF
    return value
