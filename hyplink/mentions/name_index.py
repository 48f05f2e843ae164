"""The index of names for dictionary lookup.

A name is indexed by the sum of its content words' hashes, independent of their order, so that extending a window by one
word costs an addition and a lookup. There are two sums: over the roots of word families (`names.derivation`), and over
roots in which interchangeable words are merged (`names.synonyms`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.memo import Memo
from hyplink.mentions.match import Match, Name, Phrase, Words, match_of
from hyplink.names.derivation import Families
from hyplink.names.name_forms import NameForm, NameForms, name_forms
from hyplink.names.normal_forms import PREPOSITIONS, has_content, normal_word, stem
from hyplink.names.synonyms import equal_words, general_heads, interchangeable_words, optional_words
from hyplink.names.vocabulary import plurals_of

_DETERMINERS = frozenset(["his", "her", "its", "their", "my", "our", "your", "both"])
_PARTICIPLES = frozenset(["affecting", "involving"])
_COPULAS = frozenset(["is", "are", "was", "were", "be", "been"])
_INSERTED = _DETERMINERS | _PARTICIPLES | _COPULAS
"""Words between the words of a name that leave its meaning as it is: `deformity of his feet`, `liver was enlarged`."""

_LEAST_ADVERB = 6
_CODES_KEPT = 1 << 18
_ADJECTIVE_ENDINGS = ("ic", "al", "ar", "ary", "ory", "ous", "ive", "oid")


Rows = tuple[int, ...]


class WordCode(NamedTuple):
    """The index entry of a word.

    Attributes:
        by_root: the hash of its root; 0 for a function word.
        by_meaning: the hash of the representative of its synonyms; 0 for a function word.
        longest: content words of the longest name that contains it; 0 for a function word.
    """

    by_root: int
    by_meaning: int
    longest: int


FUNCTION_CODE = WordCode(0, 0, 0)


@dataclass
class NameIndex:
    """An index of names by their words.

    Attributes:
        forms: of the names.
        by_root, by_meaning: the hash sum of each name, int64 (names,); 0 for a name that is not indexed by it.
        families: word families of all names.
        equal_to: from a root to the representative of its synonyms in general English.
        head_of: from a root to the representative of its synonyms in this ontology; empty for an optional word.
        vocabulary: the normal forms of all content words; hyphenated parts are words of their own.
        plurals: the irregular plurals among them, by the singulars that they may have (`names.vocabulary.plurals_of`).
        longest: content words of the longest name that contains a representative.
        leads: how many times more often a stem precedes another one than it ends a name.
    """

    forms: NameForms
    by_root: NDArray[np.int64]
    by_meaning: NDArray[np.int64]
    families: Families
    equal_to: Mapping[str, str]
    head_of: Mapping[str, str]
    vocabulary: frozenset[str]
    plurals: Mapping[str, str]
    longest: Mapping[str, int]
    leads: Mapping[str, int]
    _rows_by_root: "_RowsOfSums" = field(init=False, repr=False)
    _rows_by_meaning: "_RowsOfSums" = field(init=False, repr=False)
    _names: dict[int, Name] = field(init=False, repr=False, default_factory=dict)
    _codes: Memo[str, WordCode | None] = field(init=False, repr=False)
    _modifiers: Memo[str, bool] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rows_by_root, self._rows_by_meaning = _RowsOfSums(self.by_root), _RowsOfSums(self.by_meaning)
        self._codes, self._modifiers = Memo(self._code, _CODES_KEPT), Memo(self._is_modifier, _CODES_KEPT)

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, str]], composed: Iterable[tuple[str, str]] = ()) -> "NameIndex":
        """The index of (name, concept id) pairs; names that look like common words are left out.

        Args:
            names: those of the ontology, from which word families and synonyms are learned.
            composed: those that it implies (`names.composed_names`).
        """
        ways = _without_copied_acronyms([name_forms(name, concept_id) for name, concept_id in names])
        plain = [(each[0].stems, each[0].concept_id) for each in ways if each]
        families = Families.from_names(plain)
        by_root_names = [(families.roots(stems), concept_id) for stems, concept_id in plain]
        expected = [families.roots(map(stem, words)) for words in equal_words()]
        head_of = _classes(by_root_names, expected)
        implied = [
            form._replace(composed=True) for name, concept_id in composed for form in name_forms(name, concept_id)
        ]
        forms = [*(form for each in ways for form in each), *implied]
        roots = [families.roots(form.stems) for form in forms]
        return cls(
            NameForms.from_forms(forms),
            np.array([sum(map(_hash, each)) for each in roots], dtype=np.int64),
            np.array(
                [
                    0 if form.composed else _meaning(_representatives(each, head_of))
                    for form, each in zip(forms, roots, strict=True)
                ],
                dtype=np.int64,
            ),
            families,
            {word: words[0] for words in expected for word in words},
            head_of,
            frozenset(word for each in ways if each for word in each[0].normal),
            plurals_of(form.lowered for form in forms),
            _longest(roots, head_of),
            _leads(forms),
        )

    def code(self, word: str) -> WordCode | None:
        """The entry of a word; None for a word that is in no name."""
        return self._codes[word]

    def _code(self, word: str) -> WordCode | None:
        root = self.families.root(stem(word))
        head = self.head_of.get(root, root)
        longest = self.longest.get(head or root)
        is_abbreviation = len(word) > 1 and word.isupper() and longest is not None  # `ON` in `ON-bipolar cell`
        if not (has_content(word) or is_abbreviation) or word in _INSERTED:
            return FUNCTION_CODE  # a name that has such a word is looked up letter by letter
        if longest is None:
            return FUNCTION_CODE if _is_degree(word) else None
        return WordCode(_hash(root), _hash(head) if head else 0, longest)

    def is_modifier(self, word: str) -> bool:
        """Whether a word precedes other words in names more often than it ends them; plurals never count.

        A word that does both as often, or neither, counts if it has an adjective ending.
        """
        return self._modifiers[word]

    def _is_modifier(self, word: str) -> bool:
        plural = word.endswith("s") and not normal_word(word).endswith("s")
        leads = self.leads.get(stem(word))
        return not plural and (leads > 0 if leads else word.lower().endswith(_ADJECTIVE_ENDINGS))

    def find(self, by_root: int, by_meaning: int) -> Rows | None:
        """The rows of the names with these sums: by root, or else by meaning; None if there are none."""
        return self._rows_by_root.of(by_root) or self._rows_by_meaning.of(by_meaning) or None

    def rows_of(self, words: Sequence[str]) -> Rows | None:
        """The rows of the names that have the content of words; None if there are none."""
        codes = [self.code(each) for each in words]
        known = [code for code in codes if code is not None]
        if len(known) < len(codes):
            return None
        return self.find(sum(code.by_root for code in known), sum(code.by_meaning for code in known))

    def best_matches(
        self, words: Sequence[str], rows: Iterable[int], *, parted: bool, in_order: bool
    ) -> tuple[Match, tuple[str, ...]] | None:
        """The best match of words with names of the same content, and the concepts whose names match that well.

        Of reworded names those with the fewest replaced words are best; at least one word must be unreplaced.

        Args:
            words: the words as written in the text.
            rows: the result of `find` for them.
            parted: whether there is a comma, bracket or slash between the words.
            in_order: whether the words must be in the name's order, unless the name may be inverted.
        """
        phrase, heads_of = self._phrase(words), partial(_representatives, head_of=self.head_of)
        graded: dict[tuple[Match, int], dict[str, None]] = {}
        for name in map(self._name, rows):
            match = match_of(name, phrase, heads_of) if name.form.parted or not parted else None
            if match is None or (parted and match > Match.DERIVED):
                continue
            if not in_order or name.form.turned or name.heads == heads_of(phrase.roots):
                others = self._others(name, phrase) if match is Match.REWORDED else 0
                if others < len(name.roots):
                    graded.setdefault((match, others), {})[name.form.concept_id] = None
        if not graded:
            return None
        best = min(graded)
        return best[0], tuple(graded[best])

    def _others(self, name: Name, phrase: Phrase) -> int:
        """The number of words of a name that neither occur in a phrase nor have a general-English synonym there."""
        meant, found = (Counter(self.equal_to.get(root, root) for root in each.roots) for each in (name, phrase))
        return (meant - found).total()

    def _phrase(self, words: Sequence[str]) -> Phrase:
        content = [word for word in words if self.code(word) is not FUNCTION_CODE]
        stems = tuple(map(stem, content))
        lowered = {word.lower() for word in words}
        turned = not lowered.isdisjoint(PREPOSITIONS | _PARTICIPLES)
        predicative = not lowered.isdisjoint(_COPULAS)
        normal = tuple(map(normal_word, content))
        qualified = any(self.code(word) is FUNCTION_CODE and _is_degree(word) for word in words)
        return Phrase(" ".join(words), normal, stems, self.families.roots(stems), turned, predicative, qualified)

    def _name(self, row: int) -> Name:
        """The name at a row, built on first use: most names are never matched."""
        name = self._names.get(row)
        if name is None:
            form = self.forms.at(row)
            roots = self.families.roots(form.stems)
            name = self._names[row] = Name(form, roots, _representatives(roots, self.head_of))
        return name


def _is_degree(word: str) -> bool:
    """Whether a word has the ending of an English adverb: `liver was markedly enlarged`."""
    return word.endswith("ly") and len(word) >= _LEAST_ADVERB


def _classes(names: Sequence[tuple[Words, str]], expected: Sequence[Words]) -> dict[str, str]:
    """The representative of each word that has synonyms, and of the general heads; empty for an optional word."""
    equal, general = interchangeable_words(names, expected), frozenset(expected[0])
    representative = next(equal.get(word, word) for word in expected[0])
    heads = general | general_heads(names, general)
    optional = optional_words(names) - heads
    return equal | dict.fromkeys(sorted(optional), "") | dict.fromkeys(sorted(heads), representative)


class _RowsOfSums:
    """Looks up the names whose hash sum is a number.

    Args:
        sums: of the names, int64 (names,); 0 for a name that is not looked up.
    """

    def __init__(self, sums: NDArray[np.int64]) -> None:
        order = np.argsort(sums, kind="stable")
        self._rows = order[sums[order] != 0]
        self._sums = sums[self._rows]

    def of(self, number: int) -> Rows:
        """The rows of the names with a sum, ascending."""
        first = int(np.searchsorted(self._sums, number))
        last = first
        while last < len(self._sums) and self._sums[last] == number:
            last += 1
        return tuple(self._rows[first:last].tolist())


def _representatives(roots: Words, head_of: Mapping[str, str]) -> Words:
    """The representatives of words, without optional words."""
    heads = (head_of.get(word, word) for word in roots)
    return tuple(head for head in heads if head)


def _meaning(heads: Words) -> int:
    """The hash sum of a name's representatives; 0 for a single word."""
    return sum(map(_hash, heads)) if len(heads) > 1 else 0


def _longest(names: Iterable[Words], head_of: Mapping[str, str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for roots in names:
        for word in (head_of.get(root) or root for root in roots):
            longest[word] = max(longest.get(word, 0), len(roots))
    return longest


def _leads(forms: Iterable[NameForm]) -> dict[str, int]:
    leads: Counter[str] = Counter()
    for form in forms:
        if not form.turned:
            leads.update(form.stems[:-1])
            leads.subtract(form.stems[-1:])
    return dict(leads)


def _without_copied_acronyms(forms: Sequence[list[NameForm]]) -> list[list[NameForm]]:
    """The forms without lower-case copies of acronyms: beside `COLD`, a name `cold` of the same concept is dropped."""
    acronyms = {(form.concept_id, form.lowered) for each in forms for form in each if form.cased}
    return [[form for form in each if form.cased or (form.concept_id, form.lowered) not in acronyms] for each in forms]


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    """A hash of 56 bits, so that the sum over a name fits into 60 bits; collisions are practically impossible."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest())
