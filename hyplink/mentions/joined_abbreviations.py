"""Abbreviations that are defined together: `Duchenne or Becker muscular dystrophy (DMD or BMD)`, and BMD from there on.

The short forms are joined by a slash, a hyphen, a comma or a conjunction, and so are the words. The last short form
stands for the last of them. One before it stands for words of its own, or for a word or two that share the end of the
others: `Duchenne` for `Duchenne muscular dystrophy`.
"""

import re
from collections.abc import Iterator

from hyplink.mentions.abbreviations import PARENTHESIS, clause_before, initials_start, is_short_form, spelled_start

_JOINT = re.compile(r"\s*(?:[/,;-]|\b(?:and|or)\b)\s*")
_JOINT_BEFORE = re.compile(r"(?:[/,-]|\b(?:and|or))\s*$")
_BRACKET = re.compile(r"[()\[\]]")
_MOST = 4


def joined_long_forms(text: str) -> dict[str, str]:
    """What each short form stands for of those that a text defines together; of one defined twice, the first."""
    long_of: dict[str, str] = {}
    for match in PARENTHESIS.finditer(text):
        shorts = _JOINT.split(match.group(1).strip())
        if 1 < len(shorts) <= _MOST and all(map(_is_joinable, shorts)):
            pairs = list(_pairs(shorts, clause_before(text, match.start())[1]))
            if len(pairs) == len(shorts) and all(_is_long_form(*pair) for pair in pairs):
                long_of = dict(pairs) | long_of
    return long_of


def _is_joinable(short: str) -> bool:
    """Two capitals at least: of words and numbers in a parenthesis few are short forms."""
    return is_short_form(short) and sum(character.isupper() for character in short) > 1


def _is_long_form(short: str, long: str) -> bool:
    return len(short) < len(long) and len(long.split()) <= 2 * len(short) and not _BRACKET.search(long)


def _pairs(shorts: list[str], words: str) -> Iterator[tuple[str, str]]:
    """Each short form with its words, the last first, as far as joints part them."""
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
    """Where the words begin that a short form stands for, at the end of `words`; None where there are none."""
    start = initials_start(short, words, in_order=True)
    return spelled_start(short, words) if start is None else start


def _with_shared_end(short: str, words: str, other: str) -> tuple[int, str] | None:
    """Where the own words of a short form begin, and these with the end of the other's whose initials it spells."""
    for blank in re.finditer(r"\s", other):
        for own in re.finditer(r"(?<!\S)\S", words):
            whole = f"{words[own.start() :]} {other[blank.end() :]}"
            if initials_start(short, whole, in_order=True) == 0:
                return own.start(), whole
    return None
