"""Lists below a heading that says something of all their items (`Patient denies:`, and a finding a line below it)."""

import re
from bisect import bisect_left

from hyplink.mentions.assertion.clauses import Break, ClauseText
from hyplink.mentions.assertion.patterns import word_classes

_WORDS_OF_HEADING, _CHARACTERS_OF_HEADING = 6, 100
_LONG_LINE, _LONGEST_WRAPPED = 40, 120
"""Characters of a line from which on it is prose, not an item of a list without bullets, or may have been wrapped; and
of the longest wrapped line."""

_HEADING_END = re.compile(r"\s*:[ \t]*(?:\r?\n|\r)(?:[ \t]*(?:\r?\n|\r)(?=[ \t]*[-–—*•·+\d(]))?")
"""A colon at the end of a line. An empty line may follow, if the list has bullets or numbers."""

_LINE_END = re.compile(r"[ \t]*(?:\r?\n|\r)")
_LINE = re.compile(r"([^\r\n]*)(?:\r?\n|\r|$)")
_BULLET = re.compile(r"[ \t]*(?:(?:[-–—*•·+]|\(?(?:\d{1,3}|[a-z])[.)])[ \t]|[•·])")
_HEADING = re.compile(r"[^\W\d_][^:.]{0,40}:")
_WORD = re.compile(r"[^\W\d_]+")


def items_below(text: ClauseText, first: int, start: int) -> range:
    """The tokens of the list below a heading; none if it is no heading.

    The heading ends in a colon directly behind the trigger, or behind a reference to the list (`denies any of the
    following:`), or is a line by itself (`Family history`). The list ends at an empty line, at another heading, if it
    has bullets or numbers, at a line without one, and if the heading is in capitals, at another line in capitals. The
    items of a list without bullets are short and no sentences, except those about relatives.

    Args:
        text: the text.
        first: the first token of the trigger.
        start: the token after its last.
    """
    found = _HEADING_END.match(text.text, text.ends[heading_end(text, start) - 1])
    if found is None and text.words[start - 1] in word_classes()["heading"] and _begins_line(text, first):
        found = _LINE_END.match(text.text, text.ends[start - 1])
    if found is None:
        return range(0)
    position = items_start = found.end()
    has_bullets, before = bool(_BULLET.match(text.text, items_start)), ""
    in_capitals = text.text[text.starts[first] : text.ends[start - 1]].isupper()
    while (line := _LINE.match(text.text, position)) is not None and not (in_capitals and line[1].isupper()):
        is_rest = has_bullets and _continues_item(before, line[1])
        if not (is_rest or (_is_item(line[1]) if has_bullets else _is_plain_item(line[1]))):
            break
        position, before = line.end(), line[1]
    return range(bisect_left(text.starts, items_start), bisect_left(text.starts, position))


def heading_end(text: ClauseText, start: int) -> int:
    """The token after the words by which a heading refers to its list; `start` if there are none."""
    first = text.ends[start - 1]
    if text.text.find(":", first, first + _CHARACTERS_OF_HEADING) < 0:
        return start
    for i in range(start, min(start + _WORDS_OF_HEADING, len(text.words))):
        if text.gap(i) is not Break.NONE:
            return start
        if text.words[i] in word_classes()["below"] and text.between(i + 1 if i + 1 < len(text.words) else i) != " ":
            return i + 1
    return start


def _begins_line(text: ClauseText, i: int) -> bool:
    """Whether a token is the first of its line."""
    return i == 0 or "\n" in text.between(i) or "\r" in text.between(i)


def _is_item(line: str) -> bool:
    return bool(_BULLET.match(line))


def _continues_item(before: str, line: str) -> bool:
    """Whether a line without a bullet is the rest of the item in the line before it, which was wrapped."""
    is_wrapped = line[:1] in (" ", "\t") or _LONG_LINE <= len(before) <= _LONGEST_WRAPPED
    return is_wrapped and line.lstrip()[:1].islower()


def _is_plain_item(line: str) -> bool:
    """Whether a line is an item of a list without bullets."""
    if _is_item(line) or not (words := _WORD.findall(line.lower())):
        return False
    classes = word_classes()
    if words[0] in classes["relative"] or words[0] in classes["sibling"]:
        return True
    is_sentence = not classes["verb"].isdisjoint(words) or not classes["subject"].isdisjoint(words)
    return len(line) < _LONG_LINE and not is_sentence and not _HEADING.match(line.lstrip(" \t#*_"))
