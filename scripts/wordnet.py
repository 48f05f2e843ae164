"""WordNet's noun hierarchy and synthetic trees, as relations to train and measure on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HYPERNYM_POINTERS = {"@", "@i"}  # is a kind of, is an instance of

Relations = NDArray[np.int32]


def read_noun_hypernyms(data_noun: Path) -> tuple[list[str], Relations]:
    """The noun synsets of WordNet and their direct hypernyms.

    Args:
        data_noun: the file `data.noun` of WordNet 3.0 (Debian: package wordnet-base, /usr/share/wordnet).

    Returns:
        Ids `lemma.offset`, and (child, parent) indices, int32 (n_edges, 2).
    """
    names: dict[str, str] = {}
    hypernyms: list[tuple[str, str]] = []
    for fields in _synset_lines(data_noun):
        offset, n_words = fields[0], int(fields[3], 16)
        names[offset] = f"{fields[4]}.{offset}"
        pointers = fields[5 + 2 * n_words :]  # symbol, offset, part of speech, source/target; four fields each
        for place in range(0, 4 * int(fields[4 + 2 * n_words]), 4):
            if pointers[place] in HYPERNYM_POINTERS:
                hypernyms.append((offset, pointers[place + 1]))
    number = {offset: index for index, offset in enumerate(names)}
    edges = np.array([(number[child], number[parent]) for child, parent in hypernyms], np.int32)
    return list(names.values()), edges


def _synset_lines(data_noun: Path) -> Iterator[list[str]]:
    with data_noun.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("  "):  # the licence
                yield line.split(" | ")[0].split()


def closure(edges: Relations, n_concepts: int) -> Relations:
    """All (concept, ancestor) pairs of an acyclic hierarchy, int32, sorted by concept."""
    parents: list[list[int]] = [[] for _ in range(n_concepts)]
    for child, parent in edges.tolist():
        parents[child].append(parent)
    above: list[list[int] | None] = [None] * n_concepts
    for concept in range(n_concepts):
        stack = [concept]
        while stack:
            waiting = [parent for parent in parents[stack[-1]] if above[parent] is None]
            if waiting:
                stack.extend(waiting)
                continue
            done = stack.pop()
            above[done] = sorted(
                {ancestor for parent in parents[done] for ancestor in [parent, *(above[parent] or ())]}
            )
    counts = [len(ancestors or ()) for ancestors in above]
    children = np.repeat(np.arange(n_concepts, dtype=np.int32), counts)
    ancestors = np.fromiter((a for ancestors in above for a in ancestors or ()), np.int32, sum(counts))
    return np.column_stack([children, ancestors])


def subtree(relations: Relations, root: int) -> tuple[NDArray[np.int64], Relations]:
    """The part of a closure at and below a concept: its concepts, and its pairs renumbered by them."""
    concepts = np.append(relations[relations[:, 1] == root, 0], root).astype(np.int64)
    place = np.full(int(relations.max()) + 1, -1, np.int32)
    place[concepts] = np.arange(len(concepts), dtype=np.int32)
    inside = (place[relations] >= 0).all(1)
    return concepts, place[relations[inside]]


def random_tree(n_concepts: int) -> Relations:
    """The closure of a tree whose concepts hang below random earlier ones, int32."""
    generator = np.random.default_rng(0)
    parent = (generator.random(n_concepts) * np.arange(n_concepts)).astype(np.int32)
    pairs = []
    children, above = np.arange(1, n_concepts, dtype=np.int32), parent[1:]
    while len(children):
        pairs.append(np.column_stack([children, above]))
        goes_on = above != 0
        children, above = children[goes_on], parent[above[goes_on]]
    return np.concatenate(pairs)
