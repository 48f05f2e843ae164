"""Answers to mentions, as in forms and short notes: `Asthma: no`, `fever (-)`, `COPD?`, `?stroke`.

An answer stands at the end of an item, behind a colon, dash, bracket or tab, or directly behind what it answers
(`HIV test negative`), or in a series of answers (`Asthma yes COPD no`). It says something of what is before it, and
nothing of what follows.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.assertion.boxes import Mark, marks_of_lists, may_have_marks
from hyplink.mentions.assertion.clauses import Break, ClauseText

_ANSWERS = {
    **dict.fromkeys(["no", "none", "negative", "neg", "nil", "never", "absent", "denied", "denies"], "negated"),
    **dict.fromkeys(["possible", "probable", "likely", "suspected", "questionable", "doubtful"], "uncertain"),
    **dict.fromkeys(["yes", "present", "positive", "pos"], "none"),
}
_SEPARATED: dict[tuple[str, ...], str] = {
    **{tuple(phrase.split()): "uncertain" for phrase in ["unknown", "uncertain", "unclear", "unsure", "n a"]},
    **{("not", word): "uncertain" for word in ["applicable", "asked", "assessed", "available", "certain", "checked"]},
    **{("not", word): "uncertain" for word in ["done", "evaluated", "examined", "known", "measured", "performed"]},
    **{("not", word): "uncertain" for word in ["recorded", "stated", "sure", "tested"]},
    **{("none", word): "negated" for word in ["detected", "found", "identified", "noted", "reported", "seen"]},
    ("y",): "none",
    ("n",): "negated",
}
"""Answers behind a colon, dash or the like only: a cause, too, may be unknown."""

_FIRST_WORDS = _ANSWERS.keys() | {words[0] for words in _SEPARATED}
_YES_OR_NO = frozenset(["yes", "no"])
_WHO_ANSWERS = frozenset(["a", "answer", "patient", "pt", "reply", "response"])
_WORDS_OF_ITEM = 6
_NOT_BEFORE = frozenset(["as", "if", "not", "is", "are", "was", "were", "be", "been", "being", "tested", "so"])
_NOT_BEFORE |= {"it", "all", "or", "and", "a", "the", "to", "of"}
"""Words that need the answer behind them: `if possible`, `was negative`."""

_ITEM_END = re.compile(r"[ \t]*(?:[.;,)\]|\n\r\t]|$)")
_SEPARATOR = re.compile(r"\s*(?:[:=?|(\[]|[-–—]\s)\s*$|.*\t\s*$|\s[-–—]+\s*$|,$|\s*\?\s*[-–—]\s*$")
_SEPARATOR_OF_LETTER = re.compile(r"\s*[:=?|\t]\s*$")
_NEXT_QUESTION = re.compile(r"\s*\w+(?: \w+){0,3}\s*[:=]")
_MARK = re.compile(
    r"\?+|\(\s*(?P<bracketed>[-–−+]+)(?:ve)?\s*\)"
    r"|(?:[:=\t] ?|\| {0,9})(?P<sign>[-–−+]+)(?=[ \t]*(?:[\n\r;,.|]|$))"
    r"|(?<=\w)[ \t:=|]{1,3}(?P<adjective>[-–−+])(?=ve[ \t]*(?:[\n\r;,.|)]|$))"
    r"|(?<=[^\W\d_]) (?P<alone>[-–−+])(?=[ \t]*(?:[;,|]|\r?\n(?![ \t]*[a-z])|$))"
    r"|[,;(\n][ \t]*\+(?=[ \t]*\w)"
)
_SIGNS = [
    re.compile(pattern)
    for pattern in (r"\+(?<![\w)\]]\+)", r"[(:=|\t]\s*[-–−]", r"[-–−](?:ve\b|[ \t]*(?:[;,|\n\r]|$))")
]
"""The sign of a mark, perhaps with what is before or behind it; few texts have one."""

_LONGEST_ITEM = 40
"""Characters of an item that may have a sign behind it; behind more of them it is a dash."""

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
    has_answers = not _FIRST_WORDS.isdisjoint(text.words)
    for i, end, meaning in reversed(list(_worded(text))) if has_answers else ():
        token = i
        if text.words[i - 1] in _WHO_ANSWERS and "?" in text.between(i - 1):  # `Any pain? Patient: no`
            token = i - 1
        span = text.starts[i], text.ends[end - 1]
        text.words[token:end] = [""] * (end - token)
        if end < len(text.words):
            text.end_before(end)
        yield Answer(meaning, span, token)
    has_marks = may_have_marks(text.text)
    of_lists = list(marks_of_lists(text.text)) if has_marks else []
    yield from _of_lists(text, of_lists)
    if "?" in text.text or (has_marks and any(each.search(text.text) for each in _SIGNS)):
        yield from _marks(text, {mark.span for mark in of_lists})


def _worded(text: ClauseText) -> Iterator[tuple[int, int, str]]:
    """The first token of each answer in words, the token after its last, and its meaning; the last answer first."""
    following = None  # the answer behind, which may be of the same series
    for i in [i for i, word in enumerate(text.words) if word in _FIRST_WORDS and i > 0][::-1]:
        if (end := _end_of_separated(text, i)) is not None:
            yield i, end, _SEPARATED[tuple(text.words[i:end])]
        elif text.words[i] in _ANSWERS and (_is_answer(text, i) or _is_in_series(text, i, following)):
            following = i
            yield i, i + 1, _ANSWERS[text.words[i]]


def _end_of_separated(text: ClauseText, i: int) -> int | None:
    """The token after an answer at token i that needs a separator before it; None if there is no such answer."""
    between = text.between(i)
    for end in (i + 2, i + 1):
        if end > len(text.words) or tuple(text.words[i:end]) not in _SEPARATED or between == ",":
            continue
        separator = _SEPARATOR_OF_LETTER if end == i + 1 and len(text.words[i]) == 1 else _SEPARATOR
        if separator.match(between) and _ends_item(text, end, between):
            return end
    return None


def _ends_item(text: ClauseText, end: int, between: str) -> bool:
    """Whether an answer that ends before token `end` ends its item, or is followed by another question and a colon."""
    if _ITEM_END.match(text.text, text.ends[end - 1]):
        return True
    return (":" in between or "=" in between) and bool(_NEXT_QUESTION.match(text.text, text.ends[end - 1]))


def _is_in_series(text: ClauseText, i: int, following: int | None) -> bool:
    """Whether a `yes` or `no` is followed by a finding with another one: `Asthma yes COPD no`."""
    if following is None or not i + 1 < following <= i + 1 + _WORDS_OF_ITEM or text.gap(i) is not Break.NONE:
        return False
    words = {text.words[i], text.words[following]}
    is_pair = words == _YES_OR_NO or (words <= _YES_OR_NO and text.text[text.starts[i]].isupper())
    return is_pair and all(text.gap(j) is Break.NONE for j in range(i + 1, following + 1))


def _is_answer(text: ClauseText, i: int) -> bool:
    between = text.between(i)
    if _SEPARATOR.match(between):
        return _ends_item(text, i + 1, between)
    is_behind = between.isspace() and "\n" not in between and text.words[i - 1] not in _NOT_BEFORE
    return is_behind and bool(_ITEM_END.match(text.text, text.ends[i]))


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
        sign = mark["bracketed"] or mark["sign"] or mark["adjective"] or mark["alone"]
        if sign is not None and _is_behind_item(text.text, mark):
            is_first = bool(mark["bracketed"] and _ITEM_START.search(text.text, max(0, start - 3), start))
            yield Answer("none" if "+" in sign else "negated", (start, end), following, before=not is_first)


def _is_behind_item(text: str, mark: re.Match[str]) -> bool:
    """Whether a sign is behind an item of its own line, which must be short if only a space separates them."""
    if mark["bracketed"]:
        return True
    line = text[max(0, mark.start() - _LONGEST_ITEM) : mark.start()]
    item = re.split(r"[\n\r]", line)[-1]
    is_short = len(item) < _LONGEST_ITEM or bool(re.search("[,;:]", item))
    return bool(re.search(r"\w", item)) and (is_short or not mark["alone"])


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
