"""What an encoder reads: a mention and the words around it."""

import re
from dataclasses import dataclass

CHARACTERS_A_WORD = 25
"""Text looked through for one word of context, so that the cost of a mention is free of its document's length."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Passage:
    """A mention between its left and right context. A bare name has neither.

    Attributes:
        mention: the words of the mention, or what they are short for.
        left: text before it, ending right at the mention.
        right: text after it.
    """

    mention: str
    left: str = ""
    right: str = ""


def passage_of(text: str, start: int, end: int, mention: str, window: int) -> Passage:
    """The passage of a mention at characters [start, end) of a text, with up to `window` words on each side.

    Args:
        text: the document.
        start: first character of the mention.
        end: character after it.
        mention: the words to encode: those of the text, or what an abbreviation stands for.
        window: words of context on each side; the mention itself is never cut.
    """
    reach = window * CHARACTERS_A_WORD
    return Passage(mention, text[max(0, start - reach) : start], text[end : end + reach])


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in order, without punctuation; if it has none, its punctuation marks."""
    tokens = _TOKEN.findall(text)
    return [token for token in tokens if _WORD.match(token)] or tokens
