"""The character n-grams of a word and their hash buckets, as fastText computes them.

Bojanowski et al. 2017, Enriching Word Vectors with Subword Information: a word is represented by its own vector and by
those of its n-grams, which share the vectors of a fixed number of buckets.
"""

from functools import lru_cache
from typing import NamedTuple

END_OF_SENTENCE = "</s>"
"""fastText's token for the end of a line, which has no n-grams."""

_OFFSET_BASIS, _PRIME = 2166136261, 16777619


class Subwords(NamedTuple):
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
        marked, last = f"<{word}>", len(word) + 1
        return [
            _hash(marked[start:end]) % self.n_buckets
            for start in range(last + 1)
            for end in range(start + self.shortest, min(start + self.longest, last + 1) + 1)
            if end - start > 1 or 0 < start < last  # the marks alone are no n-grams
        ]


@lru_cache(2**17)
def _hash(text: str) -> int:
    """The 32-bit FNV-1a hash of a text in UTF-8, whose bytes fastText reads as signed and extends to 32 bits."""
    value = _OFFSET_BASIS
    for byte in text.encode("utf-8", "surrogatepass"):
        value = (value ^ (byte if byte < 0x80 else byte | 0xFFFFFF00)) * _PRIME & 0xFFFFFFFF
    return value
