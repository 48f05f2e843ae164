"""The binary tree by which the recursive encoder merges the words of a text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MergeTree:
    """A leaf, which is a word, or an inner node, which merges two trees.

    Attributes:
        words: the words of the leaves, from left to right.
        error: reconstruction error of the merge; 0 for a leaf.
        parts: the left and the right subtree; empty for a leaf.
    """

    words: tuple[str, ...]
    error: float = 0.0
    parts: tuple["MergeTree", ...] = ()

    @property
    def total(self) -> float:
        """The sum of the errors of this merge and all merges below it; 0 for a leaf."""
        return self.error + sum(part.total for part in self.parts)


def tree_of(words: Sequence[str], pairs: Iterable[tuple[int, int]], errors: Iterable[float]) -> MergeTree:
    """The tree that a sequence of merges builds from words.

    Args:
        words: at least one word, in text order.
        pairs: positions of the merged pair in the current list of trees, for each merge; the parent replaces the first
            of the pair, and the second is removed.
        errors: reconstruction error of each merge.
    """
    trees = [MergeTree((word,)) for word in words]
    for (first, second), error in zip(pairs, errors, strict=True):
        left, right = trees[first], trees.pop(second)
        trees[first] = MergeTree(left.words + right.words, error, (left, right))
    return trees[0]


def render_tree(tree: MergeTree) -> str:
    """The tree as text, one line per node; for a merge, its error and its cumulative score follow the words.

    The cumulative score, `MergeTree.total`, is the score by which `merge_greedily` chooses a pair with merge `any`.
    """
    return "\n".join(_lines(tree))


def _lines(tree: MergeTree) -> Iterator[str]:
    words = " ".join(tree.words)
    yield f"{words}  {tree.error:.3f}  total {tree.total:.3f}" if tree.parts else words
    for part in tree.parts:
        branch, below = ("└─ ", "   ") if part is tree.parts[-1] else ("├─ ", "│  ")
        for number, line in enumerate(_lines(part)):
            yield (below if number else branch) + line
