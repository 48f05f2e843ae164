"""The name of a concept that is most similar to the words of a mention, for people who check links.

It is not used to rank: the features of candidates compare the words with all names at once. A name is looked for when
it is first read, so that links whose names nobody reads cost nothing.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from hyplink.candidates.char_tfidf import ngrams_of
from hyplink.candidates.name_sources import NameSources
from hyplink.names.normal_forms import normal_text, order_free
from hyplink.ontology import Ontology
from hyplink.ontology.concept import Scope

NameScope = Literal["LABEL", Scope, "ANNOTATED"]
"""What a matched name is: the label, a synonym of one of OBO's scopes, or a wording of annotated text."""

_ORDER: Sequence[NameScope] = ("LABEL", "EXACT", "NARROW", "BROAD", "RELATED", "ANNOTATED")


class MatchedName(NamedTuple):
    """A name of a concept and what it is; a wording of annotated text is given in normal form."""

    text: str
    scope: NameScope


class _Keys(NamedTuple):
    """The keys by which two names are equal, the strictest first, and the n-grams by which they are similar."""

    spelled: str
    normal: str
    reordered: tuple[str, ...]
    ngrams: frozenset[str]


class MatchedNames:
    """Finds the most similar names of concepts.

    Args:
        ontology: the concepts and their names.
        names: the index of surface forms, which holds the annotated ones.
    """

    def __init__(self, ontology: Ontology, names: NameSources) -> None:
        self._ontology = ontology
        self._names = names

    def best(self, words: str, concept_id: str) -> MatchedName | None:
        """The name of a concept that is most similar to some words; None if none has three letters in common with them.

        A name equal but for letter case is best, then one equal in normal form, then one equal in any order of words,
        then the one with the most n-grams of characters in common (Dice coefficient). Of equally similar names a label
        goes first, then an exact synonym, a narrow, a broad, a related one and an annotated wording.
        """
        keys, best, most = _keys(words), None, (0, 0.0)
        for name in self._names_of(concept_id):
            similarity = _similarity(keys, _keys(name.text))
            if similarity > most:
                best, most = name, similarity
        return best

    def _names_of(self, concept_id: str) -> Iterator[MatchedName]:
        concept = self._ontology.concepts[concept_id]
        yield MatchedName(concept.label, "LABEL")
        synonyms = (MatchedName(each.text, each.scope) for each in concept.synonyms)
        yield from sorted(synonyms, key=lambda name: _ORDER.index(name.scope))
        yield from self._annotated.get(self._ontology.index_of[concept_id], ())

    @cached_property
    def _annotated(self) -> dict[int, list[MatchedName]]:
        """The distinct annotated wordings by concept index."""
        found: dict[int, dict[MatchedName, None]] = {}
        for text, concept in zip(self._names.annotated, self._names.meant.tolist(), strict=True):
            found.setdefault(concept, {})[MatchedName(text, "ANNOTATED")] = None
        return {concept: list(names) for concept, names in found.items()}


class LazyName:
    """The matched name of a candidate, which is looked for when it is first read.

    Args:
        names: of the concepts.
        words: of the mention, abbreviations expanded.
        concept_id: of the candidate.
    """

    __slots__ = ("_arguments", "_found")

    def __init__(self, names: MatchedNames, words: str, concept_id: str) -> None:
        self._arguments: tuple[MatchedNames, str, str] | None = (names, words, concept_id)
        self._found: MatchedName | None = None

    def get(self) -> MatchedName | None:
        """The name; None if none is similar."""
        arguments = self._arguments  # another thread may be here too
        if arguments is not None:
            names, words, concept_id = arguments
            self._found = names.best(words, concept_id)
            self._arguments = None
        return self._found

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        """What is pickled: the name, without the ontology."""
        return None, {"_arguments": None, "_found": self.get()}


def _similarity(words: _Keys, name: _Keys) -> tuple[int, float]:
    """How similar two keys are: (3, 2 or 1 for equal names, else 0; the Dice coefficient of their n-grams)."""
    if words.spelled == name.spelled:
        return 3, 1.0
    if words.normal and words.normal == name.normal:
        return 2, 1.0
    if words.reordered and words.reordered == name.reordered:
        return 1, 1.0
    common = len(words.ngrams & name.ngrams)
    return 0, 2 * common / ((len(words.ngrams) + len(name.ngrams)) or 1)


@lru_cache(maxsize=1 << 16)
def _keys(name: str) -> _Keys:
    normal = normal_text(name)
    return _Keys(" ".join(name.casefold().split()), normal, order_free(name), frozenset(ngrams_of(normal)))
