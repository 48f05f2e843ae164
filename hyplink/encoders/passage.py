"""Passages, the input of encoders, and the tokenisation of their words."""

import re
from typing import NamedTuple

CHARACTERS_PER_WORD = 25
"""Characters of context per word of the window, so that the cost does not depend on the length of the document."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_WORD = re.compile(r"\w")


class Passage(NamedTuple):
    """A mention with its left and right context, which are empty for a name.

    Attributes:
        mention: the text of the mention, or its expansion if it is an abbreviation.
        left: the text before the mention, up to it.
        right: the text after the mention, from its end on.
    """

    mention: str
    left: str = ""
    right: str = ""


def passage_of(text: str, start: int, end: int, mention: str, window: int) -> Passage:
    """The passage of a mention at characters [start, end) of a text, with up to `window` words on each side.

    Args:
        text: the document.
        start: offset of the first character of the mention.
        end: offset after its last character.
        mention: the text to encode for the mention: that of the document, or the expansion of an abbreviation.
        window: number of context words on each side; a context may be cut within a word, the mention never is.
    """
    length = window * CHARACTERS_PER_WORD
    return Passage(mention, text[max(0, start - length) : start], text[end : end + length])


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in order; if it has none, its punctuation marks."""
    tokens = _TOKEN.findall(text)
    return [token for token in tokens if _WORD.match(token)] or tokens
