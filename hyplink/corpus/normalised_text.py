"""Compares the text that an annotation gives with the text that its offsets mark.

Corpora often give the text of a mention in a normalised form: `TNF-a` or `TNF-alpha` for `TNF-α`, `SARS CoV 2` for
`SARS‐CoV‐2`. Such differences do not mean that the offsets are wrong.
"""

import re
import unicodedata

_NAMES = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau
upsilon phi chi psi omega"""
_GREEK = "αβγδεζηθικλμνξοπρςστυφχψω"
_TO_NAMES = str.maketrans(dict(zip(_GREEK, _NAMES.split(), strict=True)))
_TO_LETTERS = str.maketrans(_GREEK, "abgdeziqiklmnxoprsstufcyo")
_LATIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def same_words(text: str, given: str) -> bool:
    """Whether two texts have the same letters and digits, apart from case, accents and how other letters are written.

    Greek letters may be spelled out or replaced by Latin ones, and all letters outside ASCII may be missing.
    """
    return not _spellings(text).isdisjoint(_spellings(given))


def _spellings(text: str) -> set[str]:
    """The letters and digits of a text in the spellings that normalisation gives it; without the empty one."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LATIN)
    letters = "".join(filter(str.isalnum, folded))
    without_others = "".join(filter(str.isalnum, _NOT_ASCII.sub("", text.casefold())))
    return {letters, letters.translate(_TO_NAMES), letters.translate(_TO_LETTERS), without_others} - {""}
