"""Line ends: which of them end an item of a list or form, and which are only where a line of prose was wrapped."""

import re

_LONG_LINE = 40
"""Characters of a line from which on it may have been wrapped: items of lists are mostly shorter."""

_LINE = re.compile(r"[^\r\n]*")
_BULLET = re.compile(r"(?:[-–—*•·+]|\(?\d{1,3}[.)])\s|[•·☐☑□✓]")
_CONTINUES = re.compile(
    r"(?:[,(/–—-]|\b(?:and|or|nor|but|with|without|of|the|an?|in|on|to|for|by|at|from|as|no|not|is|are|was|were|has|have"
    r"|had|any|than))$",
    re.IGNORECASE,
)


def ends_item(text: str, line_end: int) -> bool:
    r"""Whether the line end (`\n`, `\r` or `\r\n`) at a character of a text ends an item of a list, form or heading.

    It does before a bullet or number, before a line that begins with a capital letter, and between two lines that are
    too short to have been wrapped; but never behind a comma or a word that needs another (`no evidence of`).
    """
    earliest = max(0, line_end - _LONG_LINE - 1)
    line_start = max(text.rfind("\n", earliest, line_end), text.rfind("\r", earliest, line_end), earliest - 1) + 1
    next_start = line_end
    while next_start < len(text) and text[next_start].isspace():
        next_start += 1
    if _BULLET.match(text, next_start):
        return True
    line = text[line_start:line_end].rstrip()
    if _CONTINUES.search(line):
        return False
    following = _LINE.match(text, next_start, next_start + _LONG_LINE)
    is_short = len(line) < _LONG_LINE and following is not None and len(following.group()) < _LONG_LINE
    return is_short or text[next_start : next_start + 1].isupper()
