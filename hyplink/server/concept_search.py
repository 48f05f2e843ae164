"""Search for concepts by what a user types: an id, the beginnings of the words of a name, or a name misspelt."""

import re
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.linking.linker import Linker

_WORD = re.compile(r"\w+")
_MAX_RANKED = 2000
_LAST = "\U0010ffff"


class FoundConcept(NamedTuple):
    """A concept that a search found, and the name that it was found by."""

    concept_id: str
    name: str


class ConceptSearch:
    """Finds the concepts of a linker's ontology.

    Args:
        linker: with the ontology, and the index of its names that finds similar spellings.
    """

    def __init__(self, linker: Linker) -> None:
        self._ontology = linker.ontology
        self._tfidf = linker.generator.names.tfidf
        self._names = list(self._ontology.names())
        self._folded = [name.casefold() for name, _ in self._names]
        self._by_id = {concept_id.casefold(): concept_id for concept_id in self._ontology.concept_ids}
        pairs = sorted((word, row) for row, name in enumerate(self._folded) for word in set(_WORD.findall(name)))
        self._words = [word for word, _ in pairs]
        self._rows = np.array([row for _, row in pairs], dtype=np.int64)
        self._lengths = np.array([len(name) for name in self._folded], dtype=np.int64)

    def concept_with_id(self, text: str) -> str | None:
        """The concept whose id a text is, letter case aside; None if it is no id."""
        return self._by_id.get(text.strip().casefold())

    def find(self, text: str, limit: int) -> list[FoundConcept]:
        """At most `limit` concepts, best first, each with its best name.

        The order is: the concept with this id, names equal to the text, names that begin with it, names with words that
        begin with its words, the shorter ones first, then names with similar spellings.
        """
        found = dict[str, str]()
        folded = " ".join(text.casefold().split())
        if concept_id := self._by_id.get(folded):
            found[concept_id] = self._ontology.concepts[concept_id].label
        for row in self._rows_of(folded):
            name, concept_id = self._names[row]
            found.setdefault(concept_id, name)
            if len(found) >= limit:
                break
        if len(found) < limit and folded:
            self._add_similar(text, limit, found)
        return [FoundConcept(*each) for each in list(found.items())[:limit]]

    def _rows_of(self, folded: str) -> list[int]:
        """The names in which each word of a text begins a word, best first."""
        words = _WORD.findall(folded)
        if not words:
            return []
        rows = self._with_word(words[0])
        for word in words[1:]:
            rows = np.intersect1d(rows, self._with_word(word), assume_unique=True)
        rows = rows[np.argsort(self._lengths[rows], kind="stable")][:_MAX_RANKED]
        return sorted(rows.tolist(), key=lambda row: self._key(row, folded))

    def _with_word(self, beginning: str) -> NDArray[np.int64]:
        first, last = bisect_left(self._words, beginning), bisect_left(self._words, beginning + _LAST)
        return np.unique(self._rows[first:last])

    def _key(self, row: int, folded: str) -> tuple[bool, bool, int]:
        name = self._folded[row]
        return name != folded, not name.startswith(folded), len(name)

    def _add_similar(self, text: str, limit: int, found: dict[str, str]) -> None:
        ranked = self._tfidf.rank([text], limit)
        for concept, score in zip(ranked.concepts[0].tolist(), ranked.scores[0].tolist(), strict=True):
            if concept >= 0 and score > 0:
                concept_id = self._ontology.concept_ids[concept]
                found.setdefault(concept_id, self._ontology.concepts[concept_id].label)
