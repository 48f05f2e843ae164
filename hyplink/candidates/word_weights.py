"""Word weights: word insertion and omission probabilities estimated from annotated text.

`sporadic` before `breast cancer` hardly distinguishes concepts, `Wilms` before `tumour` does; `syndrome` at the end of
a name is often omitted, `type 2` rarely. Rarity cannot separate these cases, but annotated mentions can.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

STRENGTH = 2.0
"""Strength of the prior, the mean over all words, in occurrences of a word (smoothing)."""

Bag = frozenset[str]


@dataclass(frozen=True)
class WordWeights:
    """Probabilities of words, each in [0, 1].

    Attributes:
        named: the probability that a word of a mention is in a name of its concept.
        usually_named: the same for words without counts: the mean over all words.
        said: the probability that a word of a name is in a mention of its concept.
        usually_said: the same for words without counts: the mean over all words.
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
        """The weights estimated from mentions; without mentions every weight is 1.

        Args:
            mentions: the words and the concept of each mention.
            names: the words of each name of a concept.
            similarity: of two bags of words; a mention is compared with its most similar name.
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
        return cls(*_smoothed(named, of_mentions), *_smoothed(said, of_names))

    def of_mention(self, word: str) -> float:
        """The probability that a word of a mention is in a name of its concept."""
        return self.named.get(word, self.usually_named)

    def of_name(self, word: str) -> float:
        """The probability that a word of a name is in a mention of its concept."""
        return self.said.get(word, self.usually_said)


def _smoothed(times: Mapping[str, int], of: Counter[str]) -> tuple[dict[str, float], float]:
    """The probability of each word, smoothed towards the mean over all words, and this mean."""
    usual = sum(times.values()) / of.total() if of else 1.0
    return {word: (times.get(word, 0) + STRENGTH * usual) / (n + STRENGTH) for word, n in of.items()}, usual
