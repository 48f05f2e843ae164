"""The plural of a singular name and the singular of a plural one."""

import re
from functools import lru_cache

import inflect

_LATIN = re.compile(r"(?<=[^aeiou]i)um$|(?<=[bcdlnrt])um$")
"""Latin singulars (`spermatogonium`) that follow the Latin plural, which inflect knows of listed words alone."""

_WORD = re.compile(r"[^\W\d_]{3,}$")


@lru_cache(maxsize=1)
def _engine() -> inflect.engine:
    return inflect.engine()


def other_number(name: str) -> str | None:
    """A name in its other grammatical number (English), or None where the last word is no plain word.

    `ovarian cyst` gives `ovarian cysts` and back; `cancer of the breast` gives `cancers of the breast`.
    """
    if not _WORD.search(name):
        return None
    singular = _engine().singular_noun(name)
    if singular:
        return str(singular)
    if _LATIN.search(name):
        return _LATIN.sub("a", name)
    return str(_engine().plural_noun(name))
