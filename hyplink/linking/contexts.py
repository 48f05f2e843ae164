"""The part of a document that is shown with a mention: its line or, if that is long, some sentences of it."""

import re
from bisect import bisect_left, bisect_right

LONGEST = 500
"""Characters of a part, after which it ends with the next word; with half of them, it ends with the sentence.

Where a text has no spaces, it ends with the next punctuation mark after twice, and anywhere after four times as many.
"""

_BREAK = re.compile(r"\s+|(?<=[^\w\s])(?!\s)")
"""White space, or the end of a punctuation mark before anything else."""

_LINE_END = re.compile(r"[\r\n]")
_SENTENCE_ENDS, _ENDS_WITHOUT_SPACE = frozenset(".!?。！？｡"), frozenset("。！？｡")


class Contexts:
    """The parts of a text. Those of two mentions are the same or do not overlap, unless a mention crosses parts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._begins = [0]
        for found in _BREAK.finditer(text):
            self._add_until(found.start())
            if self._ends(found):
                self._begins.append(found.end())
        self._add_until(len(text))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the parts that a mention is in, without white space at the end; an empty one is in one part."""
        begin = self._begins[bisect_right(self._begins, start) - 1]
        after = bisect_left(self._begins, max(end, start + 1))
        limit = self._begins[after] if after < len(self._begins) else len(self._text)
        return begin, max(end, begin + len(self._text[begin:limit].rstrip()))

    def _ends(self, found: re.Match[str]) -> bool:
        """Whether a part ends with a break."""
        length, last = found.end() - self._begins[-1], self._text[found.start() - 1 : found.start()]
        if length >= LONGEST // 2 and last in (_SENTENCE_ENDS if found[0] else _ENDS_WITHOUT_SPACE):
            return True
        return bool(_LINE_END.search(found[0])) or length >= (LONGEST if found[0] else 2 * LONGEST)

    def _add_until(self, end: int) -> None:
        """Ends parts that are too long although there is no break in them."""
        self._begins += range(self._begins[-1] + 4 * LONGEST, end, 4 * LONGEST)
