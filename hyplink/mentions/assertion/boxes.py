"""Marks of lists of findings: ticked and empty boxes (`☐ Asthma ☒ COPD`) and signs (`+ cough, - fever`).

All marks of a line stand either before what they mark or behind it (`Asthma ☐ COPD ☒`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hyplink.corpus.document import Span

_BOX = re.compile(r"(?P<no>[☐□]|\[ ?\])|[☑☒]|\[[xX]\]")
_SIGN = re.compile(
    r"(?:^|(?<=[,;\s]))(?:(?P<no>[-−])|\+)(?=[^\W\d_])|(?:^[ \t]*|[,;][ \t]*)(?:(?P<also_no>[-−])|\+)(?=[ \t][^\W\d_])"
)
_BRACKETED = re.compile(r"\(\s*(?:(?P<no>[-–−])+|\++)\s*\)")
_WORD = re.compile(r"[^\W_]")
_MAY_HAVE_MARKS = re.compile(r"[☐□☑☒+]|\[[ xX]?\]|\([-–−]")


class Mark(NamedTuple):
    """A mark of a text: its characters, whether it denies, and where what it marks ends if it stands before it."""

    span: Span
    denies: bool
    end: int | None


def marks_of_lists(text: str) -> Iterator[Mark]:
    """The marks of the lists of a text, in text order."""
    if not _MAY_HAVE_MARKS.search(text):
        return
    start = 0
    for line in text.splitlines(keepends=True):
        for pattern in (_BOX, _SIGN, _BRACKETED):
            yield from _marks_of_line(line, start, list(pattern.finditer(line)), pattern)
        start += len(line)


def _marks_of_line(line: str, start: int, found: Sequence[re.Match[str]], pattern: re.Pattern[str]) -> Iterator[Mark]:
    if not found or (pattern is _SIGN and not any("+" in each[0] for each in found)):
        return
    is_before = bool(_WORD.search(line, found[-1].end()))
    if pattern is _BRACKETED:  # not in `fever (-), cough (+) and rash`
        is_before = is_before and not _WORD.search(line[: found[0].start()].rpartition(":")[2])
    if not is_before and pattern is not _BOX:
        return  # `fever (-)` is an answer
    for each, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(line)
        denies = any(each.groupdict().values())
        yield Mark((start + each.start(), start + each.end()), denies, start + end if is_before else None)
