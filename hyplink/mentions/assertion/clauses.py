"""The words of a text for reading assertions, and where its clauses end."""

import re
from enum import IntEnum

from hyplink.memo import Memo
from hyplink.mentions.assertion.patterns import word_classes
from hyplink.mentions.tokens import DocumentTokens, Gap, document_columns

_DASH = re.compile(r"\s[-–—]+\s|—|\t")
_SEPARATOR = re.compile(r"[ \t]*(?:[:=?|(\[]|[-–—](?=[ \t])|\t)[ \t]*")
_ITEM_END = re.compile(r"[ \t]*(?:[.;,)|\]\n\r\t]|$)")
_ABBREVIATED = frozenset(["vs", "hx", "h", "pt", "pts", "dr", "dx", "e", "g", "approx", "resp", "poss", "prob", "susp"])
"""Words behind which a full stop does not end a sentence."""

_LOWERED = Memo(str.lower, 1 << 18)


class Break(IntEnum):
    """How a word is separated from the one before it."""

    NONE = 0
    COMMA = 1
    END = 2


class ClauseText:
    """The tokens of a text, their words, and the breaks between them, which are computed when asked for.

    Attributes:
        text: the text.
        starts, ends: the characters of its tokens.
        words: the words in lower case, contractions resolved: `doesn't` is `does`, `not`. An answer of a form, which
            is no trigger, is an empty word.
    """

    def __init__(self, text: str, tokens: DocumentTokens) -> None:
        self.text, self.starts, self.ends = text, tokens.starts, tokens.ends
        self.words = list(map(_LOWERED.__getitem__, tokens.texts))
        self._between, self._gaps = tokens.between, tokens.gaps
        self._breaks: dict[int, Break] = {}
        if "'" in text or "’" in text:
            self._resolve_contractions()

    @classmethod
    def from_text(cls, text: str) -> "ClauseText":
        """The clauses of a text."""
        return cls(text, document_columns(text))

    def between(self, i: int) -> str:
        """The characters between token i - 1 and token i."""
        return self._between[i]

    def gap(self, i: int) -> Break:
        """The break before token i."""
        if i == 0:
            return Break.END
        if i not in self._breaks:
            self._breaks[i] = self._break(i)
        return self._breaks[i]

    def is_answer(self, start: int, end: int) -> bool:
        """Whether some tokens answer what is before them: `stroke: ruled out`, `stroke - ruled out by MRI;`."""
        if not _SEPARATOR.fullmatch(self.between(start)):
            return False
        has_means = end < len(self.words) and self.words[end] in word_classes()["means"]
        return has_means or _ITEM_END.match(self.text, self.ends[end - 1]) is not None

    def is_in_bracket(self, start: int) -> bool:
        """Whether a bracket opens at a character, or directly before it."""
        return self.text[max(0, start - 1) : start + 1].strip()[:1] in ("(", "[")

    def end_before(self, i: int) -> None:
        """Ends a clause before token i, whatever separates it from the one before it."""
        self._breaks[i] = Break.END

    def _break(self, i: int) -> Break:
        between = self.between(i)
        if between == " ":
            return Break.NONE
        gap = self._gaps[i]
        is_abbreviation = between == ". " and self.words[i - 1] in _ABBREVIATED
        if (gap is Gap.HARD and not is_abbreviation) or _DASH.search(between):
            return Break.END
        is_comma = gap is Gap.COMMA or (gap is Gap.BRACKET and "," in between)
        return Break.COMMA if is_comma else Break.NONE

    def _resolve_contractions(self) -> None:
        for i in range(1, len(self.words)):
            before = self.words[i - 1]
            if self.words[i] == "t" and before.endswith("n") and self.between(i) in ("'", "’"):
                self.words[i - 1] = before if before == "can" else before[:-1]
                self.words[i] = "not"
