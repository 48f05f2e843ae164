"""What annotated text shows of words: which ones a mention has beyond its concept's names, and which it leaves unsaid.

`sporadic` before `breast cancer` says little of what is meant, and `Wilms` before `tumour` says all; `syndrome` at the
end of a name is often left unsaid, and `type 2` seldom. How rare a word is does not tell them apart; mentions do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

STRENGTH = 2.0
"""What holds for words in general counts as much as so many mentions of a word."""

Bag = frozenset[str]


@dataclass(frozen=True)
class WordWeights:
    """The chances of words, each in [0, 1].

    Attributes:
        named: for a word of a mention, the chance that a name of what is meant has it.
        usually_named: the same of a word that no mention has shown.
        said: for a word of a name, the chance that a mention of the concept has it.
        usually_said: the same of a word of which no mention has shown it.
    """

    named: Mapping[str, float]
    usually_named: float
    said: Mapping[str, float]
    usually_said: float

    @classmethod
    def from_mentions(
        cls,
        mentions: Iterable[tuple[Bag, int]],
        names: Mapping[int, Sequence[Bag]],
        similarity: Callable[[Bag, Bag], float],
    ) -> "WordWeights":
        """The habits that mentions show; without mentions every word counts whole.

        Args:
            mentions: the words of each, and the concept that is meant.
            names: the words of each name of a concept.
            similarity: of two bags of words; a mention is held against the name that is likest.
        """
        of_mentions, named, of_names, said = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        for words, concept in mentions:
            bags = names.get(concept)
            if bags:
                name = max(bags, key=lambda each: similarity(words, each))
                of_mentions.update(words)
                named.update(words & Bag().union(*bags))
                of_names.update(name)
                said.update(words & name)
        return cls(*_chances(named, of_mentions), *_chances(said, of_names))

    def of_mention(self, word: str) -> float:
        """The chance that a word of a mention is in a name of what is meant."""
        return self.named.get(word, self.usually_named)

    def of_name(self, word: str) -> float:
        """The chance that a word of a name is in a mention of the concept."""
        return self.said.get(word, self.usually_said)


def _chances(times: Mapping[str, int], of: Counter[str]) -> tuple[dict[str, float], float]:
    """The chance of each word, drawn to that of words in general, and this."""
    usual = sum(times.values()) / of.total() if of else 1.0
    return {word: (times.get(word, 0) + STRENGTH * usual) / (n + STRENGTH) for word, n in of.items()}, usual
