"""The many spellings of one name brought to one form. Pure functions of text.

Three forms of a word, each coarser than the one before:

- its surface: the characters as they stand;
- its normal form (`normal_word`): case, accents, Greek letters, Roman numerals, British spelling and plural undone.
  Normal forms are keys, not words to be read: `anaemias` and `anemia` share one, and that is all it is for;
- its stem (`stem`): derivation undone too (`abnormal`, `abnormality`), by Snowball's English stemmer.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer

FUNCTION_WORDS = frozenset(["a", "an", "the", "of", "in", "on", "to", "for", "by", "at", "from", "as"])
"""Normal forms that a name keeps its meaning without, whatever the order of the others."""

PREPOSITIONS = frozenset(["of", "in", "on", "to", "for", "by", "at", "from"])
"""Those that turn a phrase about: `cancer of the breast` is `breast cancer`."""

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Chinese and Japanese: no blanks between words
_MARKS = "\u0300-\u036f"  # accents that stand as characters of their own
_TOKEN = re.compile(rf"[^\W_{_UNSPACED}]+(?:[{_MARKS}]+[^\W_{_UNSPACED}]*)*|[{_UNSPACED}]")
_POSSESSIVE = re.compile(r"(?<=[^\W_])['’]s\b", re.IGNORECASE)
_STEMMER = Stemmer.Stemmer("english")

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

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}

_IRREGULAR = {
    "feet": "foot", "teeth": "tooth", "children": "child", "men": "man", "women": "woman", "mice": "mouse",
    "criteria": "criterion", "metastases": "metastasis", "crises": "crisis", "cortices": "cortex",
    "cervices": "cervix", "appendices": "appendix", "vertices": "vertex", "matrices": "matrix",
    "biopsies": "biopsy", "calves": "calf", "halves": "half", "fetuses": "fetus", "irises": "iris",
    "pharynges": "pharynx", "larynges": "larynx", "phalanges": "phalanx", "meninges": "meninx",
    "series": "series", "species": "species", "diabetes": "diabetes", "herpes": "herpes", "rabies": "rabies",
    "scabies": "scabies", "caries": "caries", "facies": "facies", "pancreas": "pancreas", "biceps": "biceps",
    "triceps": "triceps", "lens": "lens", "lenses": "lens", "always": "always", "bacteria": "bacterium",
    "news": "news", "shorts": "shorts", "tights": "tights", "goods": "goods",
}  # fmt: skip

# Ordered; the first that fits wins. A word keeps at least `least` characters in front of the ending.
_PLURALS = [
    (ending, singular, least)
    for ending, singular, least in [
        ("omata", "oma", 2), ("mata", "ma", 4), ("oses", "osis", 5), ("eses", "esis", 4), ("yses", "ysis", 2),
        ("iases", "iasis", 3), ("itides", "itis", 2), ("ysms", "ysm", 2), ("sses", "ss", 1), ("shes", "sh", 1),
        ("ches", "ch", 1), ("xes", "x", 2), ("zes", "ze", 2), ("ies", "y", 2), ("uses", "us", 3), ("ae", "a", 3),
        ("ss", "ss", 1), ("us", "us", 1), ("is", "is", 1), ("s", "", 2), ("ii", "ius", 3), ("i", "us", 3),
    ]
]  # fmt: skip

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
    """A run of letters and digits, or one Chinese or Japanese character, with the place in the text."""

    text: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The runs of letters and digits of a text. A possessive 's is no token and part of none.

    Where a script puts no blanks between words, each character is a token.
    """
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("  ", text)
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=1 << 18)
def normal_word(word: str) -> str:
    """The normal form of one token; several spellings of a word share it."""
    folded = _unaccented(word.lower()) if not word.isascii() else word.lower()
    if folded in _ROMAN:
        return _ROMAN[folded]
    return _american(_singular(folded))


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The stem of a token: of its normal form, so that spelling and derivation are both undone."""
    return str(_STEMMER.stemWord(normal_word(word)))


def has_content(word: str) -> bool:
    """Whether a name means something else without a token; a capital `A` is no article: `hepatitis A`."""
    return word == "A" or normal_word(word) not in FUNCTION_WORDS


def normal_name(name: str) -> tuple[str, ...]:
    """The normal forms of a name's words, in order."""
    return tuple(normal_word(token.text) for token in tokens_of(name))


def normal_text(name: str) -> str:
    """The normal forms of a name's words, joined by blanks."""
    return " ".join(normal_name(name))


def order_free(name: str) -> tuple[str, ...]:
    """The stems of a name's words that carry meaning, sorted: `cancer of the breast` and `breast cancer` share them.

    Where none carries meaning, those of all words.
    """
    words = [token.text for token in tokens_of(name)]
    return tuple(sorted(map(stem, [word for word in words if has_content(word)] or words)))


def _unaccented(word: str) -> str:
    """A lower-case word in plain letters: accents and ligatures taken off, then Greek spelled out."""
    decomposed = unicodedata.normalize("NFKD", word.replace("æ", "ae").replace("œ", "oe").replace("ß", "ss"))
    plain = (character for character in decomposed if not unicodedata.combining(character))
    return "".join(_GREEK.get(character, character) for character in plain)


def _singular(word: str) -> str:
    """A lower-case English, Latin or Greek plural in the singular; a word of three letters or fewer stays."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 3 and not word[-1].isdigit():
        for ending, singular, least in _PLURALS:
            if word.endswith(ending) and len(word) - len(ending) >= least:
                return word[: -len(ending)] + singular
    return word


def _american(word: str) -> str:
    """A lower-case word with what British and American spelling differ in brought to one side."""
    if len(word) > 3:
        for pattern, american in _BRITISH:
            word = pattern.sub(american, word)
    return word
