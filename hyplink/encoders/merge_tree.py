"""The tree of merges by which the words of a text became one vector."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MergeTree:
    """A word, or two trees that were merged.

    Attributes:
        words: the words below, in the order of the merges.
        error: how badly the two can be rebuilt from their parent; 0 for a word.
        parts: the two; none for a word.
    """

    words: tuple[str, ...]
    error: float = 0.0
    parts: tuple["MergeTree", ...] = ()


def tree_of(words: Sequence[str], pairs: Iterable[tuple[int, int]], errors: Iterable[float]) -> MergeTree:
    """The tree of words, at least one, that were merged pair by pair.

    Args:
        words: in text order.
        pairs: places of the two among the trees that are left; their parent takes the place of the first.
        errors: of the merges.
    """
    trees = [MergeTree((word,)) for word in words]
    for (first, second), error in zip(pairs, errors, strict=True):
        left, right = trees[first], trees.pop(second)
        trees[first] = MergeTree(left.words + right.words, error, (left, right))
    return trees[0]


def drawn(tree: MergeTree) -> str:
    """The tree as text, a line a node, the errors of the merges after their words."""
    return "\n".join(_lines(tree))


def _lines(tree: MergeTree) -> Iterator[str]:
    words = " ".join(tree.words)
    yield f"{words}  {tree.error:.3f}" if tree.parts else words
    for part in tree.parts:
        branch, below = ("└─ ", "   ") if part is tree.parts[-1] else ("├─ ", "│  ")
        for number, line in enumerate(_lines(part)):
            yield (below if number else branch) + line
