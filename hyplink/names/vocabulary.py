"""The words of an ontology's names, looked up in any grammatical number."""

from collections.abc import Collection, Container, Iterable
from functools import cached_property

from hyplink.names.inflection import possible_singulars
from hyplink.names.name_forms import STOP_WORDS
from hyplink.names.normal_forms import normal_word

_LEAST_LETTERS = 4
_KEPT = 1 << 18


class Vocabulary(Container[str]):
    """The words of names.

    The ending of a plural often fits several singulars (`-a`: acetabulum, ganglion), and rules that are right for most
    words are wrong for some (`warehouses`). The singular that names have is the one meant.

    Args:
        words: normal forms.
        names: lower-case names, whose words may be plurals.
    """

    def __init__(self, words: Collection[str], names: Iterable[str] = ()) -> None:
        self._words = words
        self._names = names
        self._known: dict[str, str] = {}

    def __contains__(self, normal_form: object) -> bool:
        return normal_form in self._words

    def known(self, word: str) -> str:
        """A word as written, or a normal form in the vocabulary of which it is the plural or the singular."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[word] = self._in_another_number(word)
        return found

    def _in_another_number(self, word: str) -> str:
        lowered = word.lower()
        if normal_word(word) in self._words or len(word) < _LEAST_LETTERS or lowered in STOP_WORDS:
            return word
        ones = map(normal_word, possible_singulars(lowered))
        return next((one for one in ones if one in self._words), self._plurals.get(normal_word(word), word))

    @cached_property
    def _plurals(self) -> dict[str, str]:
        """The normal forms of plurals in names by those of the singulars that they may have."""
        plurals: dict[str, str] = {}
        for word in dict.fromkeys(word for name in self._names for word in name.split()):
            if len(word) > _LEAST_LETTERS:
                for one in possible_singulars(word):
                    if not word.startswith(one):  # regular plurals have the normal form of their singular
                        plurals.setdefault(normal_word(one), normal_word(word))
        return plurals
