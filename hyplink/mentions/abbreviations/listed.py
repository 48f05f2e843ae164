"""Abbreviations that a text lists: `MS = multiple sclerosis`, `MS: multiple sclerosis`, `MS, multiple sclerosis; …`.

Such lists stand below figures and tables and at the end of articles. An equals sign defines by itself. A colon or comma
does in a list of two definitions or more, and a colon also where the initials of the long form are the short form. A
single letter is never a short form: as a word it means too much else in the rest of a document.
"""

import re
from collections.abc import Iterator, Sequence

from hyplink.corpus.document import Span
from hyplink.mentions.abbreviations.spelling import initials_start, spelled_start
from hyplink.names.name_forms import STOP_WORDS

_SHORT, _LONG = r"[^\W_][\w+-]{1,9}", r"[^\W\d_][^.;:,=()\[\]\n]{2,80}"
_EQUATION = re.compile(rf"(?<![\w+-])({_SHORT})[ \t]?=[ \t]?({_LONG})")
_FIRST_ITEM = re.compile(rf"[ \t]*({_SHORT})(:|,)[ \t]+({_LONG})(?=[.;)\]\n]|\Z)")
_ITEM = re.compile(rf"[.;:(\[\n]{_FIRST_ITEM.pattern}")
_MAX_WORDS = 10


def listed_definitions(text: str) -> Iterator[tuple[Span, Span]]:
    """The short and the long form of each definition in lists and equations, in no particular order."""
    for match in _EQUATION.finditer(text) if "=" in text else ():
        if length := _length_of_long_form(match[1], match[2]):
            yield match.span(1), (match.start(2), match.start(2) + length)
    run: list[re.Match[str]] = []
    first = _FIRST_ITEM.match(text)
    for match in (*([first] if first else []), *_ITEM.finditer(text, first.end() if first else 0)):
        if run and text[run[-1].end() : match.start(1)].strip() != ";":
            yield from _defined(run)
            run = []
        if _is_defined(match):
            run.append(match)
    yield from _defined(run)


def _defined(run: Sequence[re.Match[str]]) -> Iterator[tuple[Span, Span]]:
    """The definitions of consecutive items, if they are a list or their initials leave no doubt."""
    for match in run:
        short, mark, long = match.groups()
        initials = mark == ":" and short.isupper() and initials_start(short, long, in_order=True) == 0
        if len(run) > 1 or initials:
            yield match.span(1), (match.start(3), match.start(3) + len(long.rstrip()))


def _is_defined(match: re.Match[str]) -> bool:
    """Whether the long form of an item spells its short form from its first letter on."""
    short, long = match[1], match[3].rstrip()
    return (
        any(map(str.isalpha, short))
        and short not in STOP_WORDS
        and len(short) < len(long)
        and len(long.split()) <= _MAX_WORDS
        and spelled_start(short, long) == 0
    )


def _length_of_long_form(short: str, words: str) -> int | None:
    """The length of the long form that begins `words`: up to the last initial, or all words if they spell `short`."""
    if not short[0].isalpha() or not any(map(str.isupper, short)):
        return None
    ends = [match.end() for match in re.finditer(r"\S+", words)][:_MAX_WORDS]
    for end in ends:
        if initials_start(short, words[:end], in_order=True) == 0 and end > len(short):
            return end
    whole = words.rstrip()
    spelled = len(ends) <= len(short) and len(short) < len(whole) and spelled_start(short, whole) == 0
    return len(whole) if spelled else None
