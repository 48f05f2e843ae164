"""Normal forms of words and names, in which spelling variants compare equal.

A word has three forms, each coarser than the one before:

- the surface form: the characters as written;
- the normal form (`normal_word`), without differences of case, accents, Greek letters, Roman numerals, British spelling
  and number. Normal forms are keys, not readable words: `anaemias` and `anemia` have the same one;
- the stem (`stem`), without derivational suffixes (`abnormal`, `abnormality`), by Snowball's English stemmer.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, starmap
from typing import NamedTuple

import Stemmer

from hyplink.names.inflection import singular

FUNCTION_WORDS = frozenset(["a", "an", "the", "of", "in", "on", "to", "for", "by", "at", "from", "as"])
"""Normal forms of function words, without which a name keeps its meaning."""

PREPOSITIONS = frozenset(["of", "in", "on", "to", "for", "by", "at", "from"])
"""Function words that invert a phrase: `cancer of the breast` is `breast cancer`."""

# Chinese and Japanese, also half-width: no spaces between words.
_UNSPACED = "\u3040-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
_VOICING = "\u3099\u309a\uff9e\uff9f"
"""Marks of voiced Japanese syllables, apart from the character that they belong to."""

_POINTS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
)
"""Accents, and the vowel points of Hebrew and Arabic: texts have them or not."""

_SIGNS = "".join(chr(code) for code in range(0x0900, 0x1800) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
"""Vowel and tone signs of Indic and South-East Asian scripts: without them it is another word."""

_MARKS = _POINTS + _SIGNS
_SCRIPTS_WITH_BREAKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: U+200B ends a word
_INVISIBLE = rf"(?:[\u00ad\u200c\u200d\u2060\ufeff]|(?<![{_SCRIPTS_WITH_BREAKS}])\u200b)+(?=[^\W_])"
"""A soft hyphen, (non-)joiner or zero-width space inside a word, which is not seen and not part of the word."""

_TOKEN = re.compile(
    rf"[^\W_{_UNSPACED}]+(?:(?:[{_MARKS}]+|{_INVISIBLE})[^\W_{_UNSPACED}]*)*|[{_UNSPACED}][{_VOICING}]?|&"
)
_PIECES, _ASCII_PIECES = re.compile(f"({_TOKEN.pattern})"), re.compile("([A-Za-z0-9]+)")
"""What splits a text into tokens and what separates them; in ASCII text without `&` the second does the same faster."""

_NOT_SEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_DROPPED = re.compile(f"[{_POINTS}\u0640]")  # and the Arabic character that lengthens a word
_POSSESSIVE = re.compile(r"['’](?<=[^\W_]['’])s\b", re.IGNORECASE)
_LONGEST_NUMBER = 3
_STEMMER = Stemmer.Stemmer("english")
_INFLAMMATION = "itis"

_GREEK = {
    letter: name
    for letters, name in [
        ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"), ("ε", "epsilon"), ("ζ", "zeta"),
        ("η", "eta"), ("θ", "theta"), ("ι", "iota"), ("κ", "kappa"), ("λ", "lambda"), ("μ", "mu"), ("ν", "nu"),
        ("ξ", "xi"), ("ο", "omicron"), ("π", "pi"), ("ρ", "rho"), ("σς", "sigma"), ("τ", "tau"),
        ("υ", "upsilon"), ("φ", "phi"), ("χ", "chi"), ("ψ", "psi"), ("ω", "omega"),
    ]
    for letter in letters
}  # fmt: skip

_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})

_UNITS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_ROMAN = {f"{'X' * tens}{one}": str(10 * tens + unit) for tens in range(4) for unit, one in enumerate(_UNITS) if one}
"""The Roman numerals below 40, without X, XX and XXX, which are often chromosomes or stand for an unknown value."""

_SMALL_ROMAN = frozenset(each.lower() for each in _UNITS if each)
"""The numerals that are read in lower case too; `xi` is a Greek letter."""

_ROMAN_CLASS = re.compile(r"(I{1,3}|I[VX]|VI{1,3}|X[IVX]+)([A-Ha-h])")
"""A numeral in capitals with a letter, such as `IIA` and `IIb`."""

_BRITISH = [
    (re.compile(pattern), american)
    for pattern, american in [
        (r"ae|oe(?!$)", "e"), (r"our(?=$|s$|ed|ing|al|less|it)", "or"), (r"(?<=[aiy])z(?=e|i|a)", "s"),
        (r"(?<=[bt])re$", "er"), (r"ph(?=[aeiou])(?<=sulph)", "f"), (r"ll(?=ed|ing)", "l"), (r"rrhoe", "rrhe"),
        (r"^leuco|^leuko", "leuko"), (r"ageing", "aging"), (r"grey", "gray"), (r"isc(?=[^aeiou]|$)", "isk"),
        (r"mould", "mold"), (r"programme$", "program"),
    ]
]  # fmt: skip


class Token(NamedTuple):
    """A sequence of letters and digits, one Chinese or Japanese character, or an ampersand, with its offsets.

    `text` is `and` for an ampersand. It is without invisible characters, such as soft hyphens, that the offsets may
    include.
    """

    text: str
    start: int
    end: int


class TokenColumns(NamedTuple):
    """The tokens of a text in columns, which are several times faster to make than an object a token.

    Attributes:
        texts, starts, ends: of each token, as in `Token`.
        between: the characters before each token, from the end of the one before it on.
    """

    texts: list[str]
    starts: list[int]
    ends: list[int]
    between: list[str]


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text: sequences of letters and digits, without possessive 's, and ampersands.

    In scripts without spaces between words, each character is a token.
    """
    return list(starmap(Token, zip(*token_columns(text)[:3], strict=True)))


def token_columns(text: str) -> TokenColumns:
    """The tokens of a text, as `tokens_of` gives them, in columns."""
    has_possessives = "'" in text or "’" in text
    pattern = _ASCII_PIECES if text.isascii() and "&" not in text else _PIECES
    # What is before the first token, the token, what is before the next one …
    pieces = pattern.split(_POSSESSIVE.sub("  ", text) if has_possessives else text)
    offsets = list(accumulate(map(len, pieces)))
    texts, starts, ends, between = pieces[1::2], offsets[:-1:2], offsets[1::2], pieces[:-1:2]
    if has_possessives:
        between = [text[end:start] for end, start in zip([0, *ends], starts, strict=False)]
    if pattern is _PIECES and _NOT_SEEN.search(text):
        texts = [_NOT_SEEN.sub("", token) for token in texts]
    if "&" in text:
        texts = ["and" if token == "&" else token for token in texts]
    return TokenColumns(texts, starts, ends, between)


@lru_cache(maxsize=1 << 18)
def normal_word(word: str) -> str:
    """The normal form of a token, which spelling variants of a word share."""
    folded = _unaccented(word.lower()) if not word.isascii() else word.lower()
    numeral = folded.upper() if folded in _SMALL_ROMAN else word
    if numeral in _ROMAN:
        return _ROMAN[numeral]
    if (numbered := _ROMAN_CLASS.fullmatch(word)) and numbered[1] in _ROMAN:
        return _ROMAN[numbered[1]] + numbered[2].lower()
    return _american(singular(folded))


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The stem of a token's normal form, which spelling variants and derived forms share."""
    normal = normal_word(word)
    if normal.endswith(_INFLAMMATION):
        return normal.removesuffix("s")  # the stemmer takes `hepatitis` for `hepatic`, and `tendonitis` for `tendon`
    return str(_STEMMER.stemWord(normal))


def is_number(word: str) -> bool:
    """Whether the normal form of a word is a number, perhaps with a letter: `3`, `II`, `2a`."""
    normal = normal_word(word)
    return normal[:1].isdigit() and len(normal) <= _LONGEST_NUMBER


def has_content(word: str) -> bool:
    """Whether a token is a content word; a capital `A` is not an article: `hepatitis A`."""
    return word == "A" or normal_word(word) not in FUNCTION_WORDS


def content_tokens(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The content words among the tokens of a text.

    A function word in capitals is an abbreviation if it begins the text or has a hyphen beside it, as in `AT III
    deficiency` and `ON-bipolar cell`, unless all of the text is in capitals.
    """
    return [token for token in tokens if has_content(token.text) or _is_abbreviation(text, token)]


def _is_abbreviation(text: str, function_word: Token) -> bool:
    word, start, end = function_word
    if len(word) == 1 or not word.isupper() or text.isupper():
        return False
    return start == 0 or "-" in (text[start - 1], text[end : end + 1])


def normal_name(name: str) -> tuple[str, ...]:
    """The normal forms of a name's words, in order."""
    return tuple(normal_word(token.text) for token in tokens_of(name))


@lru_cache(maxsize=1 << 16)
def normal_text(name: str) -> str:
    """The normal forms of a name's words, joined by spaces."""
    return " ".join(normal_name(name))


def order_free(name: str) -> tuple[str, ...]:
    """The sorted stems of a name's content words: equal for `cancer of the breast` and `breast cancer`.

    If it has no content words, the stems of all its words.
    """
    tokens = tokens_of(name)
    return tuple(sorted(stem(token.text) for token in content_tokens(name, tokens) or tokens))


def _unaccented(word: str) -> str:
    """A lower-case word without accents, ligatures and the Turkish dotless i, with Greek letters spelled out."""
    decomposed = unicodedata.normalize("NFKD", word.translate(_LIGATURES))
    return "".join(_GREEK.get(character, character) for character in _DROPPED.sub("", decomposed))


def _american(word: str) -> str:
    """A lower-case word in a spelling that is the same for British and American English."""
    if len(word) > 3:
        for pattern, american in _BRITISH:
            word = pattern.sub(american, word)
    return word
