"""What is seen at each word of a text.

The word and those beside it, their endings, shapes and classes (`word_classes`), punctuation, and the names that stand
there. Each thing that is seen is hashed into a column of one table (Weinberger et al., "Feature hashing for large scale
multitask learning", ICML 2009). What a word shows hangs on the word alone: it is hashed once, when the word is first
met, for every place that the word may have beside another.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import mmh3
import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.mentions.learned.tokenised_text import TokenisedText
from hyplink.mentions.learned.word_classes import WordClasses
from hyplink.mentions.tokens import Gap
from hyplink.names.normal_forms import normal_word, stem

N_COLUMNS = 1 << 18

NOTHING = -1
"""The column of what is not there to be seen."""

_REACH = 2
_EDGE = "-"
_WORDS_KEPT = 1 << 16

_FAR = range(-_REACH, _REACH + 1)
_NEAR = (-1, 0, 1)

# Where in `_shown_by` stands what a word shows to the one that is so far away, beside a gap, and to itself.
_TO_FAR = {far: slice(3 * i, 3 * i + 3) for i, far in enumerate(_FAR)}
_TO_NEAR = {far: slice(15 + 2 * i, 17 + 2 * i) for i, far in enumerate(_NEAR)}
_BEFORE_GAP, _AFTER_GAP = 21, 21 + len(Gap)
_TO_ITSELF = slice(21 + 2 * len(Gap), None)

_Columns = NDArray[np.int64]


class TokenFeatures:
    """Sees the words of texts.

    Args:
        word_classes: the classes of words.
    """

    def __init__(self, word_classes: WordClasses) -> None:
        self.word_classes = word_classes
        self._edge = _shown_by(_EDGE, _EDGE, _EDGE, _EDGE)
        self._known: dict[str, _Columns] = {}

    def of(self, tokenised: TokenisedText) -> Indices:
        """The columns of all that is seen at each token, int64 (tokens, things); `NOTHING` fills the rows up."""
        n, gaps = len(tokenised.tokens), np.array(tokenised.gaps, dtype=np.int64)
        edge = [self._edge] * _REACH
        shown = np.stack([*edge, *self._shown([token.text for token in tokenised.tokens]), *edge])
        at = {far: shown[_REACH + far : _REACH + far + n] for far in _FAR}
        marks = [_EDGE, *_name_marks(tokenised), _EDGE]
        marked = np.stack([_name_at(mark) for mark in (_EDGE, *marks, _EDGE)])
        rows, words = np.arange(n), [_EDGE, *tokenised.normal, _EDGE]
        beside = np.array([_column(f"{before} {after}") for before, after in pairwise(words)])
        names = np.array([_names_beside(*pair) for pair in pairwise(marks)])
        return np.column_stack(
            [
                at[0][:, _TO_ITSELF],
                *(at[far][:, part] for far, part in (*_TO_FAR.items(), *_TO_NEAR.items())),
                *(marked[_REACH + far : _REACH + far + n, i] for i, far in enumerate(_FAR)),
                beside[:-1],
                beside[1:],
                names[:-1, 0],
                names[1:, 1],
                _GAP_COLUMNS[gaps[:-1], 0],
                _GAP_COLUMNS[gaps[1:], 1],
                at[-1][rows, _BEFORE_GAP + gaps[:-1]],
                at[1][rows, _AFTER_GAP + gaps[1:]],
                _long_forms(tokenised),
            ]
        )

    def _shown(self, words: Sequence[str]) -> list[_Columns]:
        """What each word shows."""
        if len(self._known) > _WORDS_KEPT:
            self._known.clear()
        new = sorted(set(words) - self._known.keys())
        if new:
            classes = self.word_classes.classes([word.lower() for word in new])
            for word, (coarse, fine) in zip(new, classes, strict=True):
                self._known[word] = _shown_by(normal_word(word), str(coarse), str(fine), _shape(word), stem(word))
        return [self._known[word] for word in words]


def _shown_by(word: str, coarse: str, fine: str, shape: str, word_stem: str = "") -> _Columns:
    """The columns of all that a word shows, int64 (n,).

    Args:
        word: its normal form.
        coarse: its class among few.
        fine: its class among many.
        shape: its letters and digits.
        word_stem: its stem.
    """
    return np.array(
        [
            *(_column(f"{far} {what}") for far in _FAR for what in (word, f"c {coarse}", f"f {fine}")),
            *(_column(f"{far} {what}") for far in _NEAR for what in (f"ending {word[-4:]}", f"shape {shape}")),
            *(_column(f"gap {int(gap)} {word}") for gap in Gap),
            *(_column(f"gap {int(gap)} after {word}") for gap in Gap),
            *(_column(what) for what in (f"ending {word[-3:]}", f"beginning {word[:4]}", f"stem {word_stem}")),
        ]
    )


def _column(what: str) -> int:
    """As scikit-learn's `FeatureHasher` has it."""
    return abs(mmh3.hash(what)) % N_COLUMNS


_GAP_COLUMNS = np.array([[_column(f"gap {int(gap)}"), _column(f"gap {int(gap)} after")] for gap in Gap])


@lru_cache
def _name_at(mark: str) -> _Columns:
    """The columns of a name's mark at each place that is seen."""
    return np.array([_column(f"{far} name {mark}") for far in _FAR])


@lru_cache
def _names_beside(first: str, second: str) -> tuple[int, int]:
    """The columns of two marks beside each other, as the second token has them and as the first."""
    return _column(f"names {first} {second}"), _column(f"names {first}, {second}")


def _name_marks(tokenised: TokenisedText) -> list[str]:
    """Of each token, whether it stands alone in, opens, is within, or ends a name, and how that name matches."""
    marks = [""] * len(tokenised.tokens)
    for (first, end), name in sorted(
        tokenised.names.items(), key=lambda item: (item[0][0] - item[0][1], item[1].match)
    ):
        if not any(marks[first:end]):
            match = int(name.match)
            marks[first:end] = [f"within {match}"] * (end - first)
            marks[end - 1] = f"end {match}"
            marks[first] = f"start {match}" if end - first > 1 else f"all {match}"
    return marks


def _long_forms(tokenised: TokenisedText) -> _Columns:
    """What abbreviations are short for, by their first and last words; `NOTHING` for other tokens."""
    columns = np.full((len(tokenised.tokens), 3), NOTHING)
    for row, what in _of_abbreviations(tokenised):
        columns[row] = [_column(each) for each in what]
    return columns


def _of_abbreviations(tokenised: TokenisedText) -> Iterator[tuple[int, tuple[str, str, str]]]:
    if not tokenised.long_forms:
        return
    for row, token in enumerate(tokenised.tokens):
        run = tokenised.long_forms.get(token.text)
        if run:
            first, end = run
            yield row, ("short form", f"long {tokenised.normal[first]}", f"form {tokenised.normal[end - 1]}")


def _shape(word: str) -> str:
    """Capitals, small letters and digits of a word, of three or more in a row two: `BRCA1` is `XX0`."""
    shape = ""
    for character in word:
        kind = "X" if character.isupper() else "0" if character.isdigit() else "x"
        if not shape.endswith(kind * 2):
            shape += kind
    return shape
