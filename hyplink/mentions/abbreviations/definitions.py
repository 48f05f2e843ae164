"""Abbreviations that a text defines: `hereditary breast cancer (HBC)`, used as HBC from there on.

The method is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003: a parenthesis with a short form, preceded by the shortest sequence of words whose letters spell it. In
addition, words whose initials are the short form take precedence (`attenuated adenomatous polyposis coli (AAPC)`, where
three words would spell it too), with or without small words such as `and`, and initials in another order are accepted:
`myotonic dystrophy (DM)`. Definitions without a parenthesis are those of `listed`.
"""

import re
from dataclasses import dataclass

from hyplink.corpus.document import Span
from hyplink.memo import recent_texts
from hyplink.mentions.abbreviations.listed import listed_definitions
from hyplink.mentions.abbreviations.spelling import initials_start, spelled_start

PARENTHESIS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_BRACKET = re.compile(r"[()\[\]]")
_CLAUSE_END = re.compile(r"[.;:!?\n](?:(?<!\n)(?=\s)|(?<=\n)\s*\n)")
_SEPARATOR = re.compile(r"[,;]\s")
_CUE = re.compile(
    r"\s*(?:(?:hereafter|hereinafter|henceforth|from here on|from now on|below|also|abbreviated|abbreviation|abbr\."
    r"|termed|called|known|denoted|designated|referred to|in short|short|or|i\.e\.|aka|a\.k\.a\.|as|to|by|=)[,:]?\s+)+",
    re.IGNORECASE,
)
"""What says that a short form follows: `(hereafter, MS)`, `(abbreviated as MS)`."""

_AROUND = " \t\r\n\"'“”‘’"
_MAX_SHORT, _MAX_SHORT_WORDS = 10, 2
_CLAUSE = 200
"""Characters before a parenthesis among which its clause is looked for."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form with its long form.

    Attributes:
        short: characters of the short form in the definition.
        long: characters of the long form.
        short_text, long_text: their words.
    """

    short: Span
    long: Span
    short_text: str
    long_text: str


@recent_texts  # detection, expansion and the span detector each read the same document
def abbreviations_of(text: str) -> tuple[Abbreviation, ...]:
    """The abbreviations that a text defines, in text order; both definitions of a short form that is defined twice."""
    found = [_definition(text, match) for match in PARENTHESIS.finditer(text)]
    found.extend(_abbreviation(text, short, long) for short, long in listed_definitions(text))
    return tuple(sorted(filter(None, found), key=lambda each: each.short))


def _definition(text: str, parenthesis: re.Match[str]) -> Abbreviation | None:
    """The definition at a parenthesis: `long (short)` or `short (long)`; None if it defines nothing."""
    cue = _CUE.match(text, *parenthesis.span(1))
    inside_start = cue.end() if cue else parenthesis.start(1)
    inside = _SEPARATOR.split(text[inside_start : parenthesis.end(1)], maxsplit=1)[0].strip(_AROUND)
    inside_start = text.index(inside, inside_start)
    if is_short_form(inside):
        return _short_inside(text, parenthesis.start(), (inside_start, inside_start + len(inside)))
    return _long_inside(text, parenthesis.start(), (inside_start, inside_start + len(inside)))


def _short_inside(text: str, end: int, short: Span) -> Abbreviation | None:
    """The definition of a short form by the words before its parenthesis, which begins at `end`."""
    inside = text[slice(*short)]
    before_start, before = clause_before(text, end)
    words = _last_words(before, min(len(inside) + 5, 2 * len(inside)))
    start = _first(
        initials_start(inside, words, in_order=True, small_words=False),
        initials_start(inside, words, in_order=True),
        _run_start(inside, words),
        initials_start(inside, words, in_order=False),
    )
    if start is None or _BRACKET.search(words, start):
        return None
    begin = before_start + len(before) - len(words) + start
    return _abbreviation(text, short, (begin, before_start + len(before)))


def _long_inside(text: str, end: int, long: Span) -> Abbreviation | None:
    """The definition of the short form before a parenthesis, which begins at `end`, by the words in it."""
    if not is_short_form(_last_word(text[max(0, end - _CLAUSE) : end])):  # most parentheses define nothing
        return None
    before_start, before = clause_before(text, end)
    word = _last_word(before)
    if not is_short_form(word) or _run_start(word, text[slice(*long)]) != 0:
        return None
    return _abbreviation(text, (before_start + len(before) - len(word), before_start + len(before)), long)


def _abbreviation(text: str, short: Span, long: Span) -> Abbreviation:
    return Abbreviation(short, long, text[slice(*short)], text[slice(*long)])


def clause_before(text: str, end: int) -> tuple[int, str]:
    """The start of the clause that ends at `end`, and its text without trailing spaces."""
    start = max(0, end - _CLAUSE)
    for match in _CLAUSE_END.finditer(text, start, end):
        start = match.end()
    return start, text[start:end].rstrip()


def is_short_form(word: str) -> bool:
    """Whether a word can be a short form: 2 to 10 characters, 1 or 2 words, a letter, and a capital or a digit."""
    return (
        2 <= len(word) <= _MAX_SHORT
        and len(word.split()) <= _MAX_SHORT_WORDS
        and word[0].isalnum()
        and any(map(str.isalpha, word))
        and (any(map(str.isupper, word)) or any(map(str.isdigit, word)))
    )


def _last_words(clause: str, count: int) -> str:
    """The last words of a clause, as written."""
    starts = [match.start() for match in re.finditer(r"\S+", clause)]
    return clause[starts[-count] :] if len(starts) > count else clause.lstrip()


def _last_word(clause: str) -> str:
    """The last word of a clause; empty if it has none."""
    return "".join(clause.split()[-1:])


def _run_start(short: str, words: str) -> int | None:
    """The start of the word that `spelled_start` finds; None if the sequence is not longer than the short form."""
    position = spelled_start(short, words)
    if position is None:
        return None
    start = words.rfind(" ", 0, position + 1) + 1
    long = words[start:]
    return None if len(long) <= len(short) or short.lower() in long.lower().split() else start


def _first(*starts: int | None) -> int | None:
    return next((start for start in starts if start is not None), None)
