"""The plural of a singular name and the singular of a plural one."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import inflect

_HEAD = re.compile(r"[^\W\d_]{3,}(?=$|,| (?:of|in|with|due|from|to|by|for|without)\b)")
"""The head of a name, which carries its number: the last word, or the one before a prepositional phrase."""

_LATIN = re.compile(r"(?<=[^aeiou]i)um$|(?<=[bcdlnrt])um$")
"""Latin singulars (`spermatogonium`) with regular Latin plurals, of which inflect knows only listed words."""


_NO_PLURAL = re.compile(r"[uis]s$")
"""Endings of singular words (`mellitus`, `arthritis`, `abscess`) that inflect takes for plurals."""


@lru_cache(maxsize=1)
def _engine() -> "inflect.engine":
    import inflect  # importing it takes longer than everything else here

    return inflect.engine()


def other_number(name: str) -> str | None:
    """A name in its other grammatical number (English), or None if its head is not an English word.

    `ovarian cyst` gives `ovarian cysts` and back; `cancer of the breast` gives `cancers of the breast`.
    """
    head = _HEAD.search(name)
    if head is None or not head.group().isascii():
        return None
    return name[: head.start()] + _other_number_of_word(head.group()) + name[head.end() :]


@lru_cache(maxsize=1 << 16)
def _other_number_of_word(word: str) -> str:
    if word.isupper():
        return word + "s"
    singular = False if _NO_PLURAL.search(word) else _engine().singular_noun(word)
    if singular:
        return str(singular)
    return _LATIN.sub("a", word) if _LATIN.search(word) else str(_engine().plural_noun(word))
