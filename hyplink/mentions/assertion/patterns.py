"""The patterns of trigger phrases, and the classes of words that they use.

`triggers.tsv` has a pattern a line. Its elements are words; `a|b` is either word, `@class` any word of a class of
`trigger_words.tsv`, `*` any word, `*ed` any word with that ending, `#` a number, `[]` a mention, `x?` an optional
element, `^x` an element at the start of a clause, `x:` one with a colon behind it, and `~` some words between two
commas (`her father, a smoker, had`).
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import product

from hyplink.memo import Memo

_ENDINGS = ("ed", "ly", "")
_WORDS_KEPT = 1 << 12


class Node:
    """The elements that may follow in a pattern, and what the pattern means if it ends here."""

    def __init__(self) -> None:
        self.following: dict[str, Node] = {}
        self.meanings: dict[str, str] = {}
        self._matching = Memo(self._matched_by, _WORDS_KEPT)

    def matching(self, word: str, is_first: bool, has_colon: bool) -> "tuple[tuple[Node, bool], ...]":
        """The nodes to which a word leads, and whether each stands for any word, perhaps with a certain ending.

        Args:
            word: the word.
            is_first: whether it is the first of a clause.
            has_colon: whether a colon is behind it.
        """
        return self._matching[word, is_first, has_colon]

    def _matched_by(self, key: tuple[str, bool, bool]) -> "tuple[tuple[Node, bool], ...]":
        elements = (each for each in elements_at(*key) if each in self.following)
        return tuple((self.following[each], each[0] == "*") for each in elements)


@lru_cache(maxsize=1)
def word_classes() -> dict[str, frozenset[str]]:
    """The words of each class."""
    return {name: frozenset(words.split()) for name, words in _rows("trigger_words.tsv")}


@lru_cache(maxsize=1 << 14)
def _elements_of(word: str) -> tuple[str, ...]:
    """The elements of patterns that match a word, the most specific first."""
    classes = [f"@{name}" for name, words in word_classes().items() if word in words]
    is_open = {"@exclusion", "@denial"}.isdisjoint(classes)  # `never denied` is a negated denial
    endings = [f"*{ending}" for ending in _ENDINGS if word.endswith(ending) and is_open]
    return word, *classes, *endings, *(["#"] if word.isdigit() else [])


@lru_cache(maxsize=1 << 14)
def elements_at(word: str, is_first: bool, has_colon: bool) -> tuple[str, ...]:
    """The elements that match a word, given whether it is the first of a clause and whether a colon is behind it."""
    prefixes, suffixes = ("^", "") if is_first else ("",), (":", "") if has_colon else ("",)
    return tuple(
        f"{prefix}{element}{suffix}" for prefix in prefixes for suffix in suffixes for element in _elements_of(word)
    )


@lru_cache(maxsize=1)
def first_words() -> frozenset[str]:
    """The words with which triggers begin."""
    elements = [element.strip("^:") for element in patterns().following]
    words = {element for element in elements if element[0] != "@"}
    return frozenset(words.union(*(word_classes()[element[1:]] for element in elements if element[0] == "@")))


@lru_cache(maxsize=1 << 16)
def may_begin(word: str, following: str) -> bool:
    """Whether any pattern begins with two words, or is the first one alone."""
    elements = patterns().following
    nodes = [elements[each] for each in elements_at(word, True, True) if each in elements]
    next_elements = ("~", "[]", *elements_at(following, False, True))
    return any(node.meanings or not node.following.keys().isdisjoint(next_elements) for node in nodes)


@lru_cache(maxsize=1)
def patterns() -> Node:
    """All patterns, as a tree of their elements."""
    root = Node()
    for pattern, meaning, acts_on in _rows("triggers.tsv"):
        for elements in product(*map(_alternatives, pattern.split())):
            node = root
            for element in filter(None, elements):
                node = node.following.setdefault(element, Node())
            node.meanings[acts_on] = meaning
    return root


def _alternatives(element: str) -> Sequence[str]:
    """The elements that `a|b?` stands for; an empty one if it is optional."""
    return [*element.rstrip("?").split("|"), *([""] if element.endswith("?") else [])]


def _rows(name: str) -> list[list[str]]:
    lines = files("hyplink.mentions.assertion").joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]
