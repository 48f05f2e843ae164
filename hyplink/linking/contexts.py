"""The part of a document that is shown with a mention: its line or, if that is long, some sentences of it."""

import re
from bisect import bisect_left, bisect_right

LONGEST = 500
"""Characters of a part, after which it ends with the next word; with half of them, it ends with the sentence."""

_BREAK = re.compile(r"\s+")
_LINE_END = re.compile(r"[\r\n]")


class Contexts:
    """The parts of a text. Those of two mentions are the same or do not overlap, unless a mention crosses parts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._begins = [0]
        for found in _BREAK.finditer(text):
            length = found.end() - self._begins[-1]
            is_sentence_end = text[found.start() - 1 : found.start()] in (".", "!", "?")
            if _LINE_END.search(found[0]) or length >= LONGEST or (length >= LONGEST // 2 and is_sentence_end):
                self._begins.append(found.end())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the parts that a mention is in, without white space at the end; an empty one is in one part."""
        begin = self._begins[bisect_right(self._begins, start) - 1]
        after = bisect_left(self._begins, max(end, start + 1))
        limit = self._begins[after] if after < len(self._begins) else len(self._text)
        return begin, max(end, begin + len(self._text[begin:limit].rstrip()))
