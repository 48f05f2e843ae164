"""The words of an ontology's names, looked up in any grammatical number."""

import re
from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from hyplink.memo import Memo
from hyplink.names.inflection import possible_singulars
from hyplink.names.name_forms import STOP_WORDS
from hyplink.names.normal_forms import normal_word

_LEAST_LETTERS = 4
_WITH_PARTICLE = re.compile(
    r"([\uac00-\ud7a3]{2,}?)(?:이|가|을|를|은|는|의|에|에서|에게|로|으로|와|과|도|만|까지|부터|이나|나|이라|라|이며|며"
    r"|이고|고|처럼|보다|이다|입니다|으로서|로서|으로써|로써|으로는|로는|에는|에도|에서는|이란|란|이었다|였다)"
)
_WITH_FOOTNOTE = re.compile(r"([^\W\d_¹²³⁰⁴-⁹]{4,})[¹²³⁰⁴-⁹]+")
_KEPT = 1 << 18


class Vocabulary(Container[str]):
    """The words of names.

    The ending of a plural often fits several singulars (`-a`: acetabulum, ganglion), and rules that are right for most
    words are wrong for some (`warehouses`). The singular that names have is the one meant.

    Args:
        words: normal forms.
        plurals: as `plurals_of` gives.
    """

    def __init__(self, words: Container[str], plurals: Mapping[str, str] = MappingProxyType({})) -> None:
        self._words = words
        self._plurals = plurals
        self.known_words = Memo(self.known, _KEPT)
        """What `known` gives, by word."""

    def __contains__(self, normal_form: object) -> bool:
        return normal_form in self._words

    def known(self, word: str) -> str:
        """A word as written, or a normal form in the vocabulary of which it is the plural or the singular."""
        lowered = word.lower()
        if normal_word(word) in self._words or len(word) < _LEAST_LETTERS or lowered in STOP_WORDS:
            return word
        ones = map(normal_word, possible_singulars(lowered))
        return next((one for one in ones if one in self._words), self._plurals.get(normal_word(word), word))

    def without_addition(self, word: str) -> str:
        """A word without a Korean particle or the sign of a footnote, if what is left is in the vocabulary."""
        match = _WITH_PARTICLE.fullmatch(word) or _WITH_FOOTNOTE.fullmatch(word)
        return match[1] if match and word not in self and normal_word(match[1]) in self._words else word

    def completed(self, beginning: str, whole: str) -> str | None:
        """A compound of a beginning and the end of another compound: `Herz` and `Niereninsuffizienz`; None for none.

        It is another word than the compound: `hypo` and `ertension` would be `hypertension`, as `oe` is spelled `e`.
        """
        other = normal_word(whole)
        for start in range(1, len(whole) - _LEAST_LETTERS + 1):
            normal = normal_word(beginning + whole[start:])
            if normal in self._words and normal != other:
                return beginning + whole[start:]
        return None


def plurals_of(names: Iterable[str]) -> dict[str, str]:
    """The normal forms of plurals in lower-case names by those of the singulars that they may have."""
    plurals: dict[str, str] = {}
    for word in dict.fromkeys(word for name in names for word in name.split()):
        if len(word) > _LEAST_LETTERS:
            for one in possible_singulars(word):
                if not word.startswith(one):  # regular plurals have the normal form of their singular
                    plurals.setdefault(normal_word(one), normal_word(word))
    return plurals
