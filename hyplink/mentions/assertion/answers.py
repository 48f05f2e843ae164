"""Answers to mentions, as in forms and short notes: `Asthma: no`, `fever (-)`, `COPD?`, `?stroke`.

An answer stands at the end of an item, behind a colon, dash, bracket or tab, or directly behind what it answers
(`HIV test negative`). It says something of what is before it, and nothing of what follows.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.assertion.boxes import Mark, marks_of_lists
from hyplink.mentions.assertion.clauses import ClauseText

_ANSWERS = {
    **dict.fromkeys(["no", "none", "negative", "neg", "nil", "never", "absent", "denied", "denies"], "negated"),
    **dict.fromkeys(["possible", "probable", "likely", "suspected", "questionable", "doubtful"], "uncertain"),
    **dict.fromkeys(["yes", "present", "positive", "pos"], "none"),
}
_NOT_BEFORE = frozenset(["as", "if", "not", "is", "are", "was", "were", "be", "been", "being", "tested", "so"])
_NOT_BEFORE |= {"it", "all", "or", "and", "a", "the", "to", "of"}
"""Words that need the answer behind them: `if possible`, `was negative`."""

_ITEM_END = re.compile(r"[ \t]*(?:[.;,)\]|\n\r\t]|$)")
_SEPARATOR = re.compile(r"\s*(?:[:=?|(\[]|[-–—]\s)\s*$|.*\t\s*$|\s[-–—]+\s*$")
_NEXT_QUESTION = re.compile(r"\s*\w+(?: \w+){0,3}\s*[:=]")
_MARK = re.compile(
    r"\?+|\(\s*(?P<bracketed>[-–−+]+)\s*\)|[:=\t] ?(?P<sign>[-–−+]+)(?=[ \t]*(?:[\n\r;,.|]|$))"
    r"|[,;(\n][ \t]*\+(?=[ \t]*\w)"
)
_SIGN = re.compile(r"[(:=\t]\s*[-–−]")
"""With a minus sign, the beginning of a mark; few texts have one."""

_ITEM_START = re.compile(r"(?:^|[\n\r,;:.])\s{0,2}$")
_QUERY_BEFORE = re.compile(r"(?:^|[\s(\[:,;.-])$")


class Answer(NamedTuple):
    """An answer in a text.

    Attributes:
        meaning: negated, uncertain or none.
        span: its characters.
        token: the token after what it answers, or, of a query before a finding, the token that it doubts.
        before: whether it says something of what is before it.
        end: the token after the last one that it says something of, if it is a mark of a list before a finding.
    """

    meaning: str
    span: Span
    token: int
    before: bool = True
    end: int | None = None


def answers_in(text: ClauseText) -> Iterator[Answer]:
    """The answers of a text; they end the clauses of what follows them, and are no triggers."""
    has_answers = not _ANSWERS.keys().isdisjoint(text.words)
    for i in [i for i, word in enumerate(text.words) if word in _ANSWERS] if has_answers else ():
        if i > 0 and _is_answer(text, i):
            meaning = _ANSWERS[text.words[i]]
            text.words[i] = ""
            if i + 1 < len(text.words):
                text.end_before(i + 1)
            yield Answer(meaning, (text.starts[i], text.ends[i]), i)
    of_lists = list(marks_of_lists(text.text))
    yield from _of_lists(text, of_lists)
    if "?" in text.text or "+" in text.text or _SIGN.search(text.text):
        yield from _marks(text, {mark.span for mark in of_lists})


def _is_answer(text: ClauseText, i: int) -> bool:
    end, between = text.ends[i], text.between(i)
    separated = bool(_SEPARATOR.match(between))
    if not _ITEM_END.match(text.text, end):
        return separated and (":" in between or "=" in between) and bool(_NEXT_QUESTION.match(text.text, end))
    if separated:
        return True
    return between.isspace() and "\n" not in between and text.words[i - 1] not in _NOT_BEFORE


def _of_lists(text: ClauseText, marks: Iterable[Mark]) -> Iterator[Answer]:
    """What the marks of lists say: before a finding up to the next mark, behind it back to the one before."""
    for mark in marks:
        following = bisect_left(text.ends, mark.span[1] + 1)
        if following < len(text.ends):
            text.end_before(following)
        end = None if mark.end is None else bisect_left(text.starts, mark.end)
        yield Answer("negated" if mark.denies else "none", mark.span, following, mark.end is None, end)


def _marks(text: ClauseText, of_lists: Container[Span]) -> Iterator[Answer]:
    ends = text.ends
    for mark in _MARK.finditer(text.text):
        start, end = mark.span()
        if (start, end) in of_lists:
            continue
        following = bisect_left(ends, end)
        if mark[0][0] == "?":
            yield from _query(text, (start, end), following)
            continue
        if following < len(ends):
            text.end_before(following)
        sign = mark["bracketed"] or mark["sign"]
        if sign is not None:
            is_first = bool(mark["bracketed"] and _ITEM_START.search(text.text, max(0, start - 3), start))
            yield Answer("none" if "+" in sign else "negated", (start, end), following, before=not is_first)


def _query(text: ClauseText, mark: Span, following: int) -> Iterator[Answer]:
    """A question mark that doubts what is before it, unless an answer follows, or what is after it.

    It doubts what is after it if it stands directly before a word, or at the start of an item.
    """
    start, end = mark
    is_before = text.text[end : end + 1].isalnum() and _QUERY_BEFORE.search(text.text[max(0, start - 1) : start])
    if following < len(text.words) and (is_before or _ITEM_START.search(text.text, max(0, start - 3), start)):
        yield Answer("uncertain", mark, following, before=False)
    elif following == len(text.words) or text.words[following]:
        yield Answer("uncertain", mark, following)
