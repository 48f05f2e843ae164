"""Collocations of word senses: the form of the word, and the words next to it."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from hyplink.mentions.lexicon import Word

SHOWN_BY_WORD = 4.0
"""Weight, in mentions, of the word's own distribution in the estimate for each of its senses (smoothing)."""


class Collocations:
    """Counts of clues (a word form or neighbouring words) with each sense of a word.

    Args:
        seen: (clue, word, concept index) of annotated words.
    """

    def __init__(self, seen: Iterable[tuple[str, Word, int]]) -> None:
        self._with_sense: Counter[tuple[str, Word, int]] = Counter(seen)
        self._with_word: Counter[tuple[str, Word]] = Counter()
        self._senses: Counter[tuple[Word, int]] = Counter()
        self._words: Counter[Word] = Counter()
        for (clue, word, concept), times in self._with_sense.items():
            self._with_word[clue, word] += times
            self._senses[word, concept] += times
            self._words[word] += times

    def lead(self, clue: str, word: Word, concept: int) -> float:
        """The log-ratio of a clue's probability given the sense to that given the word; 0 for an unseen sense."""
        share = (self._with_word[clue, word] + 0.5) / (self._words[word] + 1)
        of_sense = self._with_sense[clue, word, concept] + SHOWN_BY_WORD * share
        return float(np.log(of_sense / (self._senses[word, concept] + SHOWN_BY_WORD) / share))
