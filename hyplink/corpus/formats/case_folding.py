"""Searches text without regard to case and gives offsets of the text itself.

Case folding changes the length of some characters (`ß` becomes `ss`), so offsets in a folded text are not offsets in
the text.
"""

from itertools import accumulate


def find_ignoring_case(text: str, words: str) -> tuple[int, int] | None:
    """The span of the first occurrence of words in a text, spelled the same way if possible; None if there is none.

    An occurrence consists of whole characters: `s` is not found within `ß`.
    """
    start = text.find(words)
    if start >= 0:
        return start, start + len(words)
    pieces = [character.casefold() for character in text]
    folded, sought = "".join(pieces), words.casefold()
    offset_of = {folded_offset: i for i, folded_offset in enumerate(accumulate(map(len, pieces), initial=0))}
    at = folded.find(sought)
    while at >= 0:
        if at in offset_of and at + len(sought) in offset_of:
            return offset_of[at], offset_of[at + len(sought)]
        at = folded.find(sought, at + 1)
    return None
