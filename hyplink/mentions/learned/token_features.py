"""Hashed features of the tokens of a text.

The features are the token and its neighbours, their suffixes, shapes and classes (`word_classes`), punctuation, and the
names detected at them. Each is hashed to a column (Weinberger et al., "Feature hashing for large scale multitask
learning", ICML 2009). The features of a word depend on the word alone, so they are hashed once per distinct word, for
every position that it may have relative to a token.
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
"""The column of an absent feature."""

_REACH = 2
_EDGE = "-"
_WORDS_KEPT = 1 << 16

_FAR = range(-_REACH, _REACH + 1)
_NEAR = (-1, 0, 1)

# Slices of the array that `_columns_of_word` returns: features for a token at a distance, beside a gap, and itself.
_TO_FAR = {far: slice(3 * i, 3 * i + 3) for i, far in enumerate(_FAR)}
_TO_NEAR = {far: slice(15 + 2 * i, 17 + 2 * i) for i, far in enumerate(_NEAR)}
_BEFORE_GAP, _AFTER_GAP = 21, 21 + len(Gap)
_TO_ITSELF = slice(21 + 2 * len(Gap), None)

_Columns = NDArray[np.int64]


class TokenFeatures:
    """Computes the features of tokens.

    Args:
        word_classes: the classes of words.
    """

    def __init__(self, word_classes: WordClasses) -> None:
        self.word_classes = word_classes
        self._edge = _columns_of_word(_EDGE, _EDGE, _EDGE, _EDGE)
        self._known: dict[str, _Columns] = {}

    def of(self, tokenised: TokenisedText) -> Indices:
        """The feature columns of each token, int64 (n_tokens, n_features), padded with `NOTHING`."""
        n, gaps = len(tokenised.tokens), np.array(tokenised.gaps, dtype=np.int64)
        edge = [self._edge] * _REACH
        shown = np.stack([*edge, *self._columns([token.text for token in tokenised.tokens]), *edge])
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

    def _columns(self, words: Sequence[str]) -> list[_Columns]:
        """The columns of each word, int64 (n,)."""
        if len(self._known) > _WORDS_KEPT:
            self._known.clear()
        # Another thread may clear the cache at any moment, so the answer is made of what was looked up once.
        known = {word: columns for word in set(words) if (columns := self._known.get(word)) is not None}
        new = sorted(set(words) - known.keys())
        if new:
            classes = self.word_classes.classes([word.lower() for word in new])
            for word, (coarse, fine) in zip(new, classes, strict=True):
                known[word] = self._known[word] = _columns_of_word(
                    normal_word(word), str(coarse), str(fine), _shape(word), stem(word)
                )
        return [known[word] for word in words]


def _columns_of_word(word: str, coarse: str, fine: str, shape: str, word_stem: str = "") -> _Columns:
    """The columns of all features of a word, int64 (n,).

    Args:
        word: its normal form.
        coarse: its class in the coarse clustering.
        fine: its class in the fine clustering.
        shape: its pattern of letters and digits.
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
    """The column of a feature, by the hash that scikit-learn's `FeatureHasher` uses."""
    return abs(mmh3.hash(what)) % N_COLUMNS


_GAP_COLUMNS = np.array([[_column(f"gap {int(gap)}"), _column(f"gap {int(gap)} after")] for gap in Gap])


@lru_cache
def _name_at(mark: str) -> _Columns:
    """The columns of a name tag at each relative position."""
    return np.array([_column(f"{far} name {mark}") for far in _FAR])


@lru_cache
def _names_beside(first: str, second: str) -> tuple[int, int]:
    """The columns of two adjacent name tags, for the second token and for the first."""
    return _column(f"names {first} {second}"), _column(f"names {first}, {second}")


def _name_marks(tokenised: TokenisedText) -> list[str]:
    """A tag for each token: whether it is all of, begins, is within or ends a name, and how the name matches."""
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
    """The columns of an abbreviation's long form, by its first and last words; `NOTHING` for other tokens."""
    columns = np.full((len(tokenised.tokens), 3), NOTHING)
    for row, what in _of_abbreviations(tokenised):
        columns[row] = [_column(each) for each in what]
    return columns


def _of_abbreviations(tokenised: TokenisedText) -> Iterator[tuple[int, tuple[str, str, str]]]:
    if not tokenised.long_forms:
        return
    for row, token in enumerate(tokenised.tokens):
        span = tokenised.long_forms.get(token.text)
        if span:
            first, end = span
            yield row, ("short form", f"long {tokenised.normal[first]}", f"form {tokenised.normal[end - 1]}")


def _shape(word: str) -> str:
    """The pattern of capitals, lower-case letters and digits, with repetitions cut to two: `BRCA1` is `XX0`."""
    shape = ""
    for character in word:
        kind = "X" if character.isupper() else "0" if character.isdigit() else "x"
        if not shape.endswith(kind * 2):
            shape += kind
    return shape
