"""Names of concepts within a longer text: a name is often that of a parent with a modifier."""

from collections.abc import Mapping
from typing import NamedTuple

from hyplink.candidates.lexical import ExactNames
from hyplink.names.normal_forms import content_tokens, stem, tokens_of

LONGEST = 12
"""Length of the longest name that is sought, in words."""


class ContainedNames(NamedTuple):
    """The names that consecutive words of a text are, in any order of words.

    Attributes:
        n_words: the number of words of the text.
        concepts: the concepts with such a name, by its first word and the word after its last.
    """

    n_words: int
    concepts: Mapping[tuple[int, int], list[int]]

    @property
    def longest(self) -> float:
        """The share of the words that are the longest name; 0 if there is none."""
        return max((end - start for start, end in self.concepts), default=0) / max(self.n_words, 1)

    @property
    def longest_suffix(self) -> float:
        """The share of the words that are the longest name at the end; 0 if there is none."""
        ends = (end - start for start, end in self.concepts if end == self.n_words)
        return max(ends, default=0) / max(self.n_words, 1)


def contained_names(text: str, names: ExactNames) -> ContainedNames:
    """The names of concepts within a text, the text itself included."""
    words = tokens_of(text)
    stems = [stem(word.text) for word in words]
    with_content = set(content_tokens(text, words))
    content = [word in with_content for word in words]
    found = {}
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            if not (content[start] and content[end - 1]):
                continue
            key = " ".join(sorted(stems[at] for at in range(start, end) if content[at]))
            if concepts := names.reordered.get(key):
                found[start, end] = concepts
    return ContainedNames(len(words), found)
