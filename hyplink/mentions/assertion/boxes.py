"""Marks of lists of findings: ticked and empty boxes (`☐ Asthma ☒ COPD`) and signs (`+ cough, - fever`).

All marks of a line stand either before what they mark or behind it (`Asthma ☐ COPD ☒`, `cough+, fever-`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hyplink.corpus.document import Span

_BOX = re.compile(r"(?P<no>[☐□✗✘❌]|\[ ?\])|[☑☒✓✔✅]|\[[xX]\]")
_ROUND_BOX = re.compile(r"(?P<no>\([ _]{1,3}\))|\( ?[xX✓✔] ?\)")
_SIGN = re.compile(
    r"(?:^|(?<=[,;\s]))(?:(?P<no>[-−])|\+)(?=[^\W\d_])(?!ve[ \t]*(?:[,;.|)\r\n]|$))"
    r"|(?:^[ \t]*|[,;][ \t]*)(?:(?P<also_no>[-−])|\+)(?=[ \t][^\W\d_])"
)
_PLUS = re.compile(r"\+(?<![^\s,;]\+)")
"""The plus of a list of signs, of which one at least is positive."""

_BRACKETED = re.compile(r"\(\s*(?:(?P<no>[-–−])+|\++)\s*\)")
_BEHIND = re.compile(r"[-−+](?<=[^\W\d_]{3}[-−+])(?:(?=[ \t]*(?:[,;.|\r\n]|$))|(?P<joined>(?=[ \t])))")
"""A sign directly behind a word of three letters: not in `CD4+ cells`. Behind it is a mark, or, if joined, a word."""

_SENTENCE_END = re.compile(r"[ \t]*(?:[.;|\r\n]|$)")
_WORD = re.compile(r"[^\W_]")
_OF_MARKS = [
    re.compile(pattern)
    for pattern in (r"[☐□☑☒✗✘❌✓✔✅+]", r"[\[(](?:[ xX]?[\])]|[-–−])", r"[-−](?=[ \t]*(?:[,;.|\r\n]|$))")
]
"""What texts with marks have: each begins with one of a few characters, which is searched faster than alternatives."""


_OF_ANY_MARK = re.compile(
    r"[-–−+☐□☑☒✗✘❌✓✔✅\[(](?:(?<=[+☐□☑☒✗✘❌✓✔✅])|(?<=[-–−])(?:ve\b|[ \t]*(?:[;,.|\r\n]|$))"
    r"|(?<=[(:=|\t][-–−])|(?<=[(:=|\t]\s[-–−])|(?<=[\[(])(?:[ xX_]{0,3}[\])]|[-–−]))"
)


class Mark(NamedTuple):
    """A mark of a text: its characters, whether it denies, and where what it marks ends if it stands before it."""

    span: Span
    denies: bool
    end: int | None


def may_have_marks(text: str) -> bool:
    """Whether a text has what all marks of findings, boxes and signs, are made of; most prose has not."""
    return _OF_ANY_MARK.search(text) is not None


def marks_of_lists(text: str) -> Iterator[Mark]:
    """The marks of the lists of a text, in text order."""
    if not any(each.search(text) for each in _OF_MARKS):
        return
    start = 0
    for line in text.splitlines(keepends=True):
        for pattern in (_BOX, _ROUND_BOX, *([_SIGN] if _PLUS.search(line) else []), _BRACKETED):
            yield from _marks_of_line(line, start, list(pattern.finditer(line)), pattern)
        yield from _signs_behind(line, start, list(_BEHIND.finditer(line)))
        start += len(line)


def _marks_of_line(line: str, start: int, found: Sequence[re.Match[str]], pattern: re.Pattern[str]) -> Iterator[Mark]:
    if not found or (pattern is _SIGN and not any("+" in each[0] for each in found)):
        return
    if pattern is _ROUND_BOX and all(each["no"] for each in found):
        return  # an empty bracket
    is_before = bool(_WORD.search(line, found[-1].end()))
    if pattern is _BRACKETED:  # not in `fever (-), cough (+) and rash`
        is_before = is_before and not _WORD.search(line[: found[0].start()].rpartition(":")[2])
    if not is_before and pattern not in (_BOX, _ROUND_BOX):
        return  # `fever (-)` is an answer
    for each, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(line)
        denies = any(each.groupdict().values())
        yield Mark((start + each.start(), start + each.end()), denies, start + end if is_before else None)


def _signs_behind(line: str, start: int, found: Sequence[re.Match[str]]) -> Iterator[Mark]:
    """The signs directly behind words: several, the last at the end of a sentence, so that they are no hyphens.

    Signs with only a space behind them (`pallor+ icterus-`) are of different kinds: `short- and long-term`.
    """
    n_positive = sum("+" in each[0] for each in found)
    if len(found) < 2 or not _SENTENCE_END.match(line, found[-1].end()):
        return
    if any(each["joined"] is not None for each in found) and n_positive in (0, len(found)):
        return
    for each in found:
        yield Mark((start + each.start(), start + each.end()), each[0] != "+", None)
