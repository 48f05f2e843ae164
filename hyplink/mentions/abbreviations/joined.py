"""Abbreviations defined jointly: `Duchenne or Becker muscular dystrophy (DMD or BMD)`, used as BMD from there on.

The short forms are joined by a slash, hyphen, comma or conjunction, and so are the long forms. The last short form
abbreviates the last long form. An earlier one abbreviates words of its own, or one or two words that share the end of
the others: `Duchenne` for `Duchenne muscular dystrophy`.
"""

import re
from collections.abc import Iterator

from hyplink.mentions.abbreviations.definitions import PARENTHESIS, clause_before, is_short_form
from hyplink.mentions.abbreviations.spelling import initials_start, spelled_start

_JOINT = re.compile(r"\s*(?:[/,;-]|\b(?:and|or)\b)\s*")
_JOINT_BEFORE = re.compile(r"(?:[/,-]|\b(?:and|or))\s*$")
_BRACKET = re.compile(r"[()\[\]]")
_MOST = 4


def joined_long_forms(text: str) -> dict[str, str]:
    """The long form of each short form that a text defines jointly; the first, if it is defined twice."""
    long_of: dict[str, str] = {}
    for match in PARENTHESIS.finditer(text):
        shorts = _JOINT.split(match.group(1).strip())
        if 1 < len(shorts) <= _MOST and all(map(_is_joinable, shorts)):
            pairs = list(_pairs(shorts, clause_before(text, match.start())[1]))
            if len(pairs) == len(shorts) and all(_is_long_form(*pair) for pair in pairs):
                for short, long in pairs:
                    long_of.setdefault(short, long)
    return long_of


def _is_joinable(short: str) -> bool:
    """Whether it has at least two capitals: few other words and numbers in parentheses are short forms."""
    return is_short_form(short) and sum(character.isupper() for character in short) > 1


def _is_long_form(short: str, long: str) -> bool:
    return len(short) < len(long) and len(long.split()) <= 2 * len(short) and not _BRACKET.search(long)


def _pairs(shorts: list[str], words: str) -> Iterator[tuple[str, str]]:
    """Each short form with its long form, the last first, as far as the joints separate them."""
    end = ""
    for short in reversed(shorts):
        start = _own_start(short, words)
        shared = _with_shared_end(short, words, end)
        if start is None and shared is None:
            return
        if shared is not None:
            start, end = shared
        else:
            end = words[start:]
        yield short, " ".join(end.split())
        words = words[:start].rstrip()
        if not _JOINT_BEFORE.search(words):
            return
        words = _JOINT_BEFORE.sub("", words).rstrip()


def _own_start(short: str, words: str) -> int | None:
    """The start of a short form's long form at the end of `words`; None if there is none."""
    start = initials_start(short, words, in_order=True)
    return spelled_start(short, words) if start is None else start


def _with_shared_end(short: str, words: str, other: str) -> tuple[int, str] | None:
    """The start of a short form's own words, and these with the shared end whose initials it spells."""
    for blank in re.finditer(r"\s", other):
        for own in re.finditer(r"(?<!\S)\S", words):
            whole = f"{words[own.start() :]} {other[blank.end() :]}"
            if initials_start(short, whole, in_order=True) == 0:
                return own.start(), whole
    return None
