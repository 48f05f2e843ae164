"""Singular and plural of English words, and of the Latin and Greek ones that terminologies use."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import inflect

_HEAD = re.compile(r"[^\W\d_]{3,}(?=$|,| (?:of|in|with|due|from|to|by|for|without)\b)")
"""The head of a name, which carries its number: the last word, or the one before a prepositional phrase."""

_LATIN = re.compile(r"(?<=[^aeiou]i)um$|(?<=[bcdlnrt])um$")
"""Latin singulars (`spermatogonium`) with regular Latin plurals, of which inflect knows only listed words."""

_IRREGULAR = {
    "children": "child", "men": "man", "women": "woman", "mice": "mouse", "criteria": "criterion",
    "metastases": "metastasis", "crises": "crisis", "cortices": "cortex", "cervices": "cervix",
    "appendices": "appendix", "vertices": "vertex", "matrices": "matrix", "biopsies": "biopsy", "calves": "calf",
    "halves": "half", "fetuses": "fetus", "irises": "iris", "pharynges": "pharynx", "larynges": "larynx",
    "phalanges": "phalanx", "meninges": "meninx", "series": "series", "species": "species", "diabetes": "diabetes",
    "herpes": "herpes", "rabies": "rabies", "scabies": "scabies", "caries": "caries", "facies": "facies",
    "pancreas": "pancreas", "biceps": "biceps", "triceps": "triceps", "lens": "lens", "lenses": "lens",
    "always": "always", "bacteria": "bacterium", "movies": "movie", "lives": "life", "wives": "wife",
    "knives": "knife", "wolves": "wolf", "leaves": "leaf", "shelves": "shelf", "selves": "self", "loaves": "loaf",
    "thieves": "thief", "hooves": "hoof", "geese": "goose", "lice": "louse", "purposes": "purpose",
    "overdoses": "overdose", "glucoses": "glucose", "cheeses": "cheese", "dioceses": "diocese", "theses": "thesis",
    "varices": "varix", "indices": "index", "echoes": "echo", "heroes": "hero", "potatoes": "potato",
    "tomatoes": "tomato", "mosquitoes": "mosquito", "measles": "measles", "mumps": "mumps", "oxen": "ox",
    "ganglia": "ganglion", "phenomena": "phenomenon", "spectra": "spectrum", "spermatozoa": "spermatozoon",
    "ova": "ovum", "news": "news", "shorts": "shorts", "tights": "tights", "goods": "goods",
}  # fmt: skip

# In this order; the first match applies. At least `least` characters must precede the ending.
_PLURALS = [
    (ending, one, least)
    for ending, one, least in [
        ("feet", "foot", 0), ("teeth", "tooth", 0), ("helices", "helix", 0), ("omata", "oma", 2), ("mata", "ma", 4),
        ("oses", "osis", 3), ("eses", "esis", 3), ("ectases", "ectasis", 0), ("stases", "stasis", 0),
        ("iases", "iasis", 3), ("yses", "ysis", 2), ("itides", "itis", 2), ("ysms", "ysm", 2), ("sses", "ss", 1),
        ("auses", "ause", 1), ("uses", "us", 3), ("shes", "sh", 1), ("eaches", "each", 1), ("oaches", "oach", 1),
        ("aches", "ache", 0), ("ches", "ch", 1), ("xes", "x", 2), ("zes", "ze", 2), ("igoes", "igo", 0),
        ("ies", "y", 2), ("ae", "a", 3), ("ss", "ss", 1), ("us", "us", 1), ("is", "is", 1), ("s", "", 2),
        ("ii", "ius", 3), ("i", "us", 3),
    ]
]  # fmt: skip

_POSSIBLE = [
    ("s", ("",)), ("es", ("is", "e")), ("ies", ("y", "ie", "es", "is")), ("ves", ("f", "fe", "ve", "ff")),
    ("oes", ("o",)), ("ses", ("s",)), ("xes", ("x",)), ("zes", ("z",)), ("ches", ("ch",)), ("shes", ("sh",)),
    ("zzes", ("z",)), ("sses", ("s",)), ("iles", ("il",)), ("ones", ("on", "o")), ("men", ("man",)),
    ("people", ("person",)), ("feet", ("foot",)), ("teeth", ("tooth",)), ("mice", ("mouse",)),
    ("lice", ("louse",)), ("geese", ("goose",)), ("eaux", ("eau",)), ("ieux", ("ieu",)), ("a", ("um", "on")),
    ("ia", ("e",)),
    ("ae", ("a", "e")), ("zoa", ("zoan",)), ("idae", ("id",)), ("i", ("us", "o", "io", "e")), ("ei", ("eus",)),
    ("oi", ("os",)), ("ices", ("ix", "ex")), ("ces", ("x",)), ("ges", ("x",)), ("iges", ("ex",)),
    ("ides", ("is",)), ("udes", ("us",)), ("ata", ("a",)), ("ina", ("en",)), ("era", ("us",)), ("ora", ("us", "ur")),
    ("ura", ("us",)), ("ua", ("u",)), ("ntes", ("ns",)), ("ontes", ("on",)), ("ndes", ("ns",)), ("enes", ("en",)),
    ("ines", ("is", "o", "en")), ("ites", ("es",)), ("im", ("",)), ("oth", ("", "a", "ah")),
    ("children", ("child",)), ("optera", ("opteran",)),
]  # fmt: skip
"""Endings of plurals, and those of the singulars that they may have: most are wrong for most words."""

_LEAST_LEFT = 2


@lru_cache(maxsize=1)
def _engine() -> "inflect.engine":
    import inflect  # importing it takes longer than everything else here

    return inflect.engine()


def singular(word: str) -> str:
    """The singular of a lower-case English, Latin or Greek plural; a word that is none is returned as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 3 and not word[-1].isdigit():
        for ending, replacement, least in _PLURALS:
            if word.endswith(ending) and len(word) - len(ending) >= least:
                return word[: -len(ending)] + replacement
    return word


def possible_singulars(word: str) -> tuple[str, ...]:
    """All words that a lower-case word may be the plural of, by its ending; many of them are no words."""
    endings = (pair for pair in _POSSIBLE if word.endswith(pair[0]) and len(word) - len(pair[0]) >= _LEAST_LEFT)
    return tuple(word[: len(word) - len(ending)] + one for ending, ones in endings for one in ones)


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
    if not word[1:].islower():  # an abbreviation
        return word[:-1] if word.endswith("s") else word + "s"
    one = singular(word.lower())
    if one != word.lower():
        return one.capitalize() if word[0].isupper() else one
    return _LATIN.sub("a", word) if _LATIN.search(word) else str(_engine().plural_noun(word))
