"""Clues to the sense of a word: its form, and the words right beside it."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from hyplink.mentions.lexicon import Word

SHOWN_BY_WORD = 4.0
"""What a clue says of the word as a whole counts as much for each sense as so many mentions."""


class Collocations:
    """How often each clue stood by each sense of a word, and by the word.

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
        """How much likelier a clue is for the sense than for the word, as a logarithm; 0 for a sense never seen."""
        share = (self._with_word[clue, word] + 0.5) / (self._words[word] + 1)
        of_sense = self._with_sense[clue, word, concept] + SHOWN_BY_WORD * share
        return float(np.log(of_sense / (self._senses[word, concept] + SHOWN_BY_WORD) / share))
