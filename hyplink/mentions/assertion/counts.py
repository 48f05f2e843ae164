"""Counts of findings that nobody has: `seizures (0/5)`, `ataxia in 0% of patients`."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from hyplink.mentions.assertion.clauses import ClauseText

_PEOPLE = r"(?:animals|cases|children|individuals|participants|patients|persons|subjects)"
_OF_ZERO = rf"(?:n ?= ?0(?![.,\d])|0(?:\.0{{1,3}})? ?%|0 ?(?:/|of|out of) ?[1-9]\d{{0,5}}(?![.,]?\d)|0 {_PEOPLE}\b)"
_BRACKETED = re.compile(rf"[(\[] ?{_OF_ZERO}(?:[,;:]? ?[(\[]?{_OF_ZERO}\)?)?(?: {_PEOPLE})? ?[)\]]", re.IGNORECASE)
_OF_GROUP = re.compile(rf"\b(?:in|by|for) (?:only )?{_OF_ZERO}", re.IGNORECASE)
_ZERO = re.compile(r"0(?<![\d.,]0)(?!\d)")
"""The digit of a zero; few texts have one."""

_COUNT = re.compile(r"\d ?(?:%|/ ?\d|of \d|out of \d)")
_SENTENCE = re.compile(r"(?:[^.;\n]|\.(?!\s))*")
_LONGEST_SENTENCE = 400


class ZeroCount(NamedTuple):
    """A count of zero: the token after what it counts, and whether it is directly behind that, in a bracket."""

    token: int
    is_direct: bool


def zero_counts(text: ClauseText) -> Iterator[ZeroCount]:
    """The counts of a text that are zero.

    One in a sentence counts only if no other follows there, as where groups are compared (`in 0 of 5 patients and 3 of
    6 controls`).
    """
    if not _ZERO.search(text.text):
        return
    for count in _BRACKETED.finditer(text.text):
        yield ZeroCount(bisect_right(text.starts, count.start()), is_direct=True)
    for count in _OF_GROUP.finditer(text.text):
        rest = _SENTENCE.match(text.text, count.end(), count.end() + _LONGEST_SENTENCE)
        if rest is None or not _COUNT.search(rest.group()):
            yield ZeroCount(bisect_right(text.ends, count.start()), is_direct=False)
