"""Whether words spell a short form: by letters, from the right, or by their initials."""

import re

_SMALL_WORDS = frozenset(["and", "or", "of", "the", "for", "in", "on", "to", "with", "a", "an", "by", "at", "from"])


def spelled_start(short: str, words: str) -> int | None:
    """The start in `words` of the shortest sequence up to its end whose letters spell `short`; None for none.

    Letters are matched from the right, and the first one must begin a word.
    """
    position = len(words)
    for i in range(len(short) - 1, -1, -1):
        letter = short[i].lower()
        if not letter.isalnum():
            continue
        position -= 1
        while position >= 0 and (words[position].lower() != letter or (i == 0 and not _begins_word(words, position))):
            position -= 1
        if position < 0:
            return None
    return position


def initials_start(short: str, words: str, *, in_order: bool, small_words: bool = True) -> int | None:
    """The start in `words` of the last words whose initials are the letters of `short`, in its order or in any.

    Args:
        short: the short form.
        words: the words before it.
        in_order: whether the initials must be in the order of the letters.
        small_words: whether conjunctions, articles and prepositions count.
    """
    found = re.finditer(r"\b[^\W\d_]\w*", words)
    starts = [match.start() for match in found if small_words or match.group() not in _SMALL_WORDS][-len(short) :]
    initials, letters = [words[start].lower() for start in starts], list(short.lower())
    if in_order:
        return starts[0] if initials == letters else None
    return starts[0] if short.isupper() and sorted(initials) == sorted(letters) else None


def _begins_word(words: str, position: int) -> bool:
    return position == 0 or not words[position - 1].isalnum()
